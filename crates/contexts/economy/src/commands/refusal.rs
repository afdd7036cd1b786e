//! Why a command was not done, in words for the person who asked.

use ::store::DbError;
use kernel::{Amount, Coins, Fault, FaultKind, Told, UserId};

use crate::{
    account::AccountName,
    daily::{DailyError, TimezoneError},
    transfer::TransferError,
};

/// Why a command of the economy was not done. Always told privately.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// The economy is off in this guild.
    #[error("the economy is off in this guild")]
    Off,
    /// The command or button belongs to somebody else, or to an older version.
    #[error("this command or button is none of the economy's")]
    NotOurs,
    /// An option is missing or of another type.
    #[error("the option `{0}` is missing or makes no sense")]
    Missing(&'static str),
    /// There is no such page.
    #[error("there is no such page")]
    NoSuchPage,
    /// One can't pay oneself.
    #[error("a member tried to pay themselves")]
    Oneself,
    /// Bots have no purse.
    #[error("{user} is a bot")]
    IsBot {
        /// The bot.
        user: UserId,
        /// Its name.
        name: String,
    },
    /// The user is no member of this guild.
    #[error("{user} is not a member of the guild")]
    NotMember {
        /// The user.
        user: UserId,
    },
    /// The amount is out of bounds.
    #[error("{amount} is not between {min} and {max}")]
    AmountOutOfBounds {
        /// What was given.
        amount: i64,
        /// The smallest allowed.
        min: i64,
        /// The largest allowed.
        max: i64,
    },
    /// The note is too long.
    #[error("the note is too long")]
    NoteTooLong,
    /// The asker has less than they want to pay.
    #[error("the asker has {available}, and wanted to pay {amount}")]
    TooPoor {
        /// What there is.
        available: Coins,
        /// What was to be paid.
        amount: Amount,
    },
    /// The asker's coins are frozen.
    #[error("the asker's purse is frozen")]
    OwnPurseFrozen,
    /// The coins of the other side are frozen.
    #[error("the purse of {user} is frozen")]
    PurseFrozen {
        /// Whose.
        user: UserId,
    },
    /// The ledger refused it.
    #[error(transparent)]
    Transfer(#[from] TransferError),
    /// There is no claim to be made.
    #[error(transparent)]
    Daily(#[from] DailyError),
    /// The zone was not set.
    #[error(transparent)]
    Timezone(#[from] TimezoneError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Fault for CommandError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::Off | Self::OwnPurseFrozen | Self::PurseFrozen { .. } => FaultKind::Forbidden,
            Self::NotOurs | Self::NotMember { .. } => FaultKind::NotFound,
            Self::Missing(_)
            | Self::NoSuchPage
            | Self::Oneself
            | Self::IsBot { .. }
            | Self::AmountOutOfBounds { .. }
            | Self::NoteTooLong => FaultKind::Invalid,
            Self::TooPoor { .. } => FaultKind::Exhausted,
            Self::Transfer(error) => error.kind(),
            Self::Daily(error) => error.kind(),
            Self::Timezone(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::Off => Told::new("economy-off"),
            Self::NotOurs => Told::new("economy-not-ours"),
            Self::Missing(option) => Told::new("economy-option-missing").with("option", *option),
            Self::NoSuchPage => Told::new("economy-no-such-page"),
            Self::Oneself => Told::new("economy-pay-oneself"),
            Self::IsBot { name, .. } => {
                Told::new("economy-is-bot").with("name", super::card::escaped(name))
            }
            Self::NotMember { user } => {
                Told::new("economy-not-member").with("user", user.to_string())
            }
            Self::AmountOutOfBounds { amount, min, max } => Told::new("economy-amount-bounds")
                .with("amount", *amount)
                .with("min", *min)
                .with("max", *max),
            Self::NoteTooLong => Told::new("economy-note-too-long"),
            Self::TooPoor { available, amount } => Told::new("economy-too-poor")
                .with("available", *available)
                .with("amount", *amount),
            Self::OwnPurseFrozen => Told::new("economy-own-purse-frozen"),
            Self::PurseFrozen { user } => {
                Told::new("economy-purse-frozen").with("user", user.to_string())
            }
            Self::Transfer(error) => error.told(),
            Self::Daily(error) => error.told(),
            Self::Timezone(error) => error.told(),
            Self::Store(error) => error.told(),
        }
    }
}

impl CommandError {
    /// A refusal of the ledger in terms of the asker rather than of accounts.
    pub(crate) fn personal(error: TransferError, asker: UserId) -> Self {
        match error {
            TransferError::Overdraft {
                available, amount, ..
            } => Self::TooPoor { available, amount },
            TransferError::AccountFrozen {
                name: AccountName::Purse(user),
            } if user == asker => Self::OwnPurseFrozen,
            TransferError::AccountFrozen {
                name: AccountName::Purse(user),
            } => Self::PurseFrozen { user },
            other => other.into(),
        }
    }
}
