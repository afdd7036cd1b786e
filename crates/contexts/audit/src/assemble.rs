//! Entries out of their rows: a decision, its conclusion where there is one, its texts as far as they are left, and how
//! its effects went.

use std::collections::BTreeMap;

use ::store::{DbError, Tx};
use kernel::{ChannelId, GuildId, Id, MessageId, Timestamp, UserId};
use serde_json::Value as Json;

use crate::{
    entry::{
        ActorSeen, Confidence, Cost, EffectSeen, EffectState, Entry, EntryId, Input, Kept, Kind,
        Link, Outcome, RuleSeen, Trigger, TriggerKind, Words,
    },
    kept::{Field, marks},
    row::{DECISION, Record},
    store::{
        IDS_MAX,
        effects::{StoredEffect, effect_list},
        records::{Joined, record_list},
        texts::{StoredText, text_list},
    },
};

/// The entries with these ids in a guild, in the order of the ids; what is not there is left out.
pub(crate) fn entries(tx: &mut Tx<'_>, guild: GuildId, ids: &[i64]) -> Result<Vec<Entry>, DbError> {
    let mut read: BTreeMap<i64, Entry> = BTreeMap::new();
    for some in ids.chunks(IDS_MAX) {
        let joined = record_list(tx, guild, some)?;
        let texts = Texts::of(text_list(tx, some)?);
        let effects = effect_list(tx, some)?;
        for parts in joined.chunk_by(|one, next| one.record.entry == next.record.entry) {
            if let [decision, rest @ ..] = parts
                && decision.record.part == DECISION
            {
                let conclusion = rest.first();
                let entry = assemble(guild, decision, conclusion, &texts, &effects)?;
                read.insert(decision.record.entry, entry);
            }
        }
    }
    Ok(ids.iter().filter_map(|id| read.remove(id)).collect())
}

/// Texts by entry, part, field and place.
struct Texts(BTreeMap<(i64, i64, i64, i64), StoredText>);

impl Texts {
    fn of(texts: Vec<StoredText>) -> Self {
        let key = |text: &StoredText| (text.entry, text.part, text.field, text.place);
        Self(texts.into_iter().map(|text| (key(&text), text)).collect())
    }

    /// All texts of a field that a record lists, those that are gone among them.
    fn of_field(&self, record: &Record, field: Field) -> Vec<Words> {
        let list = marks(&record.texts).unwrap_or_default();
        let of_field = list
            .iter()
            .filter(|mark| Field::of_code(mark.field) == Some(field));
        of_field
            .map(|mark| {
                let place = i64::from(mark.place);
                let key = (record.entry, record.part, i64::from(field.code()), place);
                self.0.get(&key).map_or_else(gone, words)
            })
            .collect()
    }

    fn first(&self, record: &Record, field: Field) -> Option<Words> {
        self.of_field(record, field).into_iter().next()
    }
}

const fn gone() -> Words {
    Words {
        author: None,
        label: String::new(),
        text: Kept::Gone,
    }
}

fn words(text: &StoredText) -> Words {
    Words {
        author: id(text.user),
        label: text.label.clone(),
        text: Kept::Here(text.text.clone()),
    }
}

fn id<K>(column: Option<i64>) -> Option<Id<K>> {
    Id::from_column(column?).ok()
}

fn shape(column: &'static str, found: &str) -> DbError {
    DbError::Shape {
        statement: "audit.record_list".to_owned(),
        column: 0,
        expected: column,
        found: found.to_owned(),
    }
}

