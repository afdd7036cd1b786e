//! The server that the demo opens with: channels, roles, members, and a few days of talk behind it.
//! What always holds: made once; a world that has it already is left as it is, whatever was changed in it since.

use std::collections::HashMap;
use std::sync::Arc;

use kernel::Clock;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use crate::clock::ManualClock;
use crate::world::permissions::{
    ADMINISTRATOR, BAN_MEMBERS, KICK_MEMBERS, MANAGE_MESSAGES, MANAGE_NICKNAMES, MENTION_EVERYONE,
    MODERATE_MEMBERS, READ_HISTORY, SEND_MESSAGES, VIEW_AUDIT_LOG, VIEW_CHANNEL,
};
use crate::world::state::{Emoji, Guild, Overwrite};
use crate::world::{
    ChannelDraft, ChannelEdit, Deed, GuildDraft, MemberEdit, MessageDraft, Noun, RoleDraft,
    Snowflake, UserDraft, World, WorldError,
};

use super::banter::{Banter, Line};
use super::names::{name, username};
use super::phrases::SIGNS;

const SERVER: &str = "The Lantern Club";
const MEMBERS_MIN: usize = 4;
const MEMBERS_MAX: usize = 2_000;
/// Lines of talk, and the days over which they lie.
const LINES: i64 = 170;
const DAY_US: i64 = 24 * 3_600 * 1_000_000;
const TALK_US: i64 = 3 * DAY_US;
/// The server is this old.
const AGE_US: i64 = 60 * DAY_US;
/// The last line of the past.
const QUIET_US: i64 = 4 * 60 * 1_000_000;
const CATEGORY: u8 = 4;
/// The type of a message that answers another.
const REPLY: u8 = 19;

const WELCOME: [&str; 3] = [
    "# Welcome to The Lantern Club\nA quiet place for people who like games, books and a bit of trade. Look around, say hello in <#{general}>, stay as long as you like.",
    "**What is where**\n- <#{general}> for whatever is on your mind\n- <#{games}> to find company for a round\n- <#{market}> for offers and deals in coins",
    "**Three rules**\n1. Be kind.\n2. What is bought is paid.\n3. Spoilers go ||between bars||.",
];

/// What was made, or found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoServer {
    pub guild: Snowflake,
    pub owner: Snowflake,
    pub general: Snowflake,
}

/// The demo's server, by its owner: names of servers change, names of accounts here do not.
pub(super) fn demo_guild(world: &World) -> Option<&Guild> {
    let owner = username(&name(0));
    world
        .guilds()
        .filter(|guild| {
            world
                .user(guild.owner)
                .is_some_and(|user| user.username == owner)
        })
        .min_by_key(|guild| guild.id)
}

/// Makes the demo's server with this many members and some days of talk; one that is there is left alone.
///
/// # Errors
/// When the world refuses, which a world without it does not.
pub(crate) fn seed_demo_world(
    world: &mut World,
    seed: u64,
    members: usize,
) -> Result<DemoServer, WorldError> {
    if let Some(guild) = demo_guild(world) {
        let general = guild
            .system_channel
            .or_else(|| guild.channels.first().copied())
            .ok_or(WorldError::Unknown(Noun::Channel))?;
        return Ok(DemoServer {
            guild: guild.id,
            owner: guild.owner,
            general,
        });
    }
    let now = world.now_us();
    // What is made here happened before: the world's clock is set back, and walks up to now.
    let past = Arc::new(ManualClock::new(now - AGE_US));
    let present = world.clock_swap(Arc::clone(&past) as Arc<dyn Clock>);
    let made = Builder {
        world,
        past,
        now,
        chance: StdRng::seed_from_u64(seed),
    }
    .build(members.clamp(MEMBERS_MIN, MEMBERS_MAX));
    world.clock_swap(present);
    made
}

struct Builder<'w> {
    world: &'w mut World,
    past: Arc<ManualClock>,
    now: i64,
    chance: StdRng,
}

struct Roles {
    owner: Snowflake,
    moderator: Snowflake,
    regular: Snowflake,
}

