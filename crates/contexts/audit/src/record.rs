//! Recording a decision in its own transaction, once.
//!
//! An entry is named by its cause, action and ordinal: the same again gives the entry that is there and adds nothing.
//! So a retried transaction, and an event that was delivered twice, make one entry.

use ::store::{DbError, Tx};
use kernel::{Actor, Chance, Fault, FaultKind, IdSource, Op, Told};
use serde_json::Value as Json;

use crate::{
    canon::digest,
    draft::{
        Conclusion, EFFECTS_MAX, NewEffect, NewEntry, RULES_MAX, TEXTS_MAX, is_name, labelled,
    },
    entry::{Cost, EntryId, Outcome},
    kept::{Field, Keeping, Shelf},
    people::People,
    row::{CONCLUSION, DECISION, Record},
    store::{
        chain::unsealed_insert,
        effects::effect_insert,
        records::{
            conclusion_fetch, decision_fetch, decision_of_cause, open_delete, open_insert,
            record_insert, records_insert,
        },
    },
};

/// How many records are made before they are added.
const RECORDS_CHUNK: usize = 256;

/// Why a decision could not be recorded. Each but the last is a defect of the code that decided.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// A name is no name.
    #[error("`{0}` is no name: write 1 to 40 small letters, digits and underscores")]
    NoName(String),
    /// More effects than one decision may have.
    #[error("a decision has at most {EFFECTS_MAX} effects")]
    TooManyEffects,
    /// A cost below zero, or in a currency without a code.
    #[error("a cost is zero or more of a currency with a code of capital letters, such as USD")]
    NoCost,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Fault for RecordError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NoName(_) | Self::TooManyEffects | Self::NoCost => FaultKind::Internal,
            Self::Store(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::NoName(_) | Self::TooManyEffects | Self::NoCost => Told::new("fault-internal"),
            Self::Store(error) => error.told(),
        }
    }
}

/// Why a pending decision could not be concluded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConcludeError {
    /// The guild has no such entry.
    #[error("the guild has no entry {0}")]
    NoSuchEntry(EntryId),
    /// The entry was decided at once and has nothing to conclude.
    #[error("entry {0} was never pending")]
    NeverPending(EntryId),
    /// A conclusion can't leave it pending.
    #[error("a conclusion says how it ended: pending is no end")]
    StillPending,
    /// The conclusion makes no sense.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Fault for ConcludeError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NoSuchEntry(_) => FaultKind::NotFound,
            Self::NeverPending(_) => FaultKind::Conflict,
            Self::StillPending => FaultKind::Internal,
            Self::Record(error) => error.kind(),
            Self::Store(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::NoSuchEntry(_) => Told::new("audit-no-such-entry"),
            Self::NeverPending(_) | Self::StillPending => Told::new("fault-internal"),
            Self::Record(error) => error.told(),
            Self::Store(error) => error.told(),
        }
    }
}

/// Whether a conclusion was the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concluded {
    /// It is; it stands now.
    Now,
    /// The entry was concluded before, and nothing was added.
    Before,
}

/// Records a decision. `chance` salts the texts: it must be the operating system's, or erased words could be guessed.
///
/// # Errors
/// When the code that decided gives nonsense, or the database fails.
pub fn record(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    chance: &dyn Chance,
    new: &NewEntry,
) -> Result<EntryId, RecordError> {
    checked(&new.action, new.cost.as_ref(), &new.effects)?;
    let cause = cause(op);
    if let Some(known) = decision_of_cause(tx, op.guild, &cause, &new.action, new.ordinal.into())? {
        return Ok(EntryId::of_column(known));
    }
    let (record, shelf) = made(tx, op, ids, chance, new)?;
    let id = record.id;
    if !record_insert(tx, record)? {
        // Another transaction was faster, and has committed by now.
        let known = decision_of_cause(tx, op.guild, &cause, &new.action, new.ordinal.into())?;
        return Ok(EntryId::of_column(known.unwrap_or(id)));
    }
    surround(tx, op, id, new, shelf)?;
    Ok(EntryId::of_column(id))
}

