//! The worker between a real database and a pretend endpoint: every way a question can end.

mod given_up;
mod reading;

use super::*;
use crate::clock::testing::NOW;
use crate::clock::{Clock, DAY, UnixMs};
use crate::db::Db;
use crate::demo::model::{KEY, answer_to};
use crate::demo::{ModelReply, PretendModel};
use crate::i18n::Lang;
use crate::people;
use crate::slices::assistant::AssistantConfig;
use crate::slices::assistant::model::Endpoint;
use crate::slices::assistant::progress::ProgressStreams;
use crate::slices::assistant::question::{Budget, Prompt, Question, QuestionState};
use crate::slices::assistant::store::{AskLimits, AskOutcome, NewQuestion};
use crate::telegram::BotProxy;
use crate::tool::Toolbox;
use crate::zone::Zone;

const LIMIT: Duration = Duration::from_secs(20);
const ANN: i64 = 7;

struct Fixture {
    model: PretendModel,
    context: AssistantContext,
    tasks: Tasks,
    _folder: tempfile::TempDir,
}

impl Fixture {
    async fn new() -> Self {
        Self::with(Toolbox::default()).await
    }

    async fn with(tools: Toolbox) -> Self {
        let model = PretendModel::start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let tasks = Tasks::new();
        let (db, _end) = Db::open(&folder.path().join("t.db"), &Tasks::new()).unwrap();
        let admit = db.write(|tx| people::admit(tx, NOW, ANN));
        admit.await.unwrap();
        let config = AssistantConfig {
            enabled: true,
            endpoint: Endpoint {
                url: model.url(),
                key: Some(KEY.to_owned().into()),
                instructions: String::new(),
                max_tokens: 100,
                silence: Duration::from_secs(60),
                longest: Duration::from_secs(240),
            },
            models: vec!["first".to_owned(), "second".to_owned()],
            workers: 2,
            per_person: 2,
            tools: true,
            budget: Budget::default(),
            most_open: 100,
            per_minute: 100,
        };
        let context = AssistantContext {
            config,
            db,
            clock: Clock::set_to(NOW),
            tools,
            proxy: BotProxy::gone(),
            progress: ProgressStreams::default(),
            bell: Activator::new(),
            zone: Zone::UTC,
            language: Lang::Ru,
        };
        Self {
            model,
            context,
            tasks,
            _folder: folder,
        }
    }

    /// Runs the worker on the test's own runtime, whose clock may be paused.
    fn start_in_place(&self) {
        let worker = Worker::new(self.context.clone(), self.tasks.stop_token()).unwrap();
        self.tasks.spawn(THREAD, worker.run());
    }

    async fn ask(&self, text: &str) -> String {
        let question = NewQuestion {
            person_id: ANN,
            token_id: None,
            client_key: None,
            origin: None,
            prompt: Prompt::of(text),
        };
        let now = self.context.clock.now();
        let limits = AskLimits {
            most_open: 100,
            budget: Budget::default(),
            day: String::new(),
        };
        let asked = self
            .context
            .db
            .write(move |tx| store::ask(tx, now, &question, &limits));
        let AskOutcome::Is(id) = asked.await.unwrap() else {
            panic!("it was not taken")
        };
        self.context.bell.ring();
        id
    }

    async fn question(&self, public_id: &str) -> Question {
        let public_id = public_id.to_owned();
        let found = self
            .context
            .db
            .read(move |c| store::get(c, ANN, &public_id));
        found.await.unwrap().unwrap()
    }

    async fn once(&self, public_id: &str, wanted: impl Fn(&Question) -> bool) -> Question {
        let mut period = tokio::time::interval(Duration::from_millis(20));
        let looked = tokio::time::timeout(Duration::from_secs(4000), async {
            loop {
                let question = self.question(public_id).await;
                if wanted(&question) {
                    return question;
                }
                period.tick().await;
            }
        });
        looked.await.expect("the question is as wanted")
    }

    async fn closed(&self, public_id: &str) -> Question {
        self.once(public_id, |question| question.state.is_closed())
            .await
    }

    async fn number(&self, sql: &'static str) -> i64 {
        let n = self
            .context
            .db
            .read(move |c| Ok(c.query_row(sql, [], |row| row.get(0))?));
        n.await.unwrap()
    }
}

#[tokio::test]
async fn questions_are_answered_so_many_at_a_time_on_a_thread_of_its_own() {
    let fixture = Fixture::new().await;
    let thread = start(fixture.context.clone(), &fixture.tasks)
        .await
        .unwrap();
    assert!(fixture.tasks.running().contains(&THREAD));
    fixture.model.set(ModelReply::Held);
    fixture.model.hold(true);
    let mut ids = Vec::new();
    for text in ["a", "b", "c", "d", "e"] {
        ids.push(fixture.ask(text).await);
    }
    let two = |model: &PretendModel| model.in_flight() == 2;
    fixture
        .model
        .wait_until("two calls", LIMIT, two)
        .await
        .unwrap();
    fixture.model.hold(false);
    for (id, text) in ids.iter().zip(["a", "b", "c", "d", "e"]) {
        assert_eq!(fixture.closed(id).await.answer, answer_to(text));
    }
    assert_eq!(fixture.model.most_in_flight(), 2);
    assert_eq!(
        fixture
            .number("SELECT cost_nanousd FROM question_spend")
            .await,
        5 * 21_000
    );
    fixture.tasks.stop();
    assert!(thread.unwrap().wait(LIMIT).await);
    assert_eq!(fixture.context.progress.count(), 0);
}

