//! Guilds, members and messages looked up: out of the memory where it has them, of Discord where it has not.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use chat::{BoxFuture, DeliveryError, Directory, GuildView, IncomingMessage, KnownMember};
use kernel::{ApplicationId, ChannelId, GuildId, MessageId, UserId};

use crate::{
    bots::Bots,
    decode::{MessageWire, known_member},
    known::Known,
    rest::{Rest, RestError, code},
    roll_call::RollCall,
};

const RECENT_MAX: u16 = 1_000;
const PAGE: u16 = 100;

/// Looks things up.
#[derive(Debug)]
pub(crate) struct Registry {
    pub(crate) bots: Arc<Bots>,
    pub(crate) known: Arc<Known>,
    pub(crate) roll_call: Arc<RollCall>,
}

/// What is not there, or not to be seen, is nothing.
fn found<T>(result: Result<T, RestError>) -> Result<Option<T>, DeliveryError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.status() == 404 || error.code() == code::MISSING_ACCESS => Ok(None),
        Err(error) => Err(error.into()),
    }
}

impl Registry {
    async fn ask_member(
        &self,
        guild: GuildId,
        user: UserId,
    ) -> Result<Option<KnownMember>, DeliveryError> {
        let bot = self.bots.of_guild(guild);
        let member = match bot.member(guild, user).await {
            Ok(wire) => known_member(&wire, None),
            Err(error) if matches!(error.code(), code::UNKNOWN_MEMBER | code::UNKNOWN_USER) => None,
            Err(error) => return Err(error.into()),
        };
        self.known.heard(guild, user, member.clone());
        Ok(member)
    }

    async fn ask_guild(&self, guild: GuildId) -> Result<Option<Arc<GuildView>>, DeliveryError> {
        let bot = self.bots.of_guild(guild);
        let Some(wire) = found(bot.guild(guild).await)? else {
            return Ok(None);
        };
        let me = bot.account().await?;
        let (own, channels, threads) = tokio::try_join!(
            bot.member(guild, me),
            bot.channels(guild),
            bot.threads(guild)
        )?;
        let my_roles = known_member(&own, None).map(|own| own.roles);
        let Some(mut whole) = wire.read() else {
            return Ok(None);
        };
        let channels = channels.into_iter().chain(threads.threads);
        whole.channels = channels.map(crate::decode::ChannelWire::read).collect();
        let view = whole.seen_by(me, my_roles.unwrap_or_default());
        Ok(Some(self.known.learn(view)))
    }

    /// A message of the REST does not say its guild.
    async fn guild_of(
        &self,
        bot: &Rest,
        channel: ChannelId,
    ) -> Result<Option<GuildId>, DeliveryError> {
        if let Some(guild) = self.known.guild_of(channel) {
            return Ok(Some(guild));
        }
        let channel = found(bot.channel(channel).await)?;
        Ok(channel.and_then(|channel| channel.guild_id))
    }

    fn read(
        &self,
        bot: &Rest,
        guild: Option<GuildId>,
        wire: MessageWire,
    ) -> Result<Option<IncomingMessage>, DeliveryError> {
        let application = bot.known_application().ok_or(DeliveryError::Later {
            reason: "the bot's application is not known yet".to_owned(),
            after: None,
        })?;
        // One that can't be read, or was written by nobody, is as good as none.
        let Some(mut message) = wire.read(application).ok().flatten() else {
            return Ok(None);
        };
        message.guild = guild;
        self.known.complete(&mut message);
        Ok(Some(message))
    }

    async fn ask_message(
        &self,
        channel: ChannelId,
        message: MessageId,
    ) -> Result<Option<IncomingMessage>, DeliveryError> {
        let bot = self.bots.of_channel(channel);
        let Some(wire) = found(bot.message(channel, message).await)? else {
            return Ok(None);
        };
        let guild = self.guild_of(bot, channel).await?;
        self.read(bot, guild, wire)
    }

    async fn ask_recent(
        &self,
        channel: ChannelId,
        limit: u16,
    ) -> Result<Vec<IncomingMessage>, DeliveryError> {
        let bot = self.bots.of_channel(channel);
        let limit = limit.min(RECENT_MAX);
        let mut left = limit;
        let (mut before, mut wires) = (None, Vec::new());
        while left > 0 {
            let asked = left.min(PAGE);
            let Some(page) = found(bot.messages(channel, before, asked).await)? else {
                break;
            };
            let got = u16::try_from(page.len()).unwrap_or(PAGE);
            before = page.last().map(MessageWire::id);
            wires.extend(page.into_iter().take(usize::from(asked)));
            left = left.saturating_sub(got);
            if got < asked {
                break;
            }
        }
        if wires.is_empty() {
            return Ok(Vec::new());
        }
        let guild = self.guild_of(bot, channel).await?;
        let read = |wire| self.read(bot, guild, wire).transpose();
        wires.into_iter().filter_map(read).collect()
    }
}

impl Directory for Registry {
    fn member(
        &self,
        guild: GuildId,
        user: UserId,
    ) -> BoxFuture<'_, Result<Option<KnownMember>, DeliveryError>> {
        Box::pin(async move {
            match self.known.member(guild, user) {
                Some(member) => Ok(member),
                None => self.ask_member(guild, user).await,
            }
        })
    }

    fn member_names<'a>(
        &'a self,
        guild: GuildId,
        users: &'a BTreeSet<UserId>,
        within: Duration,
    ) -> BoxFuture<'a, BTreeMap<UserId, String>> {
        let bot = self.bots.place_of_guild(guild);
        Box::pin(self.roll_call.names(bot, guild, users, within))
    }

    fn members_named<'a>(
        &'a self,
        guild: GuildId,
        beginning: &'a str,
        limit: u16,
    ) -> BoxFuture<'a, Result<Vec<KnownMember>, DeliveryError>> {
        Box::pin(async move {
            let bot = self.bots.of_guild(guild);
            let found = bot.members_named(guild, beginning, limit).await?;
            Ok(found
                .iter()
                .filter_map(|wire| known_member(wire, None))
                .collect())
        })
    }

    fn guild(
        &self,
        guild: GuildId,
    ) -> BoxFuture<'_, Result<Option<Arc<GuildView>>, DeliveryError>> {
        Box::pin(async move {
            match self.known.guild(guild) {
                Some(view) => Ok(Some(view)),
                None => self.ask_guild(guild).await,
            }
        })
    }

    fn known_guild(&self, guild: GuildId) -> Option<Arc<GuildView>> {
        self.known.guild(guild)
    }

    fn bot_user(&self, application: ApplicationId) -> Option<UserId> {
        self.bots.account_of(application)
    }

    fn message(
        &self,
        channel: ChannelId,
        message: MessageId,
    ) -> BoxFuture<'_, Result<Option<IncomingMessage>, DeliveryError>> {
        Box::pin(self.ask_message(channel, message))
    }

    fn recent_messages(
        &self,
        channel: ChannelId,
        limit: u16,
    ) -> BoxFuture<'_, Result<Vec<IncomingMessage>, DeliveryError>> {
        Box::pin(self.ask_recent(channel, limit))
    }
}
