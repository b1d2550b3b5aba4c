//! Scenes in which a site's controls are well and only the watched names get something odd.

use vakhta::testing::demo::wire::{Answer, Request, head};

use super::entry::Entry;
use super::hostile::{own_address, plain};

/// What the watched names get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scene {
    /// A captcha in Spanish.
    Captcha,
    /// Maintenance, in Russian.
    Maintenance,
    /// A cookie wall in German that names the account.
    Cookies,
    /// A page that scripts would fill.
    Shell,
    /// An error of a gateway in front of the site, as JSON.
    Gateway,
    /// The page of nobody with status 200, in another language.
    Translated,
    /// The page of nobody with status 200, cut before the text of the rule.
    Cut,
    /// The page of nobody with status 200, its letters written as character references.
    References,
    /// The texts of both sides, with the status of an existing account.
    BothAsFound,
    /// The texts of both sides, with the status of a missing account.
    BothAsMissing,
    /// 301 to the same page in another language.
    Language,
    /// 302 to the same page with one more field.
    Field,
    /// 301 to the same page with the name in small letters.
    Capitals,
    /// The right page, after a head that only browsers read.
    OddHead,
}

/// Those that say nothing about an account.
pub(crate) const NOTHING: [Scene; 10] = [
    Scene::Captcha,
    Scene::Maintenance,
    Scene::Cookies,
    Scene::Shell,
    Scene::Gateway,
    Scene::Translated,
    Scene::Cut,
    Scene::References,
    Scene::BothAsFound,
    Scene::BothAsMissing,
];

/// Those behind which the right page is.
pub(crate) const RIGHT: [Scene; 4] = [
    Scene::Language,
    Scene::Field,
    Scene::Capitals,
    Scene::OddHead,
];

const CAPTCHA: &str = "<!doctype html><html lang=es><head><title>Verificación</title></head><body class=caja>\
    <h1>¿Eres una persona?</h1><form id=reto><input name=letras><p>Escribe las letras de la imagen.</p></form></body></html>";

const MAINTENANCE: &str = "<!doctype html><html lang=ru><head><meta charset=utf-8><title>Технические работы</title></head>\
    <body><h1>Скоро вернёмся</h1><p>Обновляем сайт, зайдите через час.</p></body></html>";

const SHELL: &str = "<!doctype html><html><head><meta charset=utf-8></head><body><div id=root></div>\
    <script src=\"/static/main.4f1c.js\"></script></body></html>";

impl Scene {
    /// True if the scene can be played at this entry.
    pub(crate) fn fits(self, entry: &Entry) -> bool {
        match self {
            Self::BothAsFound | Self::BothAsMissing => {
                let has_body = |status| !matches!(status, 204 | 205 | 304);
                let has_texts = !entry.e_string.is_empty() && !entry.m_string.is_empty();
                has_texts && has_body(entry.e_code) && has_body(entry.m_code)
            }
            // The body of a POST would not come along.
            Self::Language | Self::Field => entry.body.is_none(),
            Self::Capitals => {
                entry.body.is_none() && entry.names[0] != entry.names[0].to_lowercase()
            }
            _ => true,
        }
    }

