//! Whole coins with checked arithmetic.
//!
//! [`Coins`] is any balance or difference; [`Amount`] is what a transfer moves: at least one coin and at most
//! 2^53-1, the largest whole number that every JSON reader keeps exact.

use std::fmt;

/// A number of coins, below zero for what is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Coins(i64);

/// A positive number of coins that can be moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i64);

/// Why a number of coins was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CoinsError {
    /// The result does not fit 64 bits.
    #[error("the sum of coins does not fit 64 bits")]
    Overflow,
    /// The number is zero or below, or above [`Amount::MAX`].
    #[error("{0} is not an amount: an amount is a whole number from 1 to 9007199254740991")]
    NotAnAmount(i64),
}

impl Coins {
    /// No coins.
    pub const ZERO: Self = Self(0);

    /// This many coins.
    #[must_use]
    pub const fn new(count: i64) -> Self {
        Self(count)
    }

    /// How many.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The sum.
    ///
    /// # Errors
    /// When it does not fit 64 bits.
    pub fn plus(self, other: impl Into<Self>) -> Result<Self, CoinsError> {
        let sum = self.0.checked_add(other.into().0);
        sum.map(Self).ok_or(CoinsError::Overflow)
    }

    /// The difference.
    ///
    /// # Errors
    /// When it does not fit 64 bits.
    pub fn minus(self, other: impl Into<Self>) -> Result<Self, CoinsError> {
        let difference = self.0.checked_sub(other.into().0);
        difference.map(Self).ok_or(CoinsError::Overflow)
    }

    /// Whether less than nothing.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }
}

impl Amount {
    /// The smallest amount: one coin.
    pub const MIN: Self = Self(1);
    /// The largest amount: 2^53-1 coins.
    pub const MAX: Self = Self(9_007_199_254_740_991);

    /// This amount.
    ///
    /// # Errors
    /// When it is below one or above [`Amount::MAX`].
    pub const fn new(count: i64) -> Result<Self, CoinsError> {
        if count < Self::MIN.0 || count > Self::MAX.0 {
            return Err(CoinsError::NotAnAmount(count));
        }
        Ok(Self(count))
    }

    /// How many coins.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl From<Amount> for Coins {
    fn from(amount: Amount) -> Self {
        Self(amount.0)
    }
}

impl fmt::Display for Coins {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

#[cfg(test)]
mod tests {
    use super::{Amount, Coins, CoinsError};

    #[test]
    fn k1_sums_that_do_not_fit_are_refused() {
        assert_eq!(
            Coins::new(i64::MAX).plus(Amount::MIN),
            Err(CoinsError::Overflow)
        );
        assert_eq!(
            Coins::new(i64::MIN).minus(Amount::MIN),
            Err(CoinsError::Overflow)
        );
        assert_eq!(Coins::new(2).plus(Coins::new(3)), Ok(Coins::new(5)));
    }

    #[test]
    fn amounts_begin_at_one_and_end_at_two_to_the_53() {
        for refused in [i64::MIN, -1, 0, 9_007_199_254_740_992, i64::MAX] {
            assert_eq!(Amount::new(refused), Err(CoinsError::NotAnAmount(refused)));
        }
        assert_eq!(Amount::new(1), Ok(Amount::MIN));
        assert_eq!(Amount::new(9_007_199_254_740_991), Ok(Amount::MAX));
    }
}
