//! Signed heads: whoever holds one can tell whether the chain up to it was changed or cut, whatever was done to the
//! database.
//!
//! Heads are only ever added, and are written out elsewhere in the order of their places: against a copy that the
//! database's administrator can't reach, a chain that was rewritten or cut as a whole shows as well.

use std::fmt;

use ::store::{DbError, Tx};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use kernel::{GuildId, Timestamp};
use serde_json::{Value as Json, json};

use crate::{
    canon::{Hash, form},
    store::chain::{
        StoredSignature, guild_list, head_unsigned, sealer_lock, signature_insert, signature_list,
    },
};

/// The most heads that one call signs or gives.
pub const HEADS_LIMIT_MAX: u32 = 1_000;

/// The key that signs heads. It is never printed.
pub struct Signer(SigningKey);

impl Signer {
    /// The key of this seed.
    #[must_use]
    pub fn of_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The public key, by which signatures are checked.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Signer({})", self.public())
    }
}

/// A key by which signatures are checked; 64 hexadecimal digits in text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// The key with these bytes.
    #[must_use]
    pub const fn of_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key out of its digits.
    #[must_use]
    pub fn of_digits(digits: &str) -> Option<Self> {
        unhex(digits)?.try_into().ok().map(Self)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&hex(&self.0))
    }
}

/// Where a chain ended at a moment, signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedHead {
    /// Its place among all signed heads.
    pub place: i64,
    /// The guild.
    pub guild: GuildId,
    /// The last place of its chain.
    pub seq: i64,
    /// The hash there.
    pub hash: Hash,
    /// When it was signed.
    pub at: Timestamp,
    /// By which key.
    pub signer: PublicKey,
    /// The signature.
    pub signature: [u8; 64],
}

impl SignedHead {
    pub(crate) fn of_stored(stored: &StoredSignature) -> Option<Self> {
        Some(Self {
            place: stored.place,
            guild: GuildId::from_column(stored.guild).ok()?,
            seq: stored.seq,
            hash: Hash::of_bytes(&stored.hash)?,
            at: Timestamp::from_micros(stored.at),
            signer: PublicKey(stored.signer.as_slice().try_into().ok()?),
            signature: stored.signature.as_slice().try_into().ok()?,
        })
    }

    /// Whether the signature is one of these keys, and of this head.
    #[must_use]
    pub fn is_signed_by(&self, keys: &[PublicKey]) -> bool {
        let Ok(key) = VerifyingKey::from_bytes(self.signer.bytes()) else {
            return false;
        };
        let message = message(self.guild.to_column(), self.seq, self.hash, self.at);
        let signature = Signature::from_bytes(&self.signature);
        keys.contains(&self.signer) && key.verify_strict(&message, &signature).is_ok()
    }

    /// The head as one line of JSON, for the copy that is kept elsewhere.
    #[must_use]
    pub fn line(&self) -> String {
        json!({
            "place": self.place, "guild": self.guild.to_string(), "seq": self.seq, "hash": self.hash.to_string(),
            "at": self.at.to_string(), "signer": self.signer.to_string(), "signature": hex(&self.signature),
        })
        .to_string()
    }

    /// The head out of such a line; nothing where it is none.
    #[must_use]
    pub fn of_line(line: &str) -> Option<Self> {
        let head: Json = serde_json::from_str(line).ok()?;
        let text = |name: &str| head.get(name)?.as_str();
        Some(Self {
            place: head.get("place")?.as_i64()?,
            guild: text("guild")?.parse().ok()?,
            seq: head.get("seq")?.as_i64()?,
            hash: Hash::of_bytes(&unhex(text("hash")?)?)?,
            at: text("at")?.parse().ok()?,
            signer: PublicKey::of_digits(text("signer")?)?,
            signature: unhex(text("signature")?)?.try_into().ok()?,
        })
    }
}

fn message(guild: i64, seq: i64, hash: Hash, at: Timestamp) -> Vec<u8> {
    let items = [guild.into(), seq.into(), (&hash).into(), at.micros().into()];
    form("guildhall audit head 1", &items)
}