impl Builder<'_> {
    fn build(mut self, members: usize) -> Result<DemoServer, WorldError> {
        let owner = self.person(0);
        let guild = self.world.guild_create(GuildDraft {
            name: SERVER.to_owned(),
            owner,
            id: None,
            locale: None,
        })?;
        let roles = self.roles(guild, owner)?;
        self.grant(guild, owner, roles.owner)?;
        let channels = self.channels(guild, owner, &roles)?;
        let people = self.members(guild, &roles, members)?;
        self.welcome(&channels, owner)?;
        self.talk(guild, &channels, &people)?;
        Ok(DemoServer {
            guild,
            owner,
            general: channels["general"],
        })
    }

    fn person(&mut self, number: usize) -> Snowflake {
        let name = name(number);
        self.world.user_create(UserDraft {
            username: username(&name),
            global_name: Some(name),
            ..UserDraft::default()
        })
    }

    /// Made from the lowest to the highest: a new role stands lowest, so the order is turned.
    fn roles(&mut self, guild: Snowflake, owner: Snowflake) -> Result<Roles, WorldError> {
        let deed = Deed::by(owner);
        let draft = |name: &str, permissions, color, hoist, mentionable| RoleDraft {
            name: name.to_owned(),
            permissions,
            color,
            hoist,
            mentionable,
            ..RoleDraft::default()
        };
        let order = MANAGE_MESSAGES
            | MODERATE_MEMBERS
            | KICK_MEMBERS
            | BAN_MEMBERS
            | MANAGE_NICKNAMES
            | MENTION_EVERYONE
            | VIEW_AUDIT_LOG;
        let head = self.world.role_create(
            guild,
            draft("Owner", ADMINISTRATOR, 0x00D6_336C, true, false),
            &deed,
        )?;
        let moderator = self.world.role_create(
            guild,
            draft("Moderator", order, 0x0020_8CC4, true, true),
            &deed,
        )?;
        let regular =
            self.world
                .role_create(guild, draft("Regular", 0, 0x0036_9A5B, false, true), &deed)?;
        Ok(Roles {
            owner: head,
            moderator,
            regular,
        })
    }

    fn grant(
        &mut self,
        guild: Snowflake,
        user: Snowflake,
        role: Snowflake,
    ) -> Result<(), WorldError> {
        let Some(owner) = self.world.guild(guild).map(|guild| guild.owner) else {
            return Ok(());
        };
        let edit = MemberEdit {
            roles: Some(vec![role]),
            ..MemberEdit::default()
        };
        self.world.member_edit(guild, user, edit, &Deed::by(owner))
    }

    fn channels(
        &mut self,
        guild: Snowflake,
        owner: Snowflake,
        roles: &Roles,
    ) -> Result<HashMap<&'static str, Snowflake>, WorldError> {
        let deed = Deed::by(owner);
        let [start, club, staff] = self.categories(guild, &deed)?;
        let general = self.general(guild, club, &deed)?;
        let mut made = HashMap::from([("general", general)]);
        let quiet = only(guild, SEND_MESSAGES, roles.moderator, SEND_MESSAGES);
        let work = VIEW_CHANNEL | READ_HISTORY | SEND_MESSAGES;
        let closed = only(guild, VIEW_CHANNEL, roles.moderator, work);
        let about = "What this place is, and what is where.";
        for (name, topic, parent, overwrites) in [
            ("welcome", about, start, quiet),
            ("games", "Find company for a round.", club, Vec::new()),
            ("market", "Offers and deals in coins.", club, Vec::new()),
            ("staff-only", "For the team.", staff, closed),
        ] {
            let draft = ChannelDraft {
                topic: Some(topic.to_owned()),
                parent: Some(parent),
                position: Some(i32::try_from(made.len()).unwrap_or(i32::MAX)),
                overwrites,
                ..ChannelDraft::text(name)
            };
            made.insert(name, self.world.channel_create(guild, draft, &deed)?);
        }
        Ok(made)
    }

    fn categories(&mut self, guild: Snowflake, deed: &Deed) -> Result<[Snowflake; 3], WorldError> {
        let mut make = |name: &str, position| {
            let draft = ChannelDraft {
                name: name.to_owned(),
                kind: CATEGORY,
                position: Some(position),
                ..ChannelDraft::default()
            };
            self.world.channel_create(guild, draft, deed)
        };
        Ok([
            make("Start here", 0)?,
            make("The club", 1)?,
            make("Staff", 2)?,
        ])
    }

    /// The channel that every server begins with gets its place.
    fn general(
        &mut self,
        guild: Snowflake,
        parent: Snowflake,
        deed: &Deed,
    ) -> Result<Snowflake, WorldError> {
        let first = self
            .world
            .guild(guild)
            .and_then(|guild| guild.system_channel);
        let general = first.ok_or(WorldError::Unknown(Noun::Channel))?;
        let edit = ChannelEdit {
            topic: Some(Some("Whatever is on your mind.".to_owned())),
            parent: Some(Some(parent)),
            position: Some(0),
            ..ChannelEdit::default()
        };
        self.world.channel_edit(general, edit, deed)?;
        Ok(general)
    }

    /// The members join over the weeks; the second keeps order, some are regulars.
    fn members(
        &mut self,
        guild: Snowflake,
        roles: &Roles,
        members: usize,
    ) -> Result<Vec<Snowflake>, WorldError> {
        let mut people = Vec::with_capacity(members);
        let until = self.now - TALK_US;
        let gap = (until - self.world.now_us()) / i64::try_from(members).unwrap_or(i64::MAX);
        for number in 1..members {
            self.past.advance_us(gap);
            let user = self.person(number);
            self.world.member_join(guild, user)?;
            match number {
                1 => self.grant(guild, user, roles.moderator)?,
                // The third stays an ordinary member: somebody to act as.
                3.. if self.chance.random_bool(0.3) => self.grant(guild, user, roles.regular)?,
                _ => {}
            }
            people.push(user);
        }
        Ok(people)
    }

    fn welcome(
        &mut self,
        channels: &HashMap<&'static str, Snowflake>,
        owner: Snowflake,
    ) -> Result<(), WorldError> {
        for text in WELCOME {
            let content = channels.iter().fold(text.to_owned(), |text, (name, id)| {
                text.replace(&format!("{{{name}}}"), &id.to_string())
            });
            self.world.message_send(
                channels["welcome"],
                MessageDraft {
                    author: owner,
                    content,
                    ..MessageDraft::default()
                },
            )?;
        }
        Ok(())
    }

    fn talk(
        &mut self,
        guild: Snowflake,
        channels: &HashMap<&'static str, Snowflake>,
        people: &[Snowflake],
    ) -> Result<(), WorldError> {
        let places = [
            ("general", 58_u32),
            ("games", 22),
            ("market", 14),
            ("staff-only", 6),
        ];
        let mut talks: HashMap<&str, Banter> = HashMap::new();
        let mut place = places[0].0;
        for left in (1..=LINES).rev() {
            // A conversation stays where it is while answers are due.
            if !talks.get(place).is_some_and(Banter::is_open) {
                place = places
                    .choose_weighted(&mut self.chance, |(_, weight)| *weight)
                    .map_or("general", |(name, _)| name);
            }
            let open = talks.get(place).is_some_and(Banter::is_open);
            // Answers come within a minute or two; then it is quiet for longer, so that the last line is a recent one.
            let rest = (self.now - QUIET_US - self.world.now_us()).max(0);
            let share = (rest / left).max(1);
            let pause = if open {
                self.chance.random_range(20..150) * 1_000_000
            } else {
                self.chance.random_range(share..share * 4)
            };
            self.past.advance_us(pause.min(rest));
            let channel = channels[place];
            let team = place == "staff-only";
            let speakers: Vec<_> = people
                .iter()
                .copied()
                .filter(|id| !team || self.world.permissions_in(channel, *id) & VIEW_CHANNEL != 0)
                .collect();
            let owner = self.world.guild(guild).map(|guild| guild.owner);
            let speaker = if team && self.chance.random_bool(0.5) {
                owner
            } else {
                speakers.choose(&mut self.chance).copied()
            };
            let Some(speaker) = speaker else { continue };
            let talk = talks.entry(place).or_default();
            let line = talk.next(place, speaker, &mut self.chance);
            let opens = !line.answers;
            let message = self.write(channel, speaker, line)?;
            if opens {
                talk.opened(message);
            }
            self.reactions(channel, message, &speakers)?;
        }
        Ok(())
    }

    fn write(
        &mut self,
        channel: Snowflake,
        author: Snowflake,
        line: Line,
    ) -> Result<Snowflake, WorldError> {
        let reply_to = line.opening.filter(|_| self.chance.random_bool(0.3));
        let draft = MessageDraft {
            author,
            kind: if reply_to.is_some() { REPLY } else { 0 },
            content: line.text,
            reply_to,
            ..MessageDraft::default()
        };
        self.world.message_send(channel, draft)
    }

    fn reactions(
        &mut self,
        channel: Snowflake,
        message: Snowflake,
        people: &[Snowflake],
    ) -> Result<(), WorldError> {
        if !self.chance.random_bool(0.18) {
            return Ok(());
        }
        let emoji = Emoji {
            id: None,
            name: SIGNS
                .choose(&mut self.chance)
                .copied()
                .unwrap_or("👍")
                .to_owned(),
        };
        let count = self.chance.random_range(1..=4.min(people.len().max(1)));
        let chosen: Vec<_> = people
            .choose_multiple(&mut self.chance, count)
            .copied()
            .collect();
        for user in chosen {
            self.world.reaction_add(channel, message, user, &emoji)?;
        }
        Ok(())
    }
}

/// Takes something from everybody and gives it to one role.
fn only(everyone: Snowflake, deny: u64, role: Snowflake, allow: u64) -> Vec<Overwrite> {
    let of = |id, allow, deny| Overwrite {
        id,
        kind: 0,
        allow,
        deny,
    };
    vec![of(everyone, 0, deny), of(role, allow, 0)]
}
