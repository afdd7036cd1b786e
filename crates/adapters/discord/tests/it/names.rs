//! Names of many members at once, asked for over the gateway.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use discord::{BotState, Discord};
use futures_util::FutureExt as _;
use kernel::{Id, UserId};
use sim::{GatewayOrder, MakeApplication, SimConfig, Snowflake};

use super::stage::{Running, SOON, Stage};

fn id<K>(of: Snowflake) -> Id<K> {
    Id::new(of.0).unwrap()
}

/// Members of the guild that nobody has heard of.
fn crowd(stage: &Stage, count: usize) -> BTreeSet<UserId> {
    let crowd = stage.control().crowd(stage.guild, "ada", count).unwrap();
    crowd.into_iter().map(id).collect()
}

async fn names(
    stage: &Stage,
    of: &Discord,
    users: &BTreeSet<UserId>,
    within: Duration,
) -> BTreeMap<UserId, String> {
    let directory = of.directory();
    directory.member_names(id(stage.guild), users, within).await
}

fn asked_of_the_rest(stage: &Stage) -> usize {
    let requests = stage.control().requests(0, 1_000);
    let of_members = requests.iter().filter(|it| it.route.contains("/members/"));
    of_members.count()
}

async fn back(running: &Running) {
    running.until(|bot| bot.state != BotState::Live).await;
    running.until(|bot| bot.state == BotState::Live).await;
}

#[tokio::test]
async fn fifty_members_are_one_request_and_then_remembered() {
    let stage = Stage::set().await;
    let fifty = crowd(&stage, 50);
    let running = stage.live().await;
    let before = asked_of_the_rest(&stage);
    let found = names(&stage, &running.discord, &fifty, SOON).await;
    assert_eq!(found.len(), 50);
    assert!(found.values().all(|name| name.starts_with("ada")));
    let again = names(&stage, &running.discord, &fifty, SOON).now_or_never();
    assert_eq!(again, Some(found), "no second answer is waited for");
    assert_eq!(stage.counts().request_members, 1);
    assert_eq!(asked_of_the_rest(&stage), before);
}

#[tokio::test]
async fn that_somebody_is_no_member_is_remembered_too() {
    let stage = Stage::set().await;
    let mut people = crowd(&stage, 2);
    people.insert(Id::new(12_345).unwrap());
    let running = stage.live().await;
    let found = names(&stage, &running.discord, &people, SOON).await;
    assert_eq!(found.len(), 2);
    let again = names(&stage, &running.discord, &people, SOON).now_or_never();
    assert_eq!(again, Some(found));
    assert_eq!(stage.counts().request_members, 1);
}

#[tokio::test]
async fn without_a_connection_what_is_known_is_given_at_once() {
    let stage = Stage::set().await;
    let people = crowd(&stage, 3);
    let prepared = stage.prepared();
    let found = names(&stage, &prepared, &people, SOON).now_or_never();
    assert_eq!(found, Some(BTreeMap::new()));
    let running = stage.live().await;
    let known = names(&stage, &running.discord, &people, SOON).await;
    running.discord.shutdown().await;
    let mut more = crowd(&stage, 1);
    more.extend(&people);
    let found = names(&stage, &running.discord, &more, SOON).now_or_never();
    assert_eq!(found, Some(known));
    assert_eq!(stage.counts().request_members, 1);
}

#[tokio::test]
async fn after_a_resume_members_are_asked_for_as_before() {
    let stage = Stage::set().await;
    let (some, others) = (crowd(&stage, 3), crowd(&stage, 4));
    let running = stage.live().await;
    assert_eq!(names(&stage, &running.discord, &some, SOON).await.len(), 3);
    stage.control().gateway(None, GatewayOrder::Drop).unwrap();
    back(&running).await;
    let found = names(&stage, &running.discord, &others, SOON).await;
    assert_eq!(found.len(), 4);
    let counts = stage.counts();
    assert_eq!((counts.identify, counts.resumed), (1, 1), "{counts:?}");
}

#[tokio::test]
async fn a_connection_that_ends_keeps_nobody_waiting() {
    let config = SimConfig {
        heartbeat_interval_ms: 400,
        ..SimConfig::default()
    };
    let stage = Stage::set_with(config, MakeApplication::default()).await;
    let people = crowd(&stage, 3);
    let running = stage.live().await;
    let order = GatewayOrder::HalfOpen;
    stage.control().gateway(None, order).unwrap();
    let asked = names(&stage, &running.discord, &people, SOON * 100);
    let found = tokio::time::timeout(SOON, asked).await;
    assert_eq!(found.unwrap(), BTreeMap::new());
}

#[tokio::test]
async fn more_requests_than_a_minute_allows_are_not_made_and_the_connection_lives() {
    let stage = Stage::set().await;
    let people = crowd(&stage, 40);
    let running = stage.live().await;
    let mut found = 0;
    for person in &people {
        let one = BTreeSet::from([*person]);
        found += names(&stage, &running.discord, &one, SOON).await.len();
    }
    assert_eq!(found, 30);
    assert_eq!(stage.counts().request_members, 30);
    stage.say("still here");
    assert_eq!(running.message().await.0.text, "still here");
    assert_eq!(stage.closed_with(4_008), 0);
}
