//! The guild 77 with three members, as Discord would tell of it: what the edges' tests are tried in.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use chat::{
    BoxFuture, DeliveryError, Directory, Finished, GuildAvailable, GuildView, Inbox, Incoming,
    IncomingMessage, KnownMember,
};
use kernel::{ApplicationId, ChannelId, GuildId, Id, MessageId, UserId};

/// The directory of the town: members 10 and 11 are people, 11 with the role 500; 12 is a bot.
#[derive(Debug, Clone, Copy)]
pub struct Town;

impl Directory for Town {
    fn member(
        &self,
        _: GuildId,
        user: UserId,
    ) -> BoxFuture<'_, Result<Option<KnownMember>, DeliveryError>> {
        let known = (10..=12).contains(&user.get()).then(|| KnownMember {
            is_bot: user.get() == 12,
            roles: (user.get() == 11).then(|| id(500)).into_iter().collect(),
            ..KnownMember::named(user, format!("member {user}"))
        });
        Box::pin(async move { Ok(known) })
    }

    fn member_names<'a>(
        &'a self,
        guild: GuildId,
        users: &'a BTreeSet<UserId>,
        _: Duration,
    ) -> BoxFuture<'a, BTreeMap<UserId, String>> {
        Box::pin(async move {
            let mut names = BTreeMap::new();
            for user in users {
                let member = self.member(guild, *user).await;
                names.extend(member.ok().flatten().map(|it| (it.user, it.name)));
            }
            names
        })
    }

    fn members_named<'a>(
        &'a self,
        guild: GuildId,
        beginning: &'a str,
        limit: u16,
    ) -> BoxFuture<'a, Result<Vec<KnownMember>, DeliveryError>> {
        Box::pin(async move {
            let mut found = Vec::new();
            for user in 10..=12 {
                found.extend(self.member(guild, id(user)).await?);
            }
            found.retain(|member: &KnownMember| member.name.starts_with(beginning));
            found.truncate(usize::from(limit));
            Ok(found)
        })
    }

    fn guild(&self, _: GuildId) -> BoxFuture<'_, Result<Option<Arc<GuildView>>, DeliveryError>> {
        Box::pin(async { Ok(None) })
    }

    fn known_guild(&self, _: GuildId) -> Option<Arc<GuildView>> {
        None
    }

    fn bot_user(&self, _: ApplicationId) -> Option<UserId> {
        None
    }

    fn message(
        &self,
        _: ChannelId,
        _: MessageId,
    ) -> BoxFuture<'_, Result<Option<IncomingMessage>, DeliveryError>> {
        Box::pin(async { Ok(None) })
    }

    fn recent_messages(
        &self,
        _: ChannelId,
        _: u16,
    ) -> BoxFuture<'_, Result<Vec<IncomingMessage>, DeliveryError>> {
        Box::pin(async { Ok(Vec::new()) })
    }
}

/// The bot is in a guild.
#[must_use]
pub fn joined(guild: u64) -> Incoming {
    Incoming::GuildAvailable(GuildAvailable {
        application: id(5),
        guild: id(guild),
        name: "Town".to_owned(),
        members: 3,
    })
}

/// A member of the town writes a message in channel 6.
#[must_use]
pub fn wrote(message: u64, user: u64, text: &str) -> Incoming {
    let said = IncomingMessage::said(id(message), id(5), id(77), id(6), id(user), text);
    Incoming::Wrote(Box::new(said))
}

/// Hands an event in, and waits until it is finished.
///
/// # Panics
/// Where it is not taken, or never finished.
pub async fn deliver(inbox: &dyn Inbox, incoming: Incoming) {
    let (sender, arrived) = tokio::sync::oneshot::channel::<()>();
    let finished = Finished::new(move || {
        let _ = sender.send(());
    });
    inbox
        .accept(incoming, finished)
        .expect("the event is taken");
    arrived.await.expect("the event is finished");
}

fn id<K>(number: u64) -> Id<K> {
    Id::new(number).expect("the town's ids are not zero")
}
