//! The web page at `/`. It uses the same API as every other client.
//!
//! One HTML document in the reader's language, with JavaScript modules, a style sheet and an icon.
//! There is no build step.
//!
//! # Invariants
//!
//! - Only the scripts and styles of this folder run; nothing is loaded from elsewhere ([`POLICY`]).
//! - The address of an asset has a version, so its content never changes.
//! - All texts come from `assistant.ftl`.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use super::ApiState;
use crate::html::Html;
use crate::http_server::Problem;
use crate::i18n::{self, Args, Lang};
use crate::random;
use crate::slices::assistant::question::MOST_FAILURES;

/// The page's content security policy. Trusted types stop our script from turning text into markup
/// by mistake, and no other page may embed this one.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Assets can be kept without limit: new content gets a new address.
const KEPT: &str = "public, max-age=31536000, immutable";

const DOCUMENT: &str = include_str!("page.html");

/// Name, media type and content.
const ASSETS: [(&str, &str, &str); 6] = [
    ("icon.svg", "image/svg+xml", include_str!("icon.svg")),
    (
        "page.css",
        "text/css; charset=utf-8",
        include_str!("page.css"),
    ),
    ("markdown.js", SCRIPT, include_str!("markdown.js")),
    ("page.js", SCRIPT, include_str!("page.js")),
    ("question.js", SCRIPT, include_str!("question.js")),
    ("view.js", SCRIPT, include_str!("view.js")),
];

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// One version for all assets, because they name each other.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
    for (name, _, content) in ASSETS {
        digest.update(name.as_bytes());
        digest.update(content.as_bytes());
    }
    let hash = random::to_hex(digest.finish().as_ref());
    hash.chars().take(16).collect()
});

pub(super) fn routes() -> Router<ApiState> {
    Router::new()
        .route("/", get(page))
        .route("/assets/{version}/{name}", get(asset))
}

async fn page(State(api): State<ApiState>, headers: HeaderMap, uri: Uri) -> Response {
    let lang = language(&headers, &uri, api.context.language);
    let head = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ];
    (head, rendered(lang)).into_response()
}

async fn asset(Path((version, name)): Path<(String, String)>) -> Result<Response, Problem> {
    let found = ASSETS.iter().find(|(known, _, _)| *known == name);
    let (_, form, content) = found
        .filter(|_| version == *VERSION)
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

/// The document, with each `{{key}}` replaced.
fn rendered(lang: Lang) -> String {
    let other = match lang {
        Lang::Ru => Lang::En,
        Lang::En => Lang::Ru,
    };
    let mut pieces = DOCUMENT.split("{{");
    let mut page = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (key, rest) = piece.split_once("}}").unwrap_or((piece, ""));
        let put_in = match key {
            "assets" => format!("/assets/{}/", *VERSION),
            "lang" => lang.word().to_owned(),
            "other-lang" => other.word().to_owned(),
            "other-name" => other.own_name().to_owned(),
            key => text(lang, key),
        };
        page.push_str(Html::text(&put_in).as_str());
        page.push_str(rest);
    }
    page
}

/// A text for the page. Placeholders for the script to fill stay as names in braces.
fn text(lang: Lang, key: &str) -> String {
    let args = Args::new()
        .number("most", MOST_FAILURES)
        .text("attempt", "{attempt}")
        .text("seconds", "{seconds}")
        .text("status", "{status}")
        .text("time", "{time}");
    i18n::plain(lang, key, &args)
}

#[cfg(test)]
mod tests;
