//! A record as it stands in the database, in plain values, and its canonical form.
//!
//! Every column but the digest is part of the form, so no column can be edited without the digest telling. Nothing is
//! read into words of the domain here: a record that was tampered with must still be readable enough to be reported.

use ::store::{DbError, Row, Value};

use crate::canon::{Hash, Item, digest};

/// The columns in the order of [`Record::of_row`].
pub(crate) const COLUMNS: usize = 30;

/// A decision or a conclusion, as its row holds it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Record {
    pub(crate) id: i64,
    pub(crate) guild: i64,
    pub(crate) part: i64,
    pub(crate) entry: i64,
    pub(crate) cause: String,
    pub(crate) action: String,
    pub(crate) ordinal: i64,
    pub(crate) at: i64,
    pub(crate) actor: String,
    pub(crate) actor_name: Option<String>,
    pub(crate) actor_person: Option<i64>,
    pub(crate) kind: String,
    pub(crate) outcome: String,
    pub(crate) trigger_kind: Option<String>,
    pub(crate) trigger_person: Option<i64>,
    pub(crate) trigger_channel: Option<i64>,
    pub(crate) trigger_message: Option<i64>,
    pub(crate) subject: Option<i64>,
    pub(crate) rules: String,
    pub(crate) rule: Option<String>,
    pub(crate) confidence: Option<i64>,
    pub(crate) model: Option<String>,
    pub(crate) prompt_version: Option<String>,
    pub(crate) config_revision: Option<i64>,
    pub(crate) currency: Option<String>,
    pub(crate) micros: Option<i64>,
    pub(crate) effects: String,
    pub(crate) case_number: Option<i64>,
    pub(crate) texts: Vec<u8>,
}

/// A decision: part one of an entry.
pub(crate) const DECISION: i64 = 1;
/// A conclusion: part two.
pub(crate) const CONCLUSION: i64 = 2;

impl Record {
    /// The digest of everything in it.
    pub(crate) fn digest(&self) -> Hash {
        let items: [Item<'_>; COLUMNS - 1] = [
            self.id.into(),
            self.guild.into(),
            self.part.into(),
            self.entry.into(),
            (&self.cause).into(),
            (&self.action).into(),
            self.ordinal.into(),
            self.at.into(),
            (&self.actor).into(),
            self.actor_name.as_ref().into(),
            self.actor_person.into(),
            (&self.kind).into(),
            (&self.outcome).into(),
            self.trigger_kind.as_ref().into(),
            self.trigger_person.into(),
            self.trigger_channel.into(),
            self.trigger_message.into(),
            self.subject.into(),
            (&self.rules).into(),
            self.rule.as_ref().into(),
            self.confidence.into(),
            self.model.as_ref().into(),
            self.prompt_version.as_ref().into(),
            self.config_revision.into(),
            self.currency.as_ref().into(),
            self.micros.into(),
            (&self.effects).into(),
            self.case_number.into(),
            self.texts.as_slice().into(),
        ];
        digest("guildhall audit record 1", &items)
    }

    /// The values of all columns, with the digest last.
    pub(crate) fn into_values(self) -> Vec<Value> {
        let digest = self.digest();
        vec![
            self.id.into(),
            self.guild.into(),
            self.part.into(),
            self.entry.into(),
            self.cause.into(),
            self.action.into(),
            self.ordinal.into(),
            self.at.into(),
            self.actor.into(),
            self.actor_name.into(),
            self.actor_person.into(),
            self.kind.into(),
            self.outcome.into(),
            self.trigger_kind.into(),
            self.trigger_person.into(),
            self.trigger_channel.into(),
            self.trigger_message.into(),
            self.subject.into(),
            self.rules.into(),
            self.rule.into(),
            self.confidence.into(),
            self.model.into(),
            self.prompt_version.into(),
            self.config_revision.into(),
            self.currency.into(),
            self.micros.into(),
            self.effects.into(),
            self.case_number.into(),
            Value::Blob(self.texts),
            Value::Blob(digest.bytes().to_vec()),
        ]
    }

    /// The record out of the columns that begin here, without the digest behind them.
    pub(crate) fn of_row(row: &Row, from: usize) -> Result<Self, DbError> {
        let text = |column: usize| row.text(from + column).map(str::to_owned);
        let maybe_text = |column: usize| {
            let text = row.maybe(from + column, Row::text)?;
            Ok::<_, DbError>(text.map(str::to_owned))
        };
        let int = |column: usize| row.int(from + column);
        let maybe_int = |column: usize| row.maybe(from + column, Row::int);
        Ok(Self {
            id: int(0)?,
            guild: int(1)?,
            part: int(2)?,
            entry: int(3)?,
            cause: text(4)?,
            action: text(5)?,
            ordinal: int(6)?,
            at: int(7)?,
            actor: text(8)?,
            actor_name: maybe_text(9)?,
            actor_person: maybe_int(10)?,
            kind: text(11)?,
            outcome: text(12)?,
            trigger_kind: maybe_text(13)?,
            trigger_person: maybe_int(14)?,
            trigger_channel: maybe_int(15)?,
            trigger_message: maybe_int(16)?,
            subject: maybe_int(17)?,
            rules: text(18)?,
            rule: maybe_text(19)?,
            confidence: maybe_int(20)?,
            model: maybe_text(21)?,
            prompt_version: maybe_text(22)?,
            config_revision: maybe_int(23)?,
            currency: maybe_text(24)?,
            micros: maybe_int(25)?,
            effects: text(26)?,
            case_number: maybe_int(27)?,
            texts: row.blob(from + 28)?.to_vec(),
        })
    }

    /// The people that it names.
    pub(crate) fn people(&self) -> impl Iterator<Item = i64> {
        [self.actor_person, self.trigger_person, self.subject]
            .into_iter()
            .flatten()
    }
}
