//! The pretend notices what no client may do.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use grammers_client::tl::{LAYER, Serializable as _, functions};
use grammers_crypto::DequeBuffer;

use super::*;

/// A client written by hand, so that it can do wrong.
struct Raw {
    stream: TcpStream,
    key: [u8; 256],
    salt: i64,
    seqno: i32,
    frames: i32,
    id: i64,
}

impl Raw {
    fn connect(telegram: &PretendDatacenter) -> Self {
        let key = telegram.share_key(2).unwrap();
        let known = Known::new(AuthKey::new(key), None);
        let address = telegram.address(2).unwrap();
        Self {
            stream: TcpStream::connect(address).unwrap(),
            salt: known.salt(State::wire_now(), 0).0,
            key,
            seqno: 1,
            frames: 0,
            id: i64::from(State::wire_now()) << 32,
        }
    }

    /// A message in its envelope, sealed.
    fn sealed(&mut self, body: &[u8], padding: usize) -> Vec<u8> {
        self.id += 4;
        let mut plain = DequeBuffer::with_capacity(2048, 64);
        plain.extend(self.salt.to_le_bytes());
        plain.extend(7_i64.to_le_bytes());
        plain.extend(self.id.to_le_bytes());
        plain.extend(self.seqno.to_le_bytes());
        plain.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
        plain.extend(body.iter().copied());
        plain.extend(std::iter::repeat_n(1, padding));
        self.seqno += 2;
        grammers_crypto::encrypt_data_v2(
            &mut plain,
            &grammers_crypto::AuthKey::from_bytes(self.key),
        );
        plain[..].to_vec()
    }

    fn frame(&mut self, message: &[u8]) -> Vec<u8> {
        let mut framing = framing::Framing::Full {
            received: 0,
            sent: self.frames,
        };
        self.frames += 1;
        framing.pack(message).unwrap()
    }

    fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// What comes until the data centre hangs up.
    fn rest(mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest).ok();
        rest
    }
}

fn get_config() -> Vec<u8> {
    functions::InvokeWithLayer {
        layer: LAYER,
        query: functions::InitConnection {
            api_id: API_ID,
            device_model: "by hand".to_owned(),
            system_version: String::new(),
            app_version: String::new(),
            system_lang_code: String::new(),
            lang_pack: String::new(),
            lang_code: String::new(),
            proxy: None,
            params: None,
            query: functions::help::GetConfig {},
        },
    }
    .to_bytes()
}

async fn complaint(telegram: &PretendDatacenter) -> String {
    telegram
        .wait_until("a complaint", Duration::from_secs(10), |telegram| {
            !telegram.complaints().is_empty()
        })
        .await
        .unwrap();
    telegram.complaints().remove(0)
}

/// Sends what this makes of a good frame; returns the complaint, and whether a -404 came.
async fn spoiled(spoil: impl FnOnce(&mut Raw) -> Vec<u8>) -> (String, bool) {
    let telegram = with_anna(2).await;
    let mut raw = Raw::connect(&telegram);
    let bytes = spoil(&mut raw);
    raw.send(&bytes);
    let complaint = complaint(&telegram).await;
    telegram.hang_up();
    let rest = tokio::task::spawn_blocking(|| raw.rest()).await.unwrap();
    (complaint, rest == (-404_i32).to_le_bytes().repeat(3))
}

