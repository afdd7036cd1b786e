//! Which bot calls Discord for what: by application where an effect names one, else by who saw the channel last.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use kernel::{ApplicationId, ChannelId, GuildId, UserId};

use crate::rest::Rest;

/// How many channels and guilds are remembered; beyond it the memory begins anew.
const PLACES_MAX: usize = 65_536;

/// The bots of this process.
#[derive(Debug)]
pub(crate) struct Bots {
    all: Vec<Arc<Rest>>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    applications: HashMap<ApplicationId, usize>,
    channels: HashMap<ChannelId, usize>,
    guilds: HashMap<GuildId, usize>,
}

impl Bots {
    /// These bots, of which there is at least one.
    pub(crate) fn new(all: Vec<Arc<Rest>>) -> Self {
        assert!(!all.is_empty(), "there is at least one bot");
        Self {
            all,
            known: Mutex::default(),
        }
    }

    /// All of them.
    pub(crate) fn all(&self) -> &[Arc<Rest>] {
        &self.all
    }

    /// Which application a bot is.
    pub(crate) fn introduce(&self, bot: usize, application: ApplicationId) {
        if let Some(rest) = self.all.get(bot) {
            rest.is_application(application);
        }
        self.locked(|known| known.applications.insert(application, bot));
    }

    /// Where a bot saw something happen.
    pub(crate) fn saw(&self, bot: usize, guild: Option<GuildId>, channel: Option<ChannelId>) {
        if self.all.len() == 1 {
            return;
        }
        self.locked(|known| {
            if known.channels.len() >= PLACES_MAX {
                known.channels.clear();
            }
            if known.guilds.len() >= PLACES_MAX {
                known.guilds.clear();
            }
            channel.map(|channel| known.channels.insert(channel, bot));
            guild.map(|guild| known.guilds.insert(guild, bot));
        });
    }

    /// The account of an application's bot, once it is known.
    pub(crate) fn account_of(&self, application: ApplicationId) -> Option<UserId> {
        let bot = self.locked(|known| known.applications.get(&application).copied())?;
        self.all.get(bot)?.known_account()
    }

    /// Any bot.
    pub(crate) fn any(&self) -> &Rest {
        &self.all[0]
    }

    /// The bot of an application; answers to interactions need no bot's token, so any other will do.
    pub(crate) fn of_application(&self, application: ApplicationId) -> &Rest {
        self.at(self.locked(|known| known.applications.get(&application).copied()))
    }

    /// The bot that is in a channel, as far as is known.
    pub(crate) fn of_channel(&self, channel: ChannelId) -> &Rest {
        self.at(self.locked(|known| known.channels.get(&channel).copied()))
    }

    /// The bot that is in a guild, as far as is known.
    pub(crate) fn of_guild(&self, guild: GuildId) -> &Rest {
        self.at(Some(self.place_of_guild(guild)))
    }

    /// Which bot that is.
    pub(crate) fn place_of_guild(&self, guild: GuildId) -> usize {
        let known = self.locked(|known| known.guilds.get(&guild).copied());
        known.unwrap_or(0)
    }

    fn at(&self, bot: Option<usize>) -> &Rest {
        let bot = bot.and_then(|bot| self.all.get(bot));
        bot.unwrap_or(&self.all[0])
    }

    fn locked<T>(&self, act: impl FnOnce(&mut Known) -> T) -> T {
        act(&mut self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
