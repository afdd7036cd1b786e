//! What every flow does with a decision: name what set it off, and record it in its own transaction.

use audit::{
    ConcludeError, Conclusion, EntryId, Kind, NewEntry, Outcome, RecordError, Said, Trigger,
    TriggerKind,
};
use chat::{Invocation, Invoked};
use kernel::{Actor, CauseKind, Op};
use store::{DbError, Tx};

use crate::{Core, admission::session_of};

/// What an operation was set off by, where no event of Discord's says more.
pub(crate) fn trigger_of(op: &Op) -> Trigger {
    let kind = match op.cause.kind {
        CauseKind::Interaction | CauseKind::Round => TriggerKind::Command,
        CauseKind::Message => TriggerKind::Message,
        CauseKind::Api | CauseKind::Cli => TriggerKind::Api,
        CauseKind::Job => TriggerKind::Scheduled,
    };
    Trigger {
        user: op.member(),
        ..Trigger::of(kind)
    }
}

/// What an invocation set off.
pub(crate) fn trigger_by(invocation: &Invocation) -> Trigger {
    let (kind, message) = match &invocation.invoked {
        Invoked::Button { message, .. } | Invoked::Select { message, .. } => {
            (TriggerKind::Button, Some(*message))
        }
        Invoked::Form { .. } => (TriggerKind::Button, None),
        Invoked::MessageMenu { target, .. } => (TriggerKind::Command, Some(*target)),
        Invoked::Command(_) | Invoked::Typing { .. } | Invoked::UserMenu { .. } => {
            (TriggerKind::Command, None)
        }
    };
    Trigger {
        kind,
        user: Some(invocation.asker.user),
        channel: invocation.channel,
        message,
    }
}

/// Records a decision in its transaction.
pub(crate) fn record(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    entry: &NewEntry,
) -> Result<EntryId, DbError> {
    audit::record(tx, op, core.ids.as_ref(), core.chance.as_ref(), entry).map_err(faulty)
}

/// Counts that coins moved, once that is committed: by a member's command, by a program, or because something was taken
/// back.
pub(crate) fn moved_coins(by: &'static str) {
    metrics::counter!("guildhall_ledger_moves_total", "by" => by).increment(1);
}

/// Records many decisions in their transaction, which are new as far as the caller knows.
pub(crate) fn record_all(
    tx: &mut Tx<'_>,
    core: &Core,
    decisions: &[(Op, NewEntry)],
) -> Result<(), DbError> {
    audit::record_all(tx, core.ids.as_ref(), core.chance.as_ref(), decisions).map_err(faulty)
}

/// Records that a token or a session of the dashboard wrote something; what a member does in Discord is recorded as
/// their deed. The action is a name of its own, for what was written may be a decision with an entry of its own.
pub(crate) fn record_access(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    action: &str,
    what: &str,
) -> Result<(), DbError> {
    let is_access = match op.actor {
        Actor::Token(_) => true,
        Actor::Member(_) => session_of(op).is_some(),
        Actor::System => false,
    };
    if is_access {
        record(tx, core, op, &accessed(op, action, what))?;
    }
    Ok(())
}

/// That somebody wrote something from outside Discord.
pub(crate) fn accessed(op: &Op, action: &str, what: &str) -> NewEntry {
    let mut entry = NewEntry::new(Kind::Access, action, Outcome::Executed, trigger_of(op));
    // Who a member is stands in the entry alone, which can forget it; a text could not.
    let who = match (&op.actor, session_of(op)) {
        (Actor::Token(token), _) => format!("`{token}`"),
        (Actor::Member(_), Some(session)) => format!("Session {session} of the dashboard"),
        (Actor::Member(_), None) => "A member".to_owned(),
        (Actor::System, _) => "`system`".to_owned(),
    };
    entry.reasoning = Some(Said::by_nobody(format!("{who} wrote {what}")));
    entry
}

/// Says how a pending decision ended, once.
pub(crate) fn conclude(
    tx: &mut Tx<'_>,
    core: &Core,
    op: &Op,
    entry: EntryId,
    end: &Conclusion,
) -> Result<(), DbError> {
    let (ids, chance) = (core.ids.as_ref(), core.chance.as_ref());
    match audit::conclude(tx, op, ids, chance, entry, end) {
        Ok(_) => Ok(()),
        Err(ConcludeError::Store(error)) => Err(error),
        Err(other) => Err(DbError::Rejected {
            statement: "audit.conclude".to_owned(),
            reason: other.to_string(),
        }),
    }
}

/// What our own code names wrongly is a defect of this build, and fails the whole decision.
fn faulty(error: RecordError) -> DbError {
    match error {
        RecordError::Store(error) => error,
        other => DbError::Rejected {
            statement: "audit.record".to_owned(),
            reason: other.to_string(),
        },
    }
}
