//! Tests of the thread: real threads, a database file, and pretend data centres on loopback.

mod by_phone;
mod by_qr;
mod deaths;
mod faults;
mod reading;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};

use super::*;
use crate::activation::Activator;
use crate::clock::Clock;
use crate::clock::testing::NOW;
use crate::db::testing::Store;
use crate::demo::{PretendDatacenter, Subscriber};
use crate::secrets::SecretsConfig;
use crate::settings::{Problems, Section};
use crate::slices::mtproto::model::{
    AccountId, Caller, LinkedAccount, Login, LoginId, Proof, Refusal, Step,
};
use crate::slices::mtproto::proxy::AccountsProxy;
use crate::slices::mtproto::{MtprotoConfig, store};

pub(super) const ANN: i64 = 7;
pub(super) const BOB: i64 = 8;
pub(super) const PHONE: &str = "+79990000001";
pub(super) const OTHER_PHONE: &str = "+79990000002";
pub(super) const PASSWORD: &str = "a long secret sentence";
pub(super) const LIMIT: Duration = Duration::from_secs(60);

pub(super) struct Fixture {
    pub(super) telegram: PretendDatacenter,
    pub(super) store: Store,
    pub(super) clock: Clock,
    pub(super) bell: Activator,
    pub(super) proxy: AccountsProxy,
    call_limit: Duration,
    thread: Option<(Tasks, ThreadEnd)>,
}

fn config(telegram: &PretendDatacenter, store: &Store) -> MtprotoConfig {
    let file = store.folder.path().join("centres.toml");
    std::fs::write(&file, telegram.file()).unwrap();
    let values = format!(
        "enabled = true\napi_id = {}\ndatacenters = {file:?}\nper_person = 3",
        crate::demo::datacenter::API_ID
    );
    let mut problems = Problems::default();
    let folder = store.folder.path();
    let values = values.parse().unwrap();
    let mut section = Section::new("mtproto", folder, values, BTreeMap::new(), &mut problems);
    let config = MtprotoConfig::read(&mut section);
    section.finish();
    assert!(problems.is_empty(), "{problems:?}");
    config.with_hash(Some(SecretString::from(crate::demo::datacenter::API_HASH)))
}

impl Fixture {
    pub(super) async fn new() -> Self {
        // A loaded machine takes its time for a key.
        Self::with_limit(Duration::from_secs(25)).await
    }

    /// Telegram has so much time for each answer.
    pub(super) async fn with_limit(call_limit: Duration) -> Self {
        let telegram = PretendDatacenter::start().await.unwrap();
        telegram.subscribe(Subscriber::new(1001, PHONE, "Анна"));
        telegram.subscribe(Subscriber::new(1002, OTHER_PHONE, "Bob").at_home_in(4));
        let (proxy, _) = AccountsProxy::new();
        let mut fixture = Self {
            telegram,
            store: Store::new(),
            clock: Clock::set_to(NOW),
            bell: Activator::new(),
            proxy,
            call_limit,
            thread: None,
        };
        fixture.start().await;
        fixture
    }

    pub(super) fn secrets(&self) -> SecretsConfig {
        SecretsConfig::new(None, None, self.store.db.path())
    }

    pub(super) fn context(&self) -> MtprotoContext {
        let mut context = MtprotoContext::new(
            config(&self.telegram, &self.store),
            self.secrets(),
            self.store.db.clone(),
            self.clock.clone(),
            self.bell.clone(),
        );
        context.call_limit = self.call_limit;
        context
    }

    pub(super) async fn start(&mut self) {
        let (proxy, queue) = AccountsProxy::new();
        let tasks = Tasks::new();
        let started = start(self.context(), queue, Vec::new(), &tasks);
        let end = started.await.unwrap();
        self.thread = Some((tasks, end));
        self.proxy = proxy;
    }

    /// Ends the thread with everything that it has in hand.
    pub(super) async fn stop(&mut self) {
        let (tasks, end) = self.thread.take().unwrap();
        tasks.stop();
        assert!(end.wait(LIMIT).await, "the thread did not end");
        assert_eq!(tasks.died(), None);
    }

