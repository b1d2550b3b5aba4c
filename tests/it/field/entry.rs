//! An entry of a catalogue, as the pretend server plays it: how it is asked, and its pages.

use serde_json::Value;
use vakhta::testing::demo::wire::{self, Answer, Request};
use vakhta::testing::slices::watch::site::Site;

use super::pages::Style;

/// The placeholder for the user name.
pub(super) const MARK: &str = "{account}";

/// Catalogue headers that the client sets itself.
const CLIENTS_OWN: [&str; 6] = [
    "accept-encoding",
    "connection",
    "content-length",
    "host",
    "te",
    "upgrade-insecure-requests",
];

/// The parts of an entry that the server needs.
pub(crate) struct Entry {
    pub(crate) name: String,
    /// An existing name and a missing one.
    pub(crate) names: [String; 2],
    pub(crate) e_code: u16,
    pub(crate) m_code: u16,
    pub(super) e_string: String,
    pub(super) m_string: String,
    /// Path and query after the entry's own prefix, percent-decoded, with the placeholder.
    target: String,
    pub(super) is_in_host: bool,
    headers: Vec<(String, String)>,
    pub(super) body: Option<String>,
    pub(super) known: Vec<String>,
    style: Style,
    is_sherlock: bool,
}

impl Entry {
    /// An entry of a WhatsMyName file.
    pub(super) fn of_whatsmyname(json: &Value) -> Self {
        let text = |field: &str| json[field].as_str().unwrap_or_default().to_owned();
        let code = |field: &str| json[field].as_u64().unwrap().try_into().unwrap();
        let (host, rest) = split(json["uri_check"].as_str().unwrap());
        let is_in_host = host.contains(MARK);
        // A name shown as part of a host must be a valid label.
        let shown = json["uri_pretty"].as_str().map(split);
        let is_label = is_in_host || shown.is_some_and(|(host, _)| host.contains(MARK));
        let strip = text("strip_bad_char");
        let name = |elsewhere: &str, in_host: &str| -> String {
            let name = if is_label { in_host } else { elsewhere };
            name.chars().filter(|c| !strip.contains(*c)).collect()
        };
        let pairs = json["headers"].as_object().into_iter().flatten();
        let headers = pairs.map(|(name, value)| (name.to_lowercase(), value.as_str().unwrap()));
        let known = json["known"].as_array().unwrap().iter();
        Self {
            name: text("name"),
            names: [
                name("Anna.B-9_x", "anna-9"),
                name("nobody.Жук-7", "nobody-7"),
            ],
            e_code: code("e_code"),
            m_code: code("m_code"),
            e_string: text("e_string"),
            m_string: text("m_string"),
            target: decoded(rest.split('#').next().unwrap()),
            is_in_host,
            headers: headers
                .filter(|(name, _)| !CLIENTS_OWN.contains(&name.as_str()))
                .map(|(name, value)| (name, value.to_owned()))
                .collect(),
            body: Some(text("post_body")).filter(|body| !body.is_empty()),
            known: known
                .map(|name| name.as_str().unwrap().to_owned())
                .collect(),
            style: Style::Plain,
            is_sherlock: false,
        }
    }

    /// An entry of a Sherlock file that is used as this site. `None` if it allows no other names
    /// than its known one.
    pub(super) fn of_sherlock(json: &Value, site: &Site, style: Style) -> Option<Self> {
        let name_of = |names: [&str; 7]| {
            let mut names = names.into_iter();
            let name = names.find(|name| site.parse_username(name).is_ok());
            name.map(str::to_owned)
        };
        let text = |field: &str| json[field].as_str().unwrap_or_default().to_owned();
        let (host, rest) = split(json["urlProbe"].as_str().or(json["url"].as_str()).unwrap());
        let missing = site.missing();
        let says = missing.any_text.first();
        let m_code = match says {
            Some(_) => 200,
            None => *missing.bare.first().unwrap(),
        };
        let pairs = json["headers"].as_object().into_iter().flatten();
        let headers = pairs.map(|(name, value)| (name.to_lowercase(), value.as_str().unwrap()));
        let names = [
            "Anna.B-9_x",
            "Anna_B9",
            "anna-9",
            "AnnaB9",
            "annab",
            "#Anna",
            "1234567",
        ];
        let nobodies = [
            "nobody.Жук-7",
            "nobody_7",
            "nobody-7",
            "nobodyq7",
            "nobodyq",
            "#nobody",
            "7654321",
        ];
        let payload = Some(&json["request_payload"]).filter(|payload| payload.is_object());
        Some(Self {
            name: site.name().to_owned(),
            names: [name_of(names)?, name_of(nobodies)?],
            e_code: 200,
            m_code,
            e_string: String::new(),
            m_string: says.cloned().unwrap_or_default(),
            target: decoded(rest.split('#').next().unwrap()).replace("{}", MARK),
            is_in_host: host.contains("{}"),
            headers: headers
                .filter(|(name, _)| !CLIENTS_OWN.contains(&name.as_str()))
                .map(|(name, value)| (name, value.trim().to_owned()))
                .collect(),
            body: payload.map(|payload| {
                payload
                    .to_string()
                    .replace("\"{}\"", &format!("\"{MARK}\""))
            }),
            known: vec![text("username_claimed")],
            style,
            is_sherlock: true,
        })
    }

