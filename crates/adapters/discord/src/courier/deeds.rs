//! What is done to messages, members and channels. What is gone already counts as done.

use base64::{Engine, engine::general_purpose::STANDARD};
use chat::{
    Ban, Change, Delete, Delivered, DeliveryError, Kick, Lock, OverwriteFor, Permissions, Profile,
    React, Slowmode, Timeout, Unban, clip,
};
use kernel::{MessageId, RoleId, Span, Timestamp};
use serde_json::{Map, Value, json};

use super::{Carrier, never};
use crate::rest::{Bits, Rest, RestError, code};

/// Discord deletes no older ones together; a minute is for the way there.
const TOGETHER_FOR: Span = Span::minutes(14 * 24 * 60 - 1);
const TOGETHER_MAX: usize = 100;
/// Discord takes no longer time-out; a minute is for the way there.
const TIMEOUT_MAX: Span = Span::minutes(28 * 24 * 60 - 1);
const BAN_DELETES_MAX: u32 = 7 * 24 * 60 * 60;
const SLOWMODE_MAX: u32 = 6 * 60 * 60;
const AVATAR_MAX: usize = 8 << 20;

/// Done, where it was done, or where one of these says that what it was about is gone.
fn done(result: Result<(), RestError>, gone: &[u64]) -> Result<Delivered, DeliveryError> {
    match result {
        Ok(()) => Ok(Delivered::Done { message: None }),
        Err(error) if error.status() == 404 && gone.contains(&error.code()) => {
            Ok(Delivered::Done { message: None })
        }
        Err(error) => Err(error.into()),
    }
}

impl Carrier {
    pub(super) async fn delete(&self, delete: &Delete) -> Result<Delivered, DeliveryError> {
        let bot = self.bots.of_channel(delete.channel);
        let mut messages = delete.messages.clone();
        messages.sort_unstable();
        messages.dedup();
        let oldest = self.clock.now().before(TOGETHER_FOR);
        let is_young = |message: &&MessageId| message.made_at() > oldest;
        let young: Vec<MessageId> = messages.iter().filter(is_young).copied().collect();
        let mut alone: Vec<MessageId> = messages
            .iter()
            .filter(|message| !is_young(message))
            .copied()
            .collect();
        for together in young.chunks(TOGETHER_MAX) {
            if let [only] = together {
                alone.push(*only);
                continue;
            }
            let sent = bot.messages_delete(delete.channel, together, &delete.reason);
            match sent.await {
                // Discord's clock says otherwise about the oldest of them.
                Err(error) if error.code() == code::MESSAGE_TOO_OLD => alone.extend(together),
                result => drop(done(
                    result,
                    &[code::UNKNOWN_CHANNEL, code::UNKNOWN_MESSAGE],
                )?),
            }
        }
        for message in alone {
            let sent = bot.message_delete(delete.channel, message, &delete.reason);
            done(sent.await, &[code::UNKNOWN_CHANNEL, code::UNKNOWN_MESSAGE])?;
        }
        Ok(Delivered::Done { message: None })
    }

    pub(super) async fn timeout(&self, timeout: &Timeout) -> Result<Delivered, DeliveryError> {
        let until = timeout.until_micros.map(Timestamp::from_micros);
        let until = until.map(|until| until.min(self.clock.now() + TIMEOUT_MAX));
        let bot = self.bots.of_guild(timeout.guild);
        let sent = bot.member_timeout(timeout.guild, timeout.user, until, &timeout.reason);
        done(sent.await, &[code::UNKNOWN_MEMBER])
    }

    pub(super) async fn kick(&self, kick: &Kick) -> Result<Delivered, DeliveryError> {
        let bot = self.bots.of_guild(kick.guild);
        let sent = bot.member_kick(kick.guild, kick.user, &kick.reason);
        done(sent.await, &[code::UNKNOWN_MEMBER])
    }

    pub(super) async fn ban(&self, ban: &Ban) -> Result<Delivered, DeliveryError> {
        let seconds = ban.delete_message_seconds.min(BAN_DELETES_MAX);
        let bot = self.bots.of_guild(ban.guild);
        done(
            bot.ban(ban.guild, ban.user, seconds, &ban.reason).await,
            &[],
        )
    }

    pub(super) async fn unban(&self, unban: &Unban) -> Result<Delivered, DeliveryError> {
        let bot = self.bots.of_guild(unban.guild);
        let sent = bot.unban(unban.guild, unban.user, &unban.reason);
        done(sent.await, &[code::UNKNOWN_BAN, code::UNKNOWN_USER])
    }

    pub(super) async fn slowmode(&self, slowmode: &Slowmode) -> Result<Delivered, DeliveryError> {
        let seconds = slowmode.seconds.min(SLOWMODE_MAX);
        let bot = self.bots.of_channel(slowmode.channel);
        let sent = bot.channel_slow(slowmode.channel, seconds, &slowmode.reason);
        done(sent.await, &[code::UNKNOWN_CHANNEL])
    }

