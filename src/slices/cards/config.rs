//! Section `[cards]`.

use crate::settings::Section;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardsConfig {
    /// If false, there are no cards, and a code is a text like any other.
    pub(crate) enabled: bool,
    /// Printed codes link here instead of to the bot. Ends with a slash.
    pub(crate) base_url: Option<String>,
}

impl CardsConfig {
    pub(crate) fn read(section: &mut Section<'_>) -> Self {
        let enabled = section.boolean("enabled", false);
        let base_url = section.parsed("base_url", "", |text| {
            if text.is_empty() {
                return Ok(None);
            }
            let wrong = "an http or https address without query such as \"https://brand.example/v\", or \"\" for links to the bot";
            let url = url::Url::parse(text).map_err(|_| wrong)?;
            let is_plain = url.query().is_none() && url.fragment().is_none();
            match url.scheme() {
                "http" | "https" if is_plain => {
                    Ok(Some(format!("{}/", text.trim_end_matches('/'))))
                }
                _ => Err(wrong),
            }
        });
        Self {
            enabled,
            base_url: base_url.flatten(),
        }
    }
}
