//! A server with these routes over a worker that is told what to answer.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::clock::{Clock, UnixMs};
use crate::db::Db;
use crate::http_server::Server;
use crate::http_server::tokens::{self, Scope};
use crate::i18n::Lang;
use crate::people::{self, Role};
use crate::slices::mtproto::AccountsProxy;
use crate::slices::mtproto::model::{
    AccountId, Chat, ChatKind, Chats, CodeWay, Device, LinkedAccount, Login, LoginId, Media,
    Message, Messages, Person, PersonAsked, Proof, Refusal, Step,
};
use crate::slices::mtproto::proxy::Request;
use crate::slices::mtproto::store::{self, Profile};
use crate::tasks::Tasks;

pub(super) const NOW: UnixMs = UnixMs(1_795_275_300_000);
pub(super) const ADMIN: i64 = 1;
pub(super) const USER: i64 = 2;
pub(super) const URL: &str = "tg://login?token=AQIDBAUGBwg";

const LIMIT: Duration = Duration::from_secs(40);

/// What the worker was asked, in words, and what it refuses next.
#[derive(Debug, Default)]
pub(super) struct Worker {
    pub(super) asked: Vec<String>,
    pub(super) refusal: Option<Refusal>,
    /// What the next step is; a code unless told.
    pub(super) step: Option<Step>,
}

pub(super) struct Stage {
    pub(super) db: Db,
    pub(super) worker: Arc<Mutex<Worker>>,
    http: reqwest::Client,
    address: SocketAddr,
    _tasks: Tasks,
    _folder: tempfile::TempDir,
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) wait: Option<u64>,
    pub(super) form: String,
    pub(super) kept: String,
    pub(super) document: Value,
}

impl Stage {
    pub(super) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tasks = Tasks::new();
        let (db, _end) = Db::open(&folder.path().join("t.db"), &tasks).unwrap();
        let (proxy, queue) = AccountsProxy::new();
        let worker = Arc::new(Mutex::new(Worker::default()));
        tasks.spawn("worker", work(queue, Arc::clone(&worker)));
        let clock = Clock::set_to(NOW);
        let routes = super::super::routes(db.clone(), clock.clone(), proxy);
        let server = Server::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = server.address();
        server
            .mount_slices(&db, &clock, Lang::En, vec![routes])
            .start(&tasks);
        Self {
            db,
            worker,
            http: crate::http_client::own_client(LIMIT).unwrap(),
            address,
            _tasks: tasks,
            _folder: folder,
        }
    }

    pub(super) async fn token(&self, person: i64, role: Role, scopes: &'static [Scope]) -> String {
        let made = self.db.write(move |tx| {
            people::admit(tx, NOW, person)?;
            people::set_role(tx, person, role)?;
            let token = tokens::make()?;
            tokens::add(tx, NOW, &token, "test", person, scopes)?;
            Ok(token)
        });
        made.await.unwrap()
    }

    pub(super) async fn admin(&self) -> String {
        self.token(ADMIN, Role::Admin, &[Scope::Telegram]).await
    }

    /// Links an account in the database.
    pub(super) async fn link(&self, person: i64, name: &'static str) -> AccountId {
        let linked = self.db.write(move |tx| {
            let id = store::new_account(tx, person)?;
            let profile = Profile {
                telegram_id: 1000 + id.0,
                name: name.to_owned(),
                username: String::new(),
                phone_tail: "67".to_owned(),
                restricted: None,
            };
            store::complete(tx, NOW, id, &profile)?;
            Ok(id)
        });
        linked.await.unwrap()
    }

    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("http://{}{path}", self.address);
        self.http.request(method, url)
    }

    pub(super) async fn ask(&self, token: &str, method: Method, path: &str, body: &str) -> Answer {
        let request = self.request(method, path).bearer_auth(token);
        answer(request.body(body.to_owned())).await
    }

    pub(super) async fn get(&self, token: &str, path: &str) -> Answer {
        self.ask(token, Method::GET, path, "").await
    }

    pub(super) fn refuses(&self, refusal: Refusal) {
        self.worker.lock().unwrap().refusal = Some(refusal);
    }

    pub(super) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.worker.lock().unwrap().asked)
    }
}

pub(super) async fn answer(request: RequestBuilder) -> Answer {
    let answer = request.send().await.unwrap();
    let headers = answer.headers().clone();
    let header = |name: &str| {
        let value = headers.get(name).map(|value| value.to_str().unwrap());
        value.unwrap_or_default().to_owned()
    };
    Answer {
        status: answer.status().as_u16(),
        wait: header("retry-after").parse().ok(),
        form: header("content-type"),
        kept: header("cache-control"),
        document: serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default(),
    }
}

async fn work(mut queue: mpsc::Receiver<Request>, worker: Arc<Mutex<Worker>>) {
    while let Some(request) = queue.recv().await {
        let mut worker = worker.lock().unwrap();
        let refusal = worker.refusal.take();
        let step = worker.step.clone().unwrap_or(Step::Code {
            way: CodeWay::App,
            length: 5,
            expires_at: NOW,
        });
        let login = Login {
            id: LoginId("login1".to_owned()),
            step: step.clone(),
        };
        let told = match serve(request, refusal, step, login) {
            Ok(told) => told,
            Err(_gone) => continue,
        };
        worker.asked.push(told);
    }
}

