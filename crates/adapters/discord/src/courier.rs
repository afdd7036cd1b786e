//! Effects on their way out, and members looked up.

use std::{sync::Arc, time::Duration};

use chat::{
    BoxFuture, Courier, Delivered, DeliveryError, Directory, Effect, KnownMember, Reply, Visibility,
};
use kernel::{ChannelId, GuildId, MessageId, UserId};
use sha2::{Digest, Sha256};

use crate::{bots::Bots, desk::Desk, render::parts, rest::code};

const POST_WITHIN: Duration = Duration::from_secs(30);
const NONCE_MAX: usize = 25;

/// Carries effects to Discord, and looks members up there.
#[derive(Debug)]
pub(crate) struct Carrier {
    pub(crate) desk: Arc<Desk>,
    pub(crate) bots: Arc<Bots>,
}

impl Carrier {
    async fn post(
        &self,
        channel: ChannelId,
        reply: &Reply,
        reply_to: Option<MessageId>,
        nonce: &str,
    ) -> Result<Delivered, DeliveryError> {
        if reply.visibility == Visibility::Private {
            return Err(DeliveryError::Never {
                reason: "a private reply is never posted in a channel".to_owned(),
            });
        }
        let mut first = None;
        for (part, payload) in parts(reply)?.iter().enumerate() {
            let nonce = nonce_of_part(nonce, part);
            let answers = reply_to.filter(|_| part == 0);
            let message = self
                .bots
                .of_channel(channel)
                .post(channel, payload, &nonce, answers)
                .await?;
            first = first.or(message);
        }
        Ok(Delivered::Done { message: first })
    }
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
            match effect {
                Effect::Answer(answer) => self.desk.answer(answer).await,
                Effect::Post {
                    channel,
                    reply,
                    reply_to,
                    nonce,
                } => {
                    let posting = self.post(*channel, reply, *reply_to, nonce);
                    let posted = tokio::time::timeout(POST_WITHIN, posting).await;
                    posted.unwrap_or_else(|_| {
                        Err(DeliveryError::Later {
                            reason: "posting took longer than half a minute".to_owned(),
                            after: None,
                        })
                    })
                }
            }
        })
    }
}

impl Directory for Carrier {
    fn member(
        &self,
        guild: GuildId,
        user: UserId,
    ) -> BoxFuture<'_, Result<Option<KnownMember>, DeliveryError>> {
        Box::pin(async move {
            match self.bots.of_guild(guild).member(guild, user).await {
                Ok(member) => {
                    let named = member.user.global_name.unwrap_or(member.user.username);
                    Ok(Some(KnownMember {
                        user: member.user.id,
                        name: member.nick.unwrap_or(named),
                        is_bot: member.user.bot,
                    }))
                }
                Err(error) if matches!(error.code(), code::UNKNOWN_MEMBER | code::UNKNOWN_USER) => {
                    Ok(None)
                }
                Err(error) => Err(error.into()),
            }
        })
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
