//! A silent stream stays alive.

use futures_util::StreamExt as _;
use tokio::time::Instant;

use super::*;

#[tokio::test(start_paused = true)]
async fn silence_says_that_it_is_alive_before_a_page_gives_it_up() {
    let silent = kept_alive(futures_util::stream::pending());
    let mut said = silent.into_body().into_data_stream();
    let began = Instant::now();
    for _ in 0..2 {
        let event = said.next().await.unwrap().unwrap();
        assert_eq!(event, "event: alive\ndata: {}\n\n");
    }
    let page = include_str!("../page/question.js");
    assert!(page.contains("SILENCE_MS = 20_000"));
    assert!(began.elapsed() / 2 < Duration::from_millis(20_000));
}
