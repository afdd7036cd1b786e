//! What moderators do with cases outside Discord, besides undoing them: noting something, and leaving held messages
//! away.

use audit::{Kind, NewEntry, Outcome};
use kernel::Op;
use moderation::{Case, Novelty};
use store::{DbError, Tx};

use super::{
    noting::{record, record_access, trigger_of},
    undo::UndoError,
};
use crate::{
    Core,
    once::{Coming, KeyReused, once},
};

/// Adds a note to a case.
///
/// # Errors
/// When there is no such case, the note is empty or too long, the key was used before, or the database fails.
pub async fn note(core: &Core, op: Op, number: i64, text: String) -> Result<Case, UndoError> {
    let inside = core.clone();
    let work = move |tx: &mut Tx<'_>| noted(tx, &inside, &op, number, &text);
    core.database.write("case-note", work).await
}

fn noted(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    number: i64,
    text: &str,
) -> Result<Case, UndoError> {
    match once(tx, op, &[number.to_string().as_str(), text])? {
        Coming::First => {}
        Coming::Again => return Ok(moderation::case_fetch(tx, op.guild, number)?),
        Coming::Reused => return Err(KeyReused.into()),
    }
    let (_, case) = moderation::case_note(tx, op, core.ids.as_ref(), number, text)?;
    record_access(tx, core, op, "case_note", "a note on a case")?;
    Ok(case)
}

/// Leaves a held message away: it waits for nobody any longer, and its case can still be undone.
///
/// # Errors
/// When there is no such case, or the database fails.
pub async fn leave_away(core: &Core, op: Op, number: i64) -> Result<Case, UndoError> {
    let inside = core.clone();
    let work = move |tx: &mut Tx<'_>| left_away(tx, &inside, &op, number);
    core.database.write("held-leave-away", work).await
}

fn left_away(tx: &mut Tx<'_>, core: &Core, op: &Op, number: i64) -> Result<Case, UndoError> {
    let (novelty, case) = moderation::leave_away(tx, op, number)?;
    if novelty == Novelty::New {
        ruled(tx, core, op, &case)?;
        record_access(tx, core, op, "held_review", "the queue of held messages")?;
    }
    Ok(case)
}

fn ruled(tx: &mut Tx<'_>, core: &Core, op: &Op, case: &Case) -> Result<(), DbError> {
    let trigger = trigger_of(op);
    let mut entry = NewEntry::new(Kind::Human, "leave_away", Outcome::Executed, trigger);
    entry.subject = Some(case.user);
    entry.case = Some(case.number);
    record(tx, core, op, &entry).map(drop)
}
