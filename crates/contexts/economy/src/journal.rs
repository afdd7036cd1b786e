//! What stands in the journal: a transfer's id, phase and kind, and the record that is read back.
//!
//! An id is the cause and the leg, `interaction:123:pay`: so the same event asked twice names the same transfer, and
//! the cause can be read from the id. Legs never hold a colon.

use std::{borrow::Cow, fmt};

use kernel::{Amount, Cause, CauseKind, Timestamp};

use crate::account::{AccountKind, AccountName, Party};

/// Which of the transfers of one cause it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Leg(Cow<'static, str>);

impl Leg {
    /// A leg named in the code; the name holds no colon.
    #[must_use]
    pub const fn named(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// One of many legs of the same name.
    #[must_use]
    pub fn numbered(name: &'static str, number: i64) -> Self {
        Self(Cow::Owned(format!("{name}-{number}")))
    }

    /// The transfer's id for this leg of a cause.
    #[must_use]
    pub fn id(&self, cause: &Cause) -> String {
        format!(
            "{}:{}:{}",
            cause.kind.name(),
            cause.id,
            self.0.replace(':', "-")
        )
    }
}

/// The cause in a transfer's id.
#[must_use]
pub fn cause_of(id: &str) -> Option<Cause> {
    let (kind, rest) = id.split_once(':')?;
    let (cause, _leg) = rest.rsplit_once(':')?;
    Some(Cause::new(CauseKind::of_name(kind)?, cause))
}

/// What a transfer is for: 1 to 40 lower-case letters, digits, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TransferKind(Cow<'static, str>);

impl TransferKind {
    /// A claim of `/daily`.
    pub const DAILY: Self = Self(Cow::Borrowed("daily"));
    /// A payment between members.
    pub const PAY: Self = Self(Cow::Borrowed("pay"));
    /// Coins from an operator.
    pub const GRANT: Self = Self(Cow::Borrowed("grant"));
    /// Coins taken back by an operator.
    pub const REVOKE: Self = Self(Cow::Borrowed("revoke"));
    /// The reversal of an earlier transfer.
    pub const REVERT: Self = Self(Cow::Borrowed("revert"));
    /// Coins advanced by, or paid back to, a member's debt.
    pub const DEBT: Self = Self(Cow::Borrowed("debt"));
    /// What a new member starts with.
    pub const START: Self = Self(Cow::Borrowed("start"));
    /// Any other movement that an operator asks for.
    pub const TRANSFER: Self = Self(Cow::Borrowed("transfer"));

    /// The kind with this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let plain = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_'
        };
        let fits = (1..=40).contains(&name.len()) && name.bytes().all(plain);
        fits.then(|| Self(Cow::Owned(name.to_owned())))
    }

    /// The kind of what an operator moves between these two.
    #[must_use]
    pub fn between(from: &AccountName, to: &AccountName) -> Self {
        match (from.kind(), to.kind()) {
            (AccountKind::Faucet, _) => Self::GRANT,
            (_, AccountKind::Sink) => Self::REVOKE,
            _ => Self::TRANSFER,
        }
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TransferKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// What a journal row does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Moves coins at once.
    Transfer,
    /// Holds coins back for a later transfer.
    Reserve,
    /// Moves what was held back, or a part of it, and frees the rest.
    Post,
    /// Frees what was held back.
    Void,
    /// Frees what was held back, because its time is over.
    Expire,
}

const PHASES: [Phase; 5] = [
    Phase::Transfer,
    Phase::Reserve,
    Phase::Post,
    Phase::Void,
    Phase::Expire,
];

impl Phase {
    /// Whether coins moved.
    #[must_use]
    pub const fn moves(self) -> bool {
        matches!(self, Self::Transfer | Self::Post)
    }

    pub(crate) const fn code(self) -> i64 {
        match self {
            Self::Transfer => 0,
            Self::Reserve => 1,
            Self::Post => 2,
            Self::Void => 3,
            Self::Expire => 4,
        }
    }

    pub(crate) fn of_code(code: i64) -> Option<Self> {
        PHASES.into_iter().find(|phase| phase.code() == code)
    }
}

/// A journal row as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its id, made from its cause.
    pub id: String,
    /// Its place in the order of all; also the cursor of lists.
    pub seq: i64,
    /// When it was asked for.
    pub at: Timestamp,
    /// What it did.
    pub phase: Phase,
    /// Where the coins came from.
    pub from: Party,
    /// Where they went.
    pub to: Party,
    /// How many.
    pub amount: Amount,
    /// What for.
    pub kind: TransferKind,
    /// Why, in the words of whoever asked.
    pub reason: String,
    /// The id of the transfer that it takes back.
    pub reverses: Option<String>,
}

impl Record {
    /// The event that asked for it.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        cause_of(&self.id)
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Cause, CauseKind};
    use proptest::{prop_assert_eq, proptest};

    use super::{Leg, TransferKind, cause_of};

    proptest! {
        #[test]
        fn a_cause_is_read_back_from_the_id(id in ".{1,60}") {
            let cause = Cause::new(CauseKind::Api, id);
            let made = Leg::numbered("revert", 7).id(&cause);
            prop_assert_eq!(cause_of(&made), Some(cause));
        }
    }

    #[test]
    fn kinds_are_short_plain_words() {
        assert_eq!(TransferKind::of_name("pay"), Some(TransferKind::PAY));
        for name in ["", "Pay", "a b", "ä", &"x".repeat(41)] {
            assert_eq!(TransferKind::of_name(name), None);
        }
    }
}
