//! What an invocation led to, whichever context or flow decided it, and what it owes to the world outside.

use chat::{Effect, Reply};
use economy::Standing;
use kernel::{Fault, Op};
use store::{DbError, Tx, owed};

use crate::{Core, flows::converse::Talk};

/// What an invocation led to.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// What is said to the asker, now or later.
    pub(crate) says: Says,
    /// What must happen besides, owed by the same transaction.
    pub(crate) owing: Vec<Owing>,
    /// What the accounts have that coins moved between; true once the transaction is committed.
    pub(crate) standings: Vec<Standing>,
    /// Whether the guild's configuration is another one once the transaction is committed.
    pub(crate) configured: bool,
}

/// What an asker is told, and when.
#[derive(Debug)]
pub(crate) enum Says {
    /// This, now.
    Now(Reply),
    /// What comes of an errand that is run after the commit.
    Later(Errand),
}

/// What is done after the commit, and brings the answer.
#[derive(Debug)]
pub(crate) enum Errand {
    /// A model writes.
    Talk(Box<Talk>),
    /// Everything that is kept of the asker is gathered.
    Export(Op),
    /// Everything that is kept of the asker is erased.
    Erase(Op),
}

/// An effect with the row that owes it.
#[derive(Debug)]
pub(crate) struct Owing {
    pub(crate) id: i64,
    pub(crate) effect: Effect,
    /// Whether something is owed to the same target before it: then it is not sent at once, and the relay takes it in
    /// its turn.
    pub(crate) has_to_wait: bool,
}

/// Why an invocation led to nothing.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The engine failed; nothing is kept.
    Store(DbError),
    /// No context knows it: it belongs to an older version, or to nobody.
    NotOurs,
    /// A context refused it, or met a defect of its own.
    Fault(Box<dyn Fault + Send + Sync>),
}

impl From<DbError> for Failed {
    fn from(error: DbError) -> Self {
        Self::Store(error)
    }
}

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Self {
        Self {
            says: Says::Now(reply),
            owing: Vec::new(),
            standings: Vec::new(),
            configured: false,
        }
    }
}

impl From<economy::commands::Answer> for Outcome {
    fn from(answer: economy::commands::Answer) -> Self {
        Self {
            says: Says::Now(answer.reply),
            owing: Vec::new(),
            standings: answer.standings,
            configured: false,
        }
    }
}

impl From<economy::commands::CommandError> for Failed {
    fn from(error: economy::commands::CommandError) -> Self {
        match error {
            economy::commands::CommandError::Store(error) => Self::Store(error),
            economy::commands::CommandError::NotOurs => Self::NotOurs,
            other => Self::Fault(Box::new(other)),
        }
    }
}

impl From<platform::commands::CommandError> for Failed {
    fn from(error: platform::commands::CommandError) -> Self {
        match error {
            platform::commands::CommandError::NotOurs => Self::NotOurs,
            platform::commands::CommandError::Config(error) => error.into(),
            other => Self::Fault(Box::new(other)),
        }
    }
}

impl From<audit::commands::CommandError> for Failed {
    fn from(error: audit::commands::CommandError) -> Self {
        match error {
            audit::commands::CommandError::NotOurs => Self::NotOurs,
            audit::commands::CommandError::Store(error) => Self::Store(error),
            other => Self::Fault(Box::new(other)),
        }
    }
}

impl From<moderation::commands::CommandError> for Failed {
    fn from(error: moderation::commands::CommandError) -> Self {
        match error {
            moderation::commands::CommandError::NotOurs => Self::NotOurs,
            moderation::commands::CommandError::Store(error) => Self::Store(error),
            other => Self::Fault(Box::new(other)),
        }
    }
}

impl From<bots::commands::CommandError> for Failed {
    fn from(error: bots::commands::CommandError) -> Self {
        match error {
            bots::commands::CommandError::NotOurs => Self::NotOurs,
            bots::commands::CommandError::Store(error) => Self::Store(error),
            other => Self::Fault(Box::new(other)),
        }
    }
}

impl From<memory::commands::CommandError> for Failed {
    fn from(error: memory::commands::CommandError) -> Self {
        match error {
            memory::commands::CommandError::NotOurs => Self::NotOurs,
            memory::commands::CommandError::Store(error) => Self::Store(error),
            other => Self::Fault(Box::new(other)),
        }
    }
}

impl From<platform::ConfigError> for Failed {
    fn from(error: platform::ConfigError) -> Self {
        match error {
            platform::ConfigError::Store(error) => Self::Store(error),
            other => Self::Fault(Box::new(other)),
        }
    }
}

/// Owes an effect in this transaction; the caller sends it after the commit.
pub(crate) fn owe(tx: &mut Tx<'_>, core: &Core, op: &Op, effect: Effect) -> Result<Owing, DbError> {
    let target = effect.target();
    let line_up = |target: &String| owed::owed_line_up(tx, target);
    let is_first = target.as_ref().map_or(Ok(true), line_up)?;
    // Minted behind those before it, for effects on a target leave in the order of their ids.
    let id = core.ids.next();
    let written = core.keys.effects().write(id, &effect);
    let written = written.map_err(|error| DbError::Rejected {
        statement: "store.owed_insert".to_owned(),
        reason: error.to_string(),
    })?;
    let (cause, guild) = (&op.cause, Some(op.guild));
    match &target {
        Some(target) => owed::owed_insert_to(tx, target, id, cause, guild, &written, op.at)?,
        None => owed::owed_insert(tx, id, cause, guild, &written, op.at)?,
    }
    Ok(Owing {
        id,
        effect,
        has_to_wait: !is_first,
    })
}
