//! What is wrong with the server at the moment, as every page says it.

use std::fmt;

use kernel::Timestamp;

use crate::moment::Now;

/// A part of the server that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ailing {
    /// The part, as `/readyz` names it.
    pub part: String,
    /// Why, in the operator's words.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

/// Who knows how the parts of the server are.
pub trait Vitals: Send + Sync + fmt::Debug {
    /// The parts that are not as they should be.
    fn ailing(&self) -> Vec<Ailing>;

    /// Whether the server is about to end: what would go on for long ends now.
    fn is_ending(&self) -> bool;
}

/// Whose words a trouble is told in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ear {
    /// Somebody who can change nothing about it: what it means for them.
    Anybody,
    /// The operator, who is told the reason too.
    Operator,
}

/// A trouble in a sentence, with its beginning.
pub(crate) fn told(ailing: &Ailing, ear: Ear, now: &Now) -> String {
    let meaning = match ailing.part.as_str() {
        "storage" => "The database does not answer, so nothing can be read or changed.".to_owned(),
        "discord" => {
            "The bot is not connected to Discord. What it owes there is sent when it is back."
                .to_owned()
        }
        "models" => {
            "The model provider does not answer. Personas say so, and everything else goes on."
                .to_owned()
        }
        "backup" => {
            "There is no good backup of late, so what happens now could be lost with the disk."
                .to_owned()
        }
        part => format!("The part “{part}” is not ready."),
    };
    let since = now.short(ailing.since);
    match ear {
        Ear::Operator if !ailing.reason.is_empty() => {
            format!("{meaning} Since {since}: {}.", ailing.reason)
        }
        Ear::Operator | Ear::Anybody => format!("{meaning} Since {since}."),
    }
}

#[cfg(test)]
mod tests {
    use super::{Ailing, Ear, told};
    use crate::moment::Now;

    #[test]
    fn members_learn_what_it_means_and_the_operator_why() {
        let now = Now::new("2026-11-29T15:00:00Z".parse().unwrap(), None);
        let ailing = Ailing {
            part: "storage".to_owned(),
            reason: "10.0.0.7:5432 refuses".to_owned(),
            since: "2026-11-29T14:02:00Z".parse().unwrap(),
        };
        let said = told(&ailing, Ear::Anybody, &now);
        assert!(said.ends_with("changed. Since 14:02."), "{said}");
        let said = told(&ailing, Ear::Operator, &now);
        assert!(
            said.ends_with("Since 14:02: 10.0.0.7:5432 refuses."),
            "{said}"
        );
    }
}
