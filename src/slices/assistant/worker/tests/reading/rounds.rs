//! Rounds and their limits.

use super::*;

#[tokio::test]
async fn what_is_read_is_told_and_paid() {
    let fixture = fixture().await;
    fixture.start_in_place();
    fixture
        .model
        .set(ModelReply::reads("mirror", &json!({ "a": 1, "b": null })));
    let id = fixture.ask("who am I?").await;
    let question = fixture.closed(&id).await;
    let told = r#"{"data":{"asker":7,"given":{"a":1},"role":"user"}}"#;
    assert_eq!(
        question.answer,
        format!("{}\n\n{told}", answer_to("who am I?"))
    );
    let calls = fixture.model.calls();
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
    assert_eq!(fixture.number(spent).await, 1_000_000 * 84 + 42_000);
    let noted = "SELECT prompt_tokens FROM question_attempt WHERE generation = 'gen-1'";
    assert_eq!(fixture.number(noted).await, 22);
}

#[tokio::test]
async fn misuse_is_told_to_the_model_and_reads_nothing() {
    let fixture = fixture().await;
    fixture.start_in_place();
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
    fixture.model.set(ModelReply::Reads(misuses));
    let id = fixture.ask("who is there?").await;
    let question = fixture.closed(&id).await;
    assert_eq!(question.state, QuestionState::Completed);
    let results = fixture.model.calls().pop().unwrap().results;
    let no_tool = r#"{"error":"there is no such tool"}"#;
    let no_object = r#"{"error":"the arguments are not a JSON object"}"#;
    let mirrored = r#"{"data":{"asker":7,"given":{},"role":"user"}}"#;
    let unread = r#"{"error":"this cannot be read just now"}"#;
    let wanted = [
        no_tool, no_tool, no_object, no_object, no_object, unread, mirrored,
    ];
    assert_eq!(results, wanted);
    assert_eq!(fixture.number("SELECT count(*) FROM person").await, 1);
}

#[tokio::test]
async fn whoever_reads_for_ever_has_to_answer() {
    let fixture = fixture().await;
    fixture.start_in_place();
    let much = calls(&[("bulk", "{}"), ("bulk", "{}")]);
    fixture.model.set(ModelReply::ReadsForEver(much));
    let id = fixture.ask("what is there?").await;
    let ended = |question: &Question| question.state.is_closed() || question.failures > 0;
    let question = fixture.once(&id, ended).await;
    assert_eq!(question.state, QuestionState::Completed);
    let made = fixture.model.calls();
    assert_eq!(made.len(), 6);
    let choices = made.iter().filter_map(|call| call.body.get("tool_choice"));
    assert_eq!(choices.collect::<Vec<_>>(), ["none"]);
    let results = &made[5].results;
    let read = results.iter().filter(|result| result.contains("data"));
    assert_eq!((results.len(), read.count()), (10, 5), "100 KiB of them");

    // A model that ignores the limit keeps what it has said.
    let asks = r#"{"index":0,"id":"c","function":{"name":"mirror","arguments":"{}"}}"#;
    let stream = |words: &str| {
        let delta = format!("{{\"content\":\"{words}\",\"tool_calls\":[{asks}]}}");
        let event = format!("{{\"choices\":[{{\"delta\":{delta},\"finish_reason\":\"stop\"}}]}}");
        ModelReply::Raw(format!("data: {event}\n\n").into_bytes())
    };
    fixture.model.set(stream("Hm."));
    let id = fixture.ask("and?").await;
    assert_eq!(fixture.closed(&id).await.answer, ["Hm."; 6].join("\n\n"));
    fixture.model.set(stream(""));
    let id = fixture.ask("and now?").await;
    let question = fixture.once(&id, |question| question.failures == 1).await;
    assert_eq!(question.reason, Some(Reason::Empty));
}

#[tokio::test]
async fn more_than_can_be_told_is_not_told_in_part() {
    let fixture = Fixture::with(vec![bulk(25 * 1024)].into()).await;
    fixture.start_in_place();
    fixture.model.set(ModelReply::reads("bulk", &json!({})));
    let id = fixture.ask("what is there?").await;
    assert!(
        fixture
            .closed(&id)
            .await
            .answer
            .contains("ask for less of it")
    );
}

