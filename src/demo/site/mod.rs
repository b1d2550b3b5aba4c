//! A pretend site with profiles: `GET|HEAD|POST /{site}/{name}` answers as configured.
//!
//! One server plays any number of sites. The counts are exact under load: a plain answer leaves the
//! count of requests in flight before its last byte is sent. A client that gives up on a hanging
//! answer is noticed a moment later. The server needs a running tokio runtime and ends with the
//! last clone of its handle.

mod behaviour;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

pub use self::behaviour::Behaviour;
use crate::demo::pretend::{Pretend, Shared};
use crate::demo::wire::{Answer, Request};

/// The control name: it exists on every site unless set otherwise.
pub const CONTROL: &str = "known";

/// Runs at every request.
type Hook = Arc<dyn Fn() + Send + Sync>;

/// A request for a profile.
#[derive(Clone, Debug)]
pub struct SiteRequest {
    /// The first part of the path.
    pub site: String,
    /// The rest of the path, decoded.
    pub name: String,
    pub at: Instant,
    /// As received.
    request: Request,
}

impl Deref for SiteRequest {
    type Target = Request;

    fn deref(&self) -> &Request {
        &self.request
    }
}

/// Behaviours of one name: each is used once, the last one from then on.
#[derive(Debug)]
struct Turns {
    list: Vec<Behaviour>,
    next: usize,
}

#[derive(Debug, Default)]
struct Site {
    default: Option<Behaviour>,
    names: HashMap<String, Turns>,
    in_flight: usize,
    max_in_flight: usize,
}

struct State {
    sites: HashMap<String, Site>,
    requests: Vec<SiteRequest>,
    count: usize,
    recording: bool,
    delay: Duration,
    hook: Option<Hook>,
    held: watch::Sender<bool>,
}

/// A request on its way; dropping it counts it out.
struct InFlight {
    shared: Arc<Shared<State>>,
    site: String,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.shared.change(|state| {
            if let Some(site) = state.sites.get_mut(&self.site) {
                site.in_flight -= 1;
            }
        });
    }
}

/// A handle to a running pretend site; clones are the same server.
#[derive(Clone, Debug)]
pub struct PretendSite(Pretend<State>);

impl PretendSite {
    /// Starts a server on a free loopback port. At first every name on every site is missing,
    /// except the catalogue's control name.
    pub async fn start() -> anyhow::Result<Self> {
        let state = State {
            sites: HashMap::new(),
            requests: Vec::new(),
            count: 0,
            recording: true,
            delay: Duration::ZERO,
            hook: None,
            held: watch::Sender::new(false),
        };
        Pretend::start(state, handle).await.map(Self)
    }

    /// `http://127.0.0.1:PORT`; a profile is at `{url}/{site}/{name}`.
    pub fn url(&self) -> String {
        self.0.url()
    }

    /// Sets how a name on a site behaves from now on.
    pub fn set(&self, site: &str, name: &str, behaviour: Behaviour) {
        self.behave_in_turn(site, name, vec![behaviour]);
    }

    /// Sets how a name behaves at its next requests, in order; the last behaviour stays.
    pub fn behave_in_turn(&self, site: &str, name: &str, behaviours: Vec<Behaviour>) {
        let turns = Turns {
            list: behaviours,
            next: 0,
        };
        self.0
            .lock()
            .sites
            .entry(site.to_owned())
            .or_default()
            .names
            .insert(name.to_owned(), turns);
    }

    /// Sets how the other names of a site behave.
    pub fn set_default(&self, site: &str, behaviour: Behaviour) {
        self.0
            .lock()
            .sites
            .entry(site.to_owned())
            .or_default()
            .default = Some(behaviour);
    }

    /// Forgets the behaviours of single names of a site; its default stays.
    pub fn forget_names(&self, site: &str) {
        if let Some(site) = self.0.lock().sites.get_mut(site) {
            site.names.clear();
        }
    }

    /// Delays every answer by this much.
    pub fn set_delay(&self, delay: Duration) {
        self.0.lock().delay = delay;
    }

    /// Holds answers back from now on, or releases all held answers.
    pub fn hold(&self, on: bool) {
        self.0.lock().held.send_replace(on);
    }

