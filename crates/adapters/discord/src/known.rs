//! What is known of guilds and members without asking: kept from events, in their order, and from Discord's answers.
//!
//! A guild is kept only where the bot's own roles in it are known, so that no view understates what the bot may do.
//! A member is believed for a minute. Both are bounded.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chat::{CarriedText, Carrier, ChannelView, GuildView, IncomingMessage, KnownMember};
use kernel::{ChannelId, GuildId, Stopwatch, UserId};

use crate::decode::{GuildChange, WholeGuild};

/// More guilds one process does not serve; what is beyond them is asked for.
const GUILDS_MAX: usize = 20_000;
/// Half as many members as are remembered.
const MEMBERS_HALF: usize = 16_384;
const BELIEVED_FOR: Duration = Duration::from_secs(60);
/// A name that is shown may be older than what somebody may do.
const NAME_BELIEVED_FOR: Duration = Duration::from_secs(3_600);

/// The memory of one process, for all its bots.
#[derive(Debug)]
pub(crate) struct Known {
    guilds: Mutex<HashMap<GuildId, Arc<GuildView>>>,
    members: Mutex<Halves>,
    since: Stopwatch,
}

type Place = (GuildId, UserId);

/// A member, or that a user is none, and when that was heard.
type Heard = (Option<KnownMember>, Duration);

/// What was used lately is in the young half; when that is full, the old half is forgotten.
#[derive(Debug, Default)]
struct Halves {
    young: HashMap<Place, Heard>,
    old: HashMap<Place, Heard>,
}

impl Halves {
    fn put(&mut self, place: Place, heard: Heard) {
        self.old.remove(&place);
        if self.young.len() >= MEMBERS_HALF && !self.young.contains_key(&place) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(place, heard);
    }

    fn get(&self, place: &Place) -> Option<&Heard> {
        self.young.get(place).or_else(|| self.old.get(place))
    }
}

impl Known {
    pub(crate) fn new() -> Self {
        Self {
            guilds: Mutex::default(),
            members: Mutex::default(),
            since: Stopwatch::start(),
        }
    }

    /// The guild, where it is known.
    pub(crate) fn guild(&self, guild: GuildId) -> Option<Arc<GuildView>> {
        self.guilds(|guilds| guilds.get(&guild).cloned())
    }

    /// The guild of a channel, where it is known.
    pub(crate) fn guild_of(&self, channel: ChannelId) -> Option<GuildId> {
        self.guilds(|guilds| {
            let mut views = guilds.values();
            Some(views.find(|view| view.channel(channel).is_some())?.id)
        })
    }

