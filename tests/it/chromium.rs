//! A real headless Chromium, controlled over a pipe (`--remote-debugging-pipe`). This opens no port
//! and needs no crate, and the browser ends with the test, because its pipe does.
//!
//! Without Chromium, a test does nothing (see `tier`). Every wait is for a condition and has a
//! limit. Nothing of a browser outlives its test.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "an answer without what is promised, or a wait in vain, is a failed test"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::harness::LIMIT;
use crate::tier;

/// How often a page is polled if nothing announces a change.
const LOOK_PERIOD: Duration = Duration::from_millis(20);

/// The longest wait for the browser's answer. On a loaded machine, the browser starts slowly.
const ANSWER_LIMIT: Duration = Duration::from_secs(60);

/// Maximum number of unread messages from the browser. It waits before it sends more.
const UNHEARD: usize = 256;

/// Chromium uses the descriptors 3 and 4, which are the child's standard input and output here.
const COMMAND: &str = "exec chromium \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1";

const FLAGS: [&str; 13] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--hide-scrollbars",
    "--window-size=1100,760",
    "--remote-debugging-pipe",
];

/// A browser with one page.
pub(crate) struct Browser {
    child: Child,
    to: ChildStdin,
    from: mpsc::Receiver<Value>,
    /// The page's name in the protocol, once known.
    session: Option<String>,
    last_id: u64,
    /// Errors that the page reported.
    complaints: Vec<String>,
    _folder: tempfile::TempDir,
}

