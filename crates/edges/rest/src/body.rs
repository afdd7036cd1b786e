//! Request bodies, read strictly: an unknown field or a wrong value is refused with the place where it stands.

use axum::body::Bytes;
use kernel::Amount;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

use crate::Problem;

/// Reads a JSON body, which is an object: a list would be taken for its fields without their names.
pub(crate) fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Problem> {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if first != Some(&b'{') {
        return Err(Problem::invalid("The body is a JSON object.", ""));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        Problem::invalid(error.into_inner(), pointer)
    })?;
    reader.end().map_err(|error| {
        Problem::invalid(format!("something follows the JSON value: {error}"), "")
    })?;
    Ok(read)
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => "/?".to_owned(),
        })
        .collect()
}

/// Reads an amount: a whole JSON number from 1 to 2^53-1.
pub(crate) fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
    let number = i64::deserialize(deserializer)?;
    Amount::new(number).map_err(serde::de::Error::custom)
}
