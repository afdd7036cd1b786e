//! People as numbers: a record names a person by a salted digest of who it is, and the salt stands beside the records.
//!
//! While the mapping stands it can be checked; once its row is dropped, nobody can say whom the number meant.

use std::collections::BTreeMap;

use ::store::{DbError, Tx};
use kernel::{Chance, GuildId, UserId};

use crate::{
    canon::digest,
    store::people::{Person, person_fetch, person_insert},
};

/// The numbers of people in a guild.
#[derive(Debug, Default)]
pub(crate) struct People(BTreeMap<UserId, i64>);

impl People {
    /// The numbers of these people; who has none yet gets one. In one order, so that two writers never wait for each
    /// other.
    pub(crate) fn known(
        tx: &mut Tx<'_>,
        guild: GuildId,
        users: impl Iterator<Item = Option<UserId>>,
        chance: &dyn Chance,
    ) -> Result<Self, DbError> {
        let mut people = BTreeMap::new();
        for user in users.flatten() {
            people.insert(user, 0);
        }
        for (user, person) in &mut people {
            *person = person_of(tx, guild, *user, chance)?;
        }
        Ok(Self(people))
    }

    pub(crate) fn number(&self, user: Option<UserId>) -> Option<i64> {
        self.0.get(&user?).copied()
    }
}

fn person_of(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: UserId,
    chance: &dyn Chance,
) -> Result<i64, DbError> {
    if let Some(person) = person_fetch(tx, guild, user)? {
        return Ok(person);
    }
    let salt = salt(chance);
    let person = number(guild.to_column(), user.to_column(), &salt);
    person_insert(tx, guild, user, person, salt)
}

/// Sixteen bytes that nobody can guess.
pub(crate) fn salt(chance: &dyn Chance) -> Vec<u8> {
    let halves = [chance.bits(), chance.bits()];
    halves.iter().flat_map(|half| half.to_be_bytes()).collect()
}

fn number(guild: i64, user: i64, salt: &[u8]) -> i64 {
    let hash = digest(
        "guildhall audit person 1",
        &[salt.into(), guild.into(), user.into()],
    );
    let mut first = [0_u8; 8];
    first.copy_from_slice(&hash.bytes()[..8]);
    (i64::from_be_bytes(first) & i64::MAX).max(1)
}

/// Whether a mapping still says of a number what it was made from.
pub(crate) fn is_true(person: &Person) -> bool {
    number(person.guild, person.user, &person.salt) == person.person
}
