//! Ids as types: a role's id cannot be passed where a user's is wanted.
//!
//! An id is never zero and always fits a signed 64-bit column. In JSON it is a string, as Discord writes it.

use std::{fmt, marker::PhantomData, num::NonZeroU64, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Timestamp;

/// What an [`Id`] names.
pub mod kinds {
    /// A Discord server.
    #[derive(Debug)]
    pub enum Guild {}
    /// A Discord account, of a person or a bot.
    #[derive(Debug)]
    pub enum User {}
    /// A channel or thread.
    #[derive(Debug)]
    pub enum Channel {}
    /// A message.
    #[derive(Debug)]
    pub enum Message {}
    /// A role of a guild.
    #[derive(Debug)]
    pub enum Role {}
    /// An interaction: a command, a press, a form.
    #[derive(Debug)]
    pub enum Interaction {}
    /// A Discord application.
    #[derive(Debug)]
    pub enum Application {}
    /// A registered command.
    #[derive(Debug)]
    pub enum Command {}
}

/// A positive 63-bit number that names one thing of the kind `K`.
pub struct Id<K> {
    value: NonZeroU64,
    kind: PhantomData<fn(K) -> K>,
}

/// A Discord server.
pub type GuildId = Id<kinds::Guild>;
/// A Discord account.
pub type UserId = Id<kinds::User>;
/// A channel or thread.
pub type ChannelId = Id<kinds::Channel>;
/// A message.
pub type MessageId = Id<kinds::Message>;
/// A role of a guild.
pub type RoleId = Id<kinds::Role>;
/// An interaction.
pub type InteractionId = Id<kinds::Interaction>;
/// A Discord application.
pub type ApplicationId = Id<kinds::Application>;
/// A registered command.
pub type CommandId = Id<kinds::Command>;

/// Why a text or number is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not an id: an id is a whole number from 1 to 9223372036854775807")]
pub struct IdError {
    given: String,
}

impl<K> Id<K> {
    /// The id with this number.
    ///
    /// # Errors
    /// When the number is zero or does not fit 63 bits.
    pub fn new(value: u64) -> Result<Self, IdError> {
        match NonZeroU64::new(value) {
            Some(value) if i64::try_from(value.get()).is_ok() => Ok(Self::from_nonzero(value)),
            _ => Err(IdError {
                given: value.to_string(),
            }),
        }
    }

    /// The id in a database column.
    ///
    /// # Errors
    /// When the number is not positive.
    pub fn from_column(value: i64) -> Result<Self, IdError> {
        u64::try_from(value)
            .ok()
            .and_then(NonZeroU64::new)
            .map(Self::from_nonzero)
            .ok_or_else(|| IdError {
                given: value.to_string(),
            })
    }

    const fn from_nonzero(value: NonZeroU64) -> Self {
        Self {
            value,
            kind: PhantomData,
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.value.get()
    }

    /// When Discord made what this names. Its ids are snowflakes: the upper 42 bits count the milliseconds since
    /// 2015-01-01 in UTC, the lower 22 tell apart what was made within one (Discord's reference, *Snowflakes*).
    #[must_use]
    pub const fn made_at(self) -> Timestamp {
        const EPOCH_MILLIS: i64 = 1_420_070_400_000;
        const LOWER_BITS: u32 = 22;
        let millis = (self.value.get() >> LOWER_BITS).cast_signed();
        // An id fits 63 bits, so this is far from the end of what a moment can be.
        Timestamp::from_micros((EPOCH_MILLIS + millis) * 1_000)
    }

    /// The number as a column holds it.
    #[must_use]
    pub const fn to_column(self) -> i64 {
        self.value.get().cast_signed()
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.value.cmp(&other.value)
    }
}
impl<K> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}
impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Id({})", self.value)
    }
}
impl<K> fmt::Display for Id<K> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(out)
    }
}

impl<K> FromStr for Id<K> {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let digits_only = text.len() <= 19 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = if digits_only { text.parse().ok() } else { None };
        number
            .and_then(|number| Self::new(number).ok())
            .ok_or_else(|| IdError {
                given: text.chars().take(40).collect(),
            })
    }
}

impl<K> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{GuildId, MessageId, UserId};
    use crate::Timestamp;

    #[test]
    fn a_snowflake_says_when_it_was_made() {
        // The example in Discord's reference.
        let id: MessageId = "175928847299117063".parse().unwrap();
        let made: Timestamp = "2016-04-30T11:18:25.796Z".parse().unwrap();
        assert_eq!(id.made_at(), made);
        let first: MessageId = "1".parse().unwrap();
        let epoch: Timestamp = "2015-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(first.made_at(), epoch);
    }

    proptest! {
        #[test]
        fn a_moment_is_read_from_the_upper_bits_alone(millis in 0_i64..(1 << 41), lower in 1_u64..(1 << 22)) {
            let id = UserId::new((millis.cast_unsigned() << 22) | lower).unwrap();
            prop_assert_eq!(id.made_at().millis(), 1_420_070_400_000 + millis);
            prop_assert_eq!(id.made_at().micros() % 1_000, 0);
        }

        #[test]
        fn what_was_made_later_has_a_later_moment_or_the_same(one in 1_i64.., other in 1_i64..) {
            let [one, other] = [one, other].map(|id| GuildId::from_column(id).unwrap());
            if one < other {
                prop_assert!(one.made_at() <= other.made_at());
            }
        }
    }

    #[test]
    fn zero_signs_spaces_and_overflow_are_no_ids() {
        for text in [
            "",
            "0",
            "-1",
            "+1",
            " 1",
            "1 ",
            "1.0",
            "9223372036854775808",
            "18446744073709551616",
            "١",
        ] {
            assert!(
                text.parse::<GuildId>().is_err(),
                "{text:?} was taken for an id"
            );
        }
    }

    #[test]
    fn an_id_survives_text_and_column() {
        let id: UserId = "9223372036854775807".parse().unwrap();
        assert_eq!(id.to_string(), "9223372036854775807");
        assert_eq!(UserId::from_column(id.to_column()), Ok(id));
        assert!(UserId::from_column(-5).is_err());
    }
}
