//! Requests as a connection would be handed them, and answers as it would bring them.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use chat::KnownMember;
use futures_util::FutureExt as _;
use kernel::{GuildId, Id, SeededChance, UserId};
use serde_json::Value;

use super::{ANSWERED_WITHIN, OpenLine, REQUESTS_MAX, REQUESTS_WITHIN, RollCall};
use crate::{decode::MembersChunk, known::Known};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(20);

fn id<K>(number: u64) -> Id<K> {
    Id::new(number).unwrap()
}

fn hall() -> GuildId {
    id(3)
}

fn users(numbers: impl IntoIterator<Item = u64>) -> BTreeSet<UserId> {
    numbers.into_iter().map(id).collect()
}

fn roll_call() -> Arc<RollCall> {
    let known = Arc::new(Known::new());
    Arc::new(RollCall::new(known, &SeededChance::new(7)))
}

/// Whether there is anything to wait for.
fn asks(roll_call: &RollCall, numbers: impl IntoIterator<Item = u64>, at: Duration) -> bool {
    let awaited = roll_call.request(0, hall(), users(numbers), at);
    !awaited.is_empty()
}

fn sent(line: &mut OpenLine) -> Option<Value> {
    line.bodies.try_recv().ok()
}

fn count(body: &Value) -> usize {
    body["user_ids"].as_array().unwrap().len()
}

/// The whole answer to a request: these members, and these strangers.
fn answer(to: &Value, members: &[u64], strangers: &[u64]) -> MembersChunk {
    let named = |user: &u64| KnownMember::named(id(*user), format!("member {user}"));
    MembersChunk {
        guild: hall(),
        nonce: to["nonce"].as_str().unwrap().parse().unwrap(),
        members: members.iter().map(named).collect(),
        strangers: strangers.iter().copied().map(id).collect(),
        is_last: true,
    }
}

/// Who is remembered by name.
fn remembered(roll_call: &RollCall, numbers: impl IntoIterator<Item = u64>) -> Vec<u64> {
    let (names, _) = roll_call.known.names(hall(), &users(numbers));
    names.keys().map(|user| user.get()).collect()
}

#[test]
fn a_request_names_a_hundred_and_who_is_asked_for_already_is_not_asked_for_again() {
    let roll_call = roll_call();
    let mut line = roll_call.open(0, 0, 1);
    assert!(asks(&roll_call, 1..=250, Duration::ZERO));
    let bodies: Vec<usize> = std::iter::from_fn(|| sent(&mut line))
        .map(|body| count(&body))
        .collect();
    assert_eq!(bodies, [100, 100, 50]);
    assert!(asks(&roll_call, 200..=252, Duration::ZERO));
    let more = sent(&mut line).unwrap();
    assert_eq!(more["user_ids"], serde_json::json!(["251", "252"]));
    assert_eq!(sent(&mut line), None);
}

#[test]
fn r1_an_answer_counts_for_its_own_request_alone() {
    let roll_call = roll_call();
    let mut line = roll_call.open(0, 0, 1);
    assert!(asks(&roll_call, [1, 2], Duration::ZERO));
    let asked = sent(&mut line).unwrap();
    let mut foreign_mark = answer(&asked, &[1], &[]);
    foreign_mark.nonce = foreign_mark.nonce.wrapping_add(1);
    roll_call.answered(0, foreign_mark);
    let foreign_guild = MembersChunk {
        guild: id(4),
        ..answer(&asked, &[1], &[])
    };
    roll_call.answered(0, foreign_guild);
    roll_call.answered(1, answer(&asked, &[1], &[]));
    assert!(remembered(&roll_call, 1..=9).is_empty());
    let (_, unheard) = roll_call.known.names(id(4), &users([1]));
    assert_eq!(unheard, users([1]), "nor in the other guild");
    roll_call.answered(0, answer(&asked, &[1, 8], &[2, 9]));
    assert_eq!(remembered(&roll_call, 1..=9), [1]);
    let (_, unheard) = roll_call.known.names(hall(), &users([1, 2, 8, 9]));
    assert_eq!(unheard, users([8, 9]), "that 2 is no member is known");
    roll_call.answered(0, answer(&asked, &[2], &[1]));
    assert_eq!(remembered(&roll_call, 1..=2), [1], "it was answered");
}

#[test]
fn an_answer_in_parts_is_over_with_the_last() {
    let roll_call = roll_call();
    let mut line = roll_call.open(0, 0, 1);
    assert!(asks(&roll_call, [1, 2, 3], Duration::ZERO));
    let asked = sent(&mut line).unwrap();
    let part = MembersChunk {
        is_last: false,
        ..answer(&asked, &[1], &[])
    };
    roll_call.answered(0, part);
    assert!(asks(&roll_call, [2], Duration::ZERO));
    assert_eq!(sent(&mut line), None, "the rest is on its way");
    roll_call.answered(0, answer(&asked, &[2], &[]));
    assert_eq!(remembered(&roll_call, 1..=3), [1, 2]);
    assert!(asks(&roll_call, [3], Duration::ZERO));
    assert!(sent(&mut line).is_some(), "it was left out of the answer");
}

