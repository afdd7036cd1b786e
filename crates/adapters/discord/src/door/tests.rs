//! The door against signatures, mutated ones, and old ones.

use std::sync::{Arc, Mutex, OnceLock};

use chat::{DoorAnswer, Finished, Inbox, Incoming, Overflow, SignedRequest};
use ed25519_dalek::{Signer, SigningKey};
use kernel::{Clock, SeededChance, Timestamp};
use proptest::prelude::{any, prop, prop_assert_eq, proptest};
use secrecy::SecretString;
use serde_json::json;
use tokio_util::task::TaskTracker;

use super::{Door, KeyError};
use crate::{
    bots::Bots,
    desk::Desk,
    gateway::Pump,
    health::Board,
    rest::{AddressBudget, Rest},
    tests::{nameless, unheard},
};

const NOW: i64 = 1_795_168_800;

#[derive(Debug)]
struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(NOW * 1_000_000)
    }
}

#[derive(Debug, Default)]
struct Taken {
    ids: Mutex<Vec<u64>>,
    is_full: bool,
}

impl Inbox for Taken {
    fn accept(&self, incoming: Incoming, _: Finished) -> Result<(), Overflow> {
        let Incoming::Invoked(invocation) = incoming else {
            panic!("{incoming:?}")
        };
        if self.is_full {
            return Err(Overflow);
        }
        self.ids.lock().unwrap().push(invocation.id.get());
        Ok(())
    }
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn door(inbox: Arc<dyn Inbox>) -> Door {
    let client = http_out::Client::new(&http_out::Settings::default()).unwrap();
    let token = SecretString::from("token".to_owned());
    let chance = Arc::new(SeededChance::new(1));
    let rest = Rest::new(
        client,
        "http://127.0.0.1:9/api",
        &token,
        AddressBudget::new(),
        chance,
    )
    .unwrap();
    let bots = Arc::new(Bots::new(vec![Arc::new(rest)]));
    let clock: Arc<dyn Clock> = Arc::new(Stopped);
    let desk = Arc::new(Desk::new(
        (Arc::clone(&bots), nameless(&bots)),
        Arc::clone(&clock),
        &[],
        TaskTracker::new(),
    ));
    let known = Arc::new(crate::known::Known::new());
    let pump = Pump {
        inbox: OnceLock::from(inbox),
        desk,
        bots,
        roll_call: unheard(&known),
        known,
        board: Arc::new(Board::new(1, Arc::clone(&clock))),
        clock: Arc::clone(&clock),
        tasks: TaskTracker::new(),
    };
    Door::new(
        &hex(key().verifying_key().as_bytes()),
        Arc::new(pump),
        clock,
    )
    .unwrap()
}

fn knock(door: &Door, timestamp: &str, signed: &[u8], sent: &[u8]) -> DoorAnswer {
    let message = [timestamp.as_bytes(), signed].concat();
    let signature = hex(&key().sign(&message).to_bytes());
    door.answer(SignedRequest {
        signature: &signature,
        timestamp,
        body: sent,
    })
}

fn interaction() -> Vec<u8> {
    let body = json!({"id": "55", "application_id": "9", "type": 2, "token": "abc",
        "user": {"id": "7", "username": "ada"}, "data": {"name": "daily", "type": 1}});
    body.to_string().into_bytes()
}

#[tokio::test]
async fn a_signed_ping_is_answered_and_an_interaction_taken_on() {
    let inbox = Arc::new(Taken::default());
    let door = door(Arc::<Taken>::clone(&inbox));
    let now = NOW.to_string();
    assert_eq!(
        knock(&door, &now, b"{\"type\":1}", b"{\"type\":1}"),
        DoorAnswer::Pong
    );
    assert_eq!(
        knock(&door, &now, &interaction(), &interaction()),
        DoorAnswer::TakenOn
    );
    assert_eq!(*inbox.ids.lock().unwrap(), [55]);
    assert_eq!(
        knock(&door, &now, b"{\"type\":9}", b"{\"type\":9}"),
        DoorAnswer::Unreadable
    );
    assert_eq!(knock(&door, &now, &[0xff], &[0xff]), DoorAnswer::Unreadable);
}

#[tokio::test]
async fn recorded_requests_are_refused_after_five_minutes() {
    let door = door(Arc::new(Taken::default()));
    for (offset, expected) in [
        (-299, DoorAnswer::Pong),
        (-301, DoorAnswer::BadSignature),
        (301, DoorAnswer::BadSignature),
    ] {
        let timestamp = (NOW + offset).to_string();
        assert_eq!(
            knock(&door, &timestamp, b"{\"type\":1}", b"{\"type\":1}"),
            expected,
            "{offset}"
        );
    }
}

#[tokio::test]
async fn a_full_inbox_says_so() {
    let door = door(Arc::new(Taken {
        is_full: true,
        ..Taken::default()
    }));
    assert_eq!(
        knock(&door, &NOW.to_string(), &interaction(), &interaction()),
        DoorAnswer::Busy
    );
}

#[test]
fn what_is_no_key_opens_nothing() {
    for text in ["", "zz", &"0".repeat(63), &"é".repeat(32)] {
        let bytes: Option<[u8; 32]> = super::from_hex(text);
        assert_eq!(bytes, None, "{text:?}");
    }
    assert_eq!(KeyError.to_string().lines().count(), 1);
}

proptest! {
    #[test]
    fn no_mutated_request_is_let_in(at in any::<prop::sample::Index>(), bit in 0_u8..8, part in 0_u8..3) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let answer = runtime.block_on(async {
            let (door, timestamp, body) = (door(Arc::new(Taken::default())), NOW.to_string(), interaction());
            let message = [timestamp.as_bytes(), &body].concat();
            let mut signature = key().sign(&message).to_bytes().to_vec();
            let (mut timestamp, mut body) = (timestamp.into_bytes(), body);
            let flipped = match part {
                0 => &mut signature,
                1 => &mut timestamp,
                _ => &mut body,
            };
            let place = at.index(flipped.len());
            flipped[place] ^= 1 << bit;
            let timestamp = String::from_utf8_lossy(&timestamp).into_owned();
            door.answer(SignedRequest { signature: &hex(&signature), timestamp: &timestamp, body: &body })
        });
        prop_assert_eq!(answer, DoorAnswer::BadSignature);
    }
}
