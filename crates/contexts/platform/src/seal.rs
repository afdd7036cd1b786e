//! Sealing: AES-256-GCM with what a text belongs to as associated data, and keys that do not print themselves.
//!
//! Each sealing takes a new nonce from the caller's [`Entropy`]. What is opened is wiped when it is dropped.

use std::fmt;

use aes_gcm::{Aes256Gcm, KeyInit, Nonce, aead::AeadInOut};
use kernel::{Chance, SeededChance};
use secrecy::{ExposeSecret, SecretBox, SecretString, zeroize::Zeroizing};
use sha2::{Digest, Sha256};

use crate::document::hex;

pub(crate) const KEY_BYTES: usize = 32;
pub(crate) const NONCE_BYTES: usize = 12;

/// Where unpredictable bytes come from: the operating system, at the rim.
pub trait Entropy: Send + Sync + fmt::Debug {
    /// Fills all of `bytes`.
    ///
    /// # Errors
    /// When there is no entropy to be had.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError>;
}

/// Bytes from a seed, so that a test's failure can be repeated; as everything of its kind, never for real keys.
impl Entropy for SeededChance {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        for chunk in bytes.chunks_mut(8) {
            let drawn = self.bits().to_be_bytes();
            chunk.copy_from_slice(&drawn[..chunk.len()]);
        }
        Ok(())
    }
}

/// There was no entropy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no randomness could be had: {0}")]
pub struct EntropyError(pub String);

/// A key of 32 bytes. It never prints itself, and is wiped when it is dropped.
pub(crate) struct Key(SecretBox<[u8; KEY_BYTES]>);

impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Key(…)")
    }
}

impl Key {
    pub(crate) fn of(bytes: &[u8; KEY_BYTES]) -> Self {
        Self(SecretBox::new(Box::new(*bytes)))
    }

    pub(crate) fn make(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        entropy.fill(bytes.as_mut())?;
        Ok(Self::of(&bytes))
    }

    pub(crate) fn expose(&self) -> &[u8; KEY_BYTES] {
        self.0.expose_secret()
    }

    pub(crate) fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new_from_slice(self.expose()).expect("a key has the cipher's 32 bytes")
    }

    /// Seals bytes for one place; `belongs` is what they belong to.
    pub(crate) fn seal(
        &self,
        entropy: &dyn Entropy,
        belongs: &[u8],
        plain: &[u8],
    ) -> Result<Sealed, EntropyError> {
        let mut nonce = [0; NONCE_BYTES];
        entropy.fill(&mut nonce)?;
        // With room for the tag, so that no grown buffer leaves a copy of the plain text behind.
        let mut bytes = Vec::with_capacity(plain.len() + 16);
        bytes.extend_from_slice(plain);
        self.cipher()
            .encrypt_in_place(&Nonce::from(nonce), belongs, &mut bytes)
            .expect("the text is far below the cipher's limit");
        Ok(Sealed {
            nonce: nonce.to_vec(),
            bytes,
        })
    }

    /// Opens what was sealed for this place with this key; nothing where it was not.
    pub(crate) fn open(&self, belongs: &[u8], sealed: &Sealed) -> Option<Zeroizing<Vec<u8>>> {
        let nonce: [u8; NONCE_BYTES] = sealed.nonce.as_slice().try_into().ok()?;
        let mut bytes = Zeroizing::new(sealed.bytes.clone());
        self.cipher()
            .decrypt_in_place(&Nonce::from(nonce), belongs, &mut *bytes)
            .ok()?;
        Some(bytes)
    }
}

/// What was sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) nonce: Vec<u8>,
    pub(crate) bytes: Vec<u8>,
}

/// What sealed bytes belong to, as associated data: each part with its length, so that no two lists run together.
pub(crate) fn belonging(kind: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    for part in [kind.as_bytes()].iter().chain(parts) {
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(part);
    }
    out
}

/// The operator's key, which wraps the data keys. It is known by an id that tells nothing of it.
#[derive(Debug)]
pub struct MasterKey {
    key: Key,
    id: String,
}

impl MasterKey {
    /// The master key of these bytes.
    #[must_use]
    pub fn new(bytes: &[u8; KEY_BYTES]) -> Self {
        let mut digest = Sha256::new();
        digest.update(b"guildhall master key id\0");
        digest.update(bytes);
        Self {
            key: Key::of(bytes),
            id: hex(&digest.finalize()[..8]),
        }
    }

