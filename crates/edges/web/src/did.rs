//! What was just done, said on the page that follows: it stands in that page's address, as one of a few words and a
//! number, so that nobody's link can have a page say anything else.

use crate::{numbers::counted, query};

/// The name in addresses.
pub(crate) const DID: &str = "did";

/// A deed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Did {
    /// This case was taken back.
    Undone(i64),
    /// This revision was written.
    Saved(i64),
    /// This revision was written, and says what an earlier one said.
    Restored(i64),
    /// A key is kept.
    KeyKept,
    /// A key was forgotten.
    KeyForgotten,
    /// What was sent says what is in force.
    Unchanged(i64),
    /// A note was added to this case.
    Noted(i64),
    /// The held message of this case was given back.
    GivenBack(i64),
    /// The held message of this case stays away.
    LeftAway(i64),
    /// A rule was written, in this revision.
    RuleSaved(i64),
    /// A rule was taken away, in this revision.
    RuleRemoved(i64),
    /// This many memories were forgotten.
    Forgotten(i64),
    /// This version of the persona was put in force.
    Deployed(i64),
    /// This version of the persona was written down.
    Drafted(i64),
    /// What failed for good is tried again.
    TriedAgain,
    /// What failed for good was given up.
    GivenUp,
    /// A token opens nothing any more.
    TokenRevoked,
}

impl Did {
    const fn parts(self) -> (&'static str, i64) {
        match self {
            Self::Undone(number) => ("undone", number),
            Self::Saved(number) => ("saved", number),
            Self::Restored(number) => ("restored", number),
            Self::KeyKept => ("key-kept", 1),
            Self::KeyForgotten => ("key-forgotten", 1),
            Self::Unchanged(number) => ("unchanged", number),
            Self::Noted(number) => ("noted", number),
            Self::GivenBack(number) => ("given-back", number),
            Self::LeftAway(number) => ("left-away", number),
            Self::RuleSaved(number) => ("rule-saved", number),
            Self::RuleRemoved(number) => ("rule-removed", number),
            Self::Forgotten(number) => ("forgotten", number),
            Self::Deployed(number) => ("deployed", number),
            Self::Drafted(number) => ("drafted", number),
            Self::TriedAgain => ("tried-again", 1),
            Self::GivenUp => ("given-up", 1),
            Self::TokenRevoked => ("token-revoked", 1),
        }
    }

    /// It as a pair of an address's query.
    pub(crate) fn query(self) -> String {
        let (word, number) = self.parts();
        let pairs = [(DID, format!("{word}.{number}"))];
        let pairs = pairs
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        query::string(&pairs).trim_start_matches('?').to_owned()
    }

    /// The one that an address names; nothing where it makes no sense.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (word, number) = text.split_once('.')?;
        let number: i64 = number.parse().ok().filter(|number| *number > 0)?;
        let all = [
            Self::Undone(number),
            Self::Saved(number),
            Self::Restored(number),
            Self::KeyKept,
            Self::KeyForgotten,
            Self::Unchanged(number),
            Self::Noted(number),
            Self::GivenBack(number),
            Self::LeftAway(number),
            Self::RuleSaved(number),
            Self::RuleRemoved(number),
            Self::Forgotten(number),
            Self::Deployed(number),
            Self::Drafted(number),
            Self::TriedAgain,
            Self::GivenUp,
            Self::TokenRevoked,
        ];
        all.into_iter().find(|did| did.parts().0 == word)
    }

    /// It in a sentence.
    pub(crate) fn words(self) -> String {
        match self {
            Self::Undone(number) => format!("Case {number} was taken back."),
            Self::Saved(number) => format!("Saved as revision {number}."),
            Self::Restored(number) => format!("Restored. It is in force as revision {number}."),
            Self::KeyKept => "The key is kept.".to_owned(),
            Self::KeyForgotten => "The key was forgotten.".to_owned(),
            Self::Unchanged(number) => format!("Nothing differs from revision {number}."),
            Self::Noted(number) => format!("The note stands with case {number}."),
            Self::GivenBack(number) => {
                format!("The message of case {number} is posted again.")
            }
            Self::LeftAway(number) => {
                format!(
                    "The message of case {number} stays away. The case can still be taken back."
                )
            }
            Self::RuleSaved(number) => format!("The rule is in force as revision {number}."),
            Self::RuleRemoved(number) => {
                format!("The rule is gone with revision {number}. The history brings it back.")
            }
            Self::Forgotten(number) => {
                counted(number, "memory was", "memories were") + " forgotten."
            }
            Self::Deployed(number) => format!("Version {number} answers from now on."),
            Self::Drafted(number) => format!("Version {number} is written down, and not in force."),
            Self::TriedAgain => "It is tried again, within a second.".to_owned(),
            Self::GivenUp => "It was given up.".to_owned(),
            Self::TokenRevoked => "The token opens nothing any more.".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Did;

    #[test]
    fn a_deed_is_read_as_it_is_written_and_nothing_else_is() {
        for did in [
            Did::Undone(3),
            Did::Saved(12),
            Did::Restored(1),
            Did::KeyKept,
        ] {
            let query = did.query();
            assert_eq!(Did::read(query.strip_prefix("did=").unwrap()), Some(did));
        }
        for text in [
            "",
            "undone",
            "undone.",
            "undone.0",
            "undone.-1",
            "<b>.3",
            "saved.3.4",
        ] {
            assert_eq!(Did::read(text), None, "{text}");
        }
    }
}
