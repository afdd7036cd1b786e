//! What a backup says of itself, in front of its rows: whose, of when, and what must be in it.
//!
//! It stands behind one line of fixed length with the form's number, its own length and its own digest. It is padded,
//! so that it can be written once the rows are.

use std::io::{self, Read};

use audit::PublicKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{
    Applied,
    dump::{Numbering, Table},
};

use super::{fault::Unfit, row::broken};

/// The form that this build writes, and the newest that it reads.
pub(super) const FORM: u32 = 1;

const MAGIC: &str = "guildhall-backup ";
/// Such a line, with its end.
pub(super) const LINE_BYTES: usize = MAGIC.len() + 4 + 1 + 10 + 1 + 64 + 1;
/// More than any schema takes.
const BYTES_MAX: usize = 4 * 1024 * 1024;

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The moment whose state it holds, in RFC 3339.
    pub made_at: String,
    /// The version of the program that wrote it.
    pub made_by: String,
    /// The engine that it came from.
    pub engine: String,
    /// The public halves of the keys that signed its audit, that of the master key in use first. They follow from master
    /// keys, so this also tells under which one the secrets are sealed, and nothing of that key.
    pub signers: Vec<String>,
    /// The migrations that its schema is made of.
    pub schema: Vec<Rung>,
    /// Its tables, in the order of their rows.
    pub tables: Vec<Part>,
    /// How far tables have given out their own numbers.
    pub numberings: Vec<Given>,
    /// How many bytes its rows take as they lie in the file.
    pub packed_bytes: u64,
    /// The digest of those bytes.
    pub packed_sha256: String,
}

/// A migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rung {
    /// Its number.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// The digest of its text.
    pub checksum: String,
    /// When it was applied, in microseconds since 1970.
    pub at: i64,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its columns in order.
    pub columns: Vec<String>,
    /// How many rows it has.
    pub rows: u64,
    /// The digest of its rows.
    pub sha256: String,
}

/// How far a table has given out its own numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// The table.
    pub table: String,
    /// The last number.
    pub last: i64,
}

impl Manifest {
    /// The number of the last migration.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.schema.last().map_or(0, |rung| rung.number)
    }

    /// How many rows all tables have.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|part| part.rows).sum()
    }

    /// The keys that signed its audit.
    #[must_use]
    pub fn signers(&self) -> Vec<PublicKey> {
        let signers = self.signers.iter();
        signers
            .filter_map(|digits| PublicKey::of_digits(digits))
            .collect()
    }

    /// The migrations in the store's terms.
    #[must_use]
    pub fn applied(&self) -> Vec<Applied> {
        let applied = |rung: &Rung| Applied {
            number: rung.number,
            name: rung.name.clone(),
            checksum: rung.checksum.clone(),
            at: kernel::Timestamp::from_micros(rung.at),
        };
        self.schema.iter().map(applied).collect()
    }

    /// The numberings in the store's terms.
    #[must_use]
    pub fn numberings(&self) -> Vec<Numbering> {
        let numbering = |given: &Given| Numbering {
            table: given.table.clone(),
            last: given.last,
        };
        self.numberings.iter().map(numbering).collect()
    }

    /// The line and the manifest, padded to so many bytes together.
    pub(super) fn front(&self, bytes: usize) -> io::Result<Vec<u8>> {
        let mut text = serde_json::to_vec_pretty(self)?;
        text.push(b'\n');
        let room = bytes
            .checked_sub(LINE_BYTES)
            .filter(|room| *room >= text.len())
            .ok_or_else(|| broken("the manifest outgrew its place"))?;
        // White space at its end changes nothing for whoever reads it.
        text.resize(room - 1, b' ');
        text.push(b'\n');
        let mut front = format!("{MAGIC}{FORM:04} {room:010} {}\n", hex(&text)).into_bytes();
        front.extend(text);
        Ok(front)
    }

    /// How much place the front of this manifest takes at most, whatever its counts and digests become.
    pub(super) fn front_bytes(&self) -> io::Result<usize> {
        let mut widest = self.clone();
        widest.packed_bytes = u64::MAX;
        widest.packed_sha256 = "0".repeat(64);
        for part in &mut widest.tables {
            part.rows = u64::MAX;
            part.sha256 = "0".repeat(64);
        }
        Ok(LINE_BYTES + serde_json::to_vec_pretty(&widest)?.len() + 2)
    }

    /// Reads the line and the manifest from the start of a file.
    ///
    /// # Errors
    /// When the file is none of ours, newer, cut short, or was edited.
    pub(super) fn read(from: &mut impl Read) -> Result<Self, Unfit> {
        let mut line = Vec::new();
        from.take(u64::try_from(LINE_BYTES).unwrap_or(u64::MAX))
            .read_to_end(&mut line)?;
        let (room, digest) = first_line(&line)?;
        let mut text = Vec::new();
        from.take(room).read_to_end(&mut text)?;
        if u64::try_from(text.len()).unwrap_or(u64::MAX) < room {
            return Err(Unfit::CutShort("in its manifest".to_owned()));
        }
        if hex(&text) != digest {
            return Err(Unfit::Edited("its manifest".to_owned()));
        }
        serde_json::from_slice(&text).map_err(|_| Unfit::Edited("its manifest".to_owned()))
    }
}

/// The length and the digest of the manifest.
fn first_line(line: &[u8]) -> Result<(u64, String), Unfit> {
    let magic = MAGIC.as_bytes();
    if line.len() < magic.len() && magic.starts_with(line) {
        return Err(Unfit::CutShort("in its first line".to_owned()));
    }
    let rest = line.strip_prefix(magic).ok_or(Unfit::Foreign)?;
    let text = std::str::from_utf8(rest).map_err(|_| Unfit::Edited("its first line".to_owned()))?;
    let mut words = text.trim_end_matches('\n').split(' ');
    let form: Option<u32> = words.next().and_then(|form| form.parse().ok());
    if let Some(form) = form.filter(|form| *form > FORM) {
        return Err(Unfit::NewerForm { form });
    }
    if line.len() < LINE_BYTES {
        return Err(Unfit::CutShort("in its first line".to_owned()));
    }
    let edited = || Unfit::Edited("its first line".to_owned());
    let room: usize = words
        .next()
        .and_then(|room| room.parse().ok())
        .ok_or_else(edited)?;
    let digest = words.next().ok_or_else(edited)?;
    if form != Some(FORM) || room > BYTES_MAX || words.next().is_some() || !text.ends_with('\n') {
        return Err(edited());
    }
    Ok((u64::try_from(room).unwrap_or(u64::MAX), digest.to_owned()))
}

impl From<&Applied> for Rung {
    fn from(applied: &Applied) -> Self {
        Self {
            number: applied.number,
            name: applied.name.clone(),
            checksum: applied.checksum.clone(),
            at: applied.at.micros(),
        }
    }
}

impl From<&Table> for Part {
    fn from(table: &Table) -> Self {
        Self {
            name: table.name.clone(),
            columns: table.columns.clone(),
            rows: 0,
            sha256: String::new(),
        }
    }
}

/// The digest of these bytes, in hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    digits(&Sha256::digest(bytes))
}

/// A digest in hexadecimal digits.
pub(super) fn digits(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
