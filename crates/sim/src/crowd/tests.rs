//! The demo's server and the life in it: made once, the same from the same seed, and within its bounds.

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::deeds::Life;
use super::{Pace, presence_of};
use crate::world::Snowflake;
use crate::world::permissions::VIEW_CHANNEL;
use crate::{Sim, SimConfig};

async fn sim() -> Sim {
    Sim::start(SimConfig {
        seed: Some(1),
        ..SimConfig::default()
    })
    .await
    .unwrap()
}

fn texts(sim: &Sim, guild: Snowflake) -> Vec<String> {
    let world = sim.hub().world();
    let all = world
        .channels_of(guild)
        .flat_map(|channel| world.messages_in(channel.id, ..));
    all.map(|message| message.content.clone()).collect()
}

#[tokio::test]
async fn the_demo_is_made_once() {
    let sim = sim().await;
    let first = sim.demo(7, 30).unwrap();
    let lines = texts(&sim, first.guild);
    assert!(lines.len() > 150, "{}", lines.len());
    assert_eq!(sim.demo(8, 50).unwrap(), first);
    assert_eq!(texts(&sim, first.guild), lines);
    assert_eq!(
        sim.hub().world().guild(first.guild).unwrap().members.len(),
        30
    );
}

#[tokio::test]
async fn the_same_seed_makes_the_same_past() {
    let (one, other, third) = (sim().await, sim().await, sim().await);
    let speech = |sim: &Sim, seed| {
        let guild = sim.demo(seed, 12).unwrap().guild;
        // The welcome names channels by their ids, which differ from world to world.
        texts(sim, guild)
            .into_iter()
            .filter(|line| !line.contains("<#"))
            .collect::<Vec<_>>()
    };
    let first = speech(&one, 7);
    assert_eq!(first, speech(&other, 7));
    assert_ne!(first, speech(&third, 8));
}

#[tokio::test]
async fn the_past_lies_in_the_past_and_in_order() {
    let sim = sim().await;
    let server = sim.demo(7, 30).unwrap();
    let world = sim.hub().world();
    let now = world.now_us();
    for channel in world.channels_of(server.guild) {
        let times: Vec<_> = world
            .messages_in(channel.id, ..)
            .map(|message| message.sent_us)
            .collect();
        assert!(
            times.is_sorted() && times.iter().all(|at| *at < now),
            "{}",
            channel.name
        );
    }
    let members = world.guild(server.guild).unwrap().members.values();
    assert!(
        members
            .into_iter()
            .all(|member| member.joined_us < now - 24 * 3_600 * 1_000_000)
    );
}

#[tokio::test]
async fn staff_talk_is_for_staff() {
    let sim = sim().await;
    let server = sim.demo(7, 30).unwrap();
    let world = sim.hub().world();
    let staff = world
        .channels_of(server.guild)
        .find(|channel| channel.name == "staff-only")
        .unwrap()
        .id;
    let guild = world.guild(server.guild).unwrap();
    let seeing = guild
        .members
        .keys()
        .filter(|id| world.permissions_in(staff, **id) & VIEW_CHANNEL != 0)
        .count();
    assert_eq!(seeing, 2, "the owner and one moderator");
    assert!(
        world
            .messages_in(staff, ..)
            .all(|message| world.permissions_in(staff, message.author) & VIEW_CHANNEL != 0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_long_life_stays_within_its_bounds() {
    let sim = sim().await;
    let server = sim.demo(7, 30).unwrap();
    let before = texts(&sim, server.guild).len();
    let (mut life, mut chance) = (Life::default(), StdRng::seed_from_u64(3));
    for _ in 0..600 {
        life.live(sim.page(), &mut chance).await;
    }
    let world = sim.hub().world();
    let guild = world.guild(server.guild).unwrap();
    assert!(guild.members.contains_key(&server.owner));
    assert!(
        (30..=70).contains(&guild.members.len()),
        "{}",
        guild.members.len()
    );
    drop(world);
    let after = texts(&sim, server.guild).len();
    assert!(
        (before + 200..before + 700).contains(&after),
        "{before} {after}"
    );
}

#[tokio::test(start_paused = true)]
async fn whoever_is_acted_as_is_left_alone() {
    let sim = sim().await;
    let server = sim.demo(7, 6).unwrap();
    let people: Vec<_> = sim
        .hub()
        .world()
        .guild(server.guild)
        .unwrap()
        .members
        .keys()
        .copied()
        .collect();
    for user in &people {
        sim.page().note_acting(*user);
    }
    let before = texts(&sim, server.guild).len();
    let (mut life, mut chance) = (Life::default(), StdRng::seed_from_u64(3));
    for _ in 0..50 {
        life.live(sim.page(), &mut chance).await;
    }
    let world = sim.hub().world();
    let new = world
        .channels_of(server.guild)
        .flat_map(|channel| world.messages_in(channel.id, ..))
        .skip(before);
    assert!(
        new.into_iter()
            .all(|message| !people.contains(&message.author) || message.sent_us < world.now_us())
    );
    let spoke = world
        .channels_of(server.guild)
        .flat_map(|channel| world.messages_in(channel.id, ..))
        .filter(|message| people.contains(&message.author))
        .count();
    assert_eq!(spoke, before, "those who are acted as said nothing new");
}

#[test]
fn presence_is_the_same_for_all_who_look_and_changes_in_time() {
    let states: Vec<_> = (0..200)
        .map(|id| presence_of(Snowflake(id << 22), None, 1_795_168_800_000_000))
        .collect();
    let again: Vec<_> = (0..200)
        .map(|id| presence_of(Snowflake(id << 22), None, 1_795_168_800_000_000))
        .collect();
    assert_eq!(states, again);
    for state in ["online", "idle", "offline"] {
        assert!(
            states.iter().filter(|one| **one == state).count() > 10,
            "{state}"
        );
    }
    let later: Vec<_> = (0..200)
        .map(|id| {
            presence_of(
                Snowflake(id << 22),
                None,
                1_795_168_800_000_000 + 3_600_000_000,
            )
        })
        .collect();
    assert_ne!(states, later);
    assert_eq!(presence_of(Snowflake(1), Some(5), 6), "online");
}

#[test]
fn off_is_off() {
    assert_eq!(Pace::Off.pause_ms(), None);
    assert_eq!(serde_json::to_string(&Pace::Lively).unwrap(), "\"lively\"");
}
