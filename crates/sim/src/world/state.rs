//! What the simulated Discord remembers: plain records, one for each noun of Discord's.
//! A record holds what was said, never what can be derived from it (counts, sorted lists, rendered JSON).
//! Every record is readable from outside the world and changed only inside it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::snowflake::Snowflake;

/// An account, of a person or a bot.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: Snowflake,
    pub(crate) username: String,
    pub(crate) global_name: Option<String>,
    pub(crate) avatar: Option<String>,
    pub(crate) banner: Option<String>,
    pub(crate) bot: bool,
    pub(crate) locale: String,
}

/// A Discord application; its bot user has the same id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Application {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) icon: Option<String>,
    /// Discord's application flags; bits 12–15 and 18–19 allow the privileged intents.
    pub(crate) flags: u32,
    pub(crate) owner: Snowflake,
    pub(crate) token: String,
    pub(crate) client_secret: String,
    /// The Ed25519 seed, 32 bytes in hex; interactions over HTTP are signed with it.
    pub(crate) signing_seed: String,
    /// The Ed25519 public key in hex, as clients see it.
    pub(crate) verify_key: String,
    pub(crate) interactions_endpoint_url: Option<String>,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) bot_public: bool,
    /// How many sessions may identify within five seconds.
    pub(crate) max_concurrency: u32,
    /// Identifies allowed within a day.
    pub(crate) identify_limit: u32,
}

/// A server.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Guild {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) owner: Snowflake,
    pub(crate) icon: Option<String>,
    pub(crate) preferred_locale: String,
    pub(crate) system_channel: Option<Snowflake>,
    /// Settings beyond those above, as they stand in the guild's JSON.
    pub(crate) extra: Map<String, Value>,
    #[serde(skip)]
    pub(crate) roles: BTreeMap<Snowflake, Role>,
    #[serde(skip)]
    pub(crate) members: BTreeMap<Snowflake, Member>,
    #[serde(skip)]
    pub(crate) channels: BTreeSet<Snowflake>,
    #[serde(skip)]
    pub(crate) bans: BTreeMap<Snowflake, Ban>,
    #[serde(skip)]
    pub(crate) audit: VecDeque<AuditEntry>,
    /// The members that are bots, for the fan-out of events.
    #[serde(skip)]
    pub(crate) bots: Vec<Snowflake>,
}

/// A role of a guild; the one with the guild's id is `@everyone`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Role {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) permissions: u64,
    pub(crate) position: i32,
    pub(crate) color: u32,
    pub(crate) hoist: bool,
    pub(crate) mentionable: bool,
    pub(crate) managed: bool,
    /// The bot that this role came with.
    pub(crate) bot: Option<Snowflake>,
    pub(crate) icon: Option<String>,
    pub(crate) unicode_emoji: Option<String>,
}

/// A user in a guild.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Member {
    pub(crate) user: Snowflake,
    pub(crate) nick: Option<String>,
    pub(crate) avatar: Option<String>,
    pub(crate) banner: Option<String>,
    pub(crate) bio: Option<String>,
    pub(crate) roles: Vec<Snowflake>,
    pub(crate) joined_us: i64,
    pub(crate) timeout_until_us: Option<i64>,
    pub(crate) mute: bool,
    pub(crate) deaf: bool,
    pub(crate) pending: bool,
    pub(crate) flags: u32,
}

/// A ban of a guild.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Ban {
    pub(crate) user: Snowflake,
    pub(crate) reason: Option<String>,
}

/// What a role or member may or may not do in one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overwrite {
    pub id: Snowflake,
    /// 0 a role, 1 a member.
    pub kind: u8,
    pub allow: u64,
    pub deny: u64,
}

/// A channel, thread or direct conversation; `kind` is Discord's channel type.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Channel {
    pub(crate) id: Snowflake,
    pub(crate) kind: u8,
    pub(crate) guild: Option<Snowflake>,
    pub(crate) name: String,
    pub(crate) topic: Option<String>,
    pub(crate) position: i32,
    pub(crate) parent: Option<Snowflake>,
    pub(crate) nsfw: bool,
    pub(crate) slowmode_s: u32,
    pub(crate) overwrites: Vec<Overwrite>,
    /// The users of a direct conversation.
    pub(crate) recipients: Vec<Snowflake>,
    pub(crate) last_message: Option<Snowflake>,
    pub(crate) last_pin_us: Option<i64>,
    pub(crate) flags: u32,
    pub(crate) thread: Option<Thread>,
    /// Settings beyond those above, as they stand in the channel's JSON.
    pub(crate) extra: Map<String, Value>,
}

impl Channel {
    /// A conversation between users, outside any guild.
    #[must_use]
    pub(crate) fn is_direct(&self) -> bool {
        self.guild.is_none()
    }
}

