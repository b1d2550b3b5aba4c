//! The unmodified grammers client against the pretend data centres.

mod client;
mod logins;
mod reading;
mod strictness;

use super::*;

const PHONE: &str = "+79990000001";
const ANNA: i64 = 1_001;

/// Data centres 2 and 4; Anna is kept in that one.
async fn with_anna(home: i32) -> PretendDatacenter {
    let telegram = PretendDatacenter::start().await.unwrap();
    telegram.subscribe(Subscriber::new(ANNA, PHONE, "Анна").at_home_in(home));
    telegram
}
