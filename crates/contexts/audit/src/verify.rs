//! Checking the chains in bounded steps: whatever was edited, deleted, turned round, cut off or put in is found.
//!
//! A step reads one piece of one guild's chain, or of its records, and says where to go on. Each link is worked out
//! anew from its record and the link before; each signed head, kept here or elsewhere, must lie on the chain; each
//! record must have a link or wait for one; each text that is still there must be the one that its record holds a
//! digest of. What a text says after it was erased nobody knows, and that it is gone is no break.
//!
//! It is to be run in a reading transaction, which sees one state: beside a sealer the ends would seem to differ.
//! Out of reach: a decision that is removed with its place in the queue before the sealer came by, and a chain that is
//! cut together with its signatures where no copy of them is kept elsewhere.

use std::collections::BTreeMap;

use ::store::{DbError, Tx};
use serde_json::{Value as Json, json};

use crate::{
    canon::Hash,
    heads::{PublicKey, SignedHead},
    kept::{Mark, marks, salted},
    people::is_true,
    row::{DECISION, Record},
    seal::{beginning, link_hash},
    store::{
        IDS_MAX,
        checks::{
            StoredLink, guild_after, head_seen, links_after, records_after, signatures_between,
            waiting_for_nothing,
        },
        people::person_list,
        texts::text_list,
    },
};

/// The most rows that one step reads of a kind.
pub const VERIFY_CHUNK_MAX: u32 = 2_000;
/// The most breaks that a whole verification holds; the count goes on.
pub const BREAKS_MAX: usize = 1_000;

/// What a chain is checked against.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// The keys whose signatures count, old ones among them.
    pub keys: Vec<PublicKey>,
    /// Signed heads from a copy that was kept elsewhere.
    pub witnesses: Vec<SignedHead>,
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Wrong {
    /// A link's record is gone, or can't be read any more.
    Missing,
    /// A record does not say what it said.
    Edited,
    /// A record belongs to another guild.
    Foreign,
    /// A place of the chain is missing.
    Gap,
    /// A link does not follow the one before it.
    Order,
    /// A link's hash is not that of what it links.
    Link,
    /// A record stands in no chain and does not wait for one.
    Unlinked,
    /// The chain does not end where it is noted to end.
    Head,
    /// The chain ends before a signed head.
    Truncated,
    /// A signed head says something else than the chain.
    SignedHead,
    /// A signature is not valid, or not of a trusted key.
    Signature,
    /// A text is not the one that was recorded.
    Text,
    /// A person's number stands for somebody else.
    Person,
}

impl Wrong {
    /// Its name in the report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Edited => "edited",
            Self::Foreign => "foreign",
            Self::Gap => "gap",
            Self::Order => "order",
            Self::Link => "link",
            Self::Unlinked => "unlinked",
            Self::Head => "head",
            Self::Truncated => "truncated",
            Self::SignedHead => "signed_head",
            Self::Signature => "signature",
            Self::Text => "text",
            Self::Person => "person",
        }
    }
}

/// A place where a chain does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Break {
    /// The guild, as its column has it.
    pub guild: i64,
    /// The place in its chain, where it has one.
    pub seq: Option<i64>,
    /// The record, where there is one.
    pub record: Option<i64>,
    /// What is wrong.
    pub wrong: Wrong,
}

/// Where a verification goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifyCursor {
    guild: i64,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Links { seq: i64, hash: Hash },
    Records { id: i64 },
}

/// What a step found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// What does not hold.
    pub breaks: Vec<Break>,
    /// How many decisions were checked on the chain.
    pub entries: u64,
    /// How many guilds were begun.
    pub guilds: u64,
    /// Where to go on; nothing where all is checked.
    pub next: Option<VerifyCursor>,
}

/// All steps together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verification {
    /// How many guilds there are.
    pub guilds: u64,
    /// How many decisions.
    pub entries: u64,
    /// The first breaks.
    pub breaks: Vec<Break>,
    /// How many breaks there are in all.
    pub found: u64,
}

impl Verification {
    /// Adds a step; gives where to go on.
    pub fn add(&mut self, step: Verified) -> Option<VerifyCursor> {
        self.guilds += step.guilds;
        self.entries += step.entries;
        for found in step.breaks {
            self.found += 1;
            if self.breaks.len() < BREAKS_MAX {
                self.breaks.push(found);
            }
        }
        step.next
    }

    /// Whether everything holds.
    #[must_use]
    pub const fn is_ok(&self) -> bool {
        self.found == 0
    }

