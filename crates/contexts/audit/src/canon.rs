//! The canonical form: the bytes that stand for a record, a text, a link or a head, and their digests.
//!
//! A form is a domain and a row of items, each with its kind and length before it. So two rows of items with the same
//! bytes are the same row, and bytes of one domain never stand for something of another.

use std::fmt;

use sha2::{Digest, Sha256};

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    /// The digest with these bytes; nothing where there are not 32.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first twelve of its 64 digits, for people.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string().chars().take(12).collect()
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// One item of a canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Item<'a> {
    Nothing,
    Int(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl From<i64> for Item<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}
impl<'a> From<&'a str> for Item<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}
impl<'a> From<&'a [u8]> for Item<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}
impl<'a> From<&'a String> for Item<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}
impl<'a> From<&'a Hash> for Item<'a> {
    fn from(hash: &'a Hash) -> Self {
        Self::Bytes(&hash.0)
    }
}
impl<'a, T: Into<Item<'a>>> From<Option<T>> for Item<'a> {
    fn from(item: Option<T>) -> Self {
        item.map_or(Item::Nothing, Into::into)
    }
}

/// The bytes of a row of items in a domain.
pub(crate) fn form(domain: &str, items: &[Item<'_>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 + items.len() * 16);
    add(&mut out, b't', domain.as_bytes());
    for item in items {
        match item {
            Item::Nothing => add(&mut out, b'n', &[]),
            Item::Int(number) => add(&mut out, b'i', &number.to_be_bytes()),
            Item::Text(text) => add(&mut out, b't', text.as_bytes()),
            Item::Bytes(bytes) => add(&mut out, b'b', bytes),
        }
    }
    out
}

fn add(out: &mut Vec<u8>, kind: u8, content: &[u8]) {
    let length = u64::try_from(content.len()).expect("a length in memory fits 64 bits");
    out.push(kind);
    out.extend(length.to_be_bytes());
    out.extend(content);
}

/// The digest of any bytes.
pub(crate) fn digest_of(bytes: &[u8]) -> Hash {
    Hash(Sha256::digest(bytes).into())
}

/// The digest of a row of items in a domain.
pub(crate) fn digest(domain: &str, items: &[Item<'_>]) -> Hash {
    digest_of(&form(domain, items))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Just, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};

    use super::{Item, digest, form};

    #[derive(Debug, Clone, PartialEq, Eq)]
    enum Own {
        Nothing,
        Int(i64),
        Text(String),
        Bytes(Vec<u8>),
    }

    fn borrowed(items: &[Own]) -> Vec<Item<'_>> {
        let borrow = |item| match item {
            &Own::Nothing => Item::Nothing,
            Own::Int(number) => Item::Int(*number),
            Own::Text(text) => Item::Text(text),
            Own::Bytes(bytes) => Item::Bytes(bytes),
        };
        items.iter().map(borrow).collect()
    }

    fn rows() -> impl Strategy<Value = Vec<Own>> {
        let item = prop_oneof![
            Just(Own::Nothing),
            any::<i64>().prop_map(Own::Int),
            ".{0,9}".prop_map(Own::Text),
            prop::collection::vec(any::<u8>(), 0..9).prop_map(Own::Bytes),
        ];
        prop::collection::vec(item, 0..6)
    }

    /// Reads a form back, so that no two rows can share one.
    fn read(mut bytes: &[u8]) -> Vec<Own> {
        let mut items = Vec::new();
        while let Some((kind, rest)) = bytes.split_first() {
            let (length, rest) = rest.split_at(8);
            let length = u64::from_be_bytes(length.try_into().unwrap());
            let (content, rest) = rest.split_at(usize::try_from(length).unwrap());
            items.push(match kind {
                b'n' => Own::Nothing,
                b'i' => Own::Int(i64::from_be_bytes(content.try_into().unwrap())),
                b't' => Own::Text(String::from_utf8(content.to_vec()).unwrap()),
                _ => Own::Bytes(content.to_vec()),
            });
            bytes = rest;
        }
        items
    }

    proptest! {
        #[test]
        fn y3_a_canonical_form_can_be_read_back(domain in "[a-z ]{1,9}", items in rows()) {
            let mut expected = vec![Own::Text(domain.clone())];
            expected.extend(items.clone());
            prop_assert_eq!(read(&form(&domain, &borrowed(&items))), expected);
        }

        #[test]
        fn rows_share_a_digest_only_when_they_are_the_same(one in rows(), two in rows()) {
            let same = digest("x", &borrowed(&one)) == digest("x", &borrowed(&two));
            prop_assert_eq!(same, one == two);
        }
    }

    #[test]
    fn nothing_zero_and_an_empty_text_differ() {
        let digests = [
            digest("x", &[Item::Nothing]),
            digest("x", &[Item::Int(0)]),
            digest("x", &[Item::Text("")]),
            digest("x", &[Item::Bytes(b"")]),
            digest("x", &[]),
            digest("y", &[]),
        ];
        for (place, one) in digests.iter().enumerate() {
            assert!(!digests[place + 1..].contains(one));
        }
    }
}