/// Signs up to `limit` heads that changed since they were signed last; gives how many there were.
///
/// # Errors
/// When the database fails.
pub fn sign_heads(
    tx: &mut Tx<'_>,
    signer: &Signer,
    now: Timestamp,
    limit: u32,
) -> Result<usize, DbError> {
    // Under the sealer's lock, so that the places of heads are in the order of commits.
    sealer_lock(tx)?;
    let heads = head_unsigned(tx, limit.min(HEADS_LIMIT_MAX))?;
    for head in &heads {
        let Some(hash) = Hash::of_bytes(&head.hash) else {
            continue;
        };
        let message = message(head.guild.to_column(), head.seq, hash, now);
        let signature = signer.0.sign(&message).to_bytes();
        signature_insert(tx, head, now, signer.public().bytes(), &signature)?;
    }
    Ok(heads.len())
}

/// The signed heads after a place, in order, for the copy that is kept elsewhere: start at zero, then at the place of
/// the last line written.
///
/// # Errors
/// When the database fails.
pub fn signed_heads(tx: &mut Tx<'_>, after: i64, limit: u32) -> Result<Vec<SignedHead>, DbError> {
    let stored = signature_list(tx, after, limit.min(HEADS_LIMIT_MAX))?;
    Ok(stored.iter().filter_map(SignedHead::of_stored).collect())
}

/// The guilds that have a chain, in order, after this one: for jobs that go through them all.
///
/// # Errors
/// When the database fails.
pub fn guilds(
    tx: &mut Tx<'_>,
    after: Option<GuildId>,
    limit: u32,
) -> Result<Vec<GuildId>, DbError> {
    let after = after.map_or(0, GuildId::to_column);
    guild_list(tx, after, limit.min(HEADS_LIMIT_MAX))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let digits = digits.as_bytes();
    if !digits.len().is_multiple_of(2) || digits.len() > 256 {
        return None;
    }
    let byte = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    };
    digits.chunks(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use kernel::{GuildId, Timestamp};

    use super::{PublicKey, SignedHead, Signer, message};
    use crate::canon::digest;
    use ed25519_dalek::Signer as _;

    fn signed(signer: &Signer) -> SignedHead {
        let (guild, seq, hash) = (GuildId::new(900).unwrap(), 7, digest("x", &[]));
        let at = Timestamp::from_micros(1_800_000_000_000_001);
        let message = message(guild.to_column(), seq, hash, at);
        SignedHead {
            place: 3,
            guild,
            seq,
            hash,
            at,
            signer: signer.public(),
            signature: signer.0.sign(&message).to_bytes(),
        }
    }

    #[test]
    fn a_head_is_written_and_read_as_a_line() {
        let head = signed(&Signer::of_seed(&[7; 32]));
        assert_eq!(SignedHead::of_line(&head.line()), Some(head));
        assert_eq!(SignedHead::of_line("{}"), None);
        assert_eq!(SignedHead::of_line("nonsense"), None);
        assert_eq!(PublicKey::of_digits(&"é".repeat(32)), None);
    }

    #[test]
    fn a_signature_holds_for_its_head_and_its_key_alone() {
        let (signer, other) = (Signer::of_seed(&[7; 32]), Signer::of_seed(&[8; 32]));
        let head = signed(&signer);
        assert!(head.is_signed_by(&[other.public(), signer.public()]));
        assert!(!head.is_signed_by(&[other.public()]));
        assert!(!head.is_signed_by(&[]));
        let mut later = head.clone();
        later.seq += 1;
        assert!(!later.is_signed_by(&[signer.public()]));
        let mut foreign = head;
        foreign.signer = other.public();
        assert!(!foreign.is_signed_by(&[signer.public(), other.public()]));
    }

    #[test]
    fn a_signer_does_not_print_its_key() {
        let printed = format!("{:?}", Signer::of_seed(&[7; 32]));
        assert!(!printed.contains("07070707"), "{printed}");
    }
}