    /// The report as the contract spells it.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let broken = |found: &Break| {
            json!({
                "guild": found.guild.to_string(), "seq": found.seq,
                "record": found.record.map(|record| record.to_string()), "what": found.wrong.name(),
            })
        };
        let breaks: Vec<Json> = self.breaks.iter().map(broken).collect();
        json!({ "ok": self.is_ok(), "guilds": self.guilds, "entries": self.entries, "breaks": breaks })
    }
}

/// Checks the next piece; begin with no cursor, and go on with the one given until there is none.
///
/// # Errors
/// When the database fails.
pub fn verify(
    tx: &mut Tx<'_>,
    trust: &Trust,
    cursor: Option<VerifyCursor>,
    chunk: u32,
) -> Result<Verified, DbError> {
    let chunk = chunk.clamp(1, VERIFY_CHUNK_MAX);
    let mut step = Verified::default();
    let Some(cursor) = cursor else {
        for (guild, record) in waiting_for_nothing(tx, VERIFY_CHUNK_MAX)? {
            step.found(guild, None, Some(record), Wrong::Missing);
        }
        return begin(tx, trust, 0, step);
    };
    match cursor.stage {
        Stage::Links { seq, hash } => {
            check_links(tx, trust, (cursor.guild, seq, hash), chunk, step)
        }
        Stage::Records { id } => check_records(tx, trust, (cursor.guild, id), chunk, step),
    }
}

/// Turns to the next guild of which anything is kept here or elsewhere.
fn begin(
    tx: &mut Tx<'_>,
    trust: &Trust,
    after: i64,
    mut step: Verified,
) -> Result<Verified, DbError> {
    let kept = guild_after(tx, after)?;
    let witnessed = trust.witnesses.iter().map(|head| head.guild.to_column());
    let next = kept
        .into_iter()
        .chain(witnessed.filter(|guild| *guild > after))
        .min();
    if let Some(guild) = next {
        step.guilds += 1;
        step.next = Some(VerifyCursor {
            guild,
            stage: Stage::Links {
                seq: 0,
                hash: beginning(guild),
            },
        });
    }
    Ok(step)
}

impl Verified {
    fn found(&mut self, guild: i64, seq: Option<i64>, record: Option<i64>, wrong: Wrong) {
        self.breaks.push(Break {
            guild,
            seq,
            record,
            wrong,
        });
    }
}

fn check_links(
    tx: &mut Tx<'_>,
    trust: &Trust,
    (guild, after, before): (i64, i64, Hash),
    chunk: u32,
    mut step: Verified,
) -> Result<Verified, DbError> {
    let head = head_seen(tx, guild)?;
    let links = links_after(tx, guild, after, chunk)?;
    let (mut seq, mut hash) = (after, before);
    for link in &links {
        check_link(guild, (seq, hash), link, &mut step);
        // Go on from what stands there, so that one break is told once.
        seq = link.seq;
        hash = Hash::of_bytes(&link.hash).unwrap_or(hash);
    }
    let found = || links.iter().filter_map(|link| link.found.as_ref());
    let records: Vec<&Record> = found().map(|(record, _)| record).collect();
    check_texts(tx, &records, &mut step)?;
    check_people(tx, guild, &records, &mut step)?;
    let at_end = links.len() < usize::try_from(chunk).unwrap_or(usize::MAX);
    let through = if at_end { i64::MAX } else { seq };
    let mut signed = Vec::new();
    for stored in signatures_between(tx, guild, after, through, VERIFY_CHUNK_MAX + 1)? {
        match SignedHead::of_stored(&stored) {
            Some(head) => signed.push(head),
            None => step.found(guild, Some(stored.seq), None, Wrong::Signature),
        }
    }
    let elsewhere = trust
        .witnesses
        .iter()
        .filter(|head| head.guild.to_column() == guild && head.seq > after && head.seq <= through);
    for head in signed.iter().chain(elsewhere) {
        check_signed(trust, &links, head, &mut step);
    }
    if !at_end {
        step.next = Some(VerifyCursor {
            guild,
            stage: Stage::Links { seq, hash },
        });
        return Ok(step);
    }
    if let Some((_, _, noted)) = &head
        && *noted > 0
        && signatures_between(tx, guild, noted - 1, *noted, 1)?.is_empty()
    {
        step.found(guild, Some(*noted), None, Wrong::Signature);
    }
    check_head(guild, (seq, hash), head, &mut step);
    step.next = Some(VerifyCursor {
        guild,
        stage: Stage::Records { id: 0 },
    });
    Ok(step)
}