    /// True if the name exists.
    pub(super) fn exists(&self, name: &str) -> bool {
        self.names[0] == name || self.known.iter().any(|known| known == name)
    }

    /// True if the name is one that the tests watch.
    pub(super) fn is_watched(&self, name: &str) -> bool {
        self.names.iter().any(|own| own == name)
    }

    /// True if the name is one that the tests or the catalogue name.
    pub(super) fn is_named(&self, name: &str) -> bool {
        self.is_watched(name) || self.exists(name)
    }

    /// The name a request asks about, or what is wrong with the request.
    pub(super) fn asked(
        &self,
        request: &Request,
        target: &str,
        host: &str,
    ) -> Result<String, String> {
        let method = if self.body.is_some() { "POST" } else { "GET" };
        let mut names = Vec::new();
        let mut take = |what: &str, template: &str, given: &str| {
            let name = name_in(template, given);
            let name = name.ok_or_else(|| format!("{what} is {given:?}, not {template:?}"))?;
            names.extend(name);
            Ok::<(), String>(())
        };
        take("the target", &self.target, target)?;
        if let Some(body) = &self.body {
            take("the body", body, &self.plain_body(request))?;
        }
        if self.is_in_host {
            names.push(host.split('.').next().unwrap().to_owned());
        }
        for (name, value) in &self.headers {
            if request.header(name) != Some(value) {
                return Err(format!("{name} is {:?}", request.header(name)));
            }
        }
        let name = names.pop().ok_or("no name")?;
        match request.method == method && names.iter().all(|other| *other == name) {
            true => Ok(name),
            false => Err(format!("{} with {names:?} and {name}", request.method)),
        }
    }

    fn plain_body(&self, request: &Request) -> String {
        let body = String::from_utf8(request.body.clone()).unwrap();
        let is_form = self
            .headers
            .iter()
            .any(|(name, value)| name == "content-type" && value.contains("form"));
        if is_form { decoded(&body) } else { body }
    }

    /// The status, the `Location` of a redirect and the page for a name.
    pub(crate) fn page(&self, name: &str) -> (u16, Vec<(&'static str, String)>, Vec<u8>) {
        self.page_of(name, self.exists(name))
    }

    /// The same for a name that is said to exist or not.
    pub(super) fn page_of(
        &self,
        name: &str,
        exists: bool,
    ) -> (u16, Vec<(&'static str, String)>, Vec<u8>) {
        let (status, text) = if exists {
            (self.e_code, &self.e_string)
        } else {
            (self.m_code, &self.m_string)
        };
        let mut headers = vec![("content-type", "text/html; charset=utf-8".to_owned())];
        if matches!(status, 301 | 302 | 303 | 307 | 308) {
            // Real sites of hosts lead back to their own.
            let is_far = self.is_in_host && self.is_sherlock;
            let location = if is_far {
                "http://front.localhost/"
            } else {
                "/elsewhere"
            };
            headers.push(("location", location.to_owned()));
        }
        let body = if matches!(status, 204 | 205 | 304) {
            String::new()
        } else {
            self.style.page(Some(name).filter(|_| exists), text)
        };
        (status, headers, body.into_bytes())
    }
}

/// Host and rest of an address; the rest begins with a slash.
pub(super) fn split(address: &str) -> (&str, String) {
    let (_, rest) = address.split_once("://").unwrap();
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, rest) = rest.split_at(end);
    let slash = if rest.starts_with('/') { "" } else { "/" };
    (host, format!("{slash}{rest}"))
}

pub(super) fn decoded(text: &str) -> String {
    let pairs = format!("x={}", text.replace('+', "%2B").replace('&', "%26"));
    let (_, value) = url::form_urlencoded::parse(pairs.as_bytes())
        .next()
        .unwrap();
    value.into_owned()
}

/// The name that turns a template into a text; the inner option is `None` if the template has no
/// placeholder.
fn name_in(template: &str, given: &str) -> Option<Option<String>> {
    let marks = template.matches(MARK).count();
    let Some((before, _)) = template.split_once(MARK) else {
        return (template == given).then_some(None);
    };
    let length = (given.len() + marks * MARK.len()).checked_sub(template.len())? / marks;
    let name = given.get(before.len()..before.len() + length)?;
    (!name.is_empty() && template.replace(MARK, name) == given).then(|| Some(name.to_owned()))
}

/// The head of an answer that announces a longer body than it sends.
pub(crate) fn cut(status: u16, headers: &[(&'static str, String)], body: &[u8]) -> Answer {
    let mut bytes = wire::head(status, headers, Some(body.len() + 20));
    bytes.extend_from_slice(body);
    Answer::cut(bytes)
}
