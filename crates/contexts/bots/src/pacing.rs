//! When an answer that streams in is shown: pure, over time and length.
//!
//! Discord lets a bot edit about five messages in five seconds in a channel. Edits here are at least a second and a
//! quarter apart, and further apart in a long answer; the last one brings everything.

use kernel::{Span, Timestamp};

/// How an answer was shown so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pacing {
    /// When the model began to write.
    begun_at: Timestamp,
    /// When something was last sent, and how much of the answer.
    shown: Option<(Timestamp, usize)>,
    edits: u32,
}

/// How far the model has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Characters so far.
    pub length: usize,
    /// Whether there will be no more.
    pub end: End,
}

/// Whether there will be more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// There will.
    Open,
    /// There will not.
    Reached,
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Send or edit now, then say so with [`Pacing::sent`].
    Show,
    /// Ask again at this moment, or when more has come in.
    Wait(Timestamp),
    /// Nothing more is to be shown.
    Rest,
}

/// The least between two edits.
const EDIT_MIN: Span = Span::millis(1_250);
/// The least between two edits of a long answer.
const EDIT_LONG: Span = Span::millis(2_500);
/// After so many edits an answer is long.
const EDITS_QUICK: u32 = 12;
/// The first words are shown when there are this many characters, or after this long.
const FIRST_LENGTH: usize = 60;
const FIRST_AFTER: Span = Span::millis(900);
/// An edit brings at least this many characters.
const STEP_LENGTH: usize = 24;

impl Pacing {
    /// An answer that begins now.
    #[must_use]
    pub const fn begin(now: Timestamp) -> Self {
        Self {
            begun_at: now,
            shown: None,
            edits: 0,
        }
    }

    /// What to do now.
    #[must_use]
    pub fn pace(&self, now: Timestamp, progress: Progress) -> Pace {
        let Some((at, length)) = self.shown else {
            return self.first(now, progress);
        };
        let is_more = progress.length > length;
        let due_at = at + self.gap();
        match progress.end {
            End::Reached if !is_more => Pace::Rest,
            _ if now < due_at => Pace::Wait(due_at),
            End::Reached => Pace::Show,
            End::Open if progress.length >= length + STEP_LENGTH => Pace::Show,
            End::Open => Pace::Wait(now + self.gap()),
        }
    }

    fn first(&self, now: Timestamp, progress: Progress) -> Pace {
        let due_at = self.begun_at + FIRST_AFTER;
        let is_due = progress.length >= FIRST_LENGTH || (progress.length > 0 && now >= due_at);
        match progress.end {
            End::Reached => Pace::Show,
            End::Open if is_due => Pace::Show,
            End::Open if now < due_at => Pace::Wait(due_at),
            End::Open => Pace::Wait(now + FIRST_AFTER),
        }
    }

    fn gap(&self) -> Span {
        if self.edits < EDITS_QUICK {
            EDIT_MIN
        } else {
            EDIT_LONG
        }
    }

    /// The same after so much was shown.
    #[must_use]
    pub const fn sent(self, now: Timestamp, length: usize) -> Self {
        Self {
            shown: Some((now, length)),
            edits: self.edits.saturating_add(1),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Span, Timestamp};
    use proptest::{
        collection::vec,
        prelude::{prop_assert, prop_assert_eq, proptest},
    };

    use super::{End, Pace, Pacing, Progress};

    fn at(millis: u32) -> Timestamp {
        Timestamp::from_micros(1_000_000) + Span::millis(millis)
    }

    const fn open(length: usize) -> Progress {
        Progress {
            length,
            end: End::Open,
        }
    }

    #[test]
    fn first_words_come_soon_and_edits_in_steps() {
        let pacing = Pacing::begin(at(0));
        assert_eq!(pacing.pace(at(10), open(5)), Pace::Wait(at(900)));
        assert_eq!(pacing.pace(at(10), open(80)), Pace::Show);
        assert_eq!(pacing.pace(at(900), open(5)), Pace::Show);
        let pacing = pacing.sent(at(900), 5);
        assert_eq!(pacing.pace(at(1_000), open(400)), Pace::Wait(at(2_150)));
        assert_eq!(pacing.pace(at(2_150), open(400)), Pace::Show);
        assert_eq!(pacing.pace(at(2_150), open(10)), Pace::Wait(at(3_400)));
    }

    #[test]
    fn the_end_is_always_shown_and_once() {
        let end = |length| Progress {
            length,
            end: End::Reached,
        };
        let pacing = Pacing::begin(at(0));
        assert_eq!(
            pacing.pace(at(1), end(0)),
            Pace::Show,
            "an empty answer has its fallback"
        );
        let pacing = pacing.sent(at(1), 100);
        assert_eq!(pacing.pace(at(2), end(100)), Pace::Rest);
        assert_eq!(pacing.pace(at(2), end(101)), Pace::Wait(at(1_251)));
        assert_eq!(pacing.pace(at(1_251), end(101)), Pace::Show);
    }

    proptest! {
        #[test]
        fn t5_no_five_seconds_hold_more_than_five_edits(chunks in vec((1_u32..400, 0_usize..120), 1..300)) {
            let (mut pacing, mut now, mut length) = (Pacing::begin(at(0)), 0_u32, 0_usize);
            let mut sent: Vec<u32> = Vec::new();
            for (millis, letters) in chunks {
                now += millis;
                length += letters;
                if pacing.pace(at(now), open(length)) == Pace::Show {
                    sent.push(now);
                    pacing = pacing.sent(at(now), length);
                }
            }
            // Somebody who waits as told is done after two looks.
            let end = Progress { length: length + 1, end: End::Reached };
            let mut looks = 0;
            loop {
                match pacing.pace(at(now), end) {
                    Pace::Show => {
                        sent.push(now);
                        pacing = pacing.sent(at(now), end.length);
                    }
                    Pace::Wait(_) => now += 2_500,
                    Pace::Rest => break,
                }
                looks += 1;
                prop_assert!(looks < 4);
            }
            for (place, begin) in sent.iter().enumerate() {
                let within = sent[place..].iter().filter(|later| **later < begin + 5_000).count();
                prop_assert!(within <= 5, "{sent:?}");
            }
            prop_assert_eq!(pacing.pace(at(now), end), Pace::Rest);
        }
    }
}
