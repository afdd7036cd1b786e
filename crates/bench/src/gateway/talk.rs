//! Events of members who talk, edit, delete and change their names, as a simulated Discord tells of them.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rand::{Rng, SeedableRng, rngs::SmallRng};
use sim::{Control, MemberChange, Say, Snowflake, Target};

use crate::scene::Scene;

const MEMBERS: u32 = 200;
const WORDS: [&str; 24] = [
    "the",
    "guild",
    "quest",
    "tomorrow",
    "evening",
    "dragon",
    "I",
    "think",
    "we",
    "could",
    "meet",
    "at",
    "harbour",
    "with",
    "everybody",
    "who",
    "wants",
    "coins",
    "für",
    "später",
    "👍",
    "haha",
    "no",
    "really",
];
/// What a bot of ours is told of.
const WANTED: [&str; 4] = [
    "MESSAGE_CREATE",
    "MESSAGE_UPDATE",
    "MESSAGE_DELETE",
    "GUILD_MEMBER_UPDATE",
];

/// An event: its name, and the JSON of its `d`.
#[derive(Debug, Clone)]
pub(super) struct Overheard {
    pub(super) name: &'static str,
    pub(super) body: String,
}

/// So many events, the last of them a message.
pub(super) async fn overheard(seed: u64, count: u32) -> Result<Vec<Overheard>> {
    let count = usize::try_from(count)?;
    let scene = Scene::open(seed, MEMBERS).await?;
    let mut chance = SmallRng::seed_from_u64(seed);
    let mut watch = scene.control.watch(scene.members[0], 64);
    let mut heard: Vec<Overheard> = Vec::new();
    let mut newest = None;
    let is_message = |heard: &Overheard| heard.name == "MESSAGE_CREATE";
    while heard.len() < count || !heard.last().is_some_and(is_message) {
        ensure!(
            heard.len() < count * 2,
            "the simulator tells of no messages"
        );
        newest = act(&scene, &mut chance, newest)?;
        loop {
            let waited = tokio::time::timeout(Duration::from_secs(5), watch.next()).await;
            let event = waited
                .context("the simulator told nothing")?
                .context("the watch ended")?;
            if WANTED.contains(&event.name) {
                heard.push(Overheard {
                    name: event.name,
                    body: event.body.clone(),
                });
                break;
            }
        }
    }
    Ok(heard)
}

/// One thing that a member does; gives the newest message that is still there.
fn act(scene: &Scene, chance: &mut SmallRng, newest: Option<Target>) -> Result<Option<Target>> {
    let control: &Control = &scene.control;
    match (chance.random_range(0..20), newest) {
        (0 | 1, Some(target)) => {
            control.rewrite(target, text(chance))?;
            Ok(Some(target))
        }
        (2, Some(target)) => {
            control.unsay(target)?;
            Ok(None)
        }
        (3, _) => {
            let nick = format!("Nick {}", chance.random_range(0..1_000_000));
            control.member_change(MemberChange {
                guild: scene.guild,
                user: member(scene, chance),
                nick: Some(nick),
                ..MemberChange::default()
            })?;
            Ok(newest)
        }
        _ => {
            let user = member(scene, chance);
            let message = control.say(Say {
                channel: scene.channel,
                user,
                content: text(chance),
                ..Say::default()
            })?;
            Ok(Some(Target {
                channel: scene.channel,
                message,
                user,
            }))
        }
    }
}

fn member(scene: &Scene, chance: &mut SmallRng) -> Snowflake {
    scene.members[chance.random_range(0..scene.members.len())]
}

/// Mostly short, at times long.
fn text(chance: &mut SmallRng) -> String {
    let words = if chance.random_ratio(1, 10) { 80 } else { 12 };
    let words: Vec<&str> = (0..chance.random_range(1..words))
        .map(|_| WORDS[chance.random_range(0..WORDS.len())])
        .collect();
    words.join(" ")
}