/// Records many decisions, each as [`record`] does, and costs far less than one after the other. It is for decisions
/// that are new, as far as the caller knows; one that is there already adds nothing.
///
/// # Errors
/// When the code that decided gives nonsense, or the database fails.
pub fn record_all(
    tx: &mut Tx<'_>,
    ids: &dyn IdSource,
    chance: &dyn Chance,
    decisions: &[(Op, NewEntry)],
) -> Result<(), RecordError> {
    for chunk in decisions.chunks(RECORDS_CHUNK) {
        let (mut records, mut shelves) = (Vec::new(), Vec::new());
        for (op, new) in chunk {
            checked(&new.action, new.cost.as_ref(), &new.effects)?;
            let (record, shelf) = made(tx, op, ids, chance, new)?;
            shelves.push((record.id, shelf));
            records.push(record);
        }
        let added = records_insert(tx, records)?;
        for ((added, (id, shelf)), (op, new)) in added.into_iter().zip(shelves).zip(chunk) {
            if added {
                surround(tx, op, id, new, shelf)?;
            }
        }
    }
    Ok(())
}

/// A decision as its record, and its texts.
fn made(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    chance: &dyn Chance,
    new: &NewEntry,
) -> Result<(Record, Shelf), DbError> {
    let id = ids.next();
    let people = People::known(tx, op.guild, named(op, new), chance)?;
    let shelf = Shelf::fill((id, DECISION), keeping(new), &people, chance);
    let record = Record {
        texts: shelf.list.clone(),
        ..decision(op, id, cause(op), new, &people)
    };
    Ok((record, shelf))
}

/// Adds what stands beside a new record.
fn surround(
    tx: &mut Tx<'_>,
    op: &Op,
    id: i64,
    new: &NewEntry,
    shelf: Shelf,
) -> Result<(), DbError> {
    unsealed_insert(tx, op.guild, id)?;
    if new.outcome == Outcome::Pending {
        open_insert(tx, op.guild, id, op.at)?;
    }
    shelf.keep(tx, op.guild, op.at)?;
    owe(tx, op, id, &new.effects)
}

/// Says how a pending decision ended. The decision stays as it is; its end is a record of its own.
///
/// # Errors
/// When there is no such entry, it was never pending, or the database fails.
pub fn conclude(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    chance: &dyn Chance,
    entry: EntryId,
    end: &Conclusion,
) -> Result<Concluded, ConcludeError> {
    if end.outcome == Outcome::Pending {
        return Err(ConcludeError::StillPending);
    }
    let decision = decision_fetch(tx, entry.get())?
        .filter(|decision| decision.guild == op.guild.to_column())
        .ok_or(ConcludeError::NoSuchEntry(entry))?;
    if decision.outcome != Outcome::Pending.name() {
        return Err(ConcludeError::NeverPending(entry));
    }
    checked(&decision.action, end.cost.as_ref(), &end.effects)?;
    if conclusion_fetch(tx, entry.get())?.is_some() {
        return Ok(Concluded::Before);
    }
    add_conclusion(tx, op, ids.next(), chance, &decision, end)
}

fn add_conclusion(
    tx: &mut Tx<'_>,
    op: &Op,
    id: i64,
    chance: &dyn Chance,
    decision: &Record,
    end: &Conclusion,
) -> Result<Concluded, ConcludeError> {
    let about = crate::erase::whom(tx, decision)?;
    let authors = [
        about.user(),
        end.reasoning.as_ref().and_then(|said| said.author),
        op.member(),
    ];
    // Who was forgotten while the answer was being made is not brought back by it.
    let authors = authors.into_iter().filter(|_| !about.is_forgotten());
    let people = People::known(tx, op.guild, authors, chance)?;
    let place = (decision.entry, CONCLUSION);
    let shelf = Shelf::fill(place, concluding(end, about.user()), &people, chance);
    let record = Record {
        texts: shelf.list.clone(),
        ..conclusion(op, id, decision, end, &people)
    };
    if !record_insert(tx, record)? {
        return Ok(Concluded::Before);
    }
    unsealed_insert(tx, op.guild, id)?;
    open_delete(tx, decision.entry)?;
    if !about.is_forgotten() {
        shelf.keep(tx, op.guild, op.at)?;
    }
    owe(tx, op, decision.entry, &end.effects)?;
    Ok(Concluded::Now)
}

