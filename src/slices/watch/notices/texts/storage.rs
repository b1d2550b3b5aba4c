//! What the database takes, as admins read it in `/status`.

use crate::html::Html;
use crate::i18n::{self, Args, Lang, label};
use crate::retention::Sizes;

/// One line: the file's size and the rows by table.
#[must_use]
pub fn storage(lang: Lang, sizes: &Sizes) -> Html {
    let size = Args::new().text("size", &i18n::megabytes(lang, sizes.bytes));
    let mut pieces = vec![i18n::html(lang, "status-storage", &size)];
    for (table, n) in &sizes.rows {
        let key = format!("rows-{table}");
        // A table of an older version may stand in what was counted.
        if i18n::has(lang, &key) {
            pieces.push(Html::text(&format!("{} {n}", label(lang, &key))));
        }
    }
    Html::join(&pieces, " · ")
}
