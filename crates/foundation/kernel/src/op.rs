//! The operation: who acts, where, when, why, and under which id it can be found again.

use std::fmt;

use crate::{GuildId, Locale, Timestamp, UserId};

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A member of the guild.
    Member(UserId),
    /// The operator, or a token of theirs, by name.
    Token(String),
    /// Guildhall itself, on its own schedule.
    System,
}

/// What sort of event asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CauseKind {
    /// A command, a press or a form in Discord.
    Interaction,
    /// A message in Discord.
    Message,
    /// A request over REST or gRPC.
    Api,
    /// Something scheduled.
    Job,
    /// A round of a game.
    Round,
    /// The command line.
    Cli,
}

impl CauseKind {
    /// The name as the contract spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Interaction => "interaction",
            Self::Message => "message",
            Self::Api => "api",
            Self::Job => "job",
            Self::Round => "round",
            Self::Cli => "cli",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [
            Self::Interaction,
            Self::Message,
            Self::Api,
            Self::Job,
            Self::Round,
            Self::Cli,
        ]
        .into_iter()
        .find(|kind| kind.name() == name)
    }
}

/// The event that asked: the same event delivered again has the same cause, and so no second effect.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cause {
    /// What sort of event.
    pub kind: CauseKind,
    /// Its own id, unique within the kind.
    pub id: String,
}

impl Cause {
    /// The cause of this kind and id.
    #[must_use]
    pub fn new(kind: CauseKind, id: impl fmt::Display) -> Self {
        Self {
            kind,
            id: id.to_string(),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.kind.name(), self.id)
    }
}

/// A short id that stands in the log and in what the person sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Correlation(u64);

impl Correlation {
    /// The correlation id with this number.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }
}

impl fmt::Display for Correlation {
    /// Thirteen characters at most, without letters that look alike.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let mut text = String::new();
        let mut rest = self.0;
        loop {
            let place = usize::try_from(rest % 32).expect("a remainder of 32 fits");
            text.insert(0, char::from(LETTERS[place]));
            rest /= 32;
            if rest == 0 {
                return out.write_str(&text);
            }
        }
    }
}

/// An admitted operation. Made by `app` alone, so that whoever holds one was admitted.
#[derive(Debug, Clone)]
pub struct Op {
    /// The guild it is about.
    pub guild: GuildId,
    /// Who acts.
    pub actor: Actor,
    /// When it was admitted.
    pub at: Timestamp,
    /// What asked for it.
    pub cause: Cause,
    /// How to find it again in the log.
    pub correlation: Correlation,
    /// The language to answer in.
    pub locale: Locale,
}

impl Op {
    /// An operation that was admitted.
    #[must_use]
    pub const fn admitted(
        guild: GuildId,
        actor: Actor,
        at: Timestamp,
        cause: Cause,
        correlation: Correlation,
        locale: Locale,
    ) -> Self {
        Self {
            guild,
            actor,
            at,
            cause,
            correlation,
            locale,
        }
    }

    /// The member who acts, where it is one.
    #[must_use]
    pub const fn member(&self) -> Option<UserId> {
        match self.actor {
            Actor::Member(user) => Some(user),
            Actor::Token(_) | Actor::System => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Correlation;

    #[test]
    fn correlation_ids_are_short_and_without_look_alikes() {
        assert_eq!(Correlation::new(0).to_string(), "0");
        assert_eq!(Correlation::new(32).to_string(), "10");
        assert_eq!(Correlation::new(u64::MAX).to_string(), "fzzzzzzzzzzzz");
    }
}