fn checked(action: &str, cost: Option<&Cost>, effects: &[NewEffect]) -> Result<(), RecordError> {
    let names = effects.iter().map(|effect| effect.kind.as_str());
    for name in names.chain([action]) {
        if !is_name(name) {
            return Err(RecordError::NoName(labelled(name)));
        }
    }
    if effects.len() > EFFECTS_MAX {
        return Err(RecordError::TooManyEffects);
    }
    let is_cost = |cost: &Cost| {
        let code = cost.currency.as_bytes();
        cost.micros >= 0
            && (1..=10).contains(&code.len())
            && code.iter().all(u8::is_ascii_uppercase)
    };
    if cost.is_some_and(|cost| !is_cost(cost)) {
        return Err(RecordError::NoCost);
    }
    Ok(())
}

/// The cause as a label. What a client chose freely, such as a key over REST, is told by its digest.
pub(crate) fn cause(op: &Op) -> String {
    let id = op.cause.id.as_str();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b":._-".contains(&byte);
    if (1..=100).contains(&id.len()) && id.bytes().all(is_plain) {
        return op.cause.to_string();
    }
    let hash = digest("guildhall audit cause 1", &[id.into()]);
    format!("{}:#{hash}", op.cause.kind.name())
}

fn named<'a>(op: &'a Op, new: &'a NewEntry) -> impl Iterator<Item = Option<kernel::UserId>> + 'a {
    let said = new.input.content.iter().chain(&new.input.history);
    let said = said.chain(&new.reasoning).map(|said| said.author);
    let about = new.input.memories.iter().map(|memory| memory.about);
    said.chain(about)
        .chain([op.member(), new.trigger.user, new.subject])
}

fn keeping(new: &NewEntry) -> Vec<Keeping> {
    let author = new.input.content.as_ref().and_then(|said| said.author);
    let mut keeping = Vec::new();
    keeping.extend(
        new.input
            .content
            .iter()
            .map(|said| Keeping::said(Field::Content, said)),
    );
    let history = latest(&new.input.history);
    keeping.extend(history.map(|said| Keeping::said(Field::History, said)));
    let memories = new.input.memories.iter().take(TEXTS_MAX);
    keeping
        .extend(memories.map(|memory| {
            Keeping::labelled(Field::Memory, memory.about, &memory.id, &memory.text)
        }));
    keeping.extend(
        new.reasoning
            .iter()
            .map(|said| Keeping::said(Field::Reasoning, said)),
    );
    keeping.extend(matched(&new.matched, author.or(new.subject)));
    if !new.active_rules.is_empty() {
        let names = new.active_rules.iter().take(RULES_MAX);
        let names: Vec<Json> = names.map(|rule| labelled(&rule.name).into()).collect();
        keeping.push(Keeping {
            field: Field::RuleNames,
            author: None,
            label: String::new(),
            // Up to 500 short names: bounded by what they are.
            text: Json::from(names).to_string(),
        });
    }
    keeping
}

fn latest<T>(all: &[T]) -> impl Iterator<Item = &T> {
    all.iter().skip(all.len().saturating_sub(TEXTS_MAX))
}

fn matched(matched: &[String], author: Option<kernel::UserId>) -> impl Iterator<Item = Keeping> {
    let some = matched.iter().take(TEXTS_MAX);
    some.map(move |text| Keeping::labelled(Field::Matched, author, "", text))
}

