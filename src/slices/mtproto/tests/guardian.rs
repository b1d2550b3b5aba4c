//! What owners hear of their accounts, and that they hear it once.

use super::*;
use crate::db::testing::Store;
use crate::slices::mtproto::tests::kit::{self, OWNER, Standing, told};

struct Stand {
    store: Store,
    guardian: Guardian,
}

impl Stand {
    async fn new(accounts: AccountsProxy) -> Self {
        let store = Store::new();
        store.write(|tx| kit::linked(tx, "Anna").map(drop)).await;
        let guardian = Guardian {
            db: store.db.clone(),
            clock: kit::clock(),
            accounts,
            bot: BotProxy::gone(),
            bell: Activator::new(),
            language: Lang::En,
            zone: Zone::UTC,
        };
        Self { store, guardian }
    }

    /// What one more look tells.
    async fn look(&self) -> Vec<String> {
        let before = told(&self.store, OWNER).await.len();
        self.guardian.look().await;
        let told = told(&self.store, OWNER).await.into_iter().skip(before);
        told.map(|(html, _)| html).collect()
    }
}

#[tokio::test]
async fn a_new_device_is_told_once_with_a_button_that_ends_it() {
    let now = Standing::well();
    now.lock().unwrap().devices = vec![0, 5];
    let stand = Stand::new(kit::standing(&now)).await;
    assert!(stand.look().await.is_empty(), "the first look only learns");
    now.lock().unwrap().devices = vec![0, 5, 9, -3];
    let said = stand.look().await;
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(
        said[0].contains("Model &lt;9&gt;") && said[0].contains("203.0.113.7"),
        "{said:?}"
    );
    let (_, keyboard) = told(&stand.store, OWNER).await.swap_remove(1);
    assert!(keyboard.contains("telegram:end:1:-3"), "{keyboard}");
    assert!(stand.look().await.is_empty(), "nobody hears it twice");
}

#[tokio::test]
async fn every_change_of_state_is_told_once_and_so_is_its_end() {
    let now = Standing::well();
    let stand = Stand::new(kit::standing(&now)).await;
    assert!(stand.look().await.is_empty());
    for (state, words) in [
        (Ok((AccountState::Frozen, "frozen")), "is frozen"),
        (Ok((AccountState::Restricted, "spam")), "reason: spam"),
        (Ok((AccountState::Linked, "")), "is fine again"),
        (Standing::logged_out(), "reason: session_revoked"),
        (Ok((AccountState::Linked, "")), "is fine again"),
    ] {
        now.lock().unwrap().state = state;
        let said = stand.look().await;
        assert!(
            said.len() == 1 && said[0].contains(words),
            "{words}: {said:?}"
        );
        assert!(stand.look().await.is_empty(), "{words} was told twice");
    }
}

#[tokio::test]
async fn a_silent_telegram_is_told_after_an_hour_and_so_is_its_return() {
    let now = Standing::well();
    let stand = Stand::new(kit::standing(&now)).await;
    assert!(stand.look().await.is_empty());
    for refusal in [Refusal::Unreachable, Refusal::Timeout] {
        now.lock().unwrap().state = Err(refusal);
        assert!(!stand.guardian.look().await, "it is looked at again soon");
        assert!(stand.look().await.is_empty(), "a moment is no event");
        stand.guardian.clock.advance(SILENCE);
        let said = stand.look().await;
        assert!(
            said.len() == 1 && said[0].contains("has not answered for"),
            "{said:?}"
        );
        stand.guardian.clock.advance(SILENCE);
        assert!(stand.look().await.is_empty(), "once is enough");
        now.lock().unwrap().state = Ok((AccountState::Linked, ""));
        let said = stand.look().await;
        assert!(
            said.len() == 1 && said[0].contains("is fine again"),
            "{said:?}"
        );
        assert!(stand.look().await.is_empty());
    }
}

#[tokio::test]
async fn what_says_nothing_of_the_account_is_no_event() {
    let now = Standing::well();
    let stand = Stand::new(kit::standing(&now)).await;
    assert!(stand.look().await.is_empty());
    let wait = Duration::from_mins(5);
    for refusal in [
        Refusal::Flood(wait),
        Refusal::Busy,
        Refusal::Internal,
        Refusal::Sealed,
    ] {
        now.lock().unwrap().state = Err(refusal.clone());
        for _ in 0..2 {
            assert!(stand.look().await.is_empty(), "{refusal:?}");
            stand.guardian.clock.advance(SILENCE);
        }
    }
}

#[test]
fn rounds_are_at_most_ten_minutes_apart() {
    for _ in 0..100 {
        let pause = pause();
        assert!(pause <= PERIOD && pause >= PERIOD - JITTER, "{pause:?}");
    }
}
