//! The simulated Discord's state, and every way in which it changes.
//!
//! W1  A change goes through a function of `World`; the same call appends the gateway events that it causes.
//! W2  An event reaches a session only where its guild, channel permissions, shard and intents allow it.
//! W3  Ids and tokens are never repeated, not across restarts either.
//! W4  Everything kept is bounded: messages per channel, audit entries per guild, events per session.
//!
//! How REST and the control API use it:
//! - Lock it with `hub.world()` (a guard; never across an await), read with the functions that return references
//!   (`guild`, `channel`, `message`, `member` …), change with `<noun>_<verb>` functions (`message_send`,
//!   `member_edit` …), render with `render_<noun>` (Discord's v10 JSON).
//! - Functions that change check that what they name exists, and nothing else. Whether the caller *may* do it, and
//!   whether its body keeps Discord's limits, is the caller's to check: `permissions_in` and `permissions_of` say who
//!   may do what, `rank` who stands above whom.
//! - Changes that Discord logs take a `Deed` (who, and why) and write the audit log themselves.
//! - `identify_standing` is what `GET /gateway/bot` answers as `session_start_limit`.
//! - Not here: HTTP, WebSockets, files, validation of requests.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::Arc;

use kernel::Clock;

mod audit;
mod channels;
mod commands;
pub(crate) mod grants;
mod guilds;
mod identify;
pub(crate) mod intents;
mod interactions;
pub(crate) mod marks;
mod members;
mod mentions;
mod messages;
pub(crate) mod permissions;
mod reactions;
mod render;
mod render_guild;
mod render_message;
mod restore;
mod roles;
pub(crate) mod snowflake;
pub(crate) mod state;
mod tell;
#[cfg(test)]
pub(crate) mod tests;
mod users;
mod webhooks;
pub(crate) mod wires;

pub(crate) use channels::{ChannelDraft, ChannelEdit};
pub(crate) use commands::CommandDraft;
pub(crate) use guilds::{GuildDraft, GuildEdit};
pub(crate) use identify::IdentifyTurn;
pub use interactions::Answer;
pub(crate) use interactions::{InteractionDraft, Post};
pub(crate) use members::MemberEdit;
pub(crate) use mentions::AllowedMentions;
pub(crate) use messages::{MessageDraft, MessageEdit};
pub(crate) use render::render_command;
pub(crate) use render_guild::render_role;
pub(crate) use roles::{RoleDraft, RoleEdit};
pub(crate) use snowflake::Snowflake;
pub(crate) use users::{ApplicationDraft, UserDraft};
pub(crate) use webhooks::WebhookEdit;

use marks::{Key, Marks};
use snowflake::Mint;
use state::{Application, Channel, Command, Guild, Interaction, Member, Message, User, Webhook};
use wires::Wires;

/// Messages kept in one channel; older ones make room.
pub(crate) const MESSAGES_KEPT_MAX: usize = 10_000;
/// Audit entries kept in one guild.
pub(crate) const AUDIT_KEPT_MAX: usize = 5_000;

/// Something that was named and is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noun {
    User,
    Application,
    Guild,
    Role,
    Member,
    Ban,
    Channel,
    Message,
    Emoji,
    Webhook,
    Command,
    Interaction,
}

/// Why the world refused a change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorldError {
    #[error("there is no such {0:?}")]
    Unknown(Noun),
    #[error("{user} is banned from this guild")]
    Banned { user: Snowflake },
    #[error("{0}")]
    Refused(&'static str),
}

/// Who does something that the audit log records, and why.
#[derive(Debug, Clone)]
pub(crate) struct Deed {
    pub(crate) by: Snowflake,
    pub(crate) reason: Option<String>,
}

impl Deed {
    pub(crate) const fn by(by: Snowflake) -> Self {
        Self { by, reason: None }
    }
}

/// The whole simulated Discord.
pub(crate) struct World {
    clock: Arc<dyn Clock>,
    mint: Mint,
    secrets: Secrets,
    users: HashMap<Snowflake, User>,
    applications: HashMap<Snowflake, Application>,
    tokens: HashMap<String, Snowflake>,
    guilds: HashMap<Snowflake, Guild>,
    guilds_of: HashMap<Snowflake, BTreeSet<Snowflake>>,
    channels: HashMap<Snowflake, Channel>,
    directs: HashMap<(Snowflake, Snowflake), Snowflake>,
    messages: HashMap<Snowflake, BTreeMap<Snowflake, Message>>,
    webhooks: HashMap<Snowflake, Webhook>,
    commands: HashMap<Snowflake, BTreeMap<Snowflake, Command>>,
    interactions: BTreeMap<Snowflake, Interaction>,
    interaction_tokens: HashMap<String, Snowflake>,
    unanswered: std::collections::VecDeque<(Snowflake, i64)>,
    pub(crate) answers: interactions::Answers,
    codes: std::collections::VecDeque<grants::Code>,
    grants: BTreeMap<Snowflake, grants::Grant>,
    access_tokens: HashMap<String, Snowflake>,
    identifies: identify::IdentifyBooks,
    pub(crate) wires: Wires,
    pub(crate) marks: Marks,
}

