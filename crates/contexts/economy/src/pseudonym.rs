//! Members under another name, which leads back to them only with a key.

use std::fmt;

use kernel::{GuildId, UserId};
use sha2::{Digest, Sha256};

/// Makes pseudonyms. Whoever has the database and not the key can't try out whose one is.
#[derive(Clone)]
pub struct Pseudonyms {
    key: Sha256,
}

/// A member of a guild under another name, another one in each guild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pseudonym(String);

impl Pseudonyms {
    /// Under this key, which the caller derives from one that nobody else has.
    #[must_use]
    pub fn keyed(key: &str) -> Self {
        Self {
            key: Sha256::new_with_prefix(key).chain_update([0]),
        }
    }

    /// The member's.
    #[must_use]
    pub fn of(&self, guild: GuildId, user: UserId) -> Pseudonym {
        let told = self.key.clone().chain_update(format!("{guild}/{user}"));
        let digest = told.finalize();
        Pseudonym(
            digest
                .iter()
                .take(16)
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    }
}

impl fmt::Debug for Pseudonyms {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Pseudonyms(..)")
    }
}

impl Pseudonym {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use kernel::Id;

    use super::Pseudonyms;

    #[test]
    fn a_member_has_one_in_each_guild_and_under_each_key() {
        let (guild, other) = (Id::new(1).unwrap(), Id::new(2).unwrap());
        let (user, stranger) = (Id::new(10).unwrap(), Id::new(11).unwrap());
        let ours = Pseudonyms::keyed("ours");
        assert_eq!(ours.of(guild, user), ours.of(guild, user));
        assert_eq!(ours.of(guild, user).as_str().len(), 32);
        assert_ne!(ours.of(guild, user), ours.of(other, user));
        assert_ne!(ours.of(guild, user), ours.of(guild, stranger));
        let theirs = Pseudonyms::keyed("theirs");
        assert_ne!(ours.of(guild, user), theirs.of(guild, user));
        assert_eq!(format!("{ours:?}"), "Pseudonyms(..)");
    }
}
