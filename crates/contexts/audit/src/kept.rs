//! Texts on their way into the database: each beside its record, under a salt of its own, with its digest in the record.

use ::store::{DbError, Tx};
use kernel::{Chance, GuildId, Timestamp, UserId};

use crate::{
    canon::{Hash, digest},
    draft::{Said, bounded, labelled},
    people::{People, salt},
    store::texts::{StoredText, text_insert},
};

/// Which text of an entry it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    Content,
    History,
    Memory,
    Reasoning,
    Matched,
    Answer,
    RuleNames,
}

impl Field {
    const ALL: [Self; 7] = [
        Self::Content,
        Self::History,
        Self::Memory,
        Self::Reasoning,
        Self::Matched,
        Self::Answer,
        Self::RuleNames,
    ];

    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Content => 1,
            Self::History => 2,
            Self::Memory => 3,
            Self::Reasoning => 4,
            Self::Matched => 5,
            Self::Answer => 6,
            Self::RuleNames => 7,
        }
    }

    pub(crate) fn of_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.code() == code)
    }
}

/// A text that is to be kept.
#[derive(Debug, Clone)]
pub(crate) struct Keeping {
    pub(crate) field: Field,
    pub(crate) author: Option<UserId>,
    pub(crate) label: String,
    pub(crate) text: String,
}

impl Keeping {
    pub(crate) fn said(field: Field, said: &Said) -> Self {
        let label = said.message.map(|message| message.to_string());
        Self {
            field,
            author: said.author,
            label: label.unwrap_or_default(),
            text: bounded(&said.text),
        }
    }

    pub(crate) fn labelled(field: Field, author: Option<UserId>, label: &str, text: &str) -> Self {
        Self {
            field,
            author,
            label: labelled(label),
            text: bounded(text),
        }
    }
}

/// One line of a record's list of texts: which one, and its salted digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) field: u8,
    pub(crate) place: u16,
    pub(crate) digest: Hash,
}

const MARK_LENGTH: usize = 35;

/// A record's list of texts out of its bytes; nothing where they are no list.
pub(crate) fn marks(bytes: &[u8]) -> Option<Vec<Mark>> {
    if !bytes.len().is_multiple_of(MARK_LENGTH) {
        return None;
    }
    let mark = |line: &[u8]| {
        Some(Mark {
            field: *line.first()?,
            place: u16::from_be_bytes([*line.get(1)?, *line.get(2)?]),
            digest: Hash::of_bytes(line.get(3..)?)?,
        })
    };
    bytes.chunks(MARK_LENGTH).map(mark).collect()
}

fn written(marks: &[Mark]) -> Vec<u8> {
    let mut out = Vec::with_capacity(marks.len() * MARK_LENGTH);
    for mark in marks {
        out.push(mark.field);
        out.extend(mark.place.to_be_bytes());
        out.extend(mark.digest.bytes());
    }
    out
}

/// The digest of a text as a record holds it: everything about it, under its salt.
pub(crate) fn salted(text: &StoredText) -> Hash {
    digest(
        "guildhall audit text 1",
        &[
            text.salt.as_slice().into(),
            text.entry.into(),
            text.part.into(),
            text.field.into(),
            text.place.into(),
            text.owner.into(),
            (&text.label).into(),
            (&text.text).into(),
        ],
    )
}

/// The texts of one record, and the list that the record holds of them.
#[derive(Debug)]
pub(crate) struct Shelf {
    texts: Vec<StoredText>,
    pub(crate) list: Vec<u8>,
}

impl Shelf {
    /// Salts the texts, which come in the order of their fields.
    pub(crate) fn fill(
        (entry, part): (i64, i64),
        keeping: Vec<Keeping>,
        people: &People,
        chance: &dyn Chance,
    ) -> Self {
        let (mut texts, mut marks): (Vec<StoredText>, Vec<Mark>) = (Vec::new(), Vec::new());
        for keep in keeping {
            let code = keep.field.code();
            let before = marks.iter().filter(|mark| mark.field == code).count();
            // Each sort is bounded far below what sixteen bits count.
            let place = u16::try_from(before).unwrap_or(u16::MAX);
            let text = StoredText {
                entry,
                part,
                field: code.into(),
                place: place.into(),
                owner: people.number(keep.author),
                label: keep.label,
                salt: salt(chance),
                text: keep.text,
                user: None,
            };
            marks.push(Mark {
                field: code,
                place,
                digest: salted(&text),
            });
            texts.push(text);
        }
        let list = written(&marks);
        Self { texts, list }
    }

    /// Puts the texts beside their record.
    pub(crate) fn keep(
        self,
        tx: &mut Tx<'_>,
        guild: GuildId,
        at: Timestamp,
    ) -> Result<(), DbError> {
        for text in self.texts {
            text_insert(tx, guild, text, at)?;
        }
        Ok(())
    }
}
