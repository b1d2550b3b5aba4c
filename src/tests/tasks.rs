//! Tests of `tasks.rs`.

use super::*;

const LIMIT: Duration = Duration::from_secs(5);

#[tokio::test]
async fn the_death_of_a_critical_task_stops_everything() {
    let tasks = Tasks::new();
    let stop = tasks.stop_token();
    tasks.spawn("patient", async move { stop.cancelled().await });
    tasks.spawn_critical("mortal", async { panic!("as the test wants") });
    assert!(tasks.ended(LIMIT).await);
    assert_eq!(tasks.died(), Some("mortal"));
    assert!(tasks.running().is_empty());
}

#[tokio::test]
async fn an_ordered_stop_is_no_death() {
    let tasks = Tasks::new();
    let stop = tasks.stop_token();
    let token = stop.clone();
    tasks.spawn_critical("steady", async move { token.cancelled().await });
    let end = tasks
        .thread_with_runtime("thread", async || Ok(async move { stop.cancelled().await }))
        .await
        .unwrap();
    tasks.stop();
    assert!(tasks.ended(LIMIT).await);
    assert!(end.wait(LIMIT).await);
    assert_eq!(tasks.died(), None);
}

#[tokio::test]
async fn a_thread_with_a_runtime_that_ends_early_stops_everything() {
    let tasks = Tasks::new();
    let end = tasks
        .thread_with_runtime("short", async || Ok(std::future::ready(())))
        .await
        .unwrap();
    assert!(end.wait(LIMIT).await);
    assert!(tasks.stop_token().is_cancelled());
    assert_eq!(tasks.died(), Some("short"));
}

#[tokio::test]
async fn a_thread_that_cannot_be_started_is_an_error_and_no_death() {
    let tasks = Tasks::new();
    let fails = tasks.thread_with_runtime("unready", async || {
        Err::<std::future::Ready<()>, _>(anyhow::anyhow!("no client"))
    });
    let problem = format!("{:#}", fails.await.unwrap_err());
    assert_eq!(problem, "start the thread unready: no client");
    let panics = tasks.thread_with_runtime(
        "panics",
        async || -> anyhow::Result<std::future::Ready<()>> { panic!("as the test wants") },
    );
    let problem = format!("{:#}", panics.await.unwrap_err());
    assert_eq!(problem, "the thread panics ended while it started");
    tasks.refuse_thread("refused");
    let refused = tasks.thread_with_runtime("refused", async || Ok(std::future::ready(())));
    refused.await.unwrap_err();
    assert!(!tasks.stop_token().is_cancelled());
}
