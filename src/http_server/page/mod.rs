//! The web page at `/`: signing in, and a tab for each slice that has a part. It uses the same API
//! as every other client.
//!
//! One HTML document in the reader's language, with JavaScript modules, style sheets and an icon.
//! There is no build step.
//!
//! # Invariants
//!
//! - Only scripts and styles of the program run; nothing is loaded from elsewhere ([`POLICY`]).
//! - The address of an asset has a version, so its content never changes.
//! - All texts come from the catalogues.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use super::Problem;
use super::tokens::Scope;
use crate::html::Html;
use crate::i18n::{self, Args, Lang};
use crate::random;

/// The page's content security policy. Trusted types stop our script from turning text into markup
/// by mistake, and no other page may embed this one.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Assets can be kept without limit: new content gets a new address.
const KEPT: &str = "public, max-age=31536000, immutable";

const DOCUMENT: &str = include_str!("page.html");

/// A file that the document names: name, media type and content.
pub(crate) type Asset = (&'static str, &'static str, &'static str);

pub(crate) const SCRIPT: &str = "text/javascript; charset=utf-8";
pub(crate) const STYLE: &str = "text/css; charset=utf-8";

const OWN: &[Asset] = &[
    ("icon.svg", "image/svg+xml", include_str!("icon.svg")),
    ("page.css", STYLE, include_str!("page.css")),
    ("page.js", SCRIPT, include_str!("page.js")),
    ("shell.js", SCRIPT, include_str!("shell.js")),
];

/// A slice's part of the page. The document loads `WORD.css` and `WORD.js`, where `WORD` is the
/// scope's word; the script says what the part does (`part` in `shell.js`).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    /// Who does not have it does not see the part.
    pub(crate) scope: Scope,
    /// The key of the tab's name.
    pub(crate) tab: &'static str,
    /// The text of the section, with `{{key}}` for each text.
    pub(crate) document: &'static str,
    pub(crate) assets: &'static [Asset],
    /// A text by its key. Placeholders for the script to fill stay as names in braces.
    pub(crate) text: fn(Lang, &str) -> String,
}

/// The page with its parts.
struct Page {
    parts: Vec<Part>,
    /// One version for all assets, because they name each other.
    version: String,
    language: Lang,
}

pub(super) fn routes(parts: Vec<Part>, language: Lang) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/assets/{version}/{name}", get(asset))
        .with_state(Arc::new(Page::new(parts, language)))
}

impl Page {
    fn new(parts: Vec<Part>, language: Lang) -> Self {
        let mut page = Self {
            parts,
            version: String::new(),
            language,
        };
        let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
        for (name, _, content) in page.assets() {
            digest.update(name.as_bytes());
            digest.update(content.as_bytes());
        }
        let hash = random::to_hex(digest.finish().as_ref());
        page.version = hash.chars().take(16).collect();
        page
    }

    fn assets(&self) -> impl Iterator<Item = &'static Asset> {
        OWN.iter()
            .chain(self.parts.iter().flat_map(|part| part.assets))
    }

    fn folder(&self) -> String {
        format!("/assets/{}/", self.version)
    }

    /// The document in a language.
    fn rendered(&self, lang: Lang) -> String {
        let other = match lang {
            Lang::Ru => Lang::En,
            Lang::En => Lang::Ru,
        };
        filled(DOCUMENT, |key| {
            match key {
            "assets" => self.folder(),
            "lang" => lang.word().to_owned(),
            "other-lang" => other.word().to_owned(),
            "other-name" => other.own_name().to_owned(),
            "scopes" => self.scopes(),
            "styles" => self.each(|part, folder| {
                let name = part.scope.word();
                format!("<link rel=\"stylesheet\" href=\"{folder}{name}.css\">\n")
            }),
            "scripts" => self.each(|part, folder| {
                let name = part.scope.word();
                format!("<script type=\"module\" src=\"{folder}{name}.js\"></script>\n")
            }),
            "tabs" => self.each(|part, _| {
                let (name, tab) = (part.scope.word(), text(lang, part.tab));
                format!("<button type=\"button\" data-tab=\"{name}\">{tab}</button>\n")
            }),
            "parts" => self.each(|part, _| {
                let (name, tab) = (part.scope.word(), text(lang, part.tab));
                let inner = filled(part.document, |key| safe(&(part.text)(lang, key)));
                format!(
                    "<section class=\"part for-signed-in\" id=\"part-{name}\" aria-label=\"{tab}\" hidden>\n{inner}</section>\n"
                )
            }),
            key => text(lang, key),
        }
        })
    }

    fn each(&self, shown: impl Fn(&Part, &str) -> String) -> String {
        let folder = self.folder();
        self.parts.iter().map(|part| shown(part, &folder)).collect()
    }

    /// The options of `vakhta tokens add` for a token that opens every part.
    fn scopes(&self) -> String {
        match self.parts.as_slice() {
            [part] if part.scope == Scope::Chat => String::new(),
            parts => parts
                .iter()
                .map(|part| format!(" --scope {}", part.scope.word()))
                .collect(),
        }
    }
}

async fn page(State(page): State<Arc<Page>>, headers: HeaderMap, uri: Uri) -> Response {
    let lang = language(&headers, &uri, page.language);
    let head = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ];
    (head, page.rendered(lang)).into_response()
}

async fn asset(
    State(page): State<Arc<Page>>,
    Path((version, name)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let found = page.assets().find(|(known, _, _)| *known == name);
    let (_, form, content) = found
        .filter(|_| version == page.version)
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND))?;
    let head = [(header::CONTENT_TYPE, *form), (header::CACHE_CONTROL, KEPT)];
    Ok((head, *content).into_response())
}

/// The language in the link, else the browser's preferred language, else the configured one.
fn language(headers: &HeaderMap, uri: &Uri, otherwise: Lang) -> Lang {
    let mut pairs = uri.query().unwrap_or_default().split('&');
    let chosen = pairs.find_map(|pair| Lang::from_word(pair.strip_prefix("lang=")?));
    let liked = headers.get(header::ACCEPT_LANGUAGE);
    let liked = liked.and_then(|liked| most_liked(liked.to_str().ok()?));
    chosen.or(liked).unwrap_or(otherwise)
}

/// The first known language among those with the highest weight: `de, en;q=0.8, ru;q=0.5` is
/// English.
fn most_liked(accepted: &str) -> Option<Lang> {
    let mut best = None;
    for range in accepted.split(',') {
        let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
        let code = tag.split('-').next().unwrap_or_default().trim();
        let weight = weight.trim().strip_prefix("q=");
        let weight: f32 = weight.and_then(|weight| weight.parse().ok()).unwrap_or(0.0);
        let Some(lang) = Lang::from_word(code) else {
            continue;
        };
        if best.is_none_or(|(_, most)| weight > most) && weight > 0.0 {
            best = Some((lang, weight));
        }
    }
    best.map(|(lang, _)| lang)
}

/// The document, with each `{{key}}` replaced by what is safe to stand there.
fn filled(document: &str, put: impl Fn(&str) -> String) -> String {
    let mut pieces = document.split("{{");
    let mut page = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (key, rest) = piece.split_once("}}").unwrap_or((piece, ""));
        page.push_str(&put(key));
        page.push_str(rest);
    }
    page
}

fn safe(plain: &str) -> String {
    Html::text(plain).as_str().to_owned()
}

/// A text of the page itself.
fn text(lang: Lang, key: &str) -> String {
    let args = Args::new().text("status", "{status}");
    safe(&i18n::plain(lang, key, &args))
}

#[cfg(test)]
pub(crate) mod tests;
