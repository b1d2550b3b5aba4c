//! From a request to an answer: the token, the method, the faults, and the record of the call.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    faults::{Fault, json_answer},
    methods,
    params::Params,
    polling,
    rules::{Outcome, Refusal},
    state::State,
    view::Call,
};
use crate::demo::pretend::Shared;
use crate::demo::wire::{Answer, Request};

pub(super) async fn handle(shared: Arc<Shared<State>>, request: Request) -> Answer {
    if let Some(rest) = request.path.strip_prefix("/file/bot") {
        return download(&shared, rest);
    }
    let Some((token, method)) = request
        .path
        .strip_prefix("/bot")
        .and_then(|rest| rest.split_once('/'))
    else {
        return refused(&Refusal::new(404, "Not Found"));
    };
    if let Err(refusal) = authorized(&shared, token) {
        return refused(&refusal);
    }
    let params = Params::read(&request);
    let recorded = params.as_ref().map_or(Value::Null, Params::record);
    let (order, fault) = begin(&shared, method, recorded);
    shared.changed();
    if let (Some(Fault::Late(pause)), Ok(params)) = (&fault, &params) {
        let (pause, params, method) = (*pause, params.clone(), method.to_owned());
        let calls = Arc::clone(&shared);
        shared.lock().late.spawn(async move {
            tokio::time::sleep(pause).await;
            let outcome = methods::run(&mut calls.lock(), &method, &params);
            finish(&calls, order, &outcome, true);
        });
        return Answer::Reset;
    }
    if let Some(fault) = &fault {
        let pause = fault.pause();
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
        if !fault.delivers() {
            finish(
                &shared,
                order,
                &Err(Refusal::new(0, "a fault stood in the way")),
                true,
            );
            return fault.answer().unwrap_or(Answer::Reset);
        }
    }
    let outcome = match params {
        Err(why) => Err(Refusal::bad(why)),
        Ok(params) if method == "getUpdates" => polling::get_updates(&shared, &params).await,
        Ok(params) => methods::run(&mut shared.lock(), method, &params),
    };
    let spoiled = fault.as_ref().and_then(Fault::answer);
    finish(&shared, order, &outcome, spoiled.is_some());
    spoiled.unwrap_or_else(|| match outcome {
        Ok(result) => json_answer(200, json!({ "ok": true, "result": result }).to_string()),
        Err(refusal) => refused(&refusal),
    })
}

fn authorized(shared: &Shared<State>, token: &str) -> Result<(), Refusal> {
    let state = shared.lock();
    if token == &*state.token && !state.token_revoked {
        return Ok(());
    }
    Err(Refusal::new(401, "Unauthorized"))
}

/// Records the call and takes its pending fault, if any.
fn begin(shared: &Shared<State>, method: &str, params: Value) -> (usize, Option<Fault>) {
    let mut state = shared.lock();
    let order = state.calls.len() + 1;
    let method = method.to_owned();
    let waiting = state
        .faults
        .iter()
        .position(|(name, _, _)| *name == method || name == "*");
    let mut fault = None;
    if let Some((_, times, kind)) = waiting.and_then(|place| state.faults.get_mut(place)) {
        fault = Some(kind.clone());
        *times = times.saturating_sub(1);
    }
    state.faults.retain(|(_, times, _)| *times > 0);
    let call = Call {
        order,
        method,
        params,
        finished: false,
        ok: false,
        broken: false,
        refusal: None,
    };
    state.calls.push(Arc::new(call));
    (order, fault)
}

fn finish(shared: &Shared<State>, order: usize, outcome: &Outcome, broken: bool) {
    shared.change(|state| {
        if let Some(call) = state.calls.get_mut(order - 1) {
            let call = Arc::make_mut(call);
            call.finished = true;
            call.ok = outcome.is_ok();
            call.broken = broken;
            call.refusal = outcome
                .as_ref()
                .err()
                .map(|refusal| refusal.description.clone());
        }
    });
}

fn download(shared: &Shared<State>, rest: &str) -> Answer {
    let Some((token, path)) = rest.split_once('/') else {
        return refused(&Refusal::new(404, "Not Found"));
    };
    if let Err(refusal) = authorized(shared, token) {
        return refused(&refusal);
    }
    let id = path.rsplit('/').next().unwrap_or_default();
    let bytes = shared
        .lock()
        .files
        .get(id)
        .map(|file| Arc::clone(&file.bytes));
    match bytes {
        Some(bytes) => Answer::Plain {
            status: 200,
            headers: vec![("content-type", "application/octet-stream".to_owned())],
            body: bytes.to_vec(),
        },
        None => refused(&Refusal::new(404, "Not Found")),
    }
}

fn refused(refusal: &Refusal) -> Answer {
    json_answer(refusal.code, refusal.body())
}
