//! What virtual members do: talk, answer, react, use commands, join, and rarely leave.
//! What always holds: V2 and V3; a deed that is refused is simply not done.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use serde_json::{Map, Value, json};

use crate::control::Invoke;
use crate::page::{Page, message_write, reaction_give};
use crate::world::permissions::SEND_MESSAGES;
use crate::world::state::Guild;
use crate::world::{MessageDraft, Snowflake, UserDraft, World};

use super::banter::Banter;
use super::demo::demo_guild;
use super::names::{name, username};
use super::phrases::SIGNS;
use super::{RECENT_US, presence_of};

/// Joining stops here; leaving stops there.
const PEOPLE_MAX: usize = 2_000;
const PEOPLE_MIN: usize = 8;
/// New ones on top of those that were seeded, in one run.
const JOINED_MAX: usize = 40;
/// Messages looked at for something to react to.
const RECENT_MESSAGES: usize = 12;
/// Old news gets no reactions.
const REACT_WITHIN_US: i64 = 3_600 * 1_000_000;
/// The type of "joined the server".
const JOINED: u8 = 7;

/// Where talk goes, and how often: the rest of a hundred goes to `market`.
const CHANNELS: [(&str, u32); 3] = [("general", 60), ("games", 25), ("market", 15)];

/// What the virtual members remember of this run.
#[derive(Debug, Default)]
pub(super) struct Life {
    talks: HashMap<Snowflake, Banter>,
    /// Who used which command, so that a daily is claimed once and paid from.
    claimed: HashSet<Snowflake>,
    joined: Vec<Snowflake>,
}

impl Life {
    /// Does one thing.
    pub(super) async fn live(&mut self, page: &Arc<Page>, chance: &mut StdRng) {
        match chance.random_range(0..100) {
            0..64 => self.talk(page, chance).await,
            64..82 => react(page, chance),
            82..96 => self.command(page, chance),
            96..99 => self.join(page, chance),
            _ => self.leave(page, chance),
        }
    }

    async fn talk(&mut self, page: &Page, chance: &mut StdRng) {
        let Some((channel, name, speaker)) = ({
            let world = page.hub.world();
            demo_guild(&world).and_then(|guild| {
                let (channel, name) = self.place(&world, guild, chance)?;
                let speaker = somebody(page, &world, guild, chance, |id| {
                    world.permissions_in(channel, id) & SEND_MESSAGES != 0
                })?;
                Some((channel, name, speaker))
            })
        }) else {
            return;
        };
        let line = self
            .talks
            .entry(channel)
            .or_default()
            .next(&name, speaker, chance);
        // It may have been deleted in between; then nothing is typed.
        let _ = page.hub.world().typing(channel, speaker);
        let typing = Duration::from_millis(600 + 25 * line.text.len() as u64);
        if page
            .stopping
            .run_until_cancelled(tokio::time::sleep(typing))
            .await
            .is_none()
        {
            return;
        }
        let mut world = page.hub.world();
        let is_there = |id: &Snowflake| world.message(channel, *id).is_some();
        let reply_to = line
            .opening
            .filter(is_there)
            .filter(|_| chance.random_bool(0.4));
        match message_write(&mut world, speaker, channel, line.text, reply_to) {
            Ok(message) if !line.answers => self.talks.entry(channel).or_default().opened(message),
            Ok(_) => {}
            Err(refused) => tracing::debug!(%refused, %speaker, "a virtual member could not write"),
        }
    }

    /// The channel of the next line: where an answer is due, or one by weight.
    fn place(
        &self,
        world: &World,
        guild: &Guild,
        chance: &mut StdRng,
    ) -> Option<(Snowflake, String)> {
        let open = world
            .channels_of(guild.id)
            .find(|c| self.talks.get(&c.id).is_some_and(Banter::is_open));
        if let Some(channel) = open.filter(|_| chance.random_bool(0.7)) {
            return Some((channel.id, channel.name.clone()));
        }
        let (name, _) = CHANNELS
            .choose_weighted(chance, |(_, weight)| *weight)
            .ok()?;
        world
            .channels_of(guild.id)
            .find(|channel| channel.name == *name)
            .map(|channel| (channel.id, channel.name.clone()))
    }

    fn command(&mut self, page: &Page, chance: &mut StdRng) {
        let Some((channel, user, other)) = ({
            let world = page.hub.world();
            demo_guild(&world).and_then(|guild| {
                let channel = world
                    .channels_of(guild.id)
                    .find(|channel| channel.name == "general")?
                    .id;
                let user = somebody(page, &world, guild, chance, |_| true)?;
                Some((
                    channel,
                    user,
                    somebody(page, &world, guild, chance, |id| id != user),
                ))
            })
        }) else {
            return;
        };
        let (command, options) = self.choose(user, other, chance);
        let shown = page.control.commands(channel, user).unwrap_or_default();
        if !shown
            .iter()
            .any(|one| one["name"] == command && one["type"] == 1)
        {
            return;
        }
        let invoke = Invoke {
            channel,
            user,
            command: command.to_owned(),
            options,
            ..Invoke::default()
        };
        match page.control.invoke(&invoke) {
            Ok(_) if command == "daily" => {
                self.claimed.insert(user);
            }
            Ok(_) => {}
            Err(refused) => {
                tracing::debug!(%refused, %user, command, "a virtual member could not use a command")
            }
        }
    }

