//! Answers that say nothing about any account, on any site.

use vakhta::testing::demo::wire::{Answer, Request};

use super::entry::{Entry, cut};

/// One way in which every site is hostile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hostile {
    /// A status with a page that says nothing more.
    Status(u16),
    /// 429 with an hour to wait.
    RateLimited,
    /// A challenge of Cloudflare's with this status.
    Challenge(u16),
    /// The site's own captcha with this status.
    Captcha(u16),
    /// A consent page with this status.
    Consent(u16),
    /// A status and no body.
    Empty(u16),
    /// 302 to a login page.
    Login,
    /// 302 to a login page that is recognisable only by its return address.
    LoginByQuery,
    /// The right page, cut before its announced end.
    Cut,
    /// The connection is reset without an answer.
    Reset,
    /// 302 to itself.
    LoopToItself,
    /// 302 to two other pages that redirect to each other.
    Circle,
    /// The page of an existing account for every name but plain ones, and the right page for those.
    AllUnlike,
    /// The page of an existing account for everybody.
    Everybody,
}

/// All kinds, for existing names and for others. In one run, no site fails so often that its
/// breaker opens.
pub(crate) const ALL: &[[Hostile; 2]] = &[
    [Hostile::Status(401), Hostile::Status(403)],
    [Hostile::Status(429), Hostile::Status(999)],
    [Hostile::Status(500), Hostile::Status(502)],
    [Hostile::Status(503), Hostile::Consent(200)],
    [Hostile::Challenge(200), Hostile::Challenge(403)],
    [Hostile::Captcha(200), Hostile::Captcha(403)],
    [Hostile::Empty(200), Hostile::Empty(202)],
    [Hostile::Login, Hostile::LoginByQuery],
    [Hostile::Cut, Hostile::Cut],
    [Hostile::Reset, Hostile::Circle],
    [Hostile::LoopToItself, Hostile::LoopToItself],
    [Hostile::AllUnlike, Hostile::AllUnlike],
    [Hostile::Everybody, Hostile::Everybody],
];

const CHALLENGE: &str = "<!DOCTYPE html><html lang=\"en-US\"><head><title>Just a moment...</title></head><body>\
    <noscript>Enable JavaScript and cookies to continue</noscript><script>(function(){window._cf_chl_opt={cvId:'3'};}());\
    </script></body></html>";

const CAPTCHA: &str = "<html><head><title>Are you a robot?</title></head><body><form><p>Please complete the captcha</p>\
    </form></body></html>";

const CONSENT: &str = "<html><head><title>Before you continue</title></head><body><form action=\"https://consent.\
    google.com/save\"><button>Accept all</button></form></body></html>";

impl Hostile {
    /// The answer to a request for a name.
    pub(crate) fn answer(self, entry: &Entry, name: &str, request: &Request) -> Answer {
        let page = |status: u16, body: &str| plain(status, Vec::new(), body);
        match self {
            Self::Status(status) => page(status, "<h1>No.</h1>"),
            Self::RateLimited => plain(429, vec![("retry-after", "3600".to_owned())], "slow down"),
            Self::Challenge(status) => page(status, CHALLENGE),
            Self::Captcha(status) => page(status, CAPTCHA),
            Self::Consent(status) => page(status, CONSENT),
            Self::Empty(status) => page(status, ""),
            Self::Login => to("/accounts/login/?next=%2Fprofile"),
            Self::LoginByQuery => {
                let back = own_address(request);
                let back: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
                to(&format!("/welcome?next={back}"))
            }
            Self::Cut => {
                let (status, headers, body) = entry.page(name);
                cut(status, &headers, &body)
            }
            Self::Reset => Answer::Reset,
            Self::LoopToItself => to(&own_address(request)),
            Self::Circle => to("/circle/one"),
            Self::AllUnlike | Self::Everybody => {
                let exists = self == Self::Everybody || !is_plain(name) || entry.exists(name);
                let (status, headers, body) = entry.page_of(name, exists);
                Answer::Plain {
                    status,
                    headers,
                    body,
                }
            }
        }
    }
}

/// True if a name looks like the controls of most sites.
pub(crate) fn is_plain(name: &str) -> bool {
    let mut signs = name.chars();
    signs.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
}

/// Answers of pages other than profiles.
pub(crate) fn beside(path: &str) -> Option<Answer> {
    match path {
        "/elsewhere" => Some(plain(200, Vec::new(), "<h1>Welcome</h1>")),
        "/circle/one" => Some(to("/circle/two")),
        "/circle/two" => Some(to("/circle/one")),
        _ => None,
    }
}

pub(super) fn plain(status: u16, mut headers: Vec<(&'static str, String)>, body: &str) -> Answer {
    headers.push(("content-type", "text/html".to_owned()));
    Answer::Plain {
        status,
        headers,
        body: body.as_bytes().to_vec(),
    }
}

fn to(location: &str) -> Answer {
    plain(302, vec![("location", location.to_owned())], "moved")
}

/// The request's own path and query, as an address.
pub(super) fn own_address(request: &Request) -> String {
    let mut url = url::Url::parse("http://x.example").unwrap();
    url.set_path(&request.path);
    url.set_query(Some(request.query.as_str()).filter(|query| !query.is_empty()));
    url.as_str().replace("http://x.example", "")
}