impl Browser {
    /// Starts a browser whose page prefers a language; none if the machine has no browser.
    pub(crate) async fn start(language: &str) -> Option<Self> {
        if !tier::has("chromium") {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new("sh")
            .args(["-c", COMMAND, "sh"])
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", folder.path().display()))
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let (to, from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut browser = Self {
            from: listen(from),
            child,
            to,
            session: None,
            last_id: 0,
            complaints: Vec::new(),
            _folder: folder,
        };
        browser.attach().await;
        let headers = json!({ "headers": { "Accept-Language": language } });
        browser.call("Network.setExtraHTTPHeaders", headers).await;
        Some(browser)
    }

    async fn attach(&mut self) {
        let made = self
            .call("Target.createTarget", json!({ "url": "about:blank" }))
            .await;
        let target = json!({ "targetId": made["targetId"], "flatten": true });
        let attached = self.call("Target.attachToTarget", target).await;
        self.session = Some(attached["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Page", "Runtime", "Log", "Network"] {
            self.call(&format!("{domain}.enable"), json!({})).await;
        }
    }

    /// Calls a method of the protocol; returns its result.
    pub(crate) async fn call(&mut self, method: &str, params: Value) -> Value {
        let answer = self.try_call(method, params).await;
        answer.unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    async fn try_call(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        self.last_id += 1;
        let mut message = json!({ "id": self.last_id, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.to.write_all(&bytes).unwrap();
        loop {
            let heard = tokio::time::timeout(ANSWER_LIMIT, self.from.recv()).await;
            let heard = heard.unwrap_or_else(|_| panic!("no answer to {method}"));
            let mut heard = heard.expect("the browser lives");
            if heard["id"] == self.last_id {
                return match heard["error"].take() {
                    Value::Null => Ok(heard["result"].take()),
                    error => Err(error),
                };
            }
            self.note(&heard);
        }
    }

    /// Records errors that our page must not cause. A server that refuses or is down is not the
    /// page's fault.
    fn note(&mut self, event: &Value) {
        let entry = &event["params"]["entry"];
        match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => self.complaints.push(event.to_string()),
            Some("Log.entryAdded") if entry["source"] != "network" => {
                self.complaints.push(entry.to_string());
            }
            _ => {}
        }
    }

    pub(crate) async fn go(&mut self, url: &str) {
        self.call("Page.navigate", json!({ "url": url })).await;
        self.until("document.readyState === 'complete' && 'signedIn' in document.body.dataset")
            .await;
    }

    /// Reloads the page, and waits for the new document.
    pub(crate) async fn reload(&mut self) {
        self.run("window.isOld = true").await;
        self.call("Page.reload", json!({})).await;
        self.until("!window.isOld && 'signedIn' in document.body.dataset")
            .await;
    }

    /// The value of an expression; an error while the page is being replaced.
    async fn worth(&mut self, expression: &str) -> Result<Value, Value> {
        let params =
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut done = self.try_call("Runtime.evaluate", params).await?;
        match done["exceptionDetails"].take() {
            Value::Null => Ok(done["result"]["value"].take()),
            thrown => Err(thrown),
        }
    }

    /// Runs an expression in the page; returns its value.
    pub(crate) async fn run(&mut self, expression: &str) -> Value {
        let done = self.worth(expression).await;
        done.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// Waits until an expression is true.
    pub(crate) async fn until(&mut self, expression: &str) {
        let mut period = tokio::time::interval(LOOK_PERIOD);
        let began = tokio::time::Instant::now();
        while self.worth(&format!("!!({expression})")).await != Ok(Value::Bool(true)) {
            if began.elapsed() > LIMIT {
                let shown = self.worth("document.body.innerText").await;
                panic!("waited in vain for {expression}; the page shows: {shown:?}");
            }
            period.tick().await;
        }
    }

    /// The text of an element.
    pub(crate) async fn text(&mut self, selector: &str) -> String {
        let text = self
            .run(&format!("document.querySelector({selector:?}).textContent"))
            .await;
        text.as_str().unwrap().to_owned()
    }

    /// Waits until an element's text contains some words.
    pub(crate) async fn reads(&mut self, selector: &str, words: &str) {
        let words = json!(words);
        self.until(&format!(
            "document.querySelector({selector:?})?.textContent.includes({words})"
        ))
        .await;
    }

    /// Types into the focused element.
    pub(crate) async fn types(&mut self, text: &str) {
        self.call("Input.insertText", json!({ "text": text })).await;
    }

    /// Presses a key; modifiers as the protocol counts them (8: shift).
    pub(crate) async fn presses(&mut self, key: &str, code: u32, modifiers: u32) {
        let text = if key == "Enter" { "\r" } else { "" };
        for kind in ["keyDown", "keyUp"] {
            let params = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code,
                "modifiers": modifiers, "text": text });
            self.call("Input.dispatchKeyEvent", params).await;
        }
    }

    pub(crate) async fn presses_enter(&mut self) {
        self.presses("Enter", 13, 0).await;
    }

    /// Clicks where an element is, as a mouse does.
    pub(crate) async fn clicks(&mut self, selector: &str) {
        let place = self
            .run(&format!(
                "(() => {{ const r = document.querySelector({selector:?}).getBoundingClientRect(); \
                 return {{ x: r.x + r.width / 2, y: r.y + r.height / 2 }}; }})()"
            ))
            .await;
        for kind in ["mousePressed", "mouseReleased"] {
            let params = json!({ "type": kind, "x": place["x"], "y": place["y"], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", params).await;
        }
    }

    pub(crate) async fn set_offline(&mut self, offline: bool) {
        let params = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.call("Network.emulateNetworkConditions", params).await;
    }

    /// Sets the size of the screen; `is_phone` means a touch screen.
    pub(crate) async fn screen(&mut self, width: u32, height: u32, is_phone: bool) {
        let params =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone });
        self.call("Emulation.setDeviceMetricsOverride", params)
            .await;
        let touch = json!({ "enabled": is_phone });
        self.call("Emulation.setTouchEmulationEnabled", touch).await;
    }

    /// `light` or `dark`.
    pub(crate) async fn scheme(&mut self, scheme: &str) {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", features).await;
    }

    /// Saves a picture of the screen.
    pub(crate) async fn picture(&mut self, path: &str) {
        let taken = self.call("Page.captureScreenshot", json!({})).await;
        let mut decoder = Command::new("sh")
            .args(["-c", "base64 -d > \"$1\"", "sh", path])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let data = taken["data"].as_str().unwrap();
        decoder
            .stdin
            .take()
            .unwrap()
            .write_all(data.as_bytes())
            .unwrap();
        assert!(decoder.wait().unwrap().success());
    }

    /// Ends the browser, and demands that the page reported no error.
    pub(crate) async fn ends(mut self) {
        // This answer comes after all earlier messages, so they have been read.
        self.run("0").await;
        assert!(self.complaints.is_empty(), "{:#?}", self.complaints);
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let id = i32::try_from(self.child.id()).unwrap();
        if let Some(group) = Pid::from_raw(id) {
            kill_process_group(group, Signal::KILL).ok();
        }
        self.child.wait().ok();
    }
}

/// Reads the browser's messages: documents, each followed by a zero byte. The thread ends with the
/// browser.
fn listen(from: ChildStdout) -> mpsc::Receiver<Value> {
    let (into, heard) = mpsc::channel(UNHEARD);
    let mut from = BufReader::new(from);
    let reader = std::thread::Builder::new().name("chromium".to_owned());
    reader
        .spawn(move || {
            let mut bytes = Vec::new();
            while from.read_until(0, &mut bytes).is_ok_and(|n| n > 0) {
                bytes.pop();
                let Ok(message) = serde_json::from_slice(&bytes) else {
                    return;
                };
                if into.blocking_send(message).is_err() {
                    return;
                }
                bytes.clear();
            }
        })
        .unwrap();
    heard
}