/// Answers a request; tells in words what was asked.
fn serve(
    request: Request,
    refusal: Option<Refusal>,
    step: Step,
    login: Login,
) -> Result<String, ()> {
    fn or<T>(refusal: Option<Refusal>, good: T) -> Result<T, Refusal> {
        refusal.map_or(Ok(good), Err)
    }
    Ok(match request {
        Request::Check(caller, reply) => {
            reply
                .send(or(refusal, account(caller.person_id)))
                .map_err(|_| ())?;
            format!("check {:?}", caller.account)
        }
        Request::StartPhone(person, phone, reply) => {
            reply.send(or(refusal, login)).map_err(|_| ())?;
            format!("phone {person} {}", phone.expose_secret())
        }
        Request::StartQr(person, reply) => {
            reply.send(or(refusal, login)).map_err(|_| ())?;
            format!("qr {person}")
        }
        Request::Verify(person, id, proof, reply) => {
            reply.send(or(refusal, step)).map_err(|_| ())?;
            let (kind, text) = match &proof {
                Proof::Code(code) => ("code", code),
                Proof::Password(password) => ("password", password),
            };
            format!(
                "{kind} {person} {} {}",
                id.0,
                SecretString::expose_secret(text)
            )
        }
        Request::Step(person, id, reply) => {
            reply.send(or(refusal, step)).map_err(|_| ())?;
            format!("step {person} {}", id.0)
        }
        Request::Pending(person, reply) => {
            reply.send(Ok(None)).map_err(|_| ())?;
            format!("pending {person}")
        }
        Request::Cancel(person, id, reply) => {
            reply.send(or(refusal, ())).map_err(|_| ())?;
            format!("cancel {person} {}", id.0)
        }
        Request::LogOut(caller, reply) => {
            reply.send(or(refusal, true)).map_err(|_| ())?;
            format!("log out {:?}", caller.account)
        }
        Request::Chats(caller, paging, reply) => {
            reply.send(or(refusal, some_chats())).map_err(|_| ())?;
            format!(
                "chats {:?} {} {:?}",
                caller.account, paging.limit, paging.cursor
            )
        }
        Request::Messages(_, chat, paging, reply) => {
            reply.send(or(refusal, some_messages())).map_err(|_| ())?;
            format!("messages {chat} {} {:?}", paging.limit, paging.before)
        }
        Request::Person(_, asked, reply) => {
            reply.send(or(refusal, somebody())).map_err(|_| ())?;
            match asked {
                PersonAsked::Me => "me".to_owned(),
                PersonAsked::Username(name) => format!("name {name}"),
                PersonAsked::Id(id) => format!("id {id}"),
            }
        }
        Request::Devices(_, reply) => {
            reply.send(or(refusal, vec![device()])).map_err(|_| ())?;
            "devices".to_owned()
        }
        Request::EndDevice(_, hash, reply) => {
            reply.send(or(refusal, ())).map_err(|_| ())?;
            format!("end {hash}")
        }
        Request::WatchWith(..) => return Err(()),
    })
}

fn account(person_id: i64) -> LinkedAccount {
    LinkedAccount {
        id: AccountId(1),
        person_id,
        state: crate::slices::mtproto::model::AccountState::Linked,
        reason: String::new(),
        telegram_id: 1001,
        name: "Eva".to_owned(),
        username: String::new(),
        phone_tail: "67".to_owned(),
        watch_with: false,
        linked_at: None,
        seen_at: None,
    }
}

fn some_chats() -> Chats {
    Chats {
        chats: vec![Chat {
            id: -1_001_234_567_890,
            kind: ChatKind::Supergroup,
            title: "<b>News".to_owned(),
            unread: 3,
            last_at: Some(NOW),
            last_words: "hello".to_owned(),
        }],
        cursor: Some("next".to_owned()),
    }
}

fn some_messages() -> Messages {
    Messages {
        messages: vec![Message {
            id: 9,
            at: NOW,
            sender_id: Some(7),
            sender: "Eva".to_owned(),
            text: "hello".to_owned(),
            media: Media::Photo,
            reply_to: Some(8),
        }],
        before: None,
    }
}

fn somebody() -> Person {
    Person {
        id: 7,
        kind: ChatKind::Bot,
        first_name: "Eva".to_owned(),
        last_name: String::new(),
        usernames: vec!["eva_bot".to_owned()],
        is_deleted: false,
        restricted: Some("porn".to_owned()),
        is_scam: true,
        is_fake: false,
        is_premium: false,
    }
}

fn device() -> Device {
    Device {
        hash: 9_007_199_254_740_993,
        model: "Pixel".to_owned(),
        system: "Android".to_owned(),
        app: "Telegram".to_owned(),
        country: "Finland".to_owned(),
        ip: "192.0.2.7".to_owned(),
        created_at: NOW,
        active_at: NOW,
        is_this: false,
    }
}
