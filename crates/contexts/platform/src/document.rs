//! A guild's configuration as one document of canonical JSON: keys sorted, no spaces, bounded.
//!
//! Two documents with the same meaning have the same text, and so the same digest. What its sections mean is not
//! known here: the flow that writes a document has every context check its own section first.

use std::fmt::Write as _;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// The most bytes of a document's text.
pub const DOCUMENT_BYTES_MAX: usize = 512 * 1024;
/// The most levels of a document.
pub const DOCUMENT_DEPTH_MAX: usize = 32;

/// A configuration document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    value: Value,
    text: String,
}

/// Why a value is no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// It is no JSON.
    #[error("the document is no JSON: {0}")]
    NotJson(String),
    /// It is a list, a number or the like.
    #[error("a configuration document is a JSON object")]
    NotAnObject,
    /// It is too long.
    #[error("the document has {bytes} bytes, at most {DOCUMENT_BYTES_MAX} are taken")]
    TooLong {
        /// How many it has.
        bytes: usize,
    },
    /// It is nested too deeply.
    #[error("the document is nested deeper than {DOCUMENT_DEPTH_MAX} levels")]
    TooDeep,
    /// A text holds a NUL character, which no engine stores.
    #[error("the document holds a NUL character at `{pointer}`")]
    Nul {
        /// Where.
        pointer: String,
    },
    /// A value was to be set below something that is no object.
    #[error("nothing can be set at `{pointer}`")]
    NoPlace {
        /// Where.
        pointer: String,
    },
}

impl Document {
    /// The document of a value.
    ///
    /// # Errors
    /// When it is no object, too long, too deep, or holds what can't be stored.
    pub fn new(value: Value) -> Result<Self, DocumentError> {
        if !value.is_object() {
            return Err(DocumentError::NotAnObject);
        }
        check(&value, &mut String::new(), 1)?;
        let text = canonical(&value);
        if text.len() > DOCUMENT_BYTES_MAX {
            return Err(DocumentError::TooLong { bytes: text.len() });
        }
        Ok(Self { value, text })
    }

    /// The document of a text.
    ///
    /// # Errors
    /// As [`Document::new`], or when the text is no JSON.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        let value = serde_json::from_str(text);
        Self::new(value.map_err(|error| DocumentError::NotJson(error.to_string()))?)
    }

    /// A document that was checked and made canonical before it was stored.
    pub(crate) fn stored(text: &str) -> Result<Self, DocumentError> {
        let value = serde_json::from_str(text);
        let value = value.map_err(|error| DocumentError::NotJson(error.to_string()))?;
        Ok(Self {
            value,
            text: text.to_owned(),
        })
    }

    /// Its value.
    #[must_use]
    pub const fn value(&self) -> &Value {
        &self.value
    }

    /// Its canonical text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The SHA-256 of its text, in hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> String {
        hex(&Sha256::digest(&self.text))
    }

    /// One section, or nothing where it is missing.
    #[must_use]
    pub fn section(&self, name: &str) -> Option<&Value> {
        self.value.get(name)
    }

    /// The value at a JSON pointer.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<&Value> {
        self.value.pointer(pointer)
    }

    /// The same document with another value at a JSON pointer through objects; what is missing on the way is made.
    ///
    /// # Errors
    /// When the way leads through something else than objects, or the document grows out of its bounds.
    pub fn with(&self, pointer: &str, value: Value) -> Result<Self, DocumentError> {
        let no_place = || DocumentError::NoPlace {
            pointer: pointer.to_owned(),
        };
        let mut changed = self.value.clone();
        let mut place = &mut changed;
        let path = pointer.strip_prefix('/').ok_or_else(no_place)?;
        for token in path.split('/') {
            let object = place.as_object_mut().ok_or_else(no_place)?;
            place = object
                .entry(unescaped(token))
                .or_insert_with(|| Value::Object(Map::new()));
        }
        *place = value;
        Self::new(changed)
    }
}