/// Where tokens come from: a digest of the seed, the run and a counter, so that none repeats.
#[derive(Debug)]
pub(crate) struct Secrets {
    seed: [u8; 32],
    run: u64,
    count: u64,
}

impl Secrets {
    pub(crate) const fn new(seed: [u8; 32], run: u64) -> Self {
        Self {
            seed,
            run,
            count: 0,
        }
    }

    /// Thirty-two bytes that nobody has seen before.
    pub(crate) fn bytes(&mut self) -> [u8; 32] {
        use sha2::Digest;
        self.count += 1;
        let mut digest = sha2::Sha256::new();
        digest.update(self.seed);
        digest.update(self.run.to_le_bytes());
        digest.update(self.count.to_le_bytes());
        digest.finalize().into()
    }

    /// The same as text that fits into URLs.
    pub(crate) fn text(&mut self) -> String {
        use base64::Engine;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(self.bytes())
    }
}

impl fmt::Debug for World {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("World")
            .field("users", &self.users.len())
            .field("guilds", &self.guilds.len())
            .field("channels", &self.channels.len())
            .finish_non_exhaustive()
    }
}

impl World {
    /// An empty Discord. `run` is a number that no earlier run on the same state had.
    pub(crate) fn new(
        clock: Arc<dyn Clock>,
        seed: [u8; 32],
        run: u64,
        wires: Wires,
        marks: Marks,
    ) -> Self {
        Self {
            clock,
            mint: Mint::new(run, Snowflake(0)),
            secrets: Secrets::new(seed, run),
            users: HashMap::new(),
            applications: HashMap::new(),
            tokens: HashMap::new(),
            guilds: HashMap::new(),
            guilds_of: HashMap::new(),
            channels: HashMap::new(),
            directs: HashMap::new(),
            messages: HashMap::new(),
            webhooks: HashMap::new(),
            commands: HashMap::new(),
            interactions: BTreeMap::new(),
            interaction_tokens: HashMap::new(),
            unanswered: std::collections::VecDeque::new(),
            answers: interactions::Answers::default(),
            codes: std::collections::VecDeque::new(),
            grants: BTreeMap::new(),
            access_tokens: HashMap::new(),
            identifies: identify::IdentifyBooks::default(),
            wires,
            marks,
        }
    }

    /// The moment it is, in microseconds since 1970.
    pub(crate) fn now_us(&self) -> i64 {
        self.clock.now().micros()
    }

    /// Puts another clock in and gives the one before back: for a past that is made rather than lived.
    pub(crate) fn clock_swap(&mut self, clock: Arc<dyn Clock>) -> Arc<dyn Clock> {
        std::mem::replace(&mut self.clock, clock)
    }

    /// A new id.
    pub(crate) fn mint(&mut self) -> Snowflake {
        let now = self.now_us();
        self.mint.next(now)
    }

    /// A new secret: a token of a webhook or interaction.
    pub(crate) fn secret(&mut self) -> String {
        self.secrets.text()
    }

    pub(crate) fn user(&self, id: Snowflake) -> Option<&User> {
        self.users.get(&id)
    }

    pub(crate) fn users(&self) -> impl Iterator<Item = &User> {
        self.users.values()
    }

    pub(crate) fn application(&self, id: Snowflake) -> Option<&Application> {
        self.applications.get(&id)
    }

    pub(crate) fn applications(&self) -> impl Iterator<Item = &Application> {
        self.applications.values()
    }

    /// The application whose bot has this token (without the `Bot ` before it).
    pub(crate) fn application_of_token(&self, token: &str) -> Option<&Application> {
        self.tokens
            .get(token)
            .and_then(|id| self.applications.get(id))
    }

    pub(crate) fn guild(&self, id: Snowflake) -> Option<&Guild> {
        self.guilds.get(&id)
    }

    pub(crate) fn guilds(&self) -> impl Iterator<Item = &Guild> {
        self.guilds.values()
    }