    /// The answer to a watched name; none for the ordinary one.
    pub(crate) fn answer(self, entry: &Entry, name: &str, request: &Request) -> Option<Answer> {
        if !self.fits(entry) {
            return None;
        }
        let page = |body: &str| Some(plain(200, Vec::new(), body));
        let moved = |status: u16, to: String| Some(plain(status, vec![("location", to)], "moved"));
        let both = |status: u16| {
            let (says, lists) = (&entry.m_string, &entry.e_string);
            let body = format!("<html><body><p>{says}</p><p>{lists}</p></body></html>");
            Some(plain(status, Vec::new(), &body))
        };
        match self {
            Self::Captcha => page(CAPTCHA),
            Self::Maintenance => page(MAINTENANCE),
            Self::Cookies => page(&format!(
                "<!doctype html><html lang=de><head><title>Ihre Privatsphäre</title></head><body>\
                 <div class=\"wall overlay\"><a href=\"/{name}\">Alle annehmen und weiter zu {name}</a></div></body></html>"
            )),
            Self::Shell => page(SHELL),
            Self::Gateway => Some(Answer::Plain {
                status: 200,
                headers: vec![("content-type", "application/json".to_owned())],
                body: format!(
                    "{{\"error\":\"upstream timed out\",\"path\":\"/{name}\",\"code\":504}}"
                )
                .into_bytes(),
            }),
            Self::Translated | Self::Cut | Self::References => page(&self.of_nobody(entry)),
            Self::BothAsFound => both(entry.e_code),
            Self::BothAsMissing => both(entry.m_code),
            Self::Language => moved(301, in_path(request, |path| format!("/eo{path}"))),
            Self::Field => {
                let own = own_address(request);
                let sign = if own.contains('?') { '&' } else { '?' };
                moved(302, format!("{own}{sign}hl=en"))
            }
            Self::Capitals if name.is_ascii() && name != name.to_lowercase() => {
                let own = own_address(request);
                moved(301, own.replace(name, &name.to_lowercase()))
            }
            Self::Capitals => None,
            Self::OddHead => {
                let (status, mut headers, body) = entry.page(name);
                headers.push(("x-powered-by ", "a\r\n b".to_owned()));
                headers.push(("(cache)", "hit".to_owned()));
                let mut bytes = head(status, &headers, Some(body.len()));
                bytes.extend_from_slice(&body);
                Some(Answer::cut(bytes))
            }
        }
    }

    /// What became of the page of nobody.
    fn of_nobody(self, entry: &Entry) -> String {
        let (_, _, page) = entry.page(&entry.names[1]);
        let page = String::from_utf8(page).unwrap();
        let text = entry.m_string.as_str();
        let said = |said: &str| match text {
            "" => page.replace("A page.", said).replace("Nothing here", said),
            text => page.replace(text, said),
        };
        match self {
            Self::Translated => said("No existe tal usuario"),
            Self::References => {
                let plain = if text.is_empty() { "Nothing" } else { text };
                let letters = plain.chars().map(|c| format!("&#{};", u32::from(c)));
                said(&letters.collect::<String>())
            }
            _ => {
                let end = page.find(text).filter(|end| *end > 0);
                let end = end.unwrap_or_else(|| page.find("<p>").map_or(page.len(), |at| at + 3));
                page.chars()
                    .take(page.get(..end).unwrap().chars().count())
                    .collect()
            }
        }
    }
}

/// The request's address with another path behind the entry's own.
fn in_path(request: &Request, change: impl Fn(&str) -> String) -> String {
    let own = own_address(request);
    let is_entry = |part: &&str| {
        part.strip_prefix('e')
            .is_some_and(|n| n.parse::<u32>().is_ok())
    };
    let first = own.trim_start_matches('/').split('/').next();
    match first.filter(is_entry) {
        Some(first) => {
            let rest = own.get(first.len() + 1..).unwrap();
            format!("/{first}{}", change(rest))
        }
        None => change(&own),
    }
}

/// The path and query that a request would have had without the scene's redirect, and whether it
/// has followed one.
pub(crate) fn arrived(scene: Option<Scene>, path: &str, query: &str) -> (String, String, bool) {
    let is = |wanted| scene == Some(wanted);
    if let Some(path) = path
        .strip_prefix("/eo")
        .filter(|path| is(Scene::Language) && path.starts_with('/'))
    {
        return (path.to_owned(), query.to_owned(), true);
    }
    let without = query
        .strip_suffix("&hl=en")
        .or_else(|| query.strip_suffix("hl=en"));
    if let Some(query) = without.filter(|_| is(Scene::Field)) {
        return (path.to_owned(), query.to_owned(), true);
    }
    (path.to_owned(), query.to_owned(), false)
}

/// The name that is meant, and whether it was asked for in small letters, as the scene's redirect
/// says.
pub(crate) fn meant(scene: Option<Scene>, entry: &Entry, name: String) -> (String, bool) {
    let mut own = entry
        .names
        .iter()
        .filter(|_| scene == Some(Scene::Capitals));
    let is_small = |own: &&String| own.to_lowercase() == name && **own != name;
    match own.find(is_small) {
        Some(own) => (own.clone(), true),
        None => (name, false),
    }
}