/// What a thread has beyond a channel.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Thread {
    pub(crate) owner: Snowflake,
    pub(crate) archived: bool,
    pub(crate) locked: bool,
    pub(crate) invitable: bool,
    pub(crate) auto_archive_minutes: u32,
    pub(crate) archived_us: i64,
    pub(crate) created_us: i64,
    pub(crate) members: Vec<Snowflake>,
    pub(crate) message_count: u32,
}

/// A message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) id: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) guild: Option<Snowflake>,
    pub(crate) author: Snowflake,
    /// Set where a webhook wrote it: then the face shown is the webhook's.
    pub(crate) webhook: Option<WebhookFace>,
    pub(crate) application: Option<Snowflake>,
    pub(crate) kind: u8,
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(crate) attachments: Vec<Value>,
    pub(crate) mentions: Vec<Snowflake>,
    pub(crate) mention_roles: Vec<Snowflake>,
    pub(crate) mention_everyone: bool,
    pub(crate) reactions: Vec<Reaction>,
    pub(crate) flags: u32,
    pub(crate) tts: bool,
    /// When it was pinned, where it is.
    pub(crate) pinned_us: Option<i64>,
    pub(crate) nonce: Option<Value>,
    pub(crate) sent_us: i64,
    pub(crate) edited_us: Option<i64>,
    pub(crate) reference: Option<Reference>,
    /// `interaction_metadata`, as it stands in the JSON.
    pub(crate) interaction: Option<Value>,
    pub(crate) poll: Option<Value>,
    #[serde(default)]
    pub(crate) stickers: Vec<Value>,
    /// What was forwarded in it, as it stands in the JSON.
    #[serde(default)]
    pub(crate) snapshots: Vec<Value>,
    /// An ephemeral message: nobody else ever sees it.
    pub(crate) only_for: Option<Snowflake>,
}

/// The name and picture under which a webhook wrote.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WebhookFace {
    pub(crate) id: Snowflake,
    pub(crate) name: String,
    pub(crate) avatar: Option<String>,
}

/// The message that another one answers or forwards.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Reference {
    pub(crate) message: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) guild: Option<Snowflake>,
    /// Whether it is forwarded, and not answered.
    #[serde(default)]
    pub(crate) forwarded: bool,
}

/// An emoji: a Unicode one has no id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Emoji {
    pub(crate) id: Option<Snowflake>,
    pub(crate) name: String,
}

/// Who reacted with one emoji, first come first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Reaction {
    pub(crate) emoji: Emoji,
    pub(crate) users: Vec<Snowflake>,
}

/// An incoming webhook; its token is what lets anyone write through it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Webhook {
    pub(crate) id: Snowflake,
    pub(crate) guild: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) name: String,
    pub(crate) avatar: Option<String>,
    pub(crate) token: String,
    pub(crate) creator: Snowflake,
    /// The application whose bot made it.
    pub(crate) application: Option<Snowflake>,
}

/// A registered application command.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Command {
    pub(crate) id: Snowflake,
    pub(crate) application: Snowflake,
    /// None: a global one.
    pub(crate) guild: Option<Snowflake>,
    /// 1 slash, 2 user menu, 3 message menu.
    pub(crate) kind: u8,
    pub(crate) name: String,
    pub(crate) version: Snowflake,
    /// Everything else, as it stands in the command's JSON (`description`, `options`, `contexts` …).
    pub(crate) body: Map<String, Value>,
}

/// One line of a guild's audit log.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AuditEntry {
    pub(crate) id: Snowflake,
    pub(crate) action: u32,
    pub(crate) by: Snowflake,
    pub(crate) target: Option<Snowflake>,
    pub(crate) changes: Vec<Value>,
    pub(crate) options: Option<Value>,
    pub(crate) reason: Option<String>,
}

/// A member's command, click, choice or form, from its sending to the end of its token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Interaction {
    pub(crate) id: Snowflake,
    pub(crate) token: String,
    pub(crate) application: Snowflake,
    /// 2 command, 3 component, 4 autocomplete, 5 form.
    pub(crate) kind: u8,
    pub(crate) user: Snowflake,
    pub(crate) guild: Option<Snowflake>,
    pub(crate) channel: Snowflake,
    /// The `data` object of its payload.
    pub(crate) data: Value,
    /// The message whose component was used.
    pub(crate) source: Option<Snowflake>,
    pub(crate) created_us: i64,
    /// When it was first answered, and with which callback type.
    pub(crate) answered_us: Option<i64>,
    pub(crate) callback: Option<u8>,
    /// True between a deferral and its first follow-up or edit.
    pub(crate) deferred: bool,
    /// Whether the first answer is for its user alone.
    pub(crate) ephemeral: bool,
    /// The answer's message (`@original`).
    pub(crate) original: Option<Snowflake>,
    /// Follow-up messages, in order.
    pub(crate) followups: Vec<Snowflake>,
    /// The form that was opened.
    pub(crate) modal: Option<Value>,
    /// The choices offered to an autocomplete.
    pub(crate) choices: Option<Vec<Value>>,
    /// Set when its three seconds passed without an answer, and its user was told.
    pub(crate) failed: bool,
}
