//! Sealing texts that other tables keep for a short while, such as what is owed to Discord.
//!
//! Each kind of text has a key of its own, derived from the master key and prepared once: a text is sealed on the way
//! to every answer. What it belongs to is sealed in with it, so that it opens nowhere else. After an exchange of the
//! master key, texts still open as long as the ring has the former key, and can be sealed anew.

use std::{fmt, sync::Arc};

use aes_gcm::{Aes256Gcm, Nonce, aead::AeadInOut};
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use secrecy::zeroize::Zeroizing;

use crate::seal::{Entropy, EntropyError, Keyring, NONCE_BYTES};

/// What a sealed text begins with; no JSON does.
const MARK: &str = "sealed:1:";
const TAG_BYTES: usize = 16;

/// Seals texts of one kind.
pub struct TextSeal {
    entropy: Arc<dyn Entropy>,
    /// The one in use first, then those of former master keys.
    ciphers: Vec<Aes256Gcm>,
}

impl fmt::Debug for TextSeal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("TextSeal(…)")
    }
}

impl TextSeal {
    /// The seal of this kind of text.
    #[must_use]
    pub fn new(ring: &Keyring, kind: &str, entropy: Arc<dyn Entropy>) -> Self {
        let cipher = |master: &crate::MasterKey| master.derived(kind).cipher();
        Self {
            entropy,
            ciphers: ring.all().map(cipher).collect(),
        }
    }

    /// Whether this text is a sealed one.
    #[must_use]
    pub fn is_sealed(text: &str) -> bool {
        text.starts_with(MARK)
    }

    /// Seals a text for one place.
    ///
    /// # Errors
    /// When there is no entropy.
    pub fn seal(&self, belongs: &[u8], plain: &[u8]) -> Result<String, EntropyError> {
        let mut nonce = [0; NONCE_BYTES];
        self.entropy.fill(&mut nonce)?;
        let mut bytes = Vec::with_capacity(NONCE_BYTES + plain.len() + TAG_BYTES);
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(plain);
        let tag = self.ciphers[0]
            .encrypt_inout_detached(
                &Nonce::from(nonce),
                belongs,
                (&mut bytes[NONCE_BYTES..]).into(),
            )
            .expect("the text is far below the cipher's limit");
        bytes.extend_from_slice(&tag);
        let mut text = String::with_capacity(MARK.len() + bytes.len().div_ceil(3) * 4);
        text.push_str(MARK);
        STANDARD_NO_PAD.encode_string(&bytes, &mut text);
        Ok(text)
    }

    /// The text sealed anew, where a former key sealed it for this place; nothing where the key in use did, or none.
    ///
    /// # Errors
    /// When there is no entropy.
    pub fn renewed(&self, belongs: &[u8], text: &str) -> Result<Option<String>, EntropyError> {
        let Some((place, plain)) = self.opened(belongs, text) else {
            return Ok(None);
        };
        let is_former = place > 0;
        is_former.then(|| self.seal(belongs, &plain)).transpose()
    }

    /// Opens a text that was sealed for this place; nothing where it was not.
    #[must_use]
    pub fn open(&self, belongs: &[u8], text: &str) -> Option<Zeroizing<Vec<u8>>> {
        let (_, plain) = self.opened(belongs, text)?;
        Some(plain)
    }

    /// What was sealed, and the place of the key that opens it.
    fn opened(&self, belongs: &[u8], text: &str) -> Option<(usize, Zeroizing<Vec<u8>>)> {
        let sealed = STANDARD_NO_PAD.decode(text.strip_prefix(MARK)?).ok()?;
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        self.ciphers.iter().enumerate().find_map(|(place, cipher)| {
            let mut bytes = Zeroizing::new(sealed.to_vec());
            cipher
                .decrypt_in_place(&Nonce::from(*nonce), belongs, &mut *bytes)
                .ok()?;
            Some((place, bytes))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kernel::SeededChance;

    use super::TextSeal;
    use crate::{Keyring, MasterKey, tests::entropy::Dry};

    fn seal_of(ring: &Keyring, kind: &str) -> TextSeal {
        TextSeal::new(ring, kind, Arc::new(SeededChance::new(3)))
    }

    #[test]
    fn u6_a_sealed_text_opens_only_where_it_belongs_and_for_its_kind() {
        let ring = Keyring::new(MasterKey::new(&[1; 32]));
        let seal = seal_of(&ring, "letters");
        let sealed = seal.seal(b"row 1", b"a token").unwrap();
        assert!(TextSeal::is_sealed(&sealed) && !sealed.contains("token"));
        assert_eq!(seal.open(b"row 1", &sealed).unwrap().as_slice(), b"a token");
        assert!(seal.open(b"row 2", &sealed).is_none());
        assert!(seal_of(&ring, "cards").open(b"row 1", &sealed).is_none());
        let other = Keyring::new(MasterKey::new(&[2; 32]));
        assert!(seal_of(&other, "letters").open(b"row 1", &sealed).is_none());
    }

    #[test]
    fn u6_no_change_of_a_sealed_text_goes_unseen() {
        let ring = Keyring::new(MasterKey::new(&[1; 32]));
        let seal = seal_of(&ring, "letters");
        let sealed = seal.seal(b"row", b"words").unwrap();
        for place in 0..sealed.len() {
            let mut bent = sealed.clone().into_bytes();
            bent[place] = if bent[place] == b'B' { b'C' } else { b'B' };
            let bent = String::from_utf8(bent).unwrap();
            assert!(seal.open(b"row", &bent).is_none(), "{bent}");
        }
        for short in ["", "{}", "sealed:1:", "sealed:1:AAAA", &sealed[..40]] {
            assert!(seal.open(b"row", short).is_none(), "{short}");
        }
    }

    #[test]
    fn u8_what_a_former_key_sealed_opens_as_long_as_the_ring_has_it() {
        let (old, new) = (|| MasterKey::new(&[1; 32]), || MasterKey::new(&[2; 32]));
        let before = seal_of(&Keyring::new(old()), "letters");
        let sealed = before.seal(b"row", b"words").unwrap();
        let both = Keyring::new(new()).with_former(old());
        let between = seal_of(&both, "letters");
        assert_eq!(between.open(b"row", &sealed).unwrap().as_slice(), b"words");
        let after = seal_of(&Keyring::new(new()), "letters");
        assert!(after.open(b"row", &sealed).is_none());
        let anew = between.seal(b"row", b"words").unwrap();
        assert!(after.open(b"row", &anew).is_some() && before.open(b"row", &anew).is_none());
    }

    #[test]
    fn without_entropy_nothing_is_sealed() {
        let ring = Keyring::new(MasterKey::new(&[1; 32]));
        let seal = TextSeal::new(&ring, "letters", Arc::new(Dry));
        assert!(seal.seal(b"row", b"words").is_err());
    }
}
