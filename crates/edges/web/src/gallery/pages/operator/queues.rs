//! Samples of the queues: much that failed, nothing at all, and reasons that are nothing but markup.

use std::collections::BTreeMap;

use app::{Letters, SeenLetter};
use kernel::{GuildId, Span};
use store::letters::{Letter, LetterCounts, LetterCursor, LetterState, Queue, What};

use super::{State, samples};
use crate::pages::operator::{jobs, letter};

fn guild() -> GuildId {
    GuildId::new(1_100_000_000_000_000_008).expect("above zero")
}

/// How many rows of jobs and of effects there are.
pub(super) fn counts(state: State) -> (LetterCounts, LetterCounts) {
    if state == State::Empty {
        return (LetterCounts::default(), LetterCounts::default());
    }
    let count = |waiting, retried, dead| LetterCounts {
        waiting,
        retried,
        dead,
    };
    (count(2, 1, 1), count(14, 12, 3))
}

fn row(state: State, id: i64, what: What, error: &str) -> Letter {
    Letter {
        id,
        state: LetterState::Dead,
        what,
        attempts: 12,
        error: (!error.is_empty()).then(|| samples::wrote(state, error)),
        due_at: samples::ago(u32::try_from(id).unwrap_or(0) * 7),
        at: samples::ago(600),
    }
}

fn effect(state: State, id: i64, kind: Option<&str>, error: &str) -> SeenLetter {
    let what = What::Effect {
        event: samples::wrote(state, "message:1100000000000004711"),
        guild: Some(guild()),
        effect: String::new(),
    };
    let letter = row(state, id, what, error);
    SeenLetter {
        kind: kind.map(str::to_owned),
        guild: Some(guild()),
        can_retry: kind.is_some(),
        until: kind.map(|_| letter.due_at + Span::days(1)),
        letter,
    }
}

fn job(state: State, id: i64) -> SeenLetter {
    let kind = "store.scrub".to_owned();
    let what = What::Job {
        key: samples::wrote(state, "store.scrub:interaction:1100000000000009000"),
        kind: kind.clone(),
    };
    SeenLetter {
        letter: row(state, id, what, "the disk is full"),
        kind: Some(kind),
        guild: None,
        can_retry: true,
        until: None,
    }
}

fn servers(state: State) -> BTreeMap<GuildId, String> {
    BTreeMap::from([(guild(), samples::wrote(state, "Lantern Harbour"))])
}

pub(super) fn jobs_view(state: State) -> jobs::View {
    let is_empty = state == State::Empty;
    let effects = vec![
        effect(
            state,
            1,
            Some("timeout"),
            "403 Missing Permissions: the bot's role stands below the member's",
        ),
        effect(state, 2, Some("post"), "404 Unknown Channel"),
        effect(
            state,
            3,
            None,
            "it was tried for a day: Discord answered 503",
        ),
    ];
    jobs::View {
        asked: jobs::Asked::default(),
        effects: Letters {
            letters: if is_empty { Vec::new() } else { effects },
            next: (state == State::Full).then(|| LetterCursor {
                at: samples::ago(21),
                id: 3,
            }),
        },
        jobs: Letters {
            letters: if is_empty {
                Vec::new()
            } else {
                vec![job(state, 4)]
            },
            next: None,
        },
        counts: counts(state),
        deeds: Vec::new(),
        servers: servers(state),
    }
}

pub(super) fn letter_view(state: State) -> letter::View {
    let (queue, seen) = match state {
        State::Full => (
            Queue::Effects,
            effect(
                state,
                1,
                Some("timeout"),
                "403 Missing Permissions: the bot's role stands below the member's",
            ),
        ),
        State::Empty => (Queue::Effects, effect(state, 3, None, "")),
        State::Hostile => (Queue::Jobs, job(state, 4)),
    };
    letter::View {
        queue,
        seen,
        servers: servers(state),
    }
}
