//! What a failure says, and to whom.
//!
//! `Display` and the source chain are the operator's. A [`Told`] is a message by key with its arguments, put into
//! words at the edge: nothing else of an error can reach a person.

use std::{error::Error, fmt};

/// What sort of failure it is; an edge maps each to its own status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// What was asked for makes no sense.
    Invalid,
    /// What was named does not exist, or may not be seen.
    NotFound,
    /// It contradicts what is there already.
    Conflict,
    /// The asker may not.
    Forbidden,
    /// A balance, limit or budget does not suffice.
    Exhausted,
    /// A store or network is away; the same may work later.
    Unavailable,
    /// A defect of ours.
    Internal,
}

impl FaultKind {
    /// Whether this is an answer to the asker rather than a fault of the machinery.
    #[must_use]
    pub const fn is_refusal(self) -> bool {
        !matches!(self, Self::Unavailable | Self::Internal)
    }
}

/// An error with two audiences.
pub trait Fault: Error {
    /// What sort of failure it is.
    fn kind(&self) -> FaultKind;
    /// What the person is told.
    fn told(&self) -> Told;
}

/// A message by key, with the values it speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    key: &'static str,
    args: Vec<(&'static str, ToldArg)>,
}

/// A value inside a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToldArg {
    /// A text, printed as it is.
    Text(String),
    /// A number, printed in digits without separators.
    Number(i64),
}

impl Told {
    /// The message with this key and no values yet.
    #[must_use]
    pub const fn new(key: &'static str) -> Self {
        Self {
            key,
            args: Vec::new(),
        }
    }

    /// The same message with a value more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<ToldArg>) -> Self {
        self.args.push((name, value.into()));
        self
    }

    /// The key.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        self.key
    }

    /// The values.
    #[must_use]
    pub fn args(&self) -> &[(&'static str, ToldArg)] {
        &self.args
    }
}

impl fmt::Display for Told {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.key)
    }
}

impl From<i64> for ToldArg {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for ToldArg {
    fn from(number: u32) -> Self {
        Self::Number(i64::from(number))
    }
}

impl From<String> for ToldArg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for ToldArg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<crate::Coins> for ToldArg {
    fn from(coins: crate::Coins) -> Self {
        Self::Number(coins.get())
    }
}

impl From<crate::Amount> for ToldArg {
    fn from(amount: crate::Amount) -> Self {
        Self::Number(amount.get())
    }
}