    /// The member, or that the user is none, where it was heard within a minute.
    #[expect(
        clippy::option_option,
        reason = "not known, known to be none, and known are three answers"
    )]
    pub(crate) fn member(&self, guild: GuildId, user: UserId) -> Option<Option<KnownMember>> {
        let now = self.since.elapsed();
        self.members(|members| {
            let (member, heard) = members.get(&(guild, user))?;
            (*heard + BELIEVED_FOR > now).then(|| member.clone())
        })
    }

    /// What members are called, where it was heard within an hour; and who is neither that, nor known to be none.
    pub(crate) fn names(
        &self,
        guild: GuildId,
        users: &BTreeSet<UserId>,
    ) -> (BTreeMap<UserId, String>, BTreeSet<UserId>) {
        let now = self.since.elapsed();
        let (mut names, mut unheard) = (BTreeMap::new(), BTreeSet::new());
        self.members(|members| {
            for user in users {
                match members.get(&(guild, *user)) {
                    Some((Some(member), heard)) if *heard + NAME_BELIEVED_FOR > now => {
                        names.insert(*user, member.name.clone());
                    }
                    Some((None, heard)) if *heard + BELIEVED_FOR > now => {}
                    _ => drop(unheard.insert(*user)),
                }
            }
        });
        (names, unheard)
    }

    /// What is heard of a member, or that a user is none.
    pub(crate) fn heard(&self, guild: GuildId, user: UserId, member: Option<KnownMember>) {
        let now = self.since.elapsed();
        self.members(|members| members.put((guild, user), (member, now)));
    }

    /// Keeps a guild that Discord was asked for.
    pub(crate) fn learn(&self, view: GuildView) -> Arc<GuildView> {
        let view = Arc::new(view);
        self.guilds(|guilds| {
            if guilds.len() < GUILDS_MAX || guilds.contains_key(&view.id) {
                guilds.insert(view.id, Arc::clone(&view));
            }
        });
        view
    }

    /// Takes a change in that a bot saw; `me` is its account, where that is known.
    pub(crate) fn take(&self, change: GuildChange, me: Option<UserId>) {
        match change {
            GuildChange::Whole(whole) => self.begin(*whole, me),
            GuildChange::Gone(guild) => drop(self.guilds(|guilds| guilds.remove(&guild))),
            GuildChange::Member(guild, member) => {
                if Some(member.user) == me {
                    self.change(guild, |view| view.my_roles.clone_from(&member.roles));
                }
                self.heard(guild, member.user, Some(*member));
            }
            GuildChange::MemberGone(guild, user) => self.heard(guild, user, None),
            GuildChange::Renamed(guild, name, owner) => self.change(guild, |view| {
                view.name = name;
                view.owner = owner;
            }),
            GuildChange::Role(guild, role) => self.change(guild, |view| {
                view.roles.retain(|known| known.id != role.id);
                view.roles.push(role);
            }),
            GuildChange::RoleGone(guild, role) => self.change(guild, |view| {
                view.roles.retain(|known| known.id != role);
                view.my_roles.retain(|mine| *mine != role);
            }),
            GuildChange::Channel(guild, channel) => {
                self.change(guild, |view| put_channel(view, channel));
            }
            GuildChange::ChannelGone(guild, channel) => self.change(guild, |view| {
                view.channels.retain(|known| {
                    let is_its_thread = known.kind.is_thread() && known.parent == Some(channel);
                    known.id != channel && !is_its_thread
                });
            }),
            GuildChange::Threads(guild, of, threads) => self.change(guild, |view| {
                view.channels.retain(|known| {
                    let is_told_anew = of
                        .as_ref()
                        .is_none_or(|of| known.parent.is_some_and(|parent| of.contains(&parent)));
                    !known.kind.is_thread() || !is_told_anew
                });
                for thread in threads {
                    put_channel(view, thread);
                }
            }),
        }
    }

    fn begin(&self, whole: WholeGuild, me: Option<UserId>) {
        let guild = whole.id;
        let my_roles = me.and_then(|me| {
            let mut members = whole.members.iter();
            Some((me, members.find(|member| member.user == me)?.roles.clone()))
        });
        match my_roles {
            Some((me, roles)) => drop(self.learn(whole.seen_by(me, roles))),
            // Better asked for than known by half.
            None => drop(self.guilds(|guilds| guilds.remove(&guild))),
        }
    }

    /// What is known of where a message stands, and of its author.
    pub(crate) fn complete(&self, message: &mut IncomingMessage) {
        let Some(view) = message.guild.and_then(|guild| self.guild(guild)) else {
            return;
        };
        message.thread_of = view.thread_of(message.channel);
        let begins_it = message.thread_of.is_some() && message.id.get() == message.channel.get();
        if let Some(thread) = view.channel(message.channel).filter(|_| begins_it) {
            message.carried.push(CarriedText {
                what: Carrier::ThreadName,
                text: thread.name.clone(),
            });
        }
    }

    fn change(&self, guild: GuildId, change: impl FnOnce(&mut GuildView)) {
        self.guilds(|guilds| {
            if let Some(view) = guilds.get_mut(&guild) {
                change(Arc::make_mut(view));
            }
        });
    }

    fn guilds<T>(&self, act: impl FnOnce(&mut HashMap<GuildId, Arc<GuildView>>) -> T) -> T {
        act(&mut self.guilds.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn members<T>(&self, act: impl FnOnce(&mut Halves) -> T) -> T {
        act(&mut self.members.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Channels and threads that are known of one guild; beyond them a new one is not kept, and counts as closed.
const CHANNELS_MAX: usize = 4_000;

fn put_channel(view: &mut GuildView, channel: ChannelView) {
    let mut known = view.channels.iter();
    match known.position(|known| known.id == channel.id) {
        Some(at) => view.channels[at] = channel,
        None if view.channels.len() < CHANNELS_MAX => view.channels.push(channel),
        None => {}
    }
}

#[cfg(test)]
mod tests;