fn check_link(guild: i64, (seq, hash): (i64, Hash), link: &StoredLink, step: &mut Verified) {
    let (place, record) = (Some(link.seq), Some(link.record));
    if link.seq != seq.saturating_add(1) {
        step.found(guild, Some(seq.saturating_add(1)), None, Wrong::Gap);
    }
    if link.prev_hash != hash.bytes() {
        step.found(guild, place, record, Wrong::Order);
    }
    let Some((found, digest)) = &link.found else {
        step.found(guild, place, record, Wrong::Missing);
        return;
    };
    if found.part == DECISION {
        step.entries += 1;
    }
    if found.guild != guild {
        step.found(guild, place, record, Wrong::Foreign);
    }
    if found.digest().bytes() != digest.as_slice() {
        step.found(guild, place, record, Wrong::Edited);
    }
    let expected = link_hash(
        guild,
        link.seq,
        &link.prev_hash,
        link.record,
        digest,
        link.at,
    );
    if link.hash != expected.bytes() {
        step.found(guild, place, record, Wrong::Link);
    }
}

fn check_signed(trust: &Trust, links: &[StoredLink], head: &SignedHead, step: &mut Verified) {
    let guild = head.guild.to_column();
    let wrong = if head.is_signed_by(&trust.keys) {
        match links.iter().find(|link| link.seq == head.seq) {
            Some(link) if link.hash == head.hash.bytes() => return,
            Some(_) => Wrong::SignedHead,
            None => Wrong::Truncated,
        }
    } else {
        Wrong::Signature
    };
    step.found(guild, Some(head.seq), None, wrong);
}

/// The end of the chain against the note of it; a guild without either has only witnesses.
fn check_head(
    guild: i64,
    (seq, hash): (i64, Hash),
    head: Option<(i64, Vec<u8>, i64)>,
    step: &mut Verified,
) {
    let holds = match head {
        None => seq == 0,
        Some((at, noted, signed)) => at == seq && noted == hash.bytes() && signed <= seq,
    };
    if !holds {
        step.found(guild, Some(seq), None, Wrong::Head);
    }
}

/// The texts that are still there, against the lists in their records.
fn check_texts(tx: &mut Tx<'_>, records: &[&Record], step: &mut Verified) -> Result<(), DbError> {
    let list = |record: &Record| marks(&record.texts).unwrap_or_default();
    let lists: BTreeMap<(i64, i64), (&Record, Vec<Mark>)> = records
        .iter()
        .map(|record| ((record.entry, record.part), (*record, list(record))))
        .collect();
    let mut entries: Vec<i64> = records.iter().map(|record| record.entry).collect();
    entries.sort_unstable();
    entries.dedup();
    for some in entries.chunks(IDS_MAX) {
        for text in text_list(tx, some)? {
            let Some((record, list)) = lists.get(&(text.entry, text.part)) else {
                continue;
            };
            let hash = salted(&text);
            let is_listed = |mark: &Mark| {
                (i64::from(mark.field), i64::from(mark.place)) == (text.field, text.place)
                    && mark.digest == hash
            };
            if !list.iter().any(is_listed) {
                step.found(record.guild, None, Some(record.id), Wrong::Text);
            }
        }
    }
    Ok(())
}

fn check_people(
    tx: &mut Tx<'_>,
    guild: i64,
    records: &[&Record],
    step: &mut Verified,
) -> Result<(), DbError> {
    let mut people: Vec<i64> = records.iter().flat_map(|record| record.people()).collect();
    people.sort_unstable();
    people.dedup();
    for some in people.chunks(IDS_MAX) {
        for person in person_list(tx, some)? {
            if person.guild != guild || !is_true(&person) {
                step.found(guild, None, None, Wrong::Person);
            }
        }
    }
    Ok(())
}

/// Records that no chain holds: they wait for one, or were put in.
fn check_records(
    tx: &mut Tx<'_>,
    trust: &Trust,
    (guild, after): (i64, i64),
    chunk: u32,
    mut step: Verified,
) -> Result<Verified, DbError> {
    let records = records_after(tx, guild, after, chunk)?;
    for loose in records.iter().filter(|loose| !loose.is_linked) {
        if !loose.is_waiting {
            step.found(guild, None, Some(loose.id), Wrong::Unlinked);
        }
        let is_whole = loose
            .found
            .as_ref()
            .is_some_and(|(record, digest)| record.digest().bytes() == digest.as_slice());
        if !is_whole {
            step.found(guild, None, Some(loose.id), Wrong::Edited);
        }
    }
    match records.last() {
        Some(last) if records.len() == usize::try_from(chunk).unwrap_or(usize::MAX) => {
            step.next = Some(VerifyCursor {
                guild,
                stage: Stage::Records { id: last.id },
            });
            Ok(step)
        }
        _ => begin(tx, trust, guild, step),
    }
}