#[tokio::test]
async fn a_model_without_tools_is_asked_without_them() {
    let fixture = fixture().await;
    fixture.start_in_place();
    for (status, words) in [
        (404, "No endpoints found that support tool use."),
        (400, "registry/x does not support tools"),
        (500, "tools param requires --jinja flag"),
    ] {
        let before = fixture.model.calls().len();
        fixture
            .model
            .set(ModelReply::KnowsNoTools(status, words.to_owned()));
        for text in ["a", "b"] {
            let id = fixture.ask(text).await;
            assert_eq!(fixture.closed(&id).await.answer, answer_to(text), "{words}");
        }
        let asked = fixture.model.calls().split_off(before);
        let with: Vec<bool> = asked.iter().map(|call| !offered(call).is_empty()).collect();
        // Only the very first request.
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
    let fixture = fixture().await;
    fixture.start_in_place();
    fixture.model.next([
        ModelReply::reads("mirror", &json!({})),
        ModelReply::KnowsNoTools(400, "missing a thought_signature for tools".to_owned()),
    ]);
    for text in ["a", "b"] {
        let id = fixture.ask(text).await;
        assert_eq!(fixture.closed(&id).await.answer, answer_to(text));
    }
    let with: Vec<bool> = fixture
        .model
        .calls()
        .iter()
        .map(|call| !offered(call).is_empty())
        .collect();
    assert_eq!(with, [true, true, false, true]);
}

#[tokio::test]
async fn what_was_said_before_reading_stays() {
    let fixture = fixture().await;
    fixture.start_in_place();
    let first = r#"{"choices":[{"message":{"content":"One moment.","tool_calls":[{"function":{"name":"mirror","arguments":{}}}]},"finish_reason":"stop"}]}"#;
    fixture
        .model
        .next([ModelReply::Raw(first.as_bytes().to_vec())]);
    fixture.model.set(ModelReply::Held);
    fixture.model.hold(true);
    let id = fixture.ask("who am I?").await;
    let row = fixture.question(&id).await.id;
    let mut seen = fixture.context.progress.follow(row);
    let shown = seen.wait_for(|progress| progress.text == "One moment.\n\nYou ");
    tokio::time::timeout(LIMIT, shown).await.unwrap().unwrap();
    fixture.model.hold(false);
    let answer = fixture.closed(&id).await.answer;
    assert!(answer.starts_with("One moment.\n\nYou asked: «who am I?»"));
    let message = &fixture.model.calls()[1].body["messages"][2];
    assert_eq!(message["content"], "One moment.");
    assert_eq!(message["tool_calls"][0]["id"], "call00000");
}

/// Two rounds of about two and a half minutes each, on a paused clock.
#[tokio::test(start_paused = true)]
async fn all_rounds_share_the_time_of_the_attempt() {
    let fixture = fixture().await;
    let slowly = ModelReply::ReadsSlowly(Duration::from_secs(30), calls(&[("mirror", "{}")]));
    fixture
        .model
        .next([slowly, ModelReply::Slow(Duration::from_secs(8))]);
    fixture.start_in_place();
    let id = fixture.ask("who am I?").await;
    // If each round had the whole time, this one would end and the question would be answered.
    let wanted = |question: &Question| question.failures == 1 || question.state.is_closed();
    let question = fixture.once(&id, wanted).await;
    assert_eq!(question.reason, Some(Reason::Slow));
}

#[tokio::test]
async fn nothing_is_offered_where_nothing_may_be_read() {
    let fixture = Fixture::new().await;
    fixture.start_in_place();
    let id = fixture.ask("why?").await;
    assert_eq!(fixture.closed(&id).await.answer, answer_to("why?"));
    let body = fixture.model.calls().pop().unwrap().body;
    assert_eq!((body.get("tools"), body.get("tool_choice")), (None, None));
    assert_eq!(body["messages"].as_array().unwrap().len(), 1);
}
