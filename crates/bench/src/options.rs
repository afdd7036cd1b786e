//! What is measured, for how long, and with which servers.

use std::{path::PathBuf, time::Duration};

use crate::Name;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Options {
    /// What to measure, in this order.
    pub names: Vec<Name>,
    /// A PostgreSQL to use, with a user that may make databases; without one a private server is started.
    pub postgres: Option<String>,
    /// A Redis to use; without one a private server is started.
    pub redis: Option<String>,
    /// What is asked of the parts follows from this number.
    pub seed: u64,
    /// How long each case is measured.
    pub pace: Pace,
    /// The program `guildhall`, which some cases start as processes of their own.
    pub program: PathBuf,
    /// How many times `crash` kills the server, for each database; without it, as many as the pace says.
    pub cycles: Option<u32>,
}

/// How long each case is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As long as the figures need to settle.
    Whole,
    /// Just long enough to see that it works.
    Quick,
}

impl Pace {
    /// How long a load runs before it counts.
    #[must_use]
    pub const fn warm_up(self) -> Duration {
        match self {
            Self::Whole => Duration::from_millis(1_500),
            Self::Quick => Duration::from_millis(200),
        }
    }

    /// How long a load counts.
    #[must_use]
    pub const fn measured(self) -> Duration {
        match self {
            Self::Whole => Duration::from_secs(8),
            Self::Quick => Duration::from_millis(800),
        }
    }

    /// The larger number, or the smaller one for a quick look.
    #[must_use]
    pub const fn of(self, whole: u32, quick: u32) -> u32 {
        match self {
            Self::Whole => whole,
            Self::Quick => quick,
        }
    }
}
