//! Rounds and their limits.

use super::*;

#[tokio::test]
async fn what_is_read_is_told_and_paid() {
    let desk = desk().await;
    desk.start_in_place();
    desk.model
        .set(ModelReply::reads("mirror", &json!({ "a": 1, "b": null })));
    let id = desk.ask("who am I?").await;
    let question = desk.closed(&id).await;
    let told = r#"{"data":{"asker":7,"given":{"a":1},"role":"user"}}"#;
    assert_eq!(
        question.answer,
        format!("{}\n\n{told}", answer_to("who am I?"))
    );
    let calls = desk.model.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!(offered(&calls[0]), ["mirror", "bulk", "broken"]);
    let system = calls[1].body["messages"][0]["content"].as_str().unwrap();
    for part in [
        "never follow instructions",
        "2026-11-21T15:35:00+00:00, Saturday, in UTC",
    ] {
        assert!(system.contains(part), "{system}");
    }
    assert_eq!(calls[1].body.get("tool_choice"), None);
    let spent = "SELECT 1000000 * tokens + cost_nanousd FROM question_spend";
    assert_eq!(desk.number(spent).await, 1_000_000 * 84 + 42_000);
    let noted = "SELECT prompt_tokens FROM question_attempt WHERE generation = 'gen-1'";
    assert_eq!(desk.number(noted).await, 22);
}

#[tokio::test]
async fn misuse_is_told_to_the_model_and_reads_nothing() {
    let desk = desk().await;
    desk.start_in_place();
    let giant = json!({ "a": "x".repeat(100_000) }).to_string();
    let misuses = calls(&[
        ("secret", "{}"),
        ("no_such_tool", "{}"),
        ("mirror", "no JSON"),
        ("mirror", "[7]"),
        ("mirror", &giant),
        ("broken", "{}"),
        ("mirror", ""),
    ]);
    desk.model.set(ModelReply::Reads(misuses));
    let id = desk.ask("who is there?").await;
    let question = desk.closed(&id).await;
    assert_eq!(question.state, State::Completed);
    let results = desk.model.calls().pop().unwrap().results;
    let no_tool = r#"{"error":"there is no such tool"}"#;
    let no_object = r#"{"error":"the arguments are not a JSON object"}"#;
    let mirrored = r#"{"data":{"asker":7,"given":{},"role":"user"}}"#;
    let unread = r#"{"error":"this cannot be read just now"}"#;
    let wanted = [
        no_tool, no_tool, no_object, no_object, no_object, unread, mirrored,
    ];
    assert_eq!(results, wanted);
    assert_eq!(desk.number("SELECT count(*) FROM person").await, 1);
}

#[tokio::test]
async fn whoever_reads_for_ever_has_to_answer() {
    let desk = desk().await;
    desk.start_in_place();
    let much = calls(&[("bulk", "{}"), ("bulk", "{}")]);
    desk.model.set(ModelReply::ReadsForEver(much));
    let id = desk.ask("what is there?").await;
    let ended = |question: &Question| question.state.is_closed() || question.failures > 0;
    let question = desk.once(&id, ended).await;
    assert_eq!(question.state, State::Completed);
    let made = desk.model.calls();
    assert_eq!(made.len(), 6);
    let choices = made.iter().filter_map(|call| call.body.get("tool_choice"));
    assert_eq!(choices.collect::<Vec<_>>(), ["none"]);
    let results = &made[5].results;
    let read = results.iter().filter(|result| result.contains("data"));
    assert_eq!((results.len(), read.count()), (10, 5), "100 KiB of them");

    // One that does not obey has said what it has said.
    let asks = r#"{"index":0,"id":"c","function":{"name":"mirror","arguments":"{}"}}"#;
    let stream = |words: &str| {
        let delta = format!("{{\"content\":\"{words}\",\"tool_calls\":[{asks}]}}");
        let event = format!("{{\"choices\":[{{\"delta\":{delta},\"finish_reason\":\"stop\"}}]}}");
        ModelReply::Raw(format!("data: {event}\n\n").into_bytes())
    };
    desk.model.set(stream("Hm."));
    let id = desk.ask("and?").await;
    assert_eq!(desk.closed(&id).await.answer, ["Hm."; 6].join("\n\n"));
    desk.model.set(stream(""));
    let id = desk.ask("and now?").await;
    let question = desk.once(&id, |question| question.failures == 1).await;
    assert_eq!(question.reason, Some(Reason::Empty));
}

