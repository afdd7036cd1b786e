//! A case is taken back from outside Discord, or a held message given back: the same undoing as by a moderator's
//! command, and within the reach of whoever asks.

use audit::{Kind, NewEntry, Outcome, Said};
use kernel::{Actor, Fault, FaultKind, Op, Told};
use moderation::{Case, CaseError, Novelty, REASON_LENGTH_MAX, Reach, Undone, commands::log_card};
use store::{DbError, Tx};

use super::{
    noting::{record_access, trigger_of},
    sanction::{Ruling, carry},
};
use crate::{
    Core, GuildConfig,
    once::{Coming, KeyReused, once},
};

/// A case to be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoCase {
    /// Its number.
    pub number: i64,
    /// Why; it may be left empty.
    pub reason: String,
    /// What whoever asks may give back.
    pub reach: Reach,
}

/// How a case is taken back inside the transaction.
type Undoing = fn(&mut Tx<'_>, &Op, &UndoCase) -> Result<Undone, CaseError>;

/// Why a case was not taken back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UndoError {
    /// Moderation refuses it.
    #[error(transparent)]
    Case(#[from] CaseError),
    /// The key was used for something else.
    #[error(transparent)]
    KeyReused(#[from] KeyReused),
}

impl From<DbError> for UndoError {
    fn from(error: DbError) -> Self {
        Self::Case(error.into())
    }
}

impl Fault for UndoError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::Case(error) => error.kind(),
            Self::KeyReused(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::Case(error) => error.told(),
            Self::KeyReused(error) => error.told(),
        }
    }
}

/// Takes a case back with everything that its points led to, and gives it as it is then. One that was taken back
/// before stays as it is. What must happen in Discord is owed, and the relay carries it out.
///
/// # Errors
/// When there is no such case, it would lift a ban out of reach, the reason is too long, the key was used before, or the
/// database fails.
pub async fn undo(core: &Core, op: Op, command: UndoCase) -> Result<Case, UndoError> {
    let length = command.reason.chars().count();
    if length > REASON_LENGTH_MAX {
        return Err(CaseError::BadText { length }.into());
    }
    let undoing: Undoing =
        |tx, op, asked| moderation::case_undo(tx, op, asked.reach, asked.number, &asked.reason);
    carried_out(core, op, command, undoing).await
}

/// Gives a message back that waits for review, and gives its case as it is then; of a case without one it is refused.
///
/// # Errors
/// When there is no such case, its message does not wait, it would lift a ban out of reach, the key was used before, or
/// the database fails.
pub async fn give_back(core: &Core, op: Op, number: i64, reach: Reach) -> Result<Case, UndoError> {
    let command = UndoCase {
        number,
        reason: String::new(),
        reach,
    };
    let undoing: Undoing = |tx, op, asked| moderation::give_back(tx, op, asked.reach, asked.number);
    carried_out(core, op, command, undoing).await
}

async fn carried_out(
    core: &Core,
    op: Op,
    command: UndoCase,
    undoing: Undoing,
) -> Result<Case, UndoError> {
    let config = core.config(op.guild).await?;
    let inside = core.clone();
    let work = move |tx: &mut Tx<'_>| taken_back(tx, &inside, &op, &config, &command, undoing);
    core.database.write("case-undo", work).await
}

fn taken_back(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    config: &GuildConfig,
    command: &UndoCase,
    undoing: Undoing,
) -> Result<Case, UndoError> {
    let (number, reason) = (command.number, command.reason.as_str());
    match once(tx, op, &[number.to_string().as_str(), reason])? {
        Coming::First => {}
        Coming::Again => return Ok(moderation::case_fetch(tx, op.guild, number)?),
        Coming::Reused => return Err(KeyReused.into()),
    }
    let undone = undoing(tx, op, command)?;
    if undone.novelty == Novelty::New {
        ruled(tx, core, op, config, &undone)?;
        record_access(tx, core, op, "case_undo", "a case of moderation")?;
    }
    Ok(undone.case)
}

fn ruled(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    config: &GuildConfig,
    undone: &Undone,
) -> Result<(), DbError> {
    let reason = undone.case.undo_reason.as_deref().unwrap_or_default();
    let mut entry = NewEntry::new(Kind::Human, "undo", Outcome::Executed, trigger_of(op));
    entry.subject = Some(undone.case.user);
    entry.case = Some(undone.case.number);
    if !reason.is_empty() {
        entry.reasoning = Some(Said::by_nobody(reason));
    }
    let ruling = Ruling {
        entry: Some(entry),
        deeds: &undone.deeds,
        reason: &told(who(op), reason),
        recent: &[],
        card: Some(log_card(&core.words, &op.locale, &undone.case, None)),
    };
    carry(tx, core, op, config, ruling).map(drop)
}

fn told(who: &str, reason: &str) -> String {
    if reason.is_empty() {
        return who.to_owned();
    }
    format!("{who}: {reason}")
}

/// Who acts, as Discord's own audit log shows it.
fn who(op: &Op) -> &str {
    match &op.actor {
        Actor::Token(name) => name,
        Actor::Member(_) | Actor::System => "Guildhall",
    }
}
