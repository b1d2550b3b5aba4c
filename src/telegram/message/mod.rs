//! Messages before they become rows: text, buttons, files, screens.

pub(super) mod file;
pub(super) mod markup;
pub(super) mod outgoing;
pub(super) mod priority;
pub(super) mod screen;