    pub(super) async fn restart(&mut self) {
        self.stop().await;
        self.start().await;
    }

    pub(super) async fn start_phone(&self, person: i64, phone: &str) -> Result<Login, Refusal> {
        let phone = SecretString::from(phone);
        self.proxy
            .ask(|reply| Request::StartPhone(person, phone, reply))
            .await
    }

    pub(super) async fn start_qr(&self, person: i64) -> Result<Login, Refusal> {
        self.proxy
            .ask(|reply| Request::StartQr(person, reply))
            .await
    }

    pub(super) async fn code(
        &self,
        person: i64,
        login: &LoginId,
        code: &str,
    ) -> Result<Step, Refusal> {
        let proof = Proof::Code(SecretString::from(code));
        self.proxy
            .ask(|reply| Request::Verify(person, login.clone(), proof, reply))
            .await
    }

    pub(super) async fn password(
        &self,
        person: i64,
        login: &LoginId,
        password: &str,
    ) -> Result<Step, Refusal> {
        let proof = Proof::Password(SecretString::from(password));
        self.proxy
            .ask(|reply| Request::Verify(person, login.clone(), proof, reply))
            .await
    }

    pub(super) async fn step(&self, person: i64, login: &LoginId) -> Result<Step, Refusal> {
        self.proxy
            .ask(|reply| Request::Step(person, login.clone(), reply))
            .await
    }

    /// Waits until a login is at a step.
    pub(super) async fn step_until(
        &self,
        person: i64,
        login: &LoginId,
        is_there: impl Fn(&Step) -> bool,
    ) -> Step {
        let mut changes = self.telegram.changes();
        let wait = async {
            loop {
                let step = self.step(person, login).await.unwrap();
                if is_there(&step) {
                    return step;
                }
                // What Telegram was told is soon seen; the rest is our own writing.
                tokio::time::timeout(Duration::from_millis(20), changes.changed())
                    .await
                    .ok();
            }
        };
        tokio::time::timeout(LIMIT, wait)
            .await
            .expect("the step did not come")
    }

    pub(super) fn code_for(&self, phone: &str) -> String {
        self.telegram.code_for(phone).unwrap()
    }

    /// Links an account by phone.
    pub(super) async fn link(&self, person: i64, phone: &str) -> AccountId {
        let login = self.start_phone(person, phone).await.unwrap();
        let step = self.code(person, &login.id, &self.code_for(phone)).await;
        account_of(&step.unwrap())
    }

    pub(super) async fn accounts(&self, person: i64) -> Vec<LinkedAccount> {
        self.store
            .read(move |c| store::accounts_of(c, person))
            .await
    }

    pub(super) async fn check(&self, person: i64) -> Result<LinkedAccount, Refusal> {
        let caller = only(person);
        self.proxy.ask(|reply| Request::Check(caller, reply)).await
    }

    /// Everything ends in order, and Telegram has nothing to complain about.
    pub(super) async fn finish(mut self) {
        self.stop().await;
        assert_eq!(self.telegram.complaints(), [""; 0]);
    }
}

/// The log from now on, of this thread and of those that it starts, at `trace`.
#[derive(Clone, Default)]
pub(super) struct Captured(Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Captured {
    pub(super) fn start(&self) -> tracing::subscriber::DefaultGuard {
        // Only the first subscriber can become the global one; threads are captured in any case.
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(std::io::sink)
            .try_init()
            .ok();
        let writer = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

pub(super) fn only(person_id: i64) -> Caller {
    Caller {
        person_id,
        account: None,
    }
}

pub(super) fn account_of(step: &Step) -> AccountId {
    match step {
        Step::Complete { account } => *account,
        other => panic!("not complete: {other:?}"),
    }
}

pub(super) fn url_of(step: &Step) -> String {
    match step {
        Step::Qr { url, .. } => url.expose_secret().to_owned(),
        other => panic!("no QR code: {other:?}"),
    }
}

pub(super) fn is_password(step: &Step) -> bool {
    matches!(step, Step::Password { .. })
}

pub(super) fn is_complete(step: &Step) -> bool {
    matches!(step, Step::Complete { .. })
}
