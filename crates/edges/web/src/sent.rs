//! What a browser sent in a form, and what proves that a page of ours asked for it.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use maud::{Markup, html};
use sha2::{Digest, Sha256};

use crate::{pages::Trouble, shield::TOKEN_FIELD};

/// The field that makes one deed of a form that is sent twice.
const ONCE_FIELD: &str = "once";

/// The fields that a browser sent, in order. A name may stand there several times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sent(pub(crate) Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Trouble;

    /// Reads a form, which the guard against forgery has bounded and looked into before.
    async fn from_request(request: Request, state: &S) -> Result<Self, Trouble> {
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|_| Trouble::TooLarge)?;
        Ok(Self(form_urlencoded::parse(&bytes).into_owned().collect()))
    }
}

impl Sent {
    /// The first value under a name.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        let mut all = self.0.iter();
        let found = all.find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        let all = self.0.iter().filter(|(known, _)| known == name);
        all.map(|(_, value)| value.clone()).collect()
    }

    /// Names this form with all that it says: sent again it has the same name, and changed another. Nothing where no
    /// page of ours made it.
    pub(crate) fn key(&self) -> Option<String> {
        self.one(ONCE_FIELD).filter(|once| !once.is_empty())?;
        let mut digest = Sha256::new();
        for (name, value) in self.0.iter().filter(|(name, _)| name != TOKEN_FIELD) {
            // Each with its length, so that no two forms run together.
            for part in [name, value] {
                digest.update(part.len().to_be_bytes());
                digest.update(part);
            }
        }
        let digest = digest.finalize();
        Some(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// What every form of a page carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proof {
    /// That it came from a page of this session.
    pub(crate) csrf: String,
    /// That it was filled in once.
    pub(crate) once: String,
}

impl Proof {
    /// The fields themselves.
    pub(crate) fn fields(&self) -> Markup {
        html! {
            input type="hidden" name=(TOKEN_FIELD) value=(self.csrf);
            input type="hidden" name=(ONCE_FIELD) value=(self.once);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Sent;

    fn sent(pairs: &[(&str, &str)]) -> Sent {
        let pairs = pairs.iter();
        Sent(
            pairs
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn a_form_is_named_by_all_that_it_says_but_the_token() {
        let key = |pairs: &[(&str, &str)]| sent(pairs).key();
        let one = key(&[("csrf", "x"), ("once", "k"), ("a", "1")]);
        assert!(one.is_some());
        assert_eq!(one, key(&[("csrf", "y"), ("once", "k"), ("a", "1")]));
        assert_ne!(one, key(&[("once", "k"), ("a", "2")]));
        assert_ne!(one, key(&[("once", "l"), ("a", "1")]));
        assert_ne!(one, key(&[("once", "k"), ("a1", "")]));
        assert_eq!(key(&[("a", "1")]), None);
        assert_eq!(key(&[("once", ""), ("a", "1")]), None);
    }
}
