//! One server that plays every site of a WhatsMyName file, either as the file describes it or in a
//! hostile way.
//!
//! Every entry's address is rewritten to this server: to a path of its own, or to a host of its own
//! if the user name is part of the host. A request must match the entry exactly: method, path,
//! query, headers and body, with a user name in place of the placeholder. Anything else is recorded
//! as wrong.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::Value;
use vakhta::testing::demo::wire::{self, Answer, Request, Server};

use super::hostile::{self, Hostile};

/// The placeholder for the user name.
const MARK: &str = "{account}";

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
    e_string: String,
    m_string: String,
    /// Path and query after the entry's own prefix, percent-decoded, with the placeholder.
    target: String,
    is_in_host: bool,
    headers: Vec<(String, String)>,
    body: Option<String>,
    known: Vec<String>,
}

impl Entry {
    fn new(json: &Value) -> Self {
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
        }
    }

    /// The name a request asks about, or what is wrong with the request.
    fn asked(&self, request: &Request, target: &str, host: &str) -> Result<String, String> {
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
        let exists = self.names[0] == name || self.known.iter().any(|known| known == name);
        let (status, text) = if exists {
            (self.e_code, &self.e_string)
        } else {
            (self.m_code, &self.m_string)
        };
        let mut headers = vec![("content-type", "text/html; charset=utf-8".to_owned())];
        if matches!(status, 301 | 302 | 303 | 307 | 308) {
            headers.push(("location", "/elsewhere".to_owned()));
        }
        let body = if matches!(status, 204 | 205 | 304) {
            String::new()
        } else {
            format!("<!doctype html><html><body>\n<p>A page.</p>\n{text}\n</body></html>\n")
        };
        (status, headers, body.into_bytes())
    }
}

/// Host and rest of an address; the rest begins with a slash.
fn split(address: &str) -> (&str, String) {
    let (_, rest) = address.split_once("://").unwrap();
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, rest) = rest.split_at(end);
    let slash = if rest.starts_with('/') { "" } else { "/" };
    (host, format!("{slash}{rest}"))
}

fn decoded(text: &str) -> String {
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

#[derive(Default)]
struct Seen {
    /// For existing names, and for the others.
    hostile: Option<[Hostile; 2]>,
    requests: Vec<usize>,
    in_flight: Vec<usize>,
    most_in_flight: usize,
    wrong: Vec<String>,
}

/// The server and what it has seen.
pub(crate) struct Emulation {
    pub(crate) entries: Arc<Vec<Entry>>,
    seen: Arc<Mutex<Seen>>,
    _server: Server,
}

/// A request in flight; dropping this ends it.
struct InFlight(Arc<Mutex<Seen>>, usize);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.lock().unwrap().in_flight[self.1] -= 1;
    }
}

impl Emulation {
    /// Starts the server for a file. Also returns the file's text, with every address rewritten to
    /// the server.
    pub(crate) async fn start(file: &Path) -> (Self, String) {
        let text = std::fs::read_to_string(file).unwrap();
        let mut json: Value = serde_json::from_str(&text).unwrap();
        let sites = json["sites"].as_array_mut().unwrap();
        let entries: Arc<Vec<Entry>> = Arc::new(sites.iter().map(Entry::new).collect());
        let seen = Arc::new(Mutex::new(Seen {
            in_flight: vec![0; entries.len()],
            ..Seen::default()
        }));
        let world = (Arc::clone(&entries), Arc::clone(&seen));
        let server = Server::start(move |request| {
            let answer = answer(&world.0, &world.1, &request);
            async move { answer }
        });
        let server = server.await.unwrap();
        let own = server.url().replace("http://", "");
        let port = own.split(':').next_back().unwrap();
        for (index, site) in sites.iter_mut().enumerate() {
            let (_, rest) = split(site["uri_check"].as_str().unwrap());
            let address = if entries[index].is_in_host {
                format!("http://{MARK}.e{index}.localhost:{port}{rest}")
            } else {
                format!("http://{own}/e{index}{rest}")
            };
            site["uri_check"] = address.into();
        }
        let emulation = Self {
            entries,
            seen,
            _server: server,
        };
        (emulation, json.to_string())
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    /// Sets how every site treats existing names and others from now on, and forgets earlier
    /// requests.
    pub(crate) fn behave(&self, hostile: Option<[Hostile; 2]>) {
        let mut seen = self.lock();
        seen.hostile = hostile;
        seen.requests.clear();
    }

    /// Requests since the last [`Self::behave`], by entry.
    pub(crate) fn requests(&self) -> Vec<usize> {
        let mut counts = vec![0; self.entries.len()];
        for entry in &self.lock().requests {
            counts[*entry] += 1;
        }
        counts
    }

    /// The most concurrent requests at one site, and everything that was wrong with requests.
    pub(crate) fn verdict(&self) -> (usize, Vec<String>) {
        let seen = self.lock();
        (seen.most_in_flight, seen.wrong.clone())
    }
}

fn answer(
    entries: &[Entry],
    seen: &Arc<Mutex<Seen>>,
    request: &Request,
) -> (Answer, Option<InFlight>) {
    let host = request.header("host").unwrap_or_default();
    let number = |text: &str| text.strip_prefix('e')?.parse::<usize>().ok();
    let by_host = host.split('.').nth(1).and_then(number);
    let in_path = request.path.trim_start_matches('/').split('/').next();
    let (entry, path) = match (by_host, in_path.and_then(number)) {
        (Some(entry), _) => (entry, request.path.as_str()),
        (None, Some(entry)) => {
            let path = request.path.strip_prefix(&format!("/e{entry}"));
            (entry, path.unwrap_or_default())
        }
        (None, None) => (usize::MAX, ""),
    };
    let mut state = seen.lock().unwrap();
    let hostile = state.hostile;
    if let Some(answer) = hostile::beside(&request.path) {
        return (answer, None);
    }
    let Some(played) = entries.get(entry) else {
        state.wrong.push(format!("{} of no entry", request.path));
        return (Answer::Reset, None);
    };
    state.requests.push(entry);
    state.in_flight[entry] += 1;
    state.most_in_flight = state.most_in_flight.max(state.in_flight[entry]);
    let target = match request.query.as_str() {
        "" => path.to_owned(),
        query => format!("{path}?{}", decoded(query)),
    };
    let answer = match (played.asked(request, &target, host), hostile) {
        (Err(why), _) => {
            state.wrong.push(format!("{}: {why}", played.name));
            Answer::Reset
        }
        (Ok(name), Some([to_found, to_others])) => {
            let hostile = if name == played.names[0] {
                to_found
            } else {
                to_others
            };
            hostile.answer(played, &name, request)
        }
        (Ok(name), None) => {
            if !played.names.contains(&name) && !played.known.contains(&name) {
                // Random control names consist of plain letters and digits.
                let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
                if !name.chars().all(plain) {
                    state
                        .wrong
                        .push(format!("{}: asked for {name}", played.name));
                }
            }
            let (status, headers, body) = played.page(&name);
            Answer::Plain {
                status,
                headers,
                body,
            }
        }
    };
    drop(state);
    (answer, Some(InFlight(Arc::clone(seen), entry)))
}

/// The head of an answer that announces a longer body than it sends.
pub(crate) fn cut(status: u16, headers: &[(&'static str, String)], body: &[u8]) -> Answer {
    let mut bytes = wire::head(status, headers, Some(body.len() + 20));
    bytes.extend_from_slice(body);
    Answer::cut(bytes)
}
