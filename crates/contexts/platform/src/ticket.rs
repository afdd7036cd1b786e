//! What a browser holds and nobody else: 256 bits of chance, of which only digests are kept.
//!
//! From a ticket follow texts for one purpose each, none of which tells the ticket or another text: the `state` and
//! the verifier of a sign-in, and the token that a form must carry.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::Chance;
use sha2::{Digest as _, Sha256};

const BYTES: usize = 32;

/// A secret of a browser's own.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket([u8; BYTES]);

/// What is kept of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TicketDigest([u8; BYTES]);

/// What a text that follows from a ticket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Comes back with the person from Discord.
    State,
    /// Proves to Discord that who asks for the tokens began the sign-in.
    Verifier,
    /// Stands in forms: another site can't know it.
    Form,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::State => b"guildhall.ticket.state.1",
            Self::Verifier => b"guildhall.ticket.verifier.1",
            Self::Form => b"guildhall.ticket.form.1",
        }
    }
}

impl Ticket {
    /// A new one. The chance must be one that nobody can guess.
    #[must_use]
    pub fn draw(chance: &dyn Chance) -> Self {
        let mut bytes = [0; BYTES];
        for eight in bytes.chunks_exact_mut(8) {
            eight.copy_from_slice(&chance.bits().to_be_bytes());
        }
        Self(bytes)
    }

    /// The ticket in a text, if it is one.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// As the browser holds it.
    #[must_use]
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is kept of it.
    #[must_use]
    pub fn digest(&self) -> TicketDigest {
        TicketDigest(self.hashed(b"guildhall.ticket.kept.1"))
    }

    /// The text for a purpose: 43 letters, digits, `-` and `_`.
    #[must_use]
    pub fn text_for(&self, purpose: Purpose) -> String {
        URL_SAFE_NO_PAD.encode(self.hashed(purpose.label()))
    }

    /// Whether a text is the one for this purpose; the time that it takes says nothing of it.
    #[must_use]
    pub fn is_text_for(&self, purpose: Purpose, given: &str) -> bool {
        let (known, given) = (
            Sha256::digest(self.text_for(purpose)),
            Sha256::digest(given),
        );
        let pairs = known.iter().zip(given);
        pairs.fold(0, |differing, (one, other)| differing | (one ^ other)) == 0
    }

    fn hashed(&self, label: &[u8]) -> [u8; BYTES] {
        Sha256::new()
            .chain_update(label)
            .chain_update(self.0)
            .finalize()
            .into()
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Ticket")
    }
}

impl TicketDigest {
    pub(crate) fn to_column(self) -> Vec<u8> {
        self.0.to_vec()
    }
}

/// The challenge under which a verifier is announced, as `S256` has it.
#[must_use]
pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use kernel::SeededChance;

    use super::{Purpose, Ticket, challenge};

    const PURPOSES: [Purpose; 3] = [Purpose::State, Purpose::Verifier, Purpose::Form];

    #[test]
    fn a_ticket_is_read_as_it_was_written_and_nothing_else_is_one() {
        let ticket = Ticket::draw(&SeededChance::new(1));
        assert_eq!(Ticket::read(&ticket.expose()), Some(ticket));
        let long = "A".repeat(44);
        for text in ["", "A", "not base64!", &long, &"é".repeat(20)] {
            assert_eq!(Ticket::read(text), None, "{text}");
        }
    }

    #[test]
    fn each_purpose_has_a_text_of_its_own_and_none_is_the_ticket() {
        let chance = SeededChance::new(2);
        let mut seen = HashSet::new();
        for _ in 0..100 {
            let ticket = Ticket::draw(&chance);
            let texts = PURPOSES.map(|purpose| ticket.text_for(purpose));
            assert!(texts.iter().all(|text| text.len() == 43));
            assert!(seen.insert(ticket.expose()));
            assert!(texts.into_iter().all(|text| seen.insert(text)));
            for (one, other) in PURPOSES
                .iter()
                .flat_map(|one| PURPOSES.map(|other| (*one, other)))
            {
                assert_eq!(
                    ticket.is_text_for(one, &ticket.text_for(other)),
                    one == other
                );
            }
        }
    }

    #[test]
    fn nothing_prints_a_ticket() {
        let ticket = Ticket::draw(&SeededChance::new(3));
        assert_eq!(format!("{ticket:?}"), "Ticket");
    }

    #[test]
    fn a_challenge_is_what_rfc_7636_computes() {
        assert_eq!(
            challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }
}
