//! What a revision of a guild's configuration is: its number, who made it, when, why, and its document.

use std::{fmt, str::FromStr};

use kernel::{Actor, GuildId, Timestamp, UserId};
use serde::Serialize;

use crate::document::Document;

/// The number of a revision within its guild, from 1 without gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Revision(i64);

/// Why a text or number is no revision.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no revision: revisions are whole numbers from 1")]
pub struct RevisionError {
    given: String,
}

impl Revision {
    /// The first revision of every guild.
    pub const FIRST: Self = Self(1);

    /// The revision with this number.
    ///
    /// # Errors
    /// When the number is below one.
    pub fn new(number: i64) -> Result<Self, RevisionError> {
        if number < 1 {
            return Err(RevisionError {
                given: number.to_string(),
            });
        }
        Ok(Self(number))
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The revision before it, where there is one.
    #[must_use]
    pub fn before(self) -> Option<Self> {
        Self::new(self.0 - 1).ok()
    }

    pub(crate) const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

impl FromStr for Revision {
    type Err = RevisionError;

    fn from_str(text: &str) -> Result<Self, RevisionError> {
        let digits = text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.then(|| text.parse().ok()).flatten();
        number.map_or_else(
            || {
                Err(RevisionError {
                    given: text.chars().take(40).collect(),
                })
            },
            Self::new,
        )
    }
}

/// The place of a change of configuration among all of them, of all guilds; later changes have larger ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark(i64);

impl Mark {
    /// Before every change.
    pub const START: Self = Self(0);

    pub(crate) const fn new(mark: i64) -> Self {
        Self(mark)
    }

    /// Its number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// Who made a revision.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Author {
    /// A member of the guild.
    Member(UserId),
    /// The operator, or a token of theirs, by name.
    Token(String),
    /// Guildhall itself.
    System,
    /// A member who was erased since.
    Erased,
}

/// The most characters of a token's name that are kept.
const TOKEN_NAME_MAX: usize = 100;

impl Author {
    pub(crate) fn of(actor: &Actor) -> Self {
        match actor {
            Actor::Member(user) => Self::Member(*user),
            Actor::Token(name) => Self::Token(name.chars().take(TOKEN_NAME_MAX).collect()),
            Actor::System => Self::System,
        }
    }

    /// As a column holds it.
    pub(crate) fn to_column(&self) -> String {
        match self {
            Self::Member(user) => format!("user:{user}"),
            Self::Token(name) => format!("token:{name}"),
            Self::System => "system".to_owned(),
            Self::Erased => "erased".to_owned(),
        }
    }

    pub(crate) fn of_column(text: &str) -> Self {
        let member = text.strip_prefix("user:").and_then(|id| id.parse().ok());
        match (member, text.strip_prefix("token:")) {
            (Some(user), _) => Self::Member(user),
            (None, Some(name)) => Self::Token(name.to_owned()),
            (None, None) if text == "system" => Self::System,
            (None, None) => Self::Erased,
        }
    }

    /// As the contract's `author_id` spells it: a member's id, a token's name, `system`, or nothing.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        match self {
            Self::Member(user) => Some(user.to_string()),
            Self::Token(name) => Some(name.clone()),
            Self::System => Some("system".to_owned()),
            Self::Erased => None,
        }
    }
}

/// All about a revision but its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Whose configuration.
    pub guild: GuildId,
    /// Its number.
    pub revision: Revision,
    /// Its place among all changes.
    pub mark: Mark,
    /// Who made it.
    pub author: Author,
    /// When it came into force.
    pub at: Timestamp,
    /// What its author wrote about it.
    pub note: String,
    /// The event that asked for it.
    pub cause: String,
    /// The revision whose content it brought back, where it is a rollback.
    pub restores: Option<Revision>,
}

/// A revision whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// All about it.
    pub entry: Entry,
    /// What was set.
    pub document: Document,
}

#[cfg(test)]
mod tests {
    use kernel::UserId;

    use super::{Author, Revision};

    #[test]
    fn revisions_are_whole_numbers_from_one() {
        assert_eq!("7".parse(), Ok(Revision(7)));
        for text in ["", "0", "-1", "+1", "1.0", "x", "9999999999999999999"] {
            assert!(text.parse::<Revision>().is_err(), "{text}");
        }
        assert_eq!(Revision::FIRST.before(), None);
        assert_eq!(Revision(3).before(), Some(Revision(2)));
    }

    #[test]
    fn authors_survive_the_column() {
        let member = Author::Member(UserId::new(5).unwrap());
        let token = Author::Token("user:7".to_owned());
        for author in [member, token, Author::System, Author::Erased] {
            assert_eq!(Author::of_column(&author.to_column()), author);
        }
        assert_eq!(
            Author::Token("operator".to_owned()).id().unwrap(),
            "operator"
        );
        assert_eq!(Author::Erased.id(), None);
    }
}
