//! What to do when a model fails: try the same again, ask the next one, or say so in words.
//!
//! A model is asked again only before its first piece: what was shown can't be taken back. Nobody is asked in another's
//! place after a refusal, for the next provider would be asked to say what the first would not.

use kernel::Span;

use crate::model::ModelError;

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Ask the same one again, after a pause.
    Again {
        /// The pause.
        after: Span,
    },
    /// Ask the next one.
    Other,
    /// Give up, and say why.
    Say,
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// How often this one was tried, this time included.
    pub tries: u32,
    /// How many others are left.
    pub others: usize,
    /// What is left of the deadline.
    pub left: Span,
    /// Whether a piece of an answer was seen.
    pub spoke: Spoke,
}

/// Whether a piece of an answer was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spoke {
    /// Nothing yet.
    Nothing,
    /// Something.
    Something,
}

/// How often one provider is tried for one request.
pub const TRIES_MAX: u32 = 2;
/// The longest pause before the same one is tried again.
pub const PAUSE_MAX: Span = Span::seconds(2);
/// With less time than this, nobody is asked any more.
pub const TIME_MIN: Span = Span::millis(500);

const PAUSE: Span = Span::millis(250);

/// What to do after a failure.
#[must_use]
pub fn next(error: &ModelError, standing: &Standing) -> Next {
    if standing.spoke == Spoke::Something || standing.left < TIME_MIN {
        return Next::Say;
    }
    let again = match error {
        ModelError::Unavailable { .. } | ModelError::Cut { .. } => Some(PAUSE),
        ModelError::RateLimited { after } => after.filter(|after| *after <= PAUSE_MAX),
        ModelError::Refused { .. } | ModelError::TooLong { .. } => return Next::Say,
        ModelError::Resting { .. } | ModelError::Nonsense { .. } | ModelError::Timeout { .. } => {
            None
        }
    };
    match again {
        Some(after) if standing.tries < TRIES_MAX && after < standing.left => Next::Again { after },
        _ if standing.others > 0 => Next::Other,
        _ => Next::Say,
    }
}

#[cfg(test)]
mod tests {
    use kernel::Span;

    use super::{Next, Spoke, Standing, next};
    use crate::model::{Awaited, ModelError, Sent};

    fn standing(tries: u32, others: usize) -> Standing {
        Standing {
            tries,
            others,
            left: Span::seconds(20),
            spoke: Spoke::Nothing,
        }
    }

    fn away() -> ModelError {
        ModelError::Unavailable {
            reason: "502".to_owned(),
            sent: Sent::Maybe,
        }
    }

    #[test]
    fn q6_the_same_is_tried_again_then_the_next_then_words() {
        let pause = Next::Again {
            after: Span::millis(250),
        };
        assert_eq!(next(&away(), &standing(1, 1)), pause);
        assert_eq!(next(&away(), &standing(2, 1)), Next::Other);
        assert_eq!(next(&away(), &standing(2, 0)), Next::Say);
    }

    #[test]
    fn q6_nothing_is_asked_again_once_a_piece_was_shown() {
        let spoke = Standing {
            spoke: Spoke::Something,
            ..standing(1, 3)
        };
        assert_eq!(next(&away(), &spoke), Next::Say);
        let late = Standing {
            left: Span::millis(400),
            ..standing(1, 3)
        };
        assert_eq!(next(&away(), &late), Next::Say);
    }

    #[test]
    fn each_failure_has_its_next_step() {
        let reason = || "x".to_owned();
        let limited = |after| ModelError::RateLimited { after };
        let resting = ModelError::Resting {
            after: Span::seconds(3),
        };
        let slow = ModelError::Timeout {
            awaited: Awaited::First,
            after: Span::seconds(10),
        };
        let short = Span::seconds(1);
        for (error, then) in [
            (limited(Some(short)), Next::Again { after: short }),
            (limited(Some(Span::seconds(30))), Next::Other),
            (limited(None), Next::Other),
            (resting, Next::Other),
            (slow, Next::Other),
            (ModelError::Nonsense { reason: reason() }, Next::Other),
            (ModelError::Refused { reason: reason() }, Next::Say),
            (ModelError::TooLong { bound: 1 }, Next::Say),
        ] {
            assert_eq!(next(&error, &standing(1, 1)), then, "{error}");
        }
    }
}
