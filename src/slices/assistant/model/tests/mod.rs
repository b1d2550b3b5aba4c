//! Parsing, wherever the bytes are split; calls over the network, with their limits.

mod calls;
mod refusals;

use std::time::Duration;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::demo::model::{KEY, answer_to};
use crate::demo::{ModelReply, PretendModel};
use crate::slices::assistant::question::Usage;

/// Reads a body in portions that end at these offsets.
fn read_cut(body: &[u8], cuts: &[usize], broken: Option<Reason>) -> Ended {
    let mut reading = Reading::new(None);
    let mut from = 0;
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (body.len() + 1)).collect();
    ends.sort_unstable();
    ends.push(body.len());
    for end in ends {
        if !reading.take(&body[from..end]) {
            break;
        }
        from = end;
    }
    reading.end(broken)
}

fn read_whole(body: &str) -> Ended {
    read_cut(body.as_bytes(), &[], None)
}

fn verdict(body: &str) -> Result<String, Reason> {
    let ended = read_whole(body);
    ended
        .error
        .map_or(Ok(ended.text), |error| Err(error.reason))
}

const WORDS: &str = r#"data: {"choices":[{"delta":{"content":"Да"}}]}"#;
const STOP: &str = r#"data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"#;

#[test]
fn what_endpoints_say_and_what_it_means() {
    let error = |code: &str| {
        format!("{WORDS}\n\ndata: {{\"error\":{{\"code\":{code}}}}}\n\ndata: [DONE]\n\n")
    };
    let table: &[(&str, String, Result<&str, Reason>)] = &[
        ("a stream", format!("{WORDS}\n\n{STOP}\n\ndata: [DONE]\n\n"), Ok("Да")),
        ("returns and no spaces", format!("{WORDS}\r\n\r\n{STOP}\r\rdata:[DONE]\r\n\r\n").replace("data: ", "data:"), Ok("Да")),
        ("a mark at the start, comments, other fields", format!("\u{feff}: hello\nevent: x\nid: 1\nretry: 5\n{WORDS}\n\n: OPENROUTER PROCESSING\n\n{STOP}\n\n"), Ok("Да")),
        ("no end but the mark", format!("{WORDS}\n\ndata: [DONE]"), Ok("Да")),
        ("no mark but the end", format!("{WORDS}\n\n{STOP}"), Ok("Да")),
        ("data over lines", "data: {\"choices\":[{\"delta\":\ndata: {\"content\":\"Да\"},\"finish_reason\":\"length\"}]}\n\n".to_owned(), Ok("Да")),
        ("content in parts", r#"data: {"choices":[{"delta":{"content":[{"type":"text","text":"Да"},{"type":"image"}]},"finish_reason":"stop"}]}"#.to_owned(), Ok("Да")),
        ("one document", r#" {"choices":[{"message":{"content":"Да"},"finish_reason":null}]}"#.to_owned(), Ok("Да")),
        ("the old form", r#"{"choices":[{"text":"Да"}]}"#.to_owned(), Ok("Да")),
        ("half a character in each event", r#"data: {"choices":[{"delta":{"content":"Да\ud83c"}}]}"#.to_owned() + "\n\n" + r#"data: {"choices":[{"delta":{"content":"\udf0a"},"finish_reason":"stop"}]}"#, Ok("Да🌊")),
        ("half a character in a document", r#"{"choices":[{"message":{"content":"Да\ud83c"}}]}"#.to_owned(), Ok("Да")),
        ("cut between events", format!("{WORDS}\n\n"), Err(Reason::Cut)),
        ("cut within an event", format!("{WORDS}\n\ndata: {{\"choi"), Err(Reason::Cut)),
        ("cut within a document", r#"{"choices":[{"mess"#.to_owned(), Err(Reason::Cut)),
        ("nothing", String::new(), Err(Reason::Cut)),
        ("only comments", ": OPENROUTER PROCESSING\n\n".repeat(3), Err(Reason::Unreadable)),
        ("a page", "<html>Bad gateway</html>".to_owned(), Err(Reason::Unreadable)),
        ("half an event in the middle", format!("{WORDS}\n\ndata: {{\"choi\n\n{STOP}\n\n"), Err(Reason::Unreadable)),
        ("another document", r#"{"hello":1}"#.to_owned(), Err(Reason::Unreadable)),
        ("no words", format!("{STOP}\n\ndata: [DONE]\n\n"), Err(Reason::Empty)),
        ("null for words", r#"{"choices":[{"message":{"content":null},"finish_reason":"stop"}]}"#.to_owned(), Err(Reason::Empty)),
        ("thoughts before", format!("{}\n\n{}\n\n{WORDS}\n\n{STOP}", WORDS.replace("Да", "<thi"), WORDS.replace("Да", "nk>Нет</think>")), Ok("Да")),
        ("thoughts alone", format!("{}\n\n{STOP}", WORDS.replace("Да", "<think>Да")), Err(Reason::Thoughts)),
        ("thoughts elsewhere", r#"{"choices":[{"message":{"content":"","reasoning_content":"Hm"},"finish_reason":"stop"}]}"#.to_owned(), Err(Reason::Thoughts)),
        ("under another name", r#"{"choices":[{"message":{"content":null,"reasoning":"Hm"},"finish_reason":"stop"}]}"#.to_owned(), Err(Reason::Thoughts)),
        ("thoughts in a part", r#"{"choices":[{"message":{"content":[{"type":"thinking","text":"Hm"},{"type":"text","text":"Да"}]}}]}"#.to_owned(), Ok("Да")),
        ("no room for words", r#"{"choices":[{"message":{"content":""},"finish_reason":"length"}]}"#.to_owned(), Err(Reason::Thoughts)),
        ("members of wrong types", r#"{"id":7,"model":[],"usage":"x","choices":[{"finish_reason":{},"message":{"content":"Да","tool_calls":"x","reasoning_details":{}}}]}"#.to_owned(), Ok("Да")),
        ("a list for an object", r#"[["x"]]"#.to_owned(), Err(Reason::Unreadable)),
        ("an end that is an error", format!("{WORDS}\n\ndata: {{\"choices\":[{{\"finish_reason\":\"error\"}}]}}\n\n"), Err(Reason::Unavailable)),
        ("an end by a filter", format!("{WORDS}\n\ndata: {{\"choices\":[{{\"finish_reason\":\"content_filter\"}}]}}\n\n"), Err(Reason::Refused)),
        ("an error inside, by number", error("429"), Err(Reason::Busy)),
        ("by digits", error("\"502\""), Err(Reason::Unavailable)),
        ("by word", error("\"insufficient_quota\""), Err(Reason::Credits)),
        ("by another word", error("\"server_error\""), Err(Reason::Unavailable)),
        ("without a code", error("null"), Err(Reason::Unavailable)),
        ("an error as a text", r#"{"error":"something"}"#.to_owned(), Err(Reason::Unavailable)),
        ("200 and no money", r#"{"error":{"code":402,"message":"x"}}"#.to_owned(), Err(Reason::Credits)),
        ("200 and no key", r#"{"error":{"code":"invalid_api_key"}}"#.to_owned(), Err(Reason::Key)),
        ("another form", r#"{"object":"error","type":"BadRequestError","code":400}"#.to_owned(), Err(Reason::Rejected)),
        ("in the choice", r#"{"choices":[{"error":{"code":403},"message":{"content":"a"}}]}"#.to_owned(), Err(Reason::Refused)),
        ("no error", format!("data: {{\"error\":null,\"choices\":[]}}\n\n{WORDS}\n\n{STOP}\n\n"), Ok("Да")),
    ];
    for (what, body, wanted) in table {
        let wanted = wanted.map(str::to_owned);
        assert_eq!(verdict(body), wanted, "{what}");
    }
}

#[test]
fn an_answer_that_its_length_has_ended_says_so() {
    for (finish, is_truncated) in [
        ("length", true),
        ("max_tokens", true),
        ("MAX_TOKENS", true),
        ("model_length", true),
        ("maxPredictedTokensReached", true),
        ("token_limit", true),
        ("eos_token", false),
        ("stop", false),
        ("tool_calls", false),
    ] {
        let stop = STOP.replace("stop", finish);
        let ended = read_whole(&format!("{WORDS}\n\n{stop}\n\ndata: [DONE]\n\n"));
        assert_eq!(
            (ended.error, ended.is_truncated),
            (None, is_truncated),
            "{finish}"
        );
    }
    let broken = read_cut(WORDS.as_bytes(), &[], Some(Reason::Cut));
    assert!(!broken.is_truncated);
}

#[test]
fn statuses_are_told_apart_and_words_come_first() {
    let plain = |status: u16| call_error::of_answer(status, b"<html>", None).reason;
    for (status, reason) in [
        (400, Reason::Rejected),
        (401, Reason::Key),
        (402, Reason::Credits),
        (403, Reason::Refused),
        (404, Reason::NoModel),
        (408, Reason::Unavailable),
        (413, Reason::TooLong),
        (429, Reason::Busy),
        (500, Reason::Unavailable),
        (503, Reason::Unavailable),
        (302, Reason::Rejected),
        (422, Reason::Rejected),
    ] {
        assert_eq!(plain(status), reason, "{status}");
    }
    for (status, code, reason) in [
        (429, "insufficient_quota", Reason::Credits),
        (400, "context_length_exceeded", Reason::TooLong),
        (400, "content_filter", Reason::Refused),
        (400, "model_not_found", Reason::NoModel),
    ] {
        let body = json!({ "error": { "code": code } }).to_string();
        assert_eq!(
            call_error::of_answer(status, body.as_bytes(), None).reason,
            reason
        );
    }
    let sentence =
        "This endpoint's maximum context length is 8192 tokens. However, you requested 9000.";
    let body = json!({ "error": { "code": 400, "message": sentence } }).to_string();
    let told = call_error::of_answer(400, body.as_bytes(), None).reason;
    assert_eq!(told, Reason::TooLong);
    for never in [400, 401, 402, 403, 404, 413] {
        assert!(!plain(never).passes(), "{never}");
    }
}

#[test]
fn what_is_held_has_a_limit() {
    let endless = "data: x".to_owned() + &"x".repeat(2 * 1024 * 1024);
    assert_eq!(verdict(&endless), Err(Reason::Unreadable));
    let words = format!("{}\n\n", WORDS.replace("Да", &"x".repeat(1000)));
    assert_eq!(verdict(&words.repeat(300)), Err(Reason::TooLong));
    // One document is held as a whole, so it may not be long, whatever is in it.
    for (begin, piece) in [("{\"choices\":[", "0,"), ("[", "[],"), ("{\"x\":\"", "xxx")] {
        let mut reading = Reading::new(None);
        let mut taken = begin.len();
        assert!(reading.take(begin.as_bytes()));
        let portion = piece.repeat(1024);
        while reading.take(portion.as_bytes()) {
            taken += portion.len();
            assert!(
                taken <= 1024 * 1024,
                "a tree of it would take a hundred times as much"
            );
        }
        assert_eq!(reading.end(None).error, Some(Reason::Unreadable.into()));
    }
    let mut reading = Reading::new(None);
    let comments = ": x\n".repeat(1024);
    let mut taken = 0;
    while reading.take(comments.as_bytes()) {
        taken += comments.len();
        assert!(taken < 64 * 1024 * 1024, "it goes on for ever");
    }
}

#[test]
fn use_is_read_in_any_form_and_never_overflows() {
    let used = |usage: &str| read_whole(&format!("{{\"usage\":{usage}}}")).usage;
    let usage = used(r#"{"prompt_tokens":3,"completion_tokens":4.0,"cost":"0.00014"}"#);
    assert_eq!(
        (
            usage.prompt_tokens,
            usage.completion_tokens,
            usage.cost_nanousd
        ),
        (3, 4, 140_000)
    );
    let most = used(r#"{"prompt_tokens":-3,"completion_tokens":1e300,"cost":1e300}"#);
    assert_eq!(most.prompt_tokens, 0);
    assert!(i64::try_from(most.completion_tokens + most.cost_nanousd).is_ok());
    assert_eq!(used("null"), Usage::default());
}

proptest! {
    #[test]
    fn the_same_bytes_mean_the_same_however_they_are_cut(
        pieces in prop::collection::vec(prop::sample::select(vec![
            WORDS, STOP, "data: [DONE]", "data: {\"error\":{\"code\":429}}", ": OPENROUTER PROCESSING", "event: x", "",
            "data: ёж", "data", "datax: 1", "{\"choices\":[{\"text\":\"a\"}]}", "\u{feff}",
            "data: {\"usage\":{\"prompt_tokens\":3},\"model\":\"m\"}", calls::BEGINS, calls::GOES_ON, calls::OTHER, calls::WHOLE,
        ]), 0..12),
        ends in prop::collection::vec(prop::sample::select(vec!["\n", "\r", "\r\n", "\n\n", "\r\n\r\n", ""]), 12),
        cuts in prop::collection::vec(any::<usize>(), 0..20),
    ) {
        let body: String = pieces.iter().zip(&ends).flat_map(|(piece, end)| [*piece, *end]).collect();
        for broken in [None, Some(Reason::Silent)] {
            let whole = read_cut(body.as_bytes(), &[], broken);
            prop_assert_eq!(&read_cut(body.as_bytes(), &cuts, broken), &whole);
            let every: Vec<usize> = (0..body.len()).collect();
            prop_assert_eq!(&read_cut(body.as_bytes(), &every, broken), &whole);
        }
    }

    #[test]
    fn no_bytes_are_too_strange(body in prop::collection::vec(any::<u8>(), 0..400), cuts in prop::collection::vec(any::<usize>(), 0..9)) {
        prop_assert_eq!(read_cut(&body, &cuts, None), read_cut(&body, &[], None));
    }
}

fn model(url: &str, key: &str) -> Model {
    Model::new(Endpoint {
        url: url.to_owned(),
        key: Some(key.to_owned().into()),
        instructions: "Be brief.".to_owned(),
        max_tokens: 100,
        silence: Duration::from_secs(60),
        longest: Duration::from_secs(240),
    })
    .unwrap()
}

async fn ask(pretend: &PretendModel) -> (Ended, String) {
    ask_by(&model(&pretend.url(), KEY)).await
}

async fn ask_by(model: &Model) -> (Ended, String) {
    let mut heard = String::new();
    let call = ModelRequest {
        model: "some/model",
        conversation: &Conversation::new("Be brief.", "why?"),
        may_read: false,
        end: Instant::now() + Duration::from_secs(240),
        now: UnixMs(0),
    };
    let ended = model.ask(call, |part| heard.push_str(part)).await;
    (ended, heard)
}

#[tokio::test]
async fn every_answer_of_an_endpoint() {
    let pretend = PretendModel::start().await.unwrap();
    let whole = answer_to("why?");
    for reply in [ModelReply::Stream, ModelReply::Plain] {
        pretend.set(reply.clone());
        let (ended, heard) = ask(&pretend).await;
        assert_eq!((ended.error, &ended.text), (None, &whole), "{reply:?}");
        let used = (
            ended.usage.prompt_tokens,
            ended.usage.completion_tokens,
            ended.usage.cost_nanousd,
        );
        assert_eq!(used, (11, 31, 21_000));
        assert_eq!(
            (ended.usage.model.as_str(), ended.usage.generation.as_str()),
            ("some/model", "gen-1")
        );
        assert_eq!(heard, whole);
    }
    let call = pretend.calls().pop().unwrap();
    assert_eq!(call.body["messages"][0]["content"], "Be brief.");
    assert_eq!(call.body["max_tokens"], 100);
    for (reply, reason) in [
        (ModelReply::status(500), Reason::Unavailable),
        (ModelReply::status(401), Reason::Key),
        (
            ModelReply::ErrorAsSuccess("rate_limit_exceeded".into()),
            Reason::Busy,
        ),
        (ModelReply::ErrorInside(3, 502.into()), Reason::Unavailable),
        (ModelReply::CutAfter(3), Reason::Cut),
        (ModelReply::Empty, Reason::Empty),
        (ModelReply::Reset, Reason::Unavailable),
        (ModelReply::Raw(b"<html>".to_vec()), Reason::Unreadable),
    ] {
        pretend.set(reply.clone());
        let (ended, heard) = ask(&pretend).await;
        assert_eq!(
            ended.error.as_ref().map(|error| error.reason),
            Some(reason),
            "{reply:?}"
        );
        assert_eq!(ended.text, heard, "{reply:?}");
        assert!(whole.starts_with(&heard) && !format!("{ended:?}").contains(KEY));
    }
    pretend.set(ModelReply::Refuse {
        status: 429,
        code: "rate_limit_exceeded".into(),
        retry_after: "17".to_owned(),
    });
    let (ended, _) = ask(&pretend).await;
    let busy = CallError {
        reason: Reason::Busy,
        retry_after: Some(Duration::from_secs(17)),
        named: Vec::new(),
    };
    assert_eq!(ended.error, Some(busy));
    let wrong_key = model(&pretend.url(), "another");
    assert!(!format!("{wrong_key:?}").contains("another"));
    let (ended, _) = ask_by(&wrong_key).await;
    assert_eq!(ended.error, Some(Reason::Key.into()));
    let nobody = model("http://127.0.0.1:1/v1", KEY);
    let (ended, _) = ask_by(&nobody).await;
    assert_eq!(ended.error, Some(Reason::Unavailable.into()));
}

/// The paused clock advances only while everything waits, so it shows what was waited for.
#[tokio::test(start_paused = true)]
async fn silence_and_length_have_their_limits() {
    let pretend = PretendModel::start().await.unwrap();
    let minute = Duration::from_secs(60);
    for (reply, reason, seconds) in [
        (ModelReply::Hang, Some(Reason::Silent), 60),
        (ModelReply::SilentAfter(0), Some(Reason::Silent), 60),
        (ModelReply::SilentAfter(3), Some(Reason::Silent), 60),
        // Comments keep the connection alive, but only up to the time limit.
        (
            ModelReply::KeptAlive(3, minute - Duration::from_secs(1)),
            None,
            3 * 59,
        ),
        (
            ModelReply::KeptAlive(9, minute - Duration::from_secs(1)),
            Some(Reason::Slow),
            240,
        ),
        (ModelReply::Slow(Duration::from_secs(10)), None, 160),
        (
            ModelReply::Slow(Duration::from_secs(50)),
            Some(Reason::Slow),
            240,
        ),
    ] {
        pretend.set(reply.clone());
        let began = Instant::now();
        let (ended, _) = ask(&pretend).await;
        assert_eq!(ended.error.map(|error| error.reason), reason, "{reply:?}");
        assert_eq!(began.elapsed().as_secs(), seconds, "{reply:?}");
    }
}
