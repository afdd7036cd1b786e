//! Answers that are not what was asked for: a code, words, and details that a program can read.
//!
//! A fault says only what is told to people. Its reason is the key of those words in capitals, so it does not change
//! when the words do.

use std::{borrow::Cow, fmt};

use kernel::{Correlation, Fault, FaultKind, ToldArg};
use platform::TokenScope;
use tonic::{Code, Status};

use crate::details::{self, BadRequest, Detail, Found, Reason, Retry, Violation};

/// Whose reasons they are.
const DOMAIN: &str = "guildhall";

// An error travels in the head or end of an answer, of which many clients take eight kilobytes in all; what it speaks
// of may be as long as a request.

/// The most bytes of the words.
const WORDS_MAX: usize = 600;
/// The most bytes of a value, a field's name, and what is said of a field.
const VALUE_MAX: usize = 200;
/// The most fields that are named.
const FIELDS_MAX: usize = 8;

/// An answer that is not what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    code: Code,
    reason: Cow<'static, str>,
    words: String,
    values: Vec<(&'static str, String)>,
    fields: Vec<(String, String)>,
    request: Option<Correlation>,
}

impl Refusal {
    fn new(code: Code, reason: &'static str, words: impl Into<String>) -> Self {
        Self {
            code,
            reason: Cow::Borrowed(reason),
            words: words.into(),
            values: Vec::new(),
            fields: Vec::new(),
            request: None,
        }
    }

    pub(crate) fn starting() -> Self {
        let words = "The server is starting; try again in a moment.";
        Self::new(Code::Unavailable, "STARTING", words)
    }

    pub(crate) fn unauthenticated() -> Self {
        let words = "Send the metadata `authorization: Bearer TOKEN`, with the operator's token or one of the guild.";
        Self::new(Code::Unauthenticated, "TOKEN_MISSING", words)
    }

    pub(crate) fn unknown_guild(guild: &str) -> Self {
        let guild: String = guild.chars().take(40).collect();
        let words = format!("The bot is not in a guild `{guild}`.");
        Self::new(Code::NotFound, "GUILD_UNKNOWN", words)
    }

    pub(crate) fn lacks(scope: TokenScope) -> Self {
        let words = format!("This token lacks the scope `{scope}`. Use one that has it.");
        Self {
            values: vec![("scope", scope.to_string())],
            ..Self::new(Code::PermissionDenied, "SCOPE_MISSING", words)
        }
    }

    /// Something else that is named and is not there.
    pub(crate) fn missing(reason: &'static str, words: &'static str) -> Self {
        Self::new(Code::NotFound, reason, words)
    }

    pub(crate) fn too_late() -> Self {
        let words = "The call did not end before its deadline; a write may have been done: send it again with its key.";
        Self::new(Code::DeadlineExceeded, "TOO_LATE", words)
    }

    pub(crate) fn panicked() -> Self {
        let words = "It failed here, and was noted.";
        Self::new(Code::Internal, "DEFECT", words)
    }

    /// A field that is not acceptable.
    pub(crate) fn field(field: &'static str, words: &dyn fmt::Display) -> Self {
        Self::new(Code::InvalidArgument, "FIELD_INVALID", words.to_string()).about(field)
    }

    /// What a fault is to a caller: the words told to people, and the id under which the log has more.
    pub(crate) fn of_fault(fault: &dyn Fault, words: String, correlation: Correlation) -> Self {
        let told = fault.told();
        Self {
            code: code(fault.kind()),
            reason: Cow::Owned(told.key().replace('-', "_").to_uppercase()),
            words,
            values: told.args().iter().map(value).collect(),
            fields: Vec::new(),
            request: Some(correlation),
        }
    }

    /// The same, about this field as a whole.
    pub(crate) fn about(mut self, field: &str) -> Self {
        self.fields = vec![(field.to_owned(), self.words.clone())];
        self
    }

    /// The same, about these places, each with what is wrong there.
    pub(crate) fn at(mut self, places: impl Iterator<Item = (String, String)>) -> Self {
        self.fields = places.take(FIELDS_MAX).collect();
        self
    }

    /// The same, of a write that goes by what has changed since: reading again and then writing may work.
    pub(crate) fn outrun(mut self) -> Self {
        self.code = Code::Aborted;
        self
    }

    /// The same, to be found in the log under this id.
    pub(crate) fn under(mut self, correlation: Correlation) -> Self {
        self.request = Some(correlation);
        self
    }
}

/// The code of each kind of fault.
fn code(kind: FaultKind) -> Code {
    match kind {
        FaultKind::Invalid => Code::InvalidArgument,
        FaultKind::NotFound => Code::NotFound,
        FaultKind::Conflict => Code::AlreadyExists,
        FaultKind::Forbidden => Code::PermissionDenied,
        // Not RESOURCE_EXHAUSTED, which clients take for a rate limit and try again: coins do not come back by waiting.
        FaultKind::Exhausted => Code::FailedPrecondition,
        FaultKind::Unavailable => Code::Unavailable,
        FaultKind::Internal => Code::Internal,
    }
}

fn value((name, value): &(&'static str, ToldArg)) -> (&'static str, String) {
    let text = match value {
        ToldArg::Text(text) => text.clone(),
        ToldArg::Number(number) => number.to_string(),
    };
    (name, text)
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        let values = refusal.values.into_iter();
        let reason = Reason {
            reason: refusal.reason.into_owned(),
            domain: DOMAIN.to_owned(),
            metadata: values
                .map(|(name, value)| (name.to_owned(), cut(&value, VALUE_MAX)))
                .collect(),
        };
        let mut details = vec![reason.packed()];
        if !refusal.fields.is_empty() {
            let bad = BadRequest {
                field_violations: refusal.fields.iter().map(violation).collect(),
            };
            details.push(bad.packed());
        }
        if let Some(request) = refusal.request {
            let found = Found {
                request_id: request.to_string(),
            };
            details.push(found.packed());
        }
        if refusal.code == Code::Unavailable {
            let delay = prost_types::Duration {
                seconds: 1,
                nanos: 0,
            };
            let retry = Retry {
                retry_delay: Some(delay),
            };
            details.push(retry.packed());
        }
        details::status(refusal.code, cut(&refusal.words, WORDS_MAX), details)
    }
}

fn violation((field, words): &(String, String)) -> Violation {
    Violation {
        field: cut(field, VALUE_MAX),
        description: cut(words, VALUE_MAX),
    }
}

/// The beginning of a text that is longer than this many bytes.
fn cut(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(most)])
}

#[cfg(test)]
mod tests {
    use kernel::FaultKind;
    use tonic::Code;

    use super::{code, cut};

    #[test]
    fn each_kind_of_fault_has_a_code_of_its_own() {
        let kinds = [
            FaultKind::Invalid,
            FaultKind::NotFound,
            FaultKind::Conflict,
            FaultKind::Forbidden,
            FaultKind::Exhausted,
            FaultKind::Unavailable,
            FaultKind::Internal,
        ];
        let mut codes: Vec<i32> = kinds.map(|kind| i32::from(code(kind))).to_vec();
        assert!(!codes.contains(&i32::from(Code::Ok)));
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), kinds.len());
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("longer", 5), "longe…");
        assert_eq!(cut("ééé", 3), "é…");
    }
}
