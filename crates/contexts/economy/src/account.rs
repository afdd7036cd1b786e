//! Accounts and how they are named: `purse:U bank:U debt:U treasury escrow:ID faucet:NAME sink:NAME`.
//!
//! A name is well-formed as soon as it exists. Whether there is such an account is the store's to say.

use std::{borrow::Cow, fmt, str::FromStr};

use kernel::UserId;

/// The sorts of accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountKind {
    /// What a member can spend.
    Purse,
    /// What a member has put aside.
    Bank,
    /// The guild's own coins.
    Treasury,
    /// Coins of two sides until it is clear whose they are.
    Escrow,
    /// What a member owes after a correction; zero or below.
    Debt,
    /// Where coins enter circulation; may go below zero without end.
    Faucet,
    /// Where coins leave circulation.
    Sink,
}

const KINDS: [AccountKind; 7] = [
    AccountKind::Purse,
    AccountKind::Bank,
    AccountKind::Treasury,
    AccountKind::Escrow,
    AccountKind::Debt,
    AccountKind::Faucet,
    AccountKind::Sink,
];

impl AccountKind {
    /// The word in front of the colon.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Purse => "purse",
            Self::Bank => "bank",
            Self::Treasury => "treasury",
            Self::Escrow => "escrow",
            Self::Debt => "debt",
            Self::Faucet => "faucet",
            Self::Sink => "sink",
        }
    }

    /// Whether its balance is stored with it; else it is summed from the journal.
    #[must_use]
    pub const fn stores_balance(self) -> bool {
        !matches!(self, Self::Faucet | Self::Sink)
    }

    /// Whether it belongs to a member.
    #[must_use]
    pub const fn is_personal(self) -> bool {
        matches!(self, Self::Purse | Self::Bank | Self::Debt)
    }

    pub(crate) const fn code(self) -> i64 {
        match self {
            Self::Purse => 1,
            Self::Bank => 2,
            Self::Treasury => 3,
            Self::Escrow => 4,
            Self::Debt => 5,
            Self::Faucet => 6,
            Self::Sink => 7,
        }
    }

    pub(crate) fn of_code(code: i64) -> Option<Self> {
        KINDS.into_iter().find(|kind| kind.code() == code)
    }

    fn of_word(word: &str) -> Option<Self> {
        KINDS.into_iter().find(|kind| kind.word() == word)
    }
}

/// What follows the colon of an escrow, faucet or sink: 1 to 64 letters, digits, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(Cow<'static, str>);

const LABEL_LENGTH_MAX: usize = 64;

impl Label {
    /// A label that stands in the code.
    #[must_use]
    pub(crate) const fn fixed(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// The label with this text.
    ///
    /// # Errors
    /// When it is empty, too long, or holds anything but letters, digits, `-` and `_`.
    pub fn new(text: &str) -> Result<Self, AccountNameError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if text.is_empty() || text.len() > LABEL_LENGTH_MAX || !text.bytes().all(plain) {
            return Err(AccountNameError::of(text));
        }
        Ok(Self(Cow::Owned(text.to_owned())))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An account's name within its guild.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountName {
    /// What this member can spend.
    Purse(UserId),
    /// What this member has put aside.
    Bank(UserId),
    /// What this member owes.
    Debt(UserId),
    /// The guild's own coins.
    Treasury,
    /// Coins kept between two sides.
    Escrow(Label),
    /// Where coins enter circulation.
    Faucet(Label),
    /// Where coins leave it.
    Sink(Label),
}

/// Why a text names no account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{given}` names no account: write purse:USER, bank:USER, debt:USER, treasury, escrow:ID, faucet:NAME or sink:NAME"
)]
pub struct AccountNameError {
    given: String,
}

impl AccountNameError {
    fn of(text: &str) -> Self {
        Self {
            given: text.chars().take(80).collect(),
        }
    }

    /// What was given, cut to 80 characters.
    #[must_use]
    pub fn given(&self) -> &str {
        &self.given
    }
}

impl AccountName {
    /// The faucet that pays `/daily`.
    pub const FAUCET_DAILY: Self = Self::Faucet(Label::fixed("daily"));
    /// The faucet that pays what a new member starts with.
    pub const FAUCET_START: Self = Self::Faucet(Label::fixed("start"));
    /// The faucet an operator grants from.
    pub const FAUCET_GRANT: Self = Self::Faucet(Label::fixed("grant"));
    /// The sink an operator takes back to.
    pub const SINK_REVOKE: Self = Self::Sink(Label::fixed("revoke"));

