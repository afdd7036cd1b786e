//! The audit: what rules did, what the persona answered, what people changed, each sealed into the chain.

use std::sync::Arc;

use anyhow::Result;
use audit::{
    Conclusion, Confidence, Cost, EntryId, Kind, NewEntry, NewInput, Outcome, RecordError,
    RuleSeen, SEAL_LIMIT_MAX, Said, Trigger, TriggerKind,
};
use kernel::{IdSource, MessageId, Op, SeededChance, Timestamp, UserId};
use store::{Database, DbError, Tx};

use super::{Seeding, known};

/// Decisions of one transaction.
const CHUNK: u32 = 1_000;
/// Causes of decisions are numbered from here on, apart from all others.
const FIRST: u64 = 700_000_000_000_000_000;
/// One in so many was an answer of the persona, which is concluded later.
const ANSWER_EVERY: u32 = 5;
/// One in so many was a person's.
const PERSON_EVERY: u32 = 19;

/// A decision, and how it ended where it did so later.
type Decided = (Op, NewEntry, Option<Conclusion>);

/// Records all of them and seals them; gives the id of one in the middle.
pub(super) async fn fill(
    seeding: &Seeding,
    database: &Database,
    progress: &mut impl FnMut(&str),
) -> Result<i64> {
    let (count, mut middle) = (seeding.size.entries, 0);
    for first in (0..count).step_by(CHUNK as usize) {
        let numbers = first..count.min(first + CHUNK);
        let decided: Arc<Vec<Decided>> =
            Arc::new(numbers.map(|number| decision(seeding, number)).collect());
        let (ids, chance, now) = (
            Arc::clone(&seeding.ids),
            Arc::clone(&seeding.chance),
            seeding.now,
        );
        let write = move |tx: &mut Tx<'_>| record(tx, ids.as_ref(), &chance, &decided, now);
        let last = database
            .write::<_, RecordError, _>("bench.decisions", write)
            .await?;
        if first <= count / 2 {
            middle = last;
        }
        if first > 0 && first % 25_000 == 0 {
            progress(&format!("page: {first} of {count} decisions"));
        }
    }
    sum_up(database).await?;
    Ok(middle)
}

/// Has the chain summed up, as the background does.
async fn sum_up(database: &Database) -> Result<()> {
    let mut cursor = None;
    loop {
        let sum = move |tx: &mut Tx<'_>| audit::sum_up(tx, cursor);
        let summed = database.write::<_, DbError, _>("bench.sum_up", sum).await?;
        match summed.next {
            Some(next) => cursor = next,
            None => return Ok(()),
        }
    }
}

/// Records a chunk and links it into the chain; gives the id of its last answer.
fn record(
    tx: &mut Tx<'_>,
    ids: &dyn IdSource,
    chance: &SeededChance,
    decided: &[Decided],
    now: Timestamp,
) -> Result<i64, RecordError> {
    let at_once = decided.iter().filter(|(_, _, end)| end.is_none());
    let at_once: Vec<(Op, NewEntry)> = at_once
        .map(|(op, new, _)| (op.clone(), new.clone()))
        .collect();
    audit::record_all(tx, ids, chance, &at_once)?;
    let mut last = 0;
    for (op, new, end) in decided {
        if let Some(end) = end {
            let id: EntryId = audit::record(tx, op, ids, chance, new)?;
            audit::conclude(tx, op, ids, chance, id, end).map_err(concluding)?;
            last = id.get();
        }
    }
    while audit::seal(tx, now, SEAL_LIMIT_MAX)?.more {}
    Ok(last)
}

fn concluding(error: audit::ConcludeError) -> RecordError {
    match error {
        audit::ConcludeError::Record(error) => error,
        audit::ConcludeError::Store(error) => error.into(),
        other => RecordError::Store(DbError::Rejected {
            statement: "bench.decisions".to_owned(),
            reason: other.to_string(),
        }),
    }
}