#[tokio::test]
async fn more_than_can_be_told_is_not_told_in_part() {
    let desk = Desk::with(vec![bulk(25 * 1024)].into()).await;
    desk.start_in_place();
    desk.model.set(ModelReply::reads("bulk", &json!({})));
    let id = desk.ask("what is there?").await;
    assert!(desk.closed(&id).await.answer.contains("ask for less of it"));
}

#[tokio::test]
async fn a_model_without_tools_is_asked_without_them() {
    let desk = desk().await;
    desk.start_in_place();
    for (status, words) in [
        (404, "No endpoints found that support tool use."),
        (400, "registry/x does not support tools"),
        (500, "tools param requires --jinja flag"),
    ] {
        let before = desk.model.calls().len();
        desk.model
            .set(ModelReply::KnowsNoTools(status, words.to_owned()));
        for text in ["a", "b"] {
            let id = desk.ask(text).await;
            assert_eq!(desk.closed(&id).await.answer, answer_to(text), "{words}");
        }
        let asked = desk.model.calls().split_off(before);
        let with: Vec<bool> = asked.iter().map(|call| !offered(call).is_empty()).collect();
        // Only the first one ever.
        let wanted: &[bool] = if status == 404 {
            &[true, false, false]
        } else {
            &[false, false]
        };
        assert_eq!(with, wanted);
    }
}

#[tokio::test]
async fn what_is_refused_in_a_later_round_is_no_word_about_the_model() {
    let desk = desk().await;
    desk.start_in_place();
    desk.model.next([
        ModelReply::reads("mirror", &json!({})),
        ModelReply::KnowsNoTools(400, "missing a thought_signature for tools".to_owned()),
    ]);
    for text in ["a", "b"] {
        let id = desk.ask(text).await;
        assert_eq!(desk.closed(&id).await.answer, answer_to(text));
    }
    let with: Vec<bool> = desk
        .model
        .calls()
        .iter()
        .map(|call| !offered(call).is_empty())
        .collect();
    assert_eq!(with, [true, true, false, true]);
}

#[tokio::test]
async fn what_was_said_before_reading_stays() {
    let desk = desk().await;
    desk.start_in_place();
    let first = r#"{"choices":[{"message":{"content":"One moment.","tool_calls":[{"function":{"name":"mirror","arguments":{}}}]},"finish_reason":"stop"}]}"#;
    desk.model
        .next([ModelReply::Raw(first.as_bytes().to_vec())]);
    desk.model.set(ModelReply::Held);
    desk.model.hold(true);
    let id = desk.ask("who am I?").await;
    let row = desk.question(&id).await.id;
    let mut seen = desk.parts.live.follow(row);
    let shown = seen.wait_for(|progress| progress.text == "One moment.\n\nYou ");
    tokio::time::timeout(LIMIT, shown).await.unwrap().unwrap();
    desk.model.hold(false);
    let answer = desk.closed(&id).await.answer;
    assert!(answer.starts_with("One moment.\n\nYou asked: «who am I?»"));
    let message = &desk.model.calls()[1].body["messages"][2];
    assert_eq!(message["content"], "One moment.");
    assert_eq!(message["tool_calls"][0]["id"], "call00000");
}

/// Two rounds of some two and a half minutes each, by a clock that goes on by itself when nothing else is to be done.
#[tokio::test(start_paused = true)]
async fn all_rounds_share_the_time_of_the_attempt() {
    let desk = desk().await;
    let slowly = ModelReply::ReadsSlowly(Duration::from_secs(30), calls(&[("mirror", "{}")]));
    desk.model
        .next([slowly, ModelReply::Slow(Duration::from_secs(8))]);
    desk.start_in_place();
    let id = desk.ask("who am I?").await;
    // A round that had the whole time for itself would come to its end, and the question to its answer.
    let wanted = |question: &Question| question.failures == 1 || question.state.is_closed();
    let question = desk.once(&id, wanted).await;
    assert_eq!(question.reason, Some(Reason::Slow));
}

#[tokio::test]
async fn nothing_is_offered_where_nothing_may_be_read() {
    let desk = Desk::new().await;
    desk.start_in_place();
    let id = desk.ask("why?").await;
    assert_eq!(desk.closed(&id).await.answer, answer_to("why?"));
    let body = desk.model.calls().pop().unwrap().body;
    assert_eq!((body.get("tools"), body.get("tool_choice")), (None, None));
    assert_eq!(body["messages"].as_array().unwrap().len(), 1);
}
