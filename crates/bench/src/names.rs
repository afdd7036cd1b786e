//! What can be measured, by the names of the command line.

use std::{fmt, str::FromStr};

/// Something that can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Name {
    /// Durable transfers a second.
    Ledger,
    /// Balances read out of memory.
    Balance,
    /// Events from the socket to the router.
    Gateway,
    /// How long an answer takes.
    Command,
    /// Talks with a model, and a model that hangs.
    Converse,
    /// Messages through the rules.
    Moderation,
    /// Taking all configurations back.
    Rollback,
    /// How long a start takes.
    Startup,
    /// Memory at rest.
    Idle,
    /// Pages of the dashboard.
    Page,
    /// What a killed server loses.
    Crash,
    /// What faults of the gateway lose.
    Storm,
    /// What the record of a killed server lacks.
    Audit,
}

/// A name that stands for nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not measured here; there are {}", Name::listed())]
pub struct UnknownName {
    given: String,
}

impl Name {
    /// All of them, in the order in which they are run.
    pub const ALL: [Self; 13] = [
        Self::Ledger,
        Self::Balance,
        Self::Gateway,
        Self::Command,
        Self::Converse,
        Self::Moderation,
        Self::Rollback,
        Self::Startup,
        Self::Idle,
        Self::Page,
        Self::Crash,
        Self::Storm,
        Self::Audit,
    ];

    /// The name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ledger => "ledger",
            Self::Balance => "balance",
            Self::Gateway => "gateway",
            Self::Command => "command",
            Self::Converse => "converse",
            Self::Moderation => "moderation",
            Self::Rollback => "rollback",
            Self::Startup => "startup",
            Self::Idle => "idle",
            Self::Page => "page",
            Self::Crash => "crash",
            Self::Storm => "storm",
            Self::Audit => "audit",
        }
    }

    fn listed() -> String {
        Self::ALL.map(Self::as_str).join(", ")
    }
}

impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl FromStr for Name {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|name| name.as_str() == text);
        found.ok_or_else(|| UnknownName {
            given: text.chars().take(40).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Name;

    #[test]
    fn every_name_is_read_back_and_others_are_refused_with_a_list() {
        for name in Name::ALL {
            assert_eq!(name.as_str().parse(), Ok(name));
        }
        let refused = "legder".parse::<Name>().unwrap_err().to_string();
        assert!(
            refused.contains("legder") && refused.contains("ledger, balance"),
            "{refused}"
        );
    }
}