    /// Coins first, then what one does with them.
    fn choose(
        &self,
        user: Snowflake,
        other: Option<Snowflake>,
        chance: &mut StdRng,
    ) -> (&'static str, Map<String, Value>) {
        if !self.claimed.contains(&user) {
            return ("daily", Map::new());
        }
        match other {
            Some(other) if chance.random_bool(0.7) => {
                let amount = chance.random_range(1..=5) * 5;
                let options = json!({"user": other, "amount": amount});
                ("pay", options.as_object().cloned().unwrap_or_default())
            }
            _ => ("leaderboard", Map::new()),
        }
    }

    fn join(&mut self, page: &Page, chance: &mut StdRng) {
        let mut world = page.hub.world();
        let Some((guild, count, hall)) =
            demo_guild(&world).map(|guild| (guild.id, guild.members.len(), guild.system_channel))
        else {
            return;
        };
        if count >= PEOPLE_MAX || self.joined.len() >= JOINED_MAX {
            return;
        }
        // The first name that nobody has.
        let start = count + chance.random_range(0..100_usize);
        let taken: HashSet<&str> = world.users().map(|user| user.username.as_str()).collect();
        let Some(name) = (start..start + PEOPLE_MAX * 2)
            .map(name)
            .find(|name| !taken.contains(username(name).as_str()))
        else {
            return;
        };
        drop(taken);
        let user = world.user_create(UserDraft {
            username: username(&name),
            global_name: Some(name),
            ..UserDraft::default()
        });
        if world.member_join(guild, user).is_ok() {
            self.joined.push(user);
            if let Some(hall) = hall {
                let line = MessageDraft {
                    author: user,
                    kind: JOINED,
                    ..MessageDraft::default()
                };
                let _ = world.message_send(hall, line);
            }
        }
    }

    /// Only those leave who came in this run and whom nobody acted as.
    fn leave(&mut self, page: &Page, chance: &mut StdRng) {
        let mut world = page.hub.world();
        let Some((guild, count)) = demo_guild(&world).map(|guild| (guild.id, guild.members.len()))
        else {
            return;
        };
        if count <= PEOPLE_MIN || self.joined.is_empty() {
            return;
        }
        let at = chance.random_range(0..self.joined.len());
        if page.acted_us(self.joined[at]).is_none() {
            let gone = self.joined.swap_remove(at);
            let _ = world.member_leave(guild, gone);
        }
    }
}

/// Somebody who is there, fits, and is nobody that a person acts as.
fn somebody(
    page: &Page,
    world: &World,
    guild: &Guild,
    chance: &mut StdRng,
    fits: impl Fn(Snowflake) -> bool,
) -> Option<Snowflake> {
    let now = world.now_us();
    let free = |id: Snowflake| page.acted_us(id).is_none_or(|at| now - at >= RECENT_US);
    let virtually =
        |id: &Snowflake| *id != guild.owner && world.user(*id).is_some_and(|user| !user.bot);
    let there = |id: &Snowflake| free(*id) && presence_of(*id, None, now) == "online" && fits(*id);
    let list: Vec<_> = guild
        .members
        .keys()
        .copied()
        .filter(virtually)
        .filter(there)
        .collect();
    list.choose(chance).copied()
}

fn react(page: &Page, chance: &mut StdRng) {
    let mut world = page.hub.world();
    let chosen = demo_guild(&world).and_then(|guild| {
        let (name, _) = CHANNELS
            .choose_weighted(chance, |(_, weight)| *weight)
            .ok()?;
        let channel = world
            .channels_of(guild.id)
            .find(|channel| channel.name == *name)?
            .id;
        let since = world.now_us() - REACT_WITHIN_US;
        let fresh = world
            .messages_in(channel, ..)
            .rev()
            .filter(|m| m.only_for.is_none() && m.sent_us > since);
        let list: Vec<_> = fresh
            .take(RECENT_MESSAGES)
            .map(|message| (message.id, message.author))
            .collect();
        let (message, author) = *list.choose(chance)?;
        let user = somebody(page, &world, guild, chance, |id| id != author)?;
        Some((user, (channel, message)))
    });
    let Some((user, at)) = chosen else { return };
    let sign = SIGNS.choose(chance).copied().unwrap_or("👍");
    if let Err(refused) = reaction_give(&mut world, user, at, sign) {
        tracing::debug!(%refused, %user, "a virtual member could not react");
    }
}
