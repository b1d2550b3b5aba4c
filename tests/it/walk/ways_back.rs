//! The labels of buttons that lead back, for the walks of both tiers.

pub(crate) const BACK: [&str; 6] = [
    "button-back",
    "button-cancel",
    "button-home",
    "button-panel",
    "button-cards",
    "button-to-list",
];