    /// The guilds that a user is a member of, by id.
    pub(crate) fn guilds_of(&self, user: Snowflake) -> impl Iterator<Item = &Guild> {
        self.guilds_of
            .get(&user)
            .into_iter()
            .flatten()
            .filter_map(|id| self.guilds.get(id))
    }

    pub(crate) fn member(&self, guild: Snowflake, user: Snowflake) -> Option<&Member> {
        self.guilds.get(&guild)?.members.get(&user)
    }

    pub(crate) fn channel(&self, id: Snowflake) -> Option<&Channel> {
        self.channels.get(&id)
    }

    /// A guild's channels and threads, by id.
    pub(crate) fn channels_of(&self, guild: Snowflake) -> impl Iterator<Item = &Channel> {
        self.guilds
            .get(&guild)
            .into_iter()
            .flat_map(|g| &g.channels)
            .filter_map(|id| self.channels.get(id))
    }

    /// A message, ephemeral ones included: check `only_for`.
    pub(crate) fn message(&self, channel: Snowflake, id: Snowflake) -> Option<&Message> {
        self.messages.get(&channel)?.get(&id)
    }

    /// The messages of a channel by id, ephemeral ones included: check `only_for`.
    pub(crate) fn messages_in(
        &self,
        channel: Snowflake,
        range: impl std::ops::RangeBounds<Snowflake>,
    ) -> impl DoubleEndedIterator<Item = &Message> {
        static NONE: BTreeMap<Snowflake, Message> = BTreeMap::new();
        self.messages
            .get(&channel)
            .unwrap_or(&NONE)
            .range(range)
            .map(|(_, message)| message)
    }

    pub(crate) fn webhook(&self, id: Snowflake) -> Option<&Webhook> {
        self.webhooks.get(&id)
    }

    pub(crate) fn webhooks(&self) -> impl Iterator<Item = &Webhook> {
        self.webhooks.values()
    }

    /// The commands that an application registered: its global ones, or those of one guild.
    pub(crate) fn commands_of(
        &self,
        application: Snowflake,
        guild: Option<Snowflake>,
    ) -> impl Iterator<Item = &Command> {
        self.commands
            .get(&application)
            .into_iter()
            .flat_map(BTreeMap::values)
            .filter(move |c| c.guild == guild)
    }

    pub(crate) fn command(&self, application: Snowflake, id: Snowflake) -> Option<&Command> {
        self.commands.get(&application)?.get(&id)
    }

    pub(crate) fn interaction(&self, id: Snowflake) -> Option<&Interaction> {
        self.interactions.get(&id)
    }

    pub(crate) fn interaction_of_token(&self, token: &str) -> Option<&Interaction> {
        self.interaction_tokens
            .get(token)
            .and_then(|id| self.interactions.get(id))
    }

    /// What a user may do in a guild as a whole; nothing where it is no member.
    pub(crate) fn permissions_of(&self, guild: Snowflake, user: Snowflake) -> u64 {
        let Some(guild) = self.guilds.get(&guild) else {
            return 0;
        };
        guild.members.get(&user).map_or(0, |member| {
            permissions::in_guild(guild, member, self.now_us())
        })
    }

    /// What a user may do in a channel or thread; everything a person can do in a direct conversation of its own.
    pub(crate) fn permissions_in(&self, channel: Snowflake, user: Snowflake) -> u64 {
        let Some(channel) = self.channels.get(&channel) else {
            return 0;
        };
        let Some(guild) = channel.guild else {
            return if channel.recipients.contains(&user) {
                permissions::EVERYONE_DEFAULT
            } else {
                0
            };
        };
        let Some(guild) = self.guilds.get(&guild) else {
            return 0;
        };
        let place = self.overwrites_of(channel);
        guild.members.get(&user).map_or(0, |member| {
            permissions::in_channel(guild, place, member, self.now_us())
        })
    }

    /// The channel whose overwrites hold: a thread's parent.
    fn overwrites_of<'w>(&'w self, channel: &'w Channel) -> &'w Channel {
        let parent = channel.thread.as_ref().and(channel.parent);
        parent
            .and_then(|id| self.channels.get(&id))
            .unwrap_or(channel)
    }

    fn guild_mut(&mut self, id: Snowflake) -> Result<&mut Guild, WorldError> {
        self.marks.touch(Key::Guild(id));
        self.guilds
            .get_mut(&id)
            .ok_or(WorldError::Unknown(Noun::Guild))
    }
}