fn assemble(
    guild: GuildId,
    decision: &Joined,
    conclusion: Option<&Joined>,
    texts: &Texts,
    effects: &[StoredEffect],
) -> Result<Entry, DbError> {
    let record = &decision.record;
    let end = conclusion.map(|joined| &joined.record);
    // What the conclusion says stands in place of what the decision said.
    let last = end.unwrap_or(record);
    let kind = Kind::of_name(&record.kind).ok_or_else(|| shape("a kind", &record.kind))?;
    let outcome =
        Outcome::of_name(&last.outcome).ok_or_else(|| shape("an outcome", &last.outcome))?;
    let late = |field| end.and_then(|end| texts.first(end, field));
    let mut matched = texts.of_field(record, Field::Matched);
    matched.extend(
        end.map(|end| texts.of_field(end, Field::Matched))
            .unwrap_or_default(),
    );
    let joined = |read: fn(&Record) -> Option<String>| end.and_then(read).or_else(|| read(record));
    let number = |read: fn(&Record) -> Option<i64>| end.and_then(read).or_else(|| read(record));
    Ok(Entry {
        id: EntryId::of_column(record.entry),
        guild,
        link: link(decision),
        conclusion_link: conclusion.and_then(link),
        at: Timestamp::from_micros(record.at),
        concluded_at: end.map(|end| Timestamp::from_micros(end.at)),
        kind,
        action: record.action.clone(),
        outcome,
        actor: actor(decision),
        cause: record.cause.clone(),
        trigger: trigger(decision)?,
        subject: id::<kernel::kinds::User>(decision.subject),
        input: Input {
            content: texts.first(record, Field::Content),
            history: texts.of_field(record, Field::History),
            memories: texts.of_field(record, Field::Memory),
        },
        active_rules: rules(record, texts),
        rule: joined(|record| record.rule.clone()),
        matched,
        reasoning: late(Field::Reasoning).or_else(|| texts.first(record, Field::Reasoning)),
        answer: late(Field::Answer).or_else(|| texts.first(record, Field::Answer)),
        confidence: number(|record| record.confidence)
            .and_then(|millionths| u32::try_from(millionths).ok())
            .map(Confidence::of_millionths),
        model: joined(|record| record.model.clone()),
        prompt_version: joined(|record| record.prompt_version.clone()),
        config_revision: record.config_revision,
        cost: end.and_then(cost).or_else(|| cost(record)),
        effects: owed(record, effects)
            .chain(end.into_iter().flat_map(|end| owed(end, effects)))
            .collect(),
        case: number(|record| record.case_number),
    })
}

fn link(joined: &Joined) -> Option<Link> {
    let (seq, prev_hash, hash) = joined.link?;
    Some(Link {
        seq,
        prev_hash,
        hash,
    })
}

fn actor(joined: &Joined) -> ActorSeen {
    match (joined.record.actor.as_str(), &joined.record.actor_name) {
        ("member", _) => ActorSeen::Member(id::<kernel::kinds::User>(joined.actor)),
        ("token", Some(name)) => ActorSeen::Token(name.clone()),
        _ => ActorSeen::System,
    }
}

fn trigger(joined: &Joined) -> Result<Trigger, DbError> {
    let record = &joined.record;
    let name = record.trigger_kind.as_deref().unwrap_or_default();
    Ok(Trigger {
        kind: TriggerKind::of_name(name).ok_or_else(|| shape("a kind of trigger", name))?,
        user: id::<kernel::kinds::User>(joined.trigger),
        channel: id(record.trigger_channel).map(|channel: ChannelId| channel),
        message: id(record.trigger_message).map(|message: MessageId| message),
    })
}

fn cost(record: &Record) -> Option<Cost> {
    Some(Cost {
        currency: record.currency.clone()?,
        micros: record.micros?,
    })
}

fn rules(record: &Record, texts: &Texts) -> Vec<RuleSeen> {
    let names = texts.first(record, Field::RuleNames);
    let names = names.as_ref().and_then(Words::text).unwrap_or("[]");
    let names: Vec<String> = serde_json::from_str(names).unwrap_or_default();
    let rules: Vec<(String, String)> = serde_json::from_str(&record.rules).unwrap_or_default();
    let named = rules.into_iter().enumerate();
    named
        .map(|(place, (id, mode))| RuleSeen {
            name: names.get(place).cloned().unwrap_or_default(),
            id,
            mode,
        })
        .collect()
}

/// The effects that a record lists, each with how it went.
fn owed<'a>(
    record: &'a Record,
    effects: &'a [StoredEffect],
) -> impl Iterator<Item = EffectSeen> + 'a {
    let listed: Vec<(i64, String)> = serde_json::from_str::<Json>(&record.effects)
        .and_then(serde_json::from_value)
        .unwrap_or_default();
    listed.into_iter().map(|(id, kind)| {
        let stored = effects
            .iter()
            .find(|effect| effect.owed == id && effect.entry == record.entry);
        let state = stored.map_or(EffectState::Pending, |effect| match effect.state.as_str() {
            "done" => EffectState::Done,
            "failed" => EffectState::Failed {
                error: effect.error.clone().unwrap_or_default(),
            },
            _ => EffectState::Pending,
        });
        EffectSeen { id, kind, state }
    })
}

/// Whose words an entry holds: the people by whom it can be searched.
pub(crate) fn is_about(entry: &Entry, user: UserId) -> bool {
    entry.subject == Some(user) || entry.trigger.user == Some(user)
}