fn concluding(end: &Conclusion, about: Option<kernel::UserId>) -> Vec<Keeping> {
    let mut keeping = Vec::new();
    keeping.extend(
        end.reasoning
            .iter()
            .map(|said| Keeping::said(Field::Reasoning, said)),
    );
    keeping.extend(matched(&end.matched, about));
    let answer = end.answer.iter();
    // An answer repeats what it was asked, so it goes with the words of the asker.
    keeping.extend(answer.map(|text| Keeping::labelled(Field::Answer, about, "", text)));
    keeping
}

fn decision(op: &Op, id: i64, cause: String, new: &NewEntry, people: &People) -> Record {
    let rules = new.active_rules.iter().take(RULES_MAX);
    let rules: Vec<Json> = rules
        .map(|rule| Json::from(vec![labelled(&rule.id), labelled(&rule.mode)]))
        .collect();
    Record {
        id,
        part: DECISION,
        entry: id,
        cause,
        action: new.action.clone(),
        ordinal: new.ordinal.into(),
        kind: new.kind.name().to_owned(),
        outcome: new.outcome.name().to_owned(),
        trigger_kind: Some(new.trigger.kind.name().to_owned()),
        trigger_person: people.number(new.trigger.user),
        trigger_channel: new.trigger.channel.map(kernel::ChannelId::to_column),
        trigger_message: new.trigger.message.map(kernel::MessageId::to_column),
        subject: people.number(new.subject),
        rules: Json::from(rules).to_string(),
        rule: new.rule.as_deref().map(labelled),
        confidence: new.confidence.map(|share| share.millionths().into()),
        model: new.model.as_deref().map(labelled),
        prompt_version: new.prompt_version.as_deref().map(labelled),
        config_revision: new.config_revision,
        currency: new.cost.as_ref().map(|cost| cost.currency.clone()),
        micros: new.cost.as_ref().map(|cost| cost.micros),
        effects: effects(&new.effects),
        case_number: new.case,
        ..acting(op, people)
    }
}

fn conclusion(op: &Op, id: i64, decision: &Record, end: &Conclusion, people: &People) -> Record {
    Record {
        id,
        part: CONCLUSION,
        entry: decision.entry,
        cause: cause(op),
        action: decision.action.clone(),
        ordinal: decision.ordinal,
        kind: decision.kind.clone(),
        outcome: end.outcome.name().to_owned(),
        rules: "[]".to_owned(),
        rule: end.rule.as_deref().map(labelled),
        confidence: end.confidence.map(|share| share.millionths().into()),
        model: end.model.as_deref().map(labelled),
        prompt_version: end.prompt_version.as_deref().map(labelled),
        currency: end.cost.as_ref().map(|cost| cost.currency.clone()),
        micros: end.cost.as_ref().map(|cost| cost.micros),
        effects: effects(&end.effects),
        case_number: end.case,
        ..acting(op, people)
    }
}

/// A record of which only the guild, the moment and the actor are known.
fn acting(op: &Op, people: &People) -> Record {
    let (actor, actor_name) = match &op.actor {
        Actor::Member(_) => ("member", None),
        Actor::Token(name) => ("token", Some(labelled(name))),
        Actor::System => ("system", None),
    };
    Record {
        guild: op.guild.to_column(),
        at: op.at.micros(),
        actor: actor.to_owned(),
        actor_name,
        actor_person: people.number(op.member()),
        ..Record::default()
    }
}

fn effects(effects: &[NewEffect]) -> String {
    let pair = |effect: &NewEffect| {
        Json::from(vec![
            Json::from(effect.owed),
            Json::from(effect.kind.as_str()),
        ])
    };
    Json::from(effects.iter().map(pair).collect::<Vec<Json>>()).to_string()
}

fn owe(tx: &mut Tx<'_>, op: &Op, entry: i64, effects: &[NewEffect]) -> Result<(), DbError> {
    for effect in effects {
        effect_insert(tx, op.guild, entry, effect.owed, op.at)?;
    }
    Ok(())
}