/// A key or index as a part of a JSON pointer.
pub(crate) fn escaped(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

/// A part of a JSON pointer as a key or index.
pub(crate) fn unescaped(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a text takes every write");
        text
    })
}

/// The text of a value with its keys sorted, whatever order the map keeps.
pub(crate) fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write_canonical(value, &mut text);
    text
}

fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<_> = map.iter().collect();
            keys.sort_unstable_by(|one, other| one.0.cmp(other.0));
            out.push('{');
            for (place, (key, inner)) in keys.into_iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write_canonical(inner, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (place, inner) in items.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write_canonical(inner, out);
            }
            out.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            out.push_str(&value.to_string());
        }
    }
}

/// Refuses what can't be stored; `pointer` is where it stands, and is left as it was.
fn check(value: &Value, pointer: &mut String, depth: usize) -> Result<(), DocumentError> {
    if depth > DOCUMENT_DEPTH_MAX {
        return Err(DocumentError::TooDeep);
    }
    let nul = |text: &str, pointer: &str| match text.contains('\0') {
        true => Err(DocumentError::Nul {
            pointer: pointer.to_owned(),
        }),
        false => Ok(()),
    };
    let length = pointer.len();
    match value {
        Value::String(text) => nul(text, pointer)?,
        Value::Array(items) => {
            for (place, inner) in items.iter().enumerate() {
                pointer.push_str(&format!("/{place}"));
                check(inner, pointer, depth + 1)?;
                pointer.truncate(length);
            }
        }
        Value::Object(map) => {
            for (key, inner) in map {
                nul(key, pointer)?;
                pointer.push('/');
                pointer.push_str(&escaped(key));
                check(inner, pointer, depth + 1)?;
                pointer.truncate(length);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{DOCUMENT_DEPTH_MAX, Document, DocumentError};

    #[test]
    fn u1_the_same_meaning_has_the_same_text() {
        let one = Document::parse(r#"{"b": {"y": 1, "x": [1, 2]}, "a": null}"#).unwrap();
        let other = Document::parse(r#"{"a":null,"b":{"x":[1,2],"y":1}}"#).unwrap();
        assert_eq!(one.text(), r#"{"a":null,"b":{"x":[1,2],"y":1}}"#);
        assert_eq!(one.digest(), other.digest());
        assert_eq!(one.digest().len(), 64);
        assert_ne!(one.digest(), Document::parse("{}").unwrap().digest());
    }

    #[test]
    fn what_is_no_document_is_refused() {
        assert_eq!(Document::new(json!([1])), Err(DocumentError::NotAnObject));
        assert!(matches!(
            Document::parse("{"),
            Err(DocumentError::NotJson(_))
        ));
        let nul = Document::new(json!({"a/b": [0, {"c": "x\0"}]}));
        assert_eq!(
            nul,
            Err(DocumentError::Nul {
                pointer: "/a~1b/1/c".to_owned()
            })
        );
        assert!(Document::new(json!({"a\0": 1})).is_err());
        let long = Document::new(json!({"a": "x".repeat(600_000)}));
        assert_eq!(long, Err(DocumentError::TooLong { bytes: 600_008 }));
        let deep = (0..DOCUMENT_DEPTH_MAX).fold(Value::Null, |inner, _| json!({"a": inner}));
        assert_eq!(Document::new(deep), Err(DocumentError::TooDeep));
    }

    #[test]
    fn a_value_is_set_where_it_belongs() {
        let document = Document::parse(r#"{"a":{"b":1},"l":[]}"#).unwrap();
        let changed = document.with("/a/c~1d/e", json!(true)).unwrap();
        assert_eq!(changed.text(), r#"{"a":{"b":1,"c/d":{"e":true}},"l":[]}"#);
        assert!(document.with("/a/b/c", json!(1)).is_err());
        assert!(document.with("/l/0", json!(1)).is_err());
        assert!(document.with("a", json!(1)).is_err());
    }
}