    /// Its sort.
    #[must_use]
    pub const fn kind(&self) -> AccountKind {
        match self {
            Self::Purse(_) => AccountKind::Purse,
            Self::Bank(_) => AccountKind::Bank,
            Self::Debt(_) => AccountKind::Debt,
            Self::Treasury => AccountKind::Treasury,
            Self::Escrow(_) => AccountKind::Escrow,
            Self::Faucet(_) => AccountKind::Faucet,
            Self::Sink(_) => AccountKind::Sink,
        }
    }

    /// The member it belongs to, where it is a member's.
    #[must_use]
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::Purse(user) | Self::Bank(user) | Self::Debt(user) => Some(*user),
            Self::Treasury | Self::Escrow(_) | Self::Faucet(_) | Self::Sink(_) => None,
        }
    }

    /// What follows the colon, where it is no member's.
    #[must_use]
    pub fn label(&self) -> &str {
        match self {
            Self::Escrow(label) | Self::Faucet(label) | Self::Sink(label) => label.as_str(),
            Self::Purse(_) | Self::Bank(_) | Self::Debt(_) | Self::Treasury => "",
        }
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.kind().word();
        match self {
            Self::Purse(user) | Self::Bank(user) | Self::Debt(user) => write!(out, "{word}:{user}"),
            Self::Escrow(label) | Self::Faucet(label) | Self::Sink(label) => {
                write!(out, "{word}:{}", label.as_str())
            }
            Self::Treasury => out.write_str(word),
        }
    }
}

impl FromStr for AccountName {
    type Err = AccountNameError;

    fn from_str(text: &str) -> Result<Self, AccountNameError> {
        let wrong = || AccountNameError::of(text);
        if text == "treasury" {
            return Ok(Self::Treasury);
        }
        let (word, rest) = text.split_once(':').ok_or_else(wrong)?;
        let user = || rest.parse::<UserId>().map_err(|_| wrong());
        let label = || Label::new(rest).map_err(|_| wrong());
        match AccountKind::of_word(word).ok_or_else(wrong)? {
            AccountKind::Purse => user().map(Self::Purse),
            AccountKind::Bank => user().map(Self::Bank),
            AccountKind::Debt => user().map(Self::Debt),
            AccountKind::Escrow => label().map(Self::Escrow),
            AccountKind::Faucet => label().map(Self::Faucet),
            AccountKind::Sink => label().map(Self::Sink),
            AccountKind::Treasury => Err(wrong()),
        }
    }
}

/// One side of a transfer as it can still be told: a person may have been erased since.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Party {
    /// The account with this name.
    Known(AccountName),
    /// An account of this sort, whose member was erased.
    Erased(AccountKind),
}

impl Party {
    /// Its sort.
    #[must_use]
    pub const fn kind(&self) -> AccountKind {
        match self {
            Self::Known(name) => name.kind(),
            Self::Erased(kind) => *kind,
        }
    }

    /// The member it belongs to, where that is known.
    #[must_use]
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::Known(name) => name.user(),
            Self::Erased(_) => None,
        }
    }
}

impl fmt::Display for Party {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(name) => name.fmt(out),
            Self::Erased(kind) => write!(out, "{}:erased", kind.word()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AccountName;

    #[test]
    fn names_are_read_as_they_are_written() {
        for text in [
            "purse:1",
            "bank:9223372036854775807",
            "debt:3",
            "treasury",
            "escrow:Round_7-b",
            "faucet:daily",
            "sink:shop",
        ] {
            let name: AccountName = text.parse().unwrap();
            assert_eq!(name.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_name_is_refused_and_quoted_shortly() {
        let long = format!("faucet:{}", "x".repeat(65));
        for text in [
            "",
            "purse",
            "purse:",
            "purse:0",
            "purse:-1",
            "purse:x",
            "treasury:",
            "faucet:",
            "faucet:a b",
            "sink:é",
            "Purse:1",
            "escrow:a:b",
            &long,
            "wallet:1",
        ] {
            let refused = text.parse::<AccountName>().unwrap_err();
            assert!(refused.given().chars().count() <= 80);
        }
    }
}
