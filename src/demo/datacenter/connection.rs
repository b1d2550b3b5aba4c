//! One connection to a data centre: frames in, frames out.

use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Duration;

use grammers_tl_types::{Identifiable as _, Serializable as _, functions, name_for_id, types};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::crypto::{Message, part};
use super::end::End;
use super::exchange::Exchange;
use super::faults::{Fate, Refusal, WireFault};
use super::framing::Framing;
use super::methods::{self, Request};
use super::service;
use super::session::{self, Out, Session};
use super::state::{KeyRef, Known, State};
use super::tl::{CONTAINER, id_of, read, result};
use crate::demo::pretend::Shared;
use crate::demo::socket::{read_more, write_all};

/// An object that no schema knows.
const GARBAGE: u32 = 0xdead_beef;

/// Serves a connection until one side ends it.
pub(super) async fn serve(stream: &TcpStream, shared: Arc<Shared<State>>, centre: i32) {
    let number = shared.change(|state| {
        state.connections += 1;
        state.accepted += 1;
        state.accepted
    });
    let mut connection = Connection {
        shared: Arc::clone(&shared),
        number,
        centre,
        framing: None,
        exchange: Exchange::default(),
        key: None,
        session: None,
        is_silent: false,
        plain: Vec::new(),
        out: Vec::new(),
        later: JoinSet::new(),
        deadline: None,
    };
    let end = connection.run(stream).await;
    let status = match end {
        End::HangUp => None,
        End::Status(status) => Some(status),
        End::Complaint(what) => {
            shared.change(|state| state.complain(centre, &what));
            Some(-404)
        }
    };
    if let (Some(status), Some(framing)) = (status, &mut connection.framing)
        && let Ok(bytes) = framing.status(status)
    {
        // The client may be gone already.
        write_all(stream, &bytes).await.ok();
    }
    shared.change(|state| state.connections -= 1);
}

struct Connection {
    shared: Arc<Shared<State>>,
    number: usize,
    centre: i32,
    framing: Option<Framing>,
    exchange: Exchange,
    key: Option<KeyRef>,
    session: Option<Session>,
    /// Nothing is answered any more.
    is_silent: bool,
    /// Answers of the key exchange.
    plain: Vec<Vec<u8>>,
    out: Vec<Out>,
    /// Answers that are held back.
    later: JoinSet<Out>,
    /// When the connection ends unless the client pings again.
    deadline: Option<Instant>,
}

impl Connection {
    async fn run(&mut self, stream: &TcpStream) -> End {
        let mut buffer = Vec::new();
        let mut changes = self.shared.changes();
        if let Err(end) = self.fault("connect") {
            return end;
        }
        loop {
            let step = tokio::select! {
                read = read_more(stream, &mut buffer) => match read {
                    Ok(0) | Err(_) => Err(End::HangUp),
                    Ok(_) => self.take_frames(&mut buffer),
                },
                Ok(()) = changes.changed() => self.look_around(),
                () = tokio::time::sleep_until(self.deadline.unwrap_or_else(Instant::now)),
                    if self.deadline.is_some() => Err(End::HangUp),
                Some(late) = self.later.join_next() => {
                    self.out.extend(late);
                    Ok(())
                }
            };
            let sent = match self.frames() {
                Ok(bytes) => write_all(stream, &bytes).await.map_err(End::from),
                Err(end) => Err(end),
            };
            if let Err(end) = step.and(sent) {
                return end;
            }
        }
    }

    fn take_frames(&mut self, buffer: &mut Vec<u8>) -> Result<(), End> {
        if self.framing.is_none() {
            self.framing = Framing::detect(buffer);
        }
        while let Some(framing) = &mut self.framing
            && let Some(frame) = framing.unpack(buffer)?
        {
            let (centre, id) = (self.centre, part(&frame, 0));
            let is_silent = self.shared.lock().is_silent(KeyRef { centre, id });
            if !self.is_silent && !is_silent {
                self.take(&frame)?;
            }
        }
        Ok(())
    }

    /// Something changed somewhere: perhaps an update for this client, or the end.
    fn look_around(&mut self) -> Result<(), End> {
        let mut state = self.shared.lock();
        if self.number <= state.ended_before {
            return Err(End::HangUp);
        }
        if let (Some(key), Some(_)) = (self.key, &self.session)
            && let Some(known) = state.keys.get_mut(&key)
        {
            self.out.extend(known.pushes.drain(..).map(Out::push));
        }
        Ok(())
    }

