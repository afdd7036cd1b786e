//! What stands behind the question mark, read as strictly as a body: a name that is unknown or stands twice is refused.
//! A handler reads it after it has let its caller in, so none takes it as an argument.

use axum::{extract::Query, http::Uri};
use kernel::Id;
use serde::de::DeserializeOwned;

use crate::Problem;

/// Reads the query of a request.
pub(crate) fn read<T: DeserializeOwned>(uri: &Uri) -> Result<T, Problem> {
    match Query::try_from_uri(uri) {
        Ok(Query(read)) => Ok(read),
        Err(rejected) => Err(Problem::invalid(rejected.body_text(), "")),
    }
}

/// Reads an id that may be left out.
pub(crate) fn id<K>(text: Option<&str>, pointer: &str) -> Result<Option<Id<K>>, Problem> {
    let parsed = text.map(str::parse).transpose();
    parsed.map_err(|error| Problem::invalid(error, pointer))
}
