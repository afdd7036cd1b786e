//! What failed for good is tried again, or given up, by the operator: once, and with an entry that says by whom.
//!
//! An effect is about a guild, and the entry stands in that guild's chain; a job is about none, and its entry stands in
//! the installation's own.

use kernel::{Fault, FaultKind, Op, Told};
use store::{
    DbError, Tx,
    letters::{self, Letter, LetterState, Queue, What},
};

use super::noting::record_access;
use crate::{
    Core,
    once::{Coming, KeyReused, once},
};

/// What becomes of something that failed for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is tried again from the start.
    Again,
    /// It is given up.
    GiveUp,
}

/// A verdict on a row of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decide {
    /// Which queue.
    pub queue: Queue,
    /// The row's id.
    pub id: i64,
    /// What becomes of it.
    pub verdict: Verdict,
}

/// Why nothing became of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecideError {
    /// It is not there, or did not fail for good.
    #[error("there is no row {id} in the queue that failed for good")]
    NotDead {
        /// Which.
        id: i64,
    },
    /// What the effect said is forgotten.
    #[error("what the effect {id} said is forgotten, so it can't be tried again")]
    Forgotten {
        /// Which.
        id: i64,
    },
    /// The key was used for something else.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Fault for DecideError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NotDead { .. } => FaultKind::NotFound,
            Self::Forgotten { .. } => FaultKind::Conflict,
            Self::KeyReused(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::NotDead { .. } => Told::new("app-letter-not-dead"),
            Self::Forgotten { .. } => Told::new("app-letter-forgotten"),
            Self::KeyReused(error) => error.told(),
            Self::Store(error) => error.told(),
        }
    }
}

impl Verdict {
    const fn name(self) -> &'static str {
        match self {
            Self::Again => "again",
            Self::GiveUp => "give_up",
        }
    }
}

/// Decides what becomes of something that failed for good. The same operation again changes nothing.
///
/// # Errors
/// When it is not there or can't be tried again, the key was used before, or the database fails.
pub async fn decide(core: &Core, op: Op, command: Decide) -> Result<(), DecideError> {
    let inside = core.clone();
    let work = move |tx: &mut Tx<'_>| decided(tx, &inside, &op, command);
    core.database.write("letter-decide", work).await
}

fn decided(tx: &mut Tx<'_>, core: &Core, op: &Op, command: Decide) -> Result<(), DecideError> {
    let Decide { queue, id, verdict } = command;
    let content = [queue.name(), verdict.name(), &id.to_string()];
    match once(tx, op, &content)? {
        Coming::First => {}
        Coming::Again => return Ok(()),
        Coming::Reused => return Err(KeyReused.into()),
    }
    let letter = letters::letter_fetch(tx, queue, id)?;
    let letter = letter.filter(|letter| letter.state == LetterState::Dead);
    let letter = letter.ok_or(DecideError::NotDead { id })?;
    let is_done = match verdict {
        Verdict::Again => letters::letter_again(tx, queue, id, op.at)?,
        Verdict::GiveUp => letters::letter_give_up(tx, queue, id, op.at)?,
    };
    if !is_done {
        return Err(DecideError::Forgotten { id });
    }
    if (queue, verdict) == (Queue::Effects, Verdict::Again) {
        audit::effect_again(tx, id, op.at)?;
    }
    noted(tx, core, op, verdict, &letter)?;
    Ok(())
}

/// Records who decided it, where it belongs.
fn noted(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    verdict: Verdict,
    letter: &Letter,
) -> Result<(), DbError> {
    let id = letter.id;
    let (action, what, op) = match &letter.what {
        What::Job { kind, key } => {
            let action = match verdict {
                Verdict::Again => "job_retry",
                Verdict::GiveUp => "job_give_up",
            };
            let what = format!("job {id}, `{kind}` under the key `{key}`");
            (action, what, op.clone())
        }
        What::Effect { guild, event, .. } => {
            let action = match verdict {
                Verdict::Again => "effect_retry",
                Verdict::GiveUp => "effect_give_up",
            };
            let there = guild.map(|guild| core.admission.elsewhere(op, guild));
            let what = format!("effect {id}, owed because of `{event}`");
            (action, what, there.unwrap_or_else(|| op.clone()))
        }
    };
    let deed = match verdict {
        Verdict::Again => "another try of",
        Verdict::GiveUp => "the end of",
    };
    record_access(tx, core, &op, action, &format!("{deed} {what}"))
}
