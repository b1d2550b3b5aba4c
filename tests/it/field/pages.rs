//! How pretend sites draw their pages.

/// A way to draw the pages of accounts and of nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// The text of the rule and hardly more, the same for everybody.
    Plain,
    /// What real sites have: titles, classes, and the name where search engines want it.
    Rich,
}

impl Style {
    /// The page of an account, or of nobody, with the text of the entry's rule.
    pub(crate) fn page(self, account: Option<&str>, text: &str) -> String {
        match (self, account) {
            (Self::Plain, _) => {
                format!("<!doctype html><html><body>\n<p>A page.</p>\n{text}\n</body></html>\n")
            }
            (Self::Rich, None) => format!(
                "<!doctype html><html lang=en><head><meta charset=utf-8><title>Nothing here</title></head>\
                 <body class=page><nav class=\"bar top\"><a href=\"/\">Start</a></nav>\
                 <main class=\"notice lost\"><h1>Nothing here</h1><p>{text}</p></main>\
                 <footer class=foot>The makers</footer></body></html>"
            ),
            (Self::Rich, Some(name)) => format!(
                "<!doctype html><html lang=en><head><meta charset=utf-8><title>{name} - Members</title>\
                 <link rel=canonical href=\"/people/{name}\"><meta property=\"og:type\" content=\"profile\">\
                 <meta property=\"og:url\" content=\"/people/{name}\"></head><body class=page>\
                 <nav class=\"bar top\"><a href=\"/\">Start</a></nav><main class=\"member card\">\
                 <h1 class=who>{name}</h1><ul class=numbers><li>{} letters</li></ul>{text}</main>\
                 <footer class=foot>The makers</footer></body></html>",
                name.len()
            ),
        }
    }
}
