//! What members are called, for a page that lists them.

use std::{collections::BTreeMap, sync::Arc};

use kernel::UserId;
use testkit::town::Town;

use super::scene::Scene;
use crate::NAMES_MAX;

fn user(number: u64) -> UserId {
    UserId::new(number).unwrap()
}

#[tokio::test]
async fn a_list_s_members_are_named_together_and_strangers_left_out() {
    let scene = Scene::begin().await;
    let names = |users: Vec<UserId>| scene.core().member_names(Scene::guild(), users);
    let nobody_to_ask = names(vec![user(10)]).await;
    assert_eq!(nobody_to_ask, BTreeMap::new());
    scene.core().look_up_in(Arc::new(Town));
    let found = names(vec![user(11), user(99), user(10)]).await;
    let said: Vec<(u64, &str)> = found.iter().map(|(id, it)| (id.get(), &**it)).collect();
    assert_eq!(said, [(10, "member 10"), (11, "member 11")]);
    let beyond = (0..).map(|number| user(1_000 + number)).take(NAMES_MAX);
    let found = names(beyond.chain([user(10)]).collect()).await;
    assert_eq!(found, BTreeMap::new(), "a list names so many and not more");
    scene.end().await;
}