#[test]
fn r2_a_shard_is_asked_thirty_times_a_minute_and_not_more() {
    let roll_call = roll_call();
    let mut line = roll_call.open(0, 0, 1);
    let mut told = 0;
    for number in 1..=100 {
        asks(&roll_call, [number], Duration::ZERO);
        told += usize::from(sent(&mut line).is_some());
    }
    assert_eq!(told, REQUESTS_MAX);
    drop(line);
    let mut line = roll_call.open(0, 0, 1);
    let just_before = REQUESTS_WITHIN.checked_sub(Duration::from_micros(1));
    assert!(
        !asks(&roll_call, [200], just_before.unwrap()),
        "another connection is no other shard"
    );
    assert!(asks(&roll_call, [200], REQUESTS_WITHIN));
    assert!(sent(&mut line).is_some());
}

#[tokio::test]
async fn r2_without_a_connection_nobody_waits() {
    let roll_call = roll_call();
    let wanted = users([1, 2]);
    let ask = || roll_call.names(0, hall(), &wanted, LONG);
    assert!(ask().now_or_never().unwrap().is_empty());
    let mut line = roll_call.open(0, 0, 1);
    let mut waiting = Box::pin(ask());
    assert_eq!((&mut waiting).now_or_never(), None);
    assert!(sent(&mut line).is_some());
    drop(line);
    assert!(waiting.now_or_never().unwrap().is_empty());
    assert!(ask().now_or_never().unwrap().is_empty());
}

#[tokio::test]
async fn r3_what_nobody_waits_for_any_more_is_remembered_when_it_comes() {
    let roll_call = roll_call();
    let mut line = roll_call.open(0, 0, 1);
    let wanted = users([1, 2]);
    let given_up = roll_call.names(0, hall(), &wanted, Duration::ZERO).await;
    assert!(given_up.is_empty());
    let asked = sent(&mut line).unwrap();
    roll_call.answered(0, answer(&asked, &[1, 2], &[]));
    let names = roll_call.names(0, hall(), &wanted, LONG).now_or_never();
    assert_eq!(names.unwrap()[&id(1)], "member 1");
    assert_eq!(sent(&mut line), None);
}

#[tokio::test]
async fn several_who_wait_for_one_answer_all_get_it() {
    let roll_call = roll_call();
    let mut line = roll_call.open(0, 0, 1);
    let (wanted, others) = (users([1, 2]), users([2, 3]));
    let mut first = Box::pin(roll_call.names(0, hall(), &wanted, LONG));
    let mut second = Box::pin(roll_call.names(0, hall(), &others, LONG));
    assert_eq!((&mut first).now_or_never(), None);
    assert_eq!((&mut second).now_or_never(), None);
    let (one, other) = (sent(&mut line).unwrap(), sent(&mut line).unwrap());
    roll_call.answered(0, answer(&other, &[3], &[]));
    assert_eq!((&mut second).now_or_never(), None, "2 is still to come");
    roll_call.answered(0, answer(&one, &[1, 2], &[]));
    assert_eq!(first.await.len(), 2);
    assert_eq!(second.await.len(), 2);
}

#[test]
fn what_is_never_answered_is_asked_for_again_and_not_waited_for_meanwhile() {
    let roll_call = roll_call();
    let mut line = roll_call.open(0, 0, 1);
    assert!(asks(&roll_call, [1], Duration::ZERO));
    assert!(sent(&mut line).is_some());
    let later = Duration::from_secs(1);
    let mut awaited = roll_call.request(0, hall(), users([1]), later);
    assert_eq!(sent(&mut line), None);
    let one = awaited.pop().unwrap();
    assert_eq!(one.made, Duration::ZERO, "it is waited for from then on");
    assert!(asks(&roll_call, [1], ANSWERED_WITHIN));
    assert!(sent(&mut line).is_some());
}

#[test]
fn a_guild_is_asked_about_where_its_events_come_in() {
    let roll_call = roll_call();
    let _first = roll_call.open(0, 0, 2);
    let mut second = roll_call.open(0, 1, 2);
    let guild: GuildId = id(5 << 22);
    let awaited = roll_call.request(0, guild, users([1]), Duration::ZERO);
    assert_eq!(awaited.len(), 1);
    assert_eq!(sent(&mut second).unwrap()["guild_id"], guild.to_string());
    let nobody_s = roll_call.request(1, guild, users([2]), Duration::ZERO);
    assert!(nobody_s.is_empty(), "of another bot no shard is connected");
}
