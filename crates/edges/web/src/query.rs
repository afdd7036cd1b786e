//! What an address names, in its path and behind the question mark, and its query put together again.
//!
//! People write addresses by hand and get them from elsewhere: what makes no sense in a query is not asked for, and what
//! makes none in a path is no page. Neither is answered in words that are not ours.

use std::{convert::Infallible, fmt::Write as _};

use axum::{
    extract::{FromRequestParts, Path, Query},
    http::request::Parts,
};
use serde::de::DeserializeOwned;

use crate::pages::Trouble;

/// What is asked for behind the question mark; nothing where that is not understood.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequestParts<S> for Wanted<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let read = Query::try_from_uri(&parts.uri);
        Ok(Self(read.map(|Query(read)| read).unwrap_or_default()))
    }
}

/// What a path names; there is no page where that is nothing that it could name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Named<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Named<T> {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Trouble> {
        let read = Path::from_request_parts(parts, state).await;
        read.map(|Path(read)| Self(read))
            .map_err(|_| Trouble::NoPage)
    }
}

/// The pairs whose value is not empty, as `?a=b&c=d`.
pub(crate) fn string(pairs: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        out.push(if out.is_empty() { '?' } else { '&' });
        out.push_str(name);
        out.push('=');
        push_encoded(&mut out, value);
    }
    out
}

fn push_encoded(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::string;

    #[test]
    fn values_are_encoded_and_empty_ones_left_out() {
        let pairs = [("kind", ""), ("text", "a&b=ü \"<"), ("range", "week")];
        assert_eq!(string(&pairs), "?text=a%26b%3D%C3%BC%20%22%3C&range=week");
        assert_eq!(string(&[("a", "")]), "");
    }
}
