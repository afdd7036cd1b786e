//! Effects on their way out: each to the calls that it takes, and each such that a second time changes nothing.

mod deeds;

use std::{sync::Arc, time::Duration};

use chat::{BoxFuture, Courier, Delivered, DeliveryError, Edit, Effect, Reply, Tell, Visibility};
use kernel::{ChannelId, Clock, MessageId};
use sha2::{Digest, Sha256};

use crate::{
    bots::Bots,
    desk::Desk,
    easel::Easel,
    edits::Edits,
    render::{Finish, one_part, parts},
    rest::{Rest, RestError, code},
};

const POST_WITHIN: Duration = Duration::from_secs(30);
/// Old messages go away one by one, and Discord lets few of them go at once.
const DELETE_WITHIN: Duration = Duration::from_secs(120);
const NONCE_MAX: usize = 25;

/// Carries effects to Discord.
#[derive(Debug)]
pub(crate) struct Carrier {
    desk: Arc<Desk>,
    bots: Arc<Bots>,
    easel: Arc<Easel>,
    edits: Edits,
    clock: Arc<dyn Clock>,
}

impl Carrier {
    pub(crate) fn new(
        desk: Arc<Desk>,
        (bots, easel): (Arc<Bots>, Arc<Easel>),
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            desk,
            bots,
            easel,
            edits: Edits::default(),
            clock,
        }
    }

    async fn carry(&self, effect: &Effect) -> Result<Delivered, DeliveryError> {
        match effect {
            Effect::Answer(answer) => self.desk.answer(answer).await,
            Effect::Post {
                channel,
                reply,
                reply_to,
                nonce,
            } => {
                let bot = self.bots.of_channel(*channel);
                let finish = self.easel.finish_of(reply).await;
                post(bot, *channel, (reply, finish), *reply_to, nonce).await
            }
            Effect::Edit(edit) => self.edit(edit).await,
            Effect::Delete(delete) => self.delete(delete).await,
            Effect::Timeout(timeout) => self.timeout(timeout).await,
            Effect::Kick(kick) => self.kick(kick).await,
            Effect::Ban(ban) => self.ban(ban).await,
            Effect::Unban(unban) => self.unban(unban).await,
            Effect::Slowmode(slowmode) => self.slowmode(slowmode).await,
            Effect::Lock(lock) => self.lock(lock).await,
            Effect::React(react) => self.react(react).await,
            Effect::Tell(tell) => self.tell(tell).await,
            Effect::Profile(profile) => self.profile(profile).await,
        }
    }

    /// One that a newer edit of the same message overtook counts as done: what is newest will stand there.
    async fn edit(&self, edit: &Edit) -> Result<Delivered, DeliveryError> {
        if edit.reply.visibility == Visibility::Private {
            return Err(never("what is private is never put where others read"));
        }
        let finish = self.easel.finish_of(&edit.reply).await;
        let payload = one_part(&edit.reply, finish)?;
        let ticket = self.edits.begin(edit.message);
        let _turn = ticket.turn().await;
        let bot = self.bots.of_channel(edit.channel);
        let sent = bot.message_edit(edit.channel, edit.message, &payload, ticket.wanted());
        match sent.await {
            Ok(_) | Err(RestError::Overtaken { .. }) => Ok(Delivered::Done {
                message: Some(edit.message),
            }),
            Err(error) if matches!(error.code(), code::UNKNOWN_MESSAGE | code::UNKNOWN_CHANNEL) => {
                Ok(Delivered::Done { message: None })
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn tell(&self, tell: &Tell) -> Result<Delivered, DeliveryError> {
        // A direct message is private by nature, so either visibility fits.
        let reply = Reply {
            visibility: Visibility::Public,
            ..tell.reply.clone()
        };
        let bot = self.bots.any();
        let channel = match bot.direct_channel(tell.user).await {
            Ok(channel) => channel,
            Err(error) if takes_none(&error) => return Ok(Delivered::Undeliverable),
            Err(error) => return Err(error.into()),
        };
        let mut first = None;
        let finish = self.easel.finish_of(&reply).await;
        for (part, payload) in parts(&reply, finish)?.iter().enumerate() {
            let nonce = nonce_of_part(&tell.nonce, part);
            match bot.post(channel, payload, &nonce, None).await {
                Ok(message) => first = first.or(message),
                Err(error) if takes_none(&error) => return Ok(Delivered::Undeliverable),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Delivered::Done { message: first })
    }
}

/// Whether the user can't be written to: direct messages are closed, or there is no such user.
const fn takes_none(error: &RestError) -> bool {
    matches!(error.code(), code::CANNOT_MESSAGE_USER | code::UNKNOWN_USER)
}

fn never(reason: &str) -> DeliveryError {
    DeliveryError::Never {
        reason: reason.to_owned(),
    }
}

async fn post(
    bot: &Rest,
    channel: ChannelId,
    (reply, finish): (&Reply, Finish<'_>),
    reply_to: Option<MessageId>,
    nonce: &str,
) -> Result<Delivered, DeliveryError> {
    if reply.visibility == Visibility::Private {
        return Err(never("a private reply is never posted in a channel"));
    }
    let mut first = None;
    for (part, payload) in parts(reply, finish)?.iter().enumerate() {
        let nonce = nonce_of_part(nonce, part);
        let answers = reply_to.filter(|_| part == 0);
        let message = bot.post(channel, payload, &nonce, answers).await?;
        first = first.or(message);
    }
    Ok(Delivered::Done { message: first })
}

/// A nonce of its own for each message of a long reply, the same at each repeat.
fn nonce_of_part(nonce: &str, part: usize) -> String {
    if part == 0 && nonce.len() <= NONCE_MAX {
        return nonce.to_owned();
    }
    let digest = Sha256::digest(format!("{nonce}/{part}"));
    digest
        .iter()
        .take(12)
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

impl Courier for Carrier {
    fn deliver<'a>(
        &'a self,
        effect: &'a Effect,
    ) -> BoxFuture<'a, Result<Delivered, DeliveryError>> {
        Box::pin(async move {
            let within = match effect {
                // The desk has a deadline of its own, and words for when it is over.
                Effect::Answer(answer) => return self.desk.answer(answer).await,
                Effect::Delete(_) => DELETE_WITHIN,
                _ => POST_WITHIN,
            };
            let carried = tokio::time::timeout(within, self.carry(effect)).await;
            carried.unwrap_or_else(|_| {
                Err(DeliveryError::Later {
                    reason: format!("`{}` took longer than {within:?}", effect.kind()),
                    after: None,
                })
            })
        })
    }

    fn typing(&self, channel: ChannelId) -> BoxFuture<'_, Result<(), DeliveryError>> {
        Box::pin(async move { Ok(self.bots.of_channel(channel).typing(channel).await?) })
    }
}

#[cfg(test)]
mod tests {
    use super::nonce_of_part;

    #[test]
    fn each_message_of_a_reply_has_a_nonce_that_fits_and_stays() {
        assert_eq!(nonce_of_part("i5", 0), "i5");
        let (one, two) = (nonce_of_part("i5", 1), nonce_of_part("i5", 2));
        assert_ne!(one, two);
        assert_eq!(one, nonce_of_part("i5", 1));
        assert_eq!(nonce_of_part(&"x".repeat(40), 0).len(), 24);
    }
}