#[tokio::test]
async fn without_a_thread_the_same_work_is_done_in_place() {
    let fixture = Fixture::new().await;
    fixture.tasks.refuse_thread(THREAD);
    let thread = start(fixture.context.clone(), &fixture.tasks)
        .await
        .unwrap();
    assert!(thread.is_none());
    let id = fixture.ask("why?").await;
    assert_eq!(fixture.closed(&id).await.answer, answer_to("why?"));
    fixture.tasks.stop();
    assert!(fixture.tasks.ended(LIMIT).await);
    assert_eq!(fixture.tasks.died(), None);
}

/// The paused clock advances when everything waits.
#[tokio::test(start_paused = true)]
async fn what_passes_is_tried_three_times_and_what_does_not_once() {
    let fixture = Fixture::new().await;
    fixture.start_in_place();
    for (reply, reason, calls) in [
        (ModelReply::status(503), Reason::Unavailable, 3),
        (ModelReply::CutAfter(2), Reason::Cut, 3),
        (ModelReply::Hang, Reason::Silent, 3),
        (ModelReply::ErrorInside(1, 429.into()), Reason::Busy, 3),
        (
            ModelReply::ErrorAsSuccess(502.into()),
            Reason::Unavailable,
            3,
        ),
        (ModelReply::Empty, Reason::Empty, 3),
        (ModelReply::status(400), Reason::Rejected, 1),
        (ModelReply::status(401), Reason::Key, 1),
        (ModelReply::status(402), Reason::Credits, 1),
        (ModelReply::status(403), Reason::Refused, 1),
        (ModelReply::status(413), Reason::TooLong, 1),
        // The next model may exist.
        (ModelReply::status(404), Reason::NoModel, 2),
    ] {
        let before = fixture.model.calls().len();
        fixture.model.set(reply.clone());
        let id = fixture.ask("why?").await;
        // The wall clock stands still, so pauses end only because the test moves it.
        let mut failures = 0;
        let question = loop {
            let question = fixture
                .once(&id, |question| {
                    question.state.is_closed() || question.failures > failures
                })
                .await;
            failures = question.failures;
            if question.state.is_closed() {
                break question;
            }
            assert_eq!(question.state, QuestionState::Pending, "{reply:?}");
            fixture.context.clock.advance(Duration::from_secs(10));
        };
        assert_eq!(question.reason, Some(reason), "{reply:?}");
        let models: Vec<String> = fixture
            .model
            .calls()
            .split_off(before)
            .into_iter()
            .map(|call| call.model)
            .collect();
        let wanted: Vec<&str> = ["first", "second", "second"]
            .into_iter()
            .take(calls)
            .collect();
        assert_eq!(models, wanted, "{reply:?}");
        if let ModelReply::CutAfter(_) = reply {
            assert_eq!(question.answer, "You asked: ");
        }
    }
    fixture
        .model
        .next([ModelReply::status(500), ModelReply::Stream]);
    fixture.context.clock.advance(Duration::from_secs(10));
    let id = fixture.ask("why?").await;
    fixture.once(&id, |question| question.failures == 1).await;
    fixture.context.clock.advance(Duration::from_secs(10));
    let question = fixture.closed(&id).await;
    assert_eq!(
        (question.state, question.reason),
        (QuestionState::Completed, None)
    );
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_is_left_alone_as_long_as_it_asks() {
    let fixture = Fixture::new().await;
    fixture.start_in_place();
    let busy = |seconds: u32| ModelReply::Refuse {
        status: 429,
        code: 429.into(),
        retry_after: seconds.to_string(),
    };
    fixture.model.next([busy(100)]);
    let id = fixture.ask("why?").await;
    fixture.once(&id, |question| question.failures == 1).await;
    let due = fixture.number("SELECT due_at FROM question").await;
    let wait = u64::try_from(due - NOW.0).unwrap();
    assert!((100_000..103_000).contains(&wait), "{wait} ms");
    fixture.context.clock.advance(Duration::from_millis(wait));
    assert_eq!(fixture.closed(&id).await.state, QuestionState::Completed);
    fixture.model.next([busy(3600)]);
    let id = fixture.ask("and?").await;
    let question = fixture.closed(&id).await;
    assert_eq!(
        (question.reason, question.failures),
        (Some(Reason::Busy), 1),
        "nobody waits an hour"
    );
}

#[tokio::test]
async fn admins_hear_once_a_day_what_only_they_can_mend() {
    let fixture = Fixture::new().await;
    let admit = fixture.context.db.write(|tx| {
        tx.execute(
            "INSERT INTO person (id, role, created_at) VALUES (1, 'owner', 0)",
            [],
        )?;
        tx.execute("INSERT INTO chat (id) VALUES (1)", [])?;
        Ok(())
    });
    admit.await.unwrap();
    fixture.model.set(ModelReply::status(402));
    fixture.start_in_place();
    for text in ["a", "b"] {
        let id = fixture.ask(text).await;
        assert_eq!(fixture.closed(&id).await.reason, Some(Reason::Credits));
    }
    assert_eq!(fixture.number("SELECT count(*) FROM outbox").await, 1);
    fixture.context.clock.advance(DAY);
    let id = fixture.ask("c").await;
    fixture.closed(&id).await;
    assert_eq!(fixture.number("SELECT count(*) FROM outbox").await, 2);
    fixture.tasks.stop();
    assert!(fixture.tasks.ended(LIMIT).await);
}
