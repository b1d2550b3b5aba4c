//! Roles, claims and languages on a real file.

use super::claim::CLAIM_LIFE;
use super::*;
use crate::clock::testing::NOW;
use crate::db::testing::Store;

async fn on_database<T: Send + 'static>(
    work: impl FnOnce(&WriteTx<'_>) -> anyhow::Result<T> + Send + 'static,
) -> T {
    Store::new().write(work).await
}

#[tokio::test]
async fn a_claim_works_once_and_not_for_long() {
    on_database(|tx| {
        meet(tx, NOW, 7, "Ева", "eva")?;
        let late = make_claim(tx, NOW)?;
        let after = NOW.plus(CLAIM_LIFE);
        assert!(!redeem_claim(tx, after, &late, 7)?);
        let code = make_claim(tx, NOW)?;
        assert_eq!(code.len(), 32);
        assert!(!redeem_claim(tx, NOW, &late, 7)?, "an older code is void");
        assert!(redeem_claim(tx, NOW, &code, 7)?);
        assert!(!redeem_claim(tx, NOW, &code, 8)?);
        assert_eq!(get(tx, 7)?.unwrap().role, Role::Owner);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn configured_roles_come_and_go_with_the_file() {
    on_database(|tx| {
        let config = |admins: &[i64]| PeopleConfig {
            admins: admins.to_vec(),
            access: Access::Request,
            language: Lang::Ru,
        };
        apply_config(tx, NOW, &config(&[1, 2]))?;
        assert_eq!(admin_chats(tx)?, [1, 2]);
        assert!(!set_role(tx, 1, Role::Refused)?, "the file decides");
        apply_config(tx, NOW, &config(&[2]))?;
        assert_eq!(admin_chats(tx)?, [2]);
        assert_eq!(get(tx, 1)?.unwrap().role, Role::User);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_stranger_is_answered_once_a_day() {
    on_database(|tx| {
        meet(tx, NOW, 5, "x", "")?;
        assert!(may_answer_stranger(tx, NOW, 5)?);
        assert!(!may_answer_stranger(tx, NOW.plus(STRANGER_PAUSE / 2), 5)?);
        assert!(may_answer_stranger(tx, NOW.plus(STRANGER_PAUSE), 5)?);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_chosen_language_outlives_what_telegram_says() {
    on_database(|tx| {
        assert_eq!(meet_chat(tx, 5, "en-GB", Lang::Ru)?, Lang::En);
        set_preference(tx, NOW, 5, Preference::Language(Lang::Ru))?;
        assert_eq!(meet_chat(tx, 5, "en-GB", Lang::En)?, Lang::Ru);
        assert_eq!(meet_chat(tx, 6, "", Lang::Ru)?, Lang::Ru);
        Ok(())
    })
    .await;
}
