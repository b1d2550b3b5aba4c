//! What followers of a growing answer see.

use super::*;

#[tokio::test]
async fn who_looks_on_sees_every_attempt_and_the_end() {
    let progress = ProgressStreams::default();
    let mut early = progress.follow(1);
    assert_eq!(*early.borrow_and_update(), AnswerProgress::default());
    let writer = progress.begin(1, 1);
    writer.write("a");
    writer.write("b");
    early.changed().await.unwrap();
    assert_eq!(early.borrow_and_update().text, "ab");
    assert_eq!(progress.text(1), "ab");
    let second = progress.begin(1, 2);
    early.changed().await.unwrap();
    let begun = early.borrow_and_update().clone();
    assert_eq!((begun.attempt, begun.text.as_str()), (2, ""));
    progress.close(1);
    assert!(writer.cut.is_cancelled() && second.cut.is_cancelled());
    drop((writer, second));
    early.changed().await.unwrap_err();
    assert_eq!((progress.count(), progress.text(1)), (0, String::new()));
}