    /// Its id: sixteen hexadecimal digits.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(crate) const fn key(&self) -> &Key {
        &self.key
    }

    /// A key of its own for one purpose, from which nothing can be learnt of this one.
    pub(crate) fn derived(&self, purpose: &str) -> Key {
        let mut digest = Sha256::new();
        digest.update(purpose.as_bytes());
        digest.update(b"\0");
        digest.update(self.key.expose());
        Key::of(&digest.finalize().into())
    }
}

/// The master key in use, and those before it whose data keys are still to be wrapped anew.
#[derive(Debug)]
pub struct Keyring {
    current: MasterKey,
    former: Vec<MasterKey>,
}

impl Keyring {
    /// A ring with one key.
    #[must_use]
    pub const fn new(current: MasterKey) -> Self {
        Self {
            current,
            former: Vec::new(),
        }
    }

    /// The same ring, which opens with this key too.
    #[must_use]
    pub fn with_former(mut self, key: MasterKey) -> Self {
        self.former.push(key);
        self
    }

    /// The key in use.
    #[must_use]
    pub const fn current(&self) -> &MasterKey {
        &self.current
    }

    /// A digest by which the same text is known again, and which tells nothing of it to whoever has not the key in
    /// use.
    #[must_use]
    pub fn fingerprint(&self, text: &SecretString) -> String {
        let key = self.current.derived("guildhall fingerprint 1");
        let digest = Sha256::new().chain_update(key.expose());
        let digest = digest.chain_update(text.expose_secret()).finalize();
        hex(&digest[..16])
    }

    pub(crate) fn former(&self) -> &[MasterKey] {
        &self.former
    }

    /// The key in use first, then the former ones.
    pub(crate) fn all(&self) -> impl Iterator<Item = &MasterKey> {
        std::iter::once(&self.current).chain(&self.former)
    }

    pub(crate) fn find(&self, id: &str) -> Option<&MasterKey> {
        self.all().find(|key| key.id == id)
    }
}

/// Text that was opened.
pub(crate) fn secret_text(bytes: &[u8]) -> Option<SecretString> {
    let text = std::str::from_utf8(bytes).ok()?;
    Some(SecretString::from(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use kernel::SeededChance;

    use super::{Key, Keyring, MasterKey, belonging};

    #[test]
    fn u6_what_is_sealed_opens_only_where_it_belongs() {
        let entropy = SeededChance::new(1);
        let (key, other) = (Key::make(&entropy).unwrap(), Key::make(&entropy).unwrap());
        let here = belonging("secret", &[b"900", b"ai_key"]);
        let sealed = key.seal(&entropy, &here, b"hush").unwrap();
        assert_eq!(key.open(&here, &sealed).unwrap().as_slice(), b"hush");
        assert!(other.open(&here, &sealed).is_none());
        let there = belonging("secret", &[b"90", b"0ai_key"]);
        assert!(key.open(&there, &sealed).is_none());
        for place in 0..sealed.bytes.len() {
            let mut bent = sealed.clone();
            bent.bytes[place] ^= 1;
            assert!(key.open(&here, &bent).is_none(), "byte {place}");
        }
        let mut short = sealed.clone();
        short.bytes.truncate(3);
        assert!(key.open(&here, &short).is_none());
        let mut bent = sealed;
        bent.nonce.pop();
        assert!(key.open(&here, &bent).is_none());
    }

    #[test]
    fn two_sealings_of_one_text_share_nothing() {
        let entropy = SeededChance::new(2);
        let key = Key::make(&entropy).unwrap();
        let one = key.seal(&entropy, b"", b"the same text").unwrap();
        let other = key.seal(&entropy, b"", b"the same text").unwrap();
        assert_ne!(one.nonce, other.nonce);
        assert_ne!(one.bytes, other.bytes);
    }

    #[test]
    fn a_fingerprint_takes_the_text_and_the_key() {
        let ring = |key: u8| Keyring::new(MasterKey::new(&[key; 32]));
        let of = |key: u8, text: &str| ring(key).fingerprint(&text.to_owned().into());
        assert_eq!(of(1, "hush"), of(1, "hush"));
        assert_ne!(of(1, "hush"), of(1, "hush!"));
        assert_ne!(of(1, "hush"), of(2, "hush"));
    }

    #[test]
    fn keys_never_print_themselves() {
        let bytes = [0x41; 32];
        let master = MasterKey::new(&bytes);
        let printed = format!("{master:?} {:?}", Key::of(&bytes));
        assert!(printed.contains(master.id()));
        for trace in ["65", "AAAA", "4141"] {
            assert!(!printed.contains(trace), "{printed}");
        }
        assert_eq!(master.id().len(), 16);
        assert_ne!(master.id(), MasterKey::new(&[0x42; 32]).id());
    }
}