    /// Calls this at every request, before the answer.
    pub fn on_request(&self, hook: Box<dyn Fn() + Send + Sync>) {
        self.0.lock().hook = Some(Arc::from(hook));
    }

    /// Turns the recording of requests on or off; they are counted in any case.
    pub fn record(&self, on: bool) {
        self.0.lock().recording = on;
    }

    /// The requests for profiles so far, in order.
    pub fn requests(&self) -> Vec<SiteRequest> {
        self.0.lock().requests.clone()
    }

    /// The requests for the profiles of one site, in order.
    pub fn requests_to(&self, site: &str) -> Vec<SiteRequest> {
        self.0
            .lock()
            .requests
            .iter()
            .filter(|request| request.site == site)
            .cloned()
            .collect()
    }

    /// The number of requests for profiles.
    pub fn request_count(&self) -> usize {
        self.0.lock().count
    }

    /// The highest number of concurrent requests to a site.
    pub fn max_in_flight(&self, site: &str) -> usize {
        self.0
            .lock()
            .sites
            .get(site)
            .map_or(0, |site| site.max_in_flight)
    }

    /// The current number of requests to a site.
    pub fn in_flight(&self, site: &str) -> usize {
        self.0
            .lock()
            .sites
            .get(site)
            .map_or(0, |site| site.in_flight)
    }

    /// Forgets requests and counts, keeps behaviours.
    pub fn forget_requests(&self) {
        let mut state = self.0.lock();
        state.requests.clear();
        state.count = 0;
        for site in state.sites.values_mut() {
            site.max_in_flight = site.in_flight;
        }
    }

    /// Waits until the condition holds; checks now and whenever a request begins or ends.
    pub async fn wait_until(
        &self,
        what: &str,
        limit: Duration,
        mut condition: impl FnMut(&Self) -> bool,
    ) -> anyhow::Result<()> {
        let report = || format!("requests so far: {}", self.request_count());
        self.0
            .wait_until(what, limit, || condition(self), report)
            .await
    }
}

async fn handle(shared: Arc<Shared<State>>, request: Request) -> (Answer, Option<InFlight>) {
    let parts = request
        .path
        .strip_prefix('/')
        .and_then(|path| path.split_once('/'));
    let Some((site, name)) = parts.filter(|(site, name)| !site.is_empty() && !name.is_empty())
    else {
        let login = request.path == "/login";
        return (
            if login {
                behaviour::login_page()
            } else {
                behaviour::front_page()
            },
            None,
        );
    };
    let guard = InFlight {
        shared: Arc::clone(&shared),
        site: site.to_owned(),
    };
    let (answer, delay, hook, mut held) = shared.change(|state| {
        state.count += 1;
        let behaviour = state
            .sites
            .entry(site.to_owned())
            .or_default()
            .arrives(name);
        if state.recording {
            state.requests.push(SiteRequest {
                site: site.to_owned(),
                name: name.to_owned(),
                at: Instant::now(),
                request: request.clone(),
            });
        }
        (
            behaviour.answer(&request.path, name),
            state.delay,
            state.hook.clone(),
            state.held.subscribe(),
        )
    });
    if let Some(hook) = hook {
        hook();
    }
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    // The sender lives in `shared`, so this ends only when answers are released.
    held.wait_for(|held| !held).await.ok();
    (answer, Some(guard))
}

impl Site {
    /// Counts a request in and returns its behaviour.
    fn arrives(&mut self, name: &str) -> Behaviour {
        self.in_flight += 1;
        self.max_in_flight = self.max_in_flight.max(self.in_flight);
        let turn = self.names.get_mut(name).and_then(Turns::take);
        let usual = || match name {
            CONTROL => Behaviour::Exists,
            _ => Behaviour::Missing,
        };
        turn.or_else(|| self.default.clone()).unwrap_or_else(usual)
    }
}

impl Turns {
    fn take(&mut self) -> Option<Behaviour> {
        let behaviour = self
            .list
            .get(self.next)
            .or_else(|| self.list.last())
            .cloned();
        self.next = (self.next + 1).min(self.list.len());
        behaviour
    }
}