    /// Reads what the channel changes for everyone now, and changes one bit of it.
    pub(super) async fn lock(&self, lock: &Lock) -> Result<Delivered, DeliveryError> {
        let bot = self.bots.of_guild(lock.guild);
        let channel = match bot.channel(lock.channel).await {
            Ok(channel) => channel.read(),
            Err(error) => return done(Err(error), &[code::UNKNOWN_CHANNEL]),
        };
        let everyone = lock.guild.get();
        let is_everyone =
            |subject| matches!(subject, OverwriteFor::Role(role) if RoleId::get(role) == everyone);
        let mut overwrites = channel.overwrites.iter();
        let own = overwrites.find(|overwrite| is_everyone(overwrite.subject));
        let none = Permissions::NONE;
        let (allow, deny) = own.map_or((none, none), |own| (own.allow, own.deny));
        let bits = locked(allow, deny, lock.on);
        if (bits.allow, bits.deny) == (allow.bits(), deny.bits()) {
            return Ok(Delivered::Done { message: None });
        }
        let sent = bot.channel_overwrite(lock.channel, everyone, bits, &lock.reason);
        done(sent.await, &[code::UNKNOWN_CHANNEL])
    }

    pub(super) async fn react(&self, react: &React) -> Result<Delivered, DeliveryError> {
        let bot = self.bots.of_channel(react.channel);
        let sent = bot.react(react.channel, react.message, &react.emoji);
        done(sent.await, &[code::UNKNOWN_CHANNEL, code::UNKNOWN_MESSAGE])
    }

    pub(super) async fn profile(&self, profile: &Profile) -> Result<Delivered, DeliveryError> {
        let body = profile_body(profile)?;
        if body.is_empty() {
            return Ok(Delivered::Done { message: None });
        }
        let bot: &Rest = self.bots.of_guild(profile.guild);
        done(bot.profile(profile.guild, body, &profile.reason).await, &[])
    }
}

/// What a channel changes for everyone when it is locked or opened, where it changed this before.
fn locked(allow: Permissions, deny: Permissions, on: bool) -> Bits {
    let writing = Permissions::SEND_MESSAGES;
    let (allow, deny) = if on {
        (allow.without(writing), deny.and(writing))
    } else {
        (allow, deny.without(writing))
    };
    Bits {
        allow: allow.bits(),
        deny: deny.bits(),
    }
}

fn profile_body(profile: &Profile) -> Result<Map<String, Value>, DeliveryError> {
    let mut body = Map::new();
    let mut put = |key: &str, change: &Change<String>, limit| match change {
        Change::Keep => {}
        Change::Clear => drop(body.insert(key.into(), Value::Null)),
        Change::To(text) => drop(body.insert(key.into(), json!(clip(text, limit)))),
    };
    put("nick", &profile.name, 32);
    put("bio", &profile.bio, 190);
    match &profile.avatar_png {
        Change::Keep => {}
        Change::Clear => drop(body.insert("avatar".into(), Value::Null)),
        Change::To(png) if png.len() > AVATAR_MAX => {
            return Err(never("the picture is larger than 8 MiB"));
        }
        Change::To(png) => {
            let uri = format!("data:image/png;base64,{}", STANDARD.encode(png));
            body.insert("avatar".into(), json!(uri));
        }
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use chat::{Change, Permissions, Profile};
    use kernel::Id;
    use serde_json::json;

    use super::{locked, profile_body};

    #[test]
    fn locking_changes_one_bit_and_leaves_the_others() {
        let (read, write) = (Permissions::VIEW_CHANNEL, Permissions::SEND_MESSAGES);
        let shut = locked(read.and(write), Permissions::ATTACH_FILES, true);
        assert_eq!(shut.allow, read.bits());
        assert_eq!(shut.deny, Permissions::ATTACH_FILES.and(write).bits());
        let open = locked(read, Permissions::ATTACH_FILES.and(write), false);
        assert_eq!(open.deny, Permissions::ATTACH_FILES.bits());
    }

    #[test]
    fn a_profile_s_parts_stay_go_or_change() {
        let profile = Profile {
            guild: Id::new(1).unwrap(),
            name: Change::To("Miso".to_owned()),
            avatar_png: Change::To(vec![1, 2, 3]),
            bio: Change::Clear,
            reason: String::new(),
        };
        let body = profile_body(&profile).unwrap();
        let expected = json!({"nick": "Miso", "bio": null, "avatar": "data:image/png;base64,AQID"});
        assert_eq!(serde_json::Value::Object(body), expected);
        let kept = Profile {
            name: Change::Keep,
            avatar_png: Change::Keep,
            bio: Change::Keep,
            ..profile
        };
        assert!(profile_body(&kept).unwrap().is_empty());
    }
}