    /// The bytes of everything that waits to be sent.
    fn frames(&mut self) -> Result<Vec<u8>, End> {
        let (plain, out) = (
            std::mem::take(&mut self.plain),
            std::mem::take(&mut self.out),
        );
        let mut bytes = Vec::new();
        let Some(framing) = self.framing.as_mut().filter(|_| !self.is_silent) else {
            return Ok(bytes);
        };
        for message in plain {
            bytes.extend(framing.pack(&message)?);
        }
        let state = self.shared.lock();
        if let (Some(session), Some(known)) = (
            &mut self.session,
            self.key.and_then(|key| state.keys.get(&key)),
        ) && !out.is_empty()
        {
            let salt = known.salt(state.now(), 0).0;
            bytes.extend(framing.pack(&session.seal(known, salt, out)?)?);
        }
        Ok(bytes)
    }

    fn take(&mut self, frame: &[u8]) -> Result<(), End> {
        let id = part(frame, 0);
        if id == [0; 8] {
            return self.take_plain(frame);
        }
        let centre = self.centre;
        let key = KeyRef { centre, id };
        let now = State::wire_now();
        let mut state = self.shared.lock();
        let Some(known) = state.keys.get_mut(&key) else {
            return Err(End::Status(-404));
        };
        let envelope = known.key.open(frame)?;
        self.key = Some(key);
        let session = match self.session.take() {
            Some(session) if session.id == envelope.session => self.session.insert(session),
            _ => self.session.insert(Session::new(envelope.session)),
        };
        if !known.takes_salt(envelope.salt, now) {
            let salt = known.salt(now, 0).0;
            self.out.push(service::bad_salt(&envelope.message, salt));
            return Ok(());
        }
        if let Entry::Vacant(unknown) = known.sessions.entry(session.id) {
            unknown.insert(0);
            let salt = known.salt(now, 0).0;
            let created = service::new_session(session.id, &envelope.message, salt);
            self.out.push(created);
        }
        drop(state);
        self.take_message(envelope.message, true)
    }

    fn take_plain(&mut self, frame: &[u8]) -> Result<(), End> {
        let length = u32::from_le_bytes(part(frame, 16));
        let body = frame.get(20..).unwrap_or_default();
        let id = i64::from_le_bytes(part(frame, 8));
        if usize::try_from(length).ok() != Some(body.len()) || id % 4 != 0 {
            return Err("a plain message with a wrong length or number".into());
        }
        // A client may acknowledge what it was told.
        if id_of(body) == types::MsgsAck::CONSTRUCTOR_ID {
            return Ok(());
        }
        match self.fault(name_for_id(id_of(body)))? {
            Fate::Answered | Fate::Delayed(_) => {}
            Fate::Spoiled => {
                self.plain.push(service::plain(&GARBAGE.to_bytes())?);
                return Ok(());
            }
            Fate::Ignored => return Ok(()),
            Fate::Lost | Fate::Refused(_) => return Err(End::HangUp),
        }
        let reply = self.exchange.answer(body, self.centre, State::wire_now())?;
        if let Some((key, salt)) = reply.agreed {
            let centre = self.centre;
            let id = key.id();
            let known = Known::new(key, Some(salt));
            self.shared
                .change(|state| state.keys.insert(KeyRef { centre, id }, known));
        }
        self.plain.push(service::plain(&reply.body)?);
        Ok(())
    }