#[tokio::test]
async fn a_good_frame_is_no_complaint() {
    let telegram = with_anna(2).await;
    let mut raw = Raw::connect(&telegram);
    let sealed = raw.sealed(&get_config(), 0);
    let frame = raw.frame(&sealed);
    raw.send(&frame);
    telegram
        .wait_until("the call", Duration::from_secs(10), |telegram| {
            telegram.calls("help.getConfig") == 1
        })
        .await
        .unwrap();
    assert_eq!(telegram.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_client_that_pings_no_more_is_hung_up_on() {
    let telegram = with_anna(2).await;
    let mut raw = Raw::connect(&telegram);
    let ping = functions::PingDelayDisconnect {
        ping_id: 1,
        disconnect_delay: 0,
    };
    let sealed = raw.sealed(&ping.to_bytes(), 0);
    let frame = raw.frame(&sealed);
    raw.send(&frame);
    // The end of the connection ends this.
    tokio::task::spawn_blocking(|| raw.rest()).await.unwrap();
    assert_eq!(telegram.complaints(), [""; 0]);
}

#[tokio::test]
async fn broken_frames_and_seals_end_the_connection() {
    let counter = spoiled(|raw| {
        raw.frames = 1;
        let sealed = raw.sealed(&get_config(), 0);
        raw.frame(&sealed)
    });
    let checksum = spoiled(|raw| {
        let sealed = raw.sealed(&get_config(), 0);
        let mut frame = raw.frame(&sealed);
        *frame.last_mut().unwrap() ^= 1;
        frame
    });
    let key = spoiled(|raw| {
        let mut sealed = raw.sealed(&get_config(), 0);
        sealed[9] ^= 1;
        raw.frame(&sealed)
    });
    let padding = spoiled(|raw| {
        let sealed = raw.sealed(&get_config(), 1056);
        raw.frame(&sealed)
    });
    let exchange = spoiled(|raw| {
        let query = functions::SetClientDhParams {
            nonce: [1; 16],
            server_nonce: [2; 16],
            encrypted_data: Vec::new(),
        };
        let body = query.to_bytes();
        let length = u32::try_from(body.len()).unwrap().to_le_bytes();
        raw.frame(&[&[0; 16][..], &length, &body].concat())
    });
    for (spoiled, words) in [
        (counter.await, "wrong counter"),
        (checksum.await, "wrong checksum"),
        (key.await, "wrong msg_key"),
        (padding.await, "padding"),
        (exchange.await, "out of turn"),
    ] {
        assert!(spoiled.0.contains(words), "{spoiled:?}");
        assert!(spoiled.1, "{words} was not answered with -404");
    }
}

#[tokio::test]
async fn wrong_numbers_and_a_missing_introduction_are_noticed() {
    let seqno = spoiled(|raw| {
        raw.seqno = 0;
        let sealed = raw.sealed(&get_config(), 0);
        raw.frame(&sealed)
    });
    let parity = spoiled(|raw| {
        raw.id += 1;
        let sealed = raw.sealed(&get_config(), 0);
        raw.frame(&sealed)
    });
    let old = spoiled(|raw| {
        raw.id -= 400 << 32;
        let sealed = raw.sealed(&get_config(), 0);
        raw.frame(&sealed)
    });
    let twice = spoiled(|raw| {
        let first = raw.sealed(&get_config(), 0);
        raw.id -= 4;
        let second = raw.sealed(&get_config(), 0);
        [raw.frame(&first), raw.frame(&second)].concat()
    });
    let unintroduced = spoiled(|raw| {
        let sealed = raw.sealed(&functions::help::GetConfig {}.to_bytes(), 0);
        raw.frame(&sealed)
    });
    for (spoiled, words) in [
        (seqno.await, "code 35"),
        (parity.await, "code 18"),
        (old.await, "code 16"),
        (twice.await, "code 19"),
        (unintroduced.await, "before initConnection"),
    ] {
        assert!(spoiled.0.contains(words), "{spoiled:?}");
    }
}

#[test]
fn frames_of_all_kinds_are_read_as_written() {
    use super::framing::Framing;
    for (tag, long) in [(&[][..], 0), (&[0xee; 4], 0), (&[0xef], 600)] {
        let mut bytes = tag.to_vec();
        let messages = [vec![7; 24], vec![9; 12 + long]];
        // A client of the same kind wrote them.
        let mut writer = match tag.len() {
            0 => Framing::Full {
                received: 0,
                sent: 0,
            },
            4 => Framing::Intermediate,
            _ => Framing::Abridged,
        };
        for message in &messages {
            bytes.extend(writer.pack(message).unwrap());
        }
        let (mut buffer, mut framing, mut read) = (Vec::new(), None, Vec::new());
        for byte in bytes {
            buffer.push(byte);
            framing = framing.or_else(|| Framing::detect(&mut buffer));
            if let Some(framing) = &mut framing {
                read.extend(framing.unpack(&mut buffer).unwrap());
            }
        }
        assert_eq!(read, messages);
    }
}