fn decision(seeding: &Seeding, number: u32) -> Decided {
    let at = seeding.moment(number, seeding.size.entries);
    let user = seeding.somebody(number.wrapping_mul(7) % 997);
    let op = seeding.op(user, FIRST + u64::from(number), at);
    if number.is_multiple_of(PERSON_EVERY) {
        return (op, changed(number), None);
    }
    if number.is_multiple_of(ANSWER_EVERY) {
        let (new, end) = answered(seeding, number, user);
        return (op, new, Some(end));
    }
    (op, broken(seeding, number, user), None)
}

/// A rule was set off.
fn broken(seeding: &Seeding, number: u32, user: UserId) -> NewEntry {
    let rule = number % known::RULES;
    let is_shadow = known::is_shadow(rule);
    let outcome = if is_shadow {
        Outcome::Suppressed
    } else {
        Outcome::Executed
    };
    let action = if is_shadow { "note" } else { "delete" };
    let mut entry = NewEntry::new(
        Kind::Moderation,
        action,
        outcome,
        trigger(seeding, number, user),
    );
    entry.subject = Some(user);
    let text = format!("word{rule}x3 is what everybody says, and so do I for the {number}th time");
    entry.input = NewInput {
        content: Some(Said::by(user, text)),
        ..NewInput::default()
    };
    entry.active_rules = (0..known::RULES).map(seen).collect();
    entry.rule = Some(known::rule_id(rule));
    entry.matched = vec![format!("word{rule}x3")];
    let why = format!("{} matched “word{rule}x3”.", known::rule_name(rule));
    entry.reasoning = Some(Said::by(user, why));
    entry.confidence = Some(Confidence::CERTAIN);
    entry.config_revision = Some(i64::from(seeding.size.revisions));
    // The first decisions of all are those that opened the cases.
    entry.case = (number < seeding.size.cases).then(|| i64::from(number) + 1);
    entry
}

/// The persona answered.
fn answered(seeding: &Seeding, number: u32, user: UserId) -> (NewEntry, Conclusion) {
    let mut entry = NewEntry::new(
        Kind::Ai,
        "answer",
        Outcome::Pending,
        trigger(seeding, number, user),
    );
    entry.subject = Some(user);
    entry.input = NewInput {
        content: Some(Said::by(
            user,
            format!("when does game night number {number} begin?"),
        )),
        history: (0..4)
            .map(|turn| {
                Said::by(
                    seeding.somebody(turn),
                    format!("somebody: turn {turn} of many"),
                )
            })
            .collect(),
        ..NewInput::default()
    };
    entry.reasoning = Some(Said::by_nobody("triggered by mention"));
    entry.prompt_version = Some("persona-3.rules-1".to_owned());
    entry.config_revision = Some(i64::from(seeding.size.revisions));
    let mut end = Conclusion::new(Outcome::Executed);
    end.answer = Some("At eight in the evening, as on every Friday. Bring a friend.".to_owned());
    end.model = Some("offline".to_owned());
    end.cost = Some(Cost {
        currency: "USD".to_owned(),
        micros: 120,
    });
    (entry, end)
}

/// A person changed something.
fn changed(number: u32) -> NewEntry {
    let kinds = [
        (Kind::Config, "settings"),
        (Kind::Human, "warn"),
        (Kind::Money, "revert"),
        (Kind::Access, "write"),
    ];
    let place = usize::try_from(number / PERSON_EVERY).unwrap_or(0) % kinds.len();
    let (kind, action) = kinds.get(place).copied().unwrap_or((Kind::Human, "warn"));
    let trigger = Trigger::of(TriggerKind::Command);
    let mut entry = NewEntry::new(kind, action, Outcome::Executed, trigger);
    entry.reasoning = Some(Said::by_nobody("because it was time"));
    entry
}

fn trigger(seeding: &Seeding, number: u32, user: UserId) -> Trigger {
    Trigger {
        user: Some(user),
        channel: Some(seeding.town.channel),
        message: MessageId::new(FIRST + u64::from(number)).ok(),
        ..Trigger::of(TriggerKind::Message)
    }
}

fn seen(rule: u32) -> RuleSeen {
    let mode = if known::is_shadow(rule) {
        "shadow"
    } else {
        "act"
    };
    RuleSeen {
        id: known::rule_id(rule),
        name: known::rule_name(rule),
        mode: mode.to_owned(),
    }
}