    /// A message of the client, on its own or out of a container.
    fn take_message(&mut self, mut message: Message, is_outer: bool) -> Result<(), End> {
        let Some(session) = &mut self.session else {
            return Ok(());
        };
        message.body = session::unpack(message.body).map_err(anyhow::Error::from)?;
        let kind = id_of(&message.body);
        let is_content = ![CONTAINER, types::MsgsAck::CONSTRUCTOR_ID].contains(&kind);
        if let Err(code) = session.check(&message, is_content, State::wire_now()) {
            let what = format!("a message with wrong numbers, code {code}");
            self.complain(&what);
            self.out.push(service::bad_numbers(&message, code));
            return Ok(());
        }
        if let Ok(ping) = read::<functions::PingDelayDisconnect>(&message.body) {
            let delay = u64::from(ping.disconnect_delay.unsigned_abs());
            self.deadline = Some(Instant::now() + Duration::from_secs(delay));
        }
        if kind != CONTAINER {
            let answer = {
                let state = self.shared.lock();
                let known = self.key.and_then(|key| state.keys.get(&key));
                known.and_then(|known| service::answer(known, &message))
            };
            let Some(answer) = answer else {
                return self.call(message.id, message.body);
            };
            self.out.extend(answer?);
            return Ok(());
        }
        if !is_outer {
            return Err("a container within a container".into());
        }
        for inner in session::contents(&message.body).map_err(anyhow::Error::from)? {
            if inner.id >= message.id {
                return Err("a message younger than its container".into());
            }
            self.take_message(inner, false)?;
        }
        Ok(())
    }

    fn call(&mut self, id: i64, body: Vec<u8>) -> Result<(), End> {
        let (Some(key), Some(session)) = (self.key, &self.session) else {
            return Ok(());
        };
        let request = match Request::unwrap(body) {
            Ok(request) => request,
            Err(refusal) => {
                self.complain(&refusal.name);
                self.refuse(id, &refusal);
                return Ok(());
            }
        };
        let mut state = self.shared.lock();
        let Some(known) = state.keys.get_mut(&key) else {
            return Err(End::Status(-404));
        };
        let spoken = known.sessions.entry(session.id).or_default();
        if let (Some(layer), Some(device)) = (request.layer, &request.device) {
            *spoken = layer;
            known.device = device.clone();
        }
        let layer = *spoken;
        drop(state);
        let fate = match self.fault(request.method())? {
            Fate::Ignored => return Ok(()),
            Fate::Refused(refusal) => {
                self.refuse(id, &refusal);
                return Ok(());
            }
            fate => fate,
        };
        if layer == 0 {
            self.complain("a call before initConnection");
            self.refuse(id, &Refusal::bad("CONNECTION_NOT_INITED"));
            return Ok(());
        }
        let answer = self
            .shared
            .change(|state| methods::call(state, key, layer, &request.body));
        let answer = match answer {
            Ok(answer) => session::pack(answer)?,
            Err(refusal) => {
                if refusal.name.starts_with("INPUT_") {
                    self.complain(&format!("{}: {}", request.method(), refusal.name));
                }
                methods::refused(&refusal)
            }
        };
        let reply = Out::content(result(id, &answer));
        match fate {
            Fate::Answered => self.out.push(reply),
            Fate::Lost | Fate::Ignored | Fate::Refused(_) => return Err(End::HangUp),
            Fate::Spoiled => {
                let garbage = result(id, &GARBAGE.to_bytes());
                self.out.push(Out::content(garbage));
            }
            Fate::Delayed(pause) => {
                self.later.spawn(async move {
                    tokio::time::sleep(pause).await;
                    reply
                });
            }
        }
        Ok(())
    }

    fn refuse(&mut self, id: i64, refusal: &Refusal) {
        let error = methods::refused(refusal);
        self.out.push(Out::content(result(id, &error)));
    }

    fn complain(&self, what: &str) {
        let centre = self.centre;
        self.shared.change(|state| state.complain(centre, what));
    }

    /// Counts a call, and takes the fault that is meant for it.
    fn fault(&mut self, method: &str) -> Result<Fate, End> {
        let fault = self.shared.change(|state| {
            *state.calls.entry(method.to_owned()).or_default() += 1;
            state.take_fault(method)
        });
        match fault {
            None => Ok(Fate::Answered),
            Some(WireFault::Rpc { code, name }) => Ok(Fate::Refused(Refusal { code, name })),
            Some(WireFault::HangUp) => Err(End::HangUp),
            Some(WireFault::Lost) => Ok(Fate::Lost),
            Some(WireFault::Ignore) => Ok(Fate::Ignored),
            Some(WireFault::Silence) => {
                self.is_silent = true;
                Ok(Fate::Ignored)
            }
            Some(WireFault::Delay(pause)) => Ok(Fate::Delayed(pause)),
            Some(WireFault::Status(status)) => Err(End::Status(status)),
            Some(WireFault::Garbage) => Ok(Fate::Spoiled),
        }
    }
}
