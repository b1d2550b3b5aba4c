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
use vakhta::testing::demo::wire::{Answer, Request, Server};
use vakhta::testing::slices::watch::catalogue::Listing;

use super::entry::{Entry, MARK, decoded, split};
use super::hostile::{self, Hostile, is_plain};
use super::pages::Style;
use super::scenes::{self, Scene};

#[derive(Default)]
struct Seen {
    /// For existing names, and for the others.
    hostile: Option<[Hostile; 2]>,
    /// For the watched names; control names are answered as the entries say.
    scene: Option<Scene>,
    requests: Vec<usize>,
    in_flight: Vec<usize>,
    most_in_flight: usize,
    wrong: Vec<String>,
}

/// The server and what it has seen.
pub(crate) struct Emulation {
    pub(crate) entries: Arc<Vec<Entry>>,
    seen: Arc<Mutex<Seen>>,
    server: Server,
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
        let entries: Arc<Vec<Entry>> = Arc::new(sites.iter().map(Entry::of_whatsmyname).collect());
        let emulation = Self::of(entries).await;
        for (index, site) in sites.iter_mut().enumerate() {
            let (_, rest) = split(site["uri_check"].as_str().unwrap());
            site["uri_check"] = emulation.address(index, &rest, MARK).into();
        }
        (emulation, json.to_string())
    }

    /// The same for a Sherlock file. Entries that are not used are left out.
    pub(crate) async fn start_sherlock(file: &Path, style: Style) -> (Self, String) {
        let text = std::fs::read_to_string(file).unwrap();
        let json: serde_json::Map<String, Value> = serde_json::from_str(&text).unwrap();
        let listing = Listing::parse("data.json", &text, true);
        let used = listing.sites.iter().filter_map(|site| {
            let json = &json[site.name()];
            Some((json.clone(), Entry::of_sherlock(json, site, style)?))
        });
        let (jsons, entries): (Vec<Value>, Vec<Entry>) = used.unzip();
        let emulation = Self::of(Arc::new(entries)).await;
        let mut played = serde_json::Map::new();
        for (index, mut site) in jsons.into_iter().enumerate() {
            let address = site["urlProbe"].as_str().or(site["url"].as_str()).unwrap();
            let (_, rest) = split(address);
            site["urlProbe"] = emulation.address(index, &rest, "{}").into();
            played.insert(emulation.entries[index].name.clone(), site);
        }
        (emulation, Value::Object(played).to_string())
    }

    async fn of(entries: Arc<Vec<Entry>>) -> Self {
        let seen = Arc::new(Mutex::new(Seen {
            in_flight: vec![0; entries.len()],
            ..Seen::default()
        }));
        let world = (Arc::clone(&entries), Arc::clone(&seen));
        let server = Server::start(move |request| {
            let answer = answer(&world.0, &world.1, &request);
            async move { answer }
        });
        Self {
            entries,
            seen,
            server: server.await.unwrap(),
        }
    }

    /// An entry's address on this server.
    fn address(&self, index: usize, rest: &str, mark: &str) -> String {
        let own = self.server.url().replace("http://", "");
        let port = own.split(':').next_back().unwrap();
        if self.entries[index].is_in_host {
            format!("http://{mark}.e{index}.localhost:{port}{rest}")
        } else {
            format!("http://{own}/e{index}{rest}")
        }
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    /// Sets how every site treats existing names and others from now on, and forgets earlier
    /// requests.
    pub(crate) fn behave(&self, hostile: Option<[Hostile; 2]>) {
        let mut seen = self.lock();
        seen.hostile = hostile;
        seen.scene = None;
        seen.requests.clear();
    }

    /// Plays a scene to the watched names from now on.
    pub(crate) fn play(&self, scene: Scene) {
        let mut seen = self.lock();
        (seen.hostile, seen.scene) = (None, Some(scene));
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
    let scene = state.scene;
    let (path, query, is_moved) = scenes::arrived(scene, path, &request.query);
    let target = match query.as_str() {
        "" => path,
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
            let (name, is_small) = scenes::meant(scene, played, name);
            let is_played = played.is_watched(&name) && !is_moved && !is_small;
            if let Some(answer) = scene
                .filter(|_| is_played)
                .and_then(|scene| scene.answer(played, &name, request))
            {
                drop(state);
                return (answer, Some(InFlight(Arc::clone(seen), entry)));
            }
            if !played.is_named(&name) {
                // Control names are random and plain, or look like the account that is about to be
                // found: from one of its signs on even after a known name, or a name that is there
                // with signs put in, or the account's own with another end.
                let signs = |name: &str| name.replace(char::is_alphanumeric, "");
                let (asked, looks) = (signs(&name), signs(&played.names[0]));
                let known = played.known.iter().map(|known| signs(known));
                let mut starts = known.chain([String::new()]);
                let tail = |start: String| asked.strip_prefix(&start).map(str::to_owned);
                let letters = |name: &str| name.replace(|c: char| !c.is_alphanumeric(), "");
                let mut there = played.known.iter().chain(&played.names);
                let is_put_in = there.any(|there| letters(there) == letters(&name));
                let mut own = played.names.iter();
                let is_other_end = own.any(|own| differ_at_the_end(own, &name));
                if !is_plain(&name)
                    && !is_put_in
                    && !is_other_end
                    && !starts.any(|start| tail(start).is_some_and(|tail| looks.ends_with(&tail)))
                {
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

/// Names of one length that are the same but for the last letter.
fn differ_at_the_end(one: &str, other: &str) -> bool {
    let pairs = one.chars().rev().zip(other.chars().rev());
    let is_sign_of_both = |(a, b): &(char, char)| !a.is_alphanumeric() && a == b;
    let mut rest = pairs.skip_while(is_sign_of_both).skip(1);
    one.chars().count() == other.chars().count() && rest.all(|(a, b)| a == b)
}
