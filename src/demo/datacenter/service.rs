//! Messages about the connection itself: pings, salts, acknowledgments.

use grammers_tl_types::deserialize::Error;
use grammers_tl_types::{Identifiable as _, RawVec, Serializable as _, enums, functions, types};

use super::crypto::Message;
use super::session::{Out, number_by_clock};
use super::state::{Known, State};
use super::tl::{id_of, read, result};

/// The answer to a service message; `None` for everything else.
///
/// # Errors
/// What is wrong with the message.
pub(super) fn answer(known: &Known, message: &Message) -> Option<anyhow::Result<Option<Out>>> {
    let (id, body) = (message.id, &message.body);
    let answer = match id_of(body) {
        // Some clients acknowledge their own messages, too, and Telegram does not mind.
        types::MsgsAck::CONSTRUCTOR_ID => {
            let ack = read::<types::MsgsAck>(body);
            return Some(ack.map(|_| None).map_err(anyhow::Error::from));
        }
        functions::Ping::CONSTRUCTOR_ID => {
            read(body).map(|ping: functions::Ping| pong(id, ping.ping_id))
        }
        functions::PingDelayDisconnect::CONSTRUCTOR_ID => {
            read(body).map(|ping: functions::PingDelayDisconnect| pong(id, ping.ping_id))
        }
        functions::GetFutureSalts::CONSTRUCTOR_ID => read(body)
            .map(|request: functions::GetFutureSalts| future_salts(known, id, request.num)),
        functions::DestroySession::CONSTRUCTOR_ID => {
            read(body).map(|request: functions::DestroySession| {
                let session_id = request.session_id;
                let none = types::DestroySessionNone { session_id };
                Out::service(enums::DestroySessionRes::from(none).to_bytes())
            })
        }
        functions::RpcDropAnswer::CONSTRUCTOR_ID => Ok::<_, Error>(Out::content(result(
            id,
            &enums::RpcDropAnswer::RpcAnswerUnknown.to_bytes(),
        ))),
        _ => return None,
    };
    Some(answer.map(Some).map_err(anyhow::Error::from))
}

fn pong(msg_id: i64, ping_id: i64) -> Out {
    let pong = types::Pong { msg_id, ping_id };
    Out::service(enums::Pong::from(pong).to_bytes())
}

fn future_salts(known: &Known, to: i64, number: i32) -> Out {
    let now = State::wire_now();
    let salt = |ahead| {
        let (salt, valid_since, valid_until) = known.salt(now, ahead);
        types::FutureSalt {
            valid_since,
            valid_until,
            salt,
        }
    };
    let answer = types::FutureSalts {
        req_msg_id: to,
        now,
        salts: RawVec((0..number.clamp(1, 64)).map(salt).collect()),
    };
    Out::service(enums::FutureSalts::from(answer).to_bytes())
}

/// The salt is wrong: nothing was done, and this is the right one.
pub(super) fn bad_salt(message: &Message, new_server_salt: i64) -> Out {
    let notice = types::BadServerSalt {
        bad_msg_id: message.id,
        bad_msg_seqno: message.seqno,
        error_code: 48,
        new_server_salt,
    };
    Out::service(enums::BadMsgNotification::from(notice).to_bytes())
}

/// Numbers of a message are wrong: it is ignored.
pub(super) fn bad_numbers(message: &Message, error_code: i32) -> Out {
    let notice = types::BadMsgNotification {
        bad_msg_id: message.id,
        bad_msg_seqno: message.seqno,
        error_code,
    };
    Out::service(enums::BadMsgNotification::from(notice).to_bytes())
}

/// A session begins with this message.
pub(super) fn new_session(session: i64, message: &Message, server_salt: i64) -> Out {
    let created = types::NewSessionCreated {
        first_msg_id: message.id,
        unique_id: session.rotate_left(17),
        server_salt,
    };
    Out::push(enums::NewSession::from(created).to_bytes())
}

/// A message outside of any session, as in the key exchange.
pub(super) fn plain(body: &[u8]) -> anyhow::Result<Vec<u8>> {
    let id = number_by_clock() | 1;
    let length = u32::try_from(body.len())?;
    Ok([&[0; 8][..], &id.to_bytes(), &length.to_bytes(), body].concat())
}
