//! Lists: at most 200 at once, continued by a cursor; the same limits as REST.

use std::str::FromStr;

use crate::refusal::Refusal;

const LIMIT_DEFAULT: u32 = 50;
const LIMIT_MAX: u32 = 200;

/// How many are asked for; zero means the usual number.
pub(crate) fn limit(limit: i32) -> Result<u32, Refusal> {
    if limit == 0 {
        return Ok(LIMIT_DEFAULT);
    }
    let limit = u32::try_from(limit).ok();
    limit
        .filter(|limit| *limit <= LIMIT_MAX)
        .ok_or_else(|| Refusal::field("limit", &"`limit` is a whole number from 1 to 200."))
}

/// Where the list goes on; nothing means at its beginning.
pub(crate) fn cursor<T: FromStr>(cursor: &str) -> Result<Option<T>, Refusal> {
    if cursor.is_empty() {
        return Ok(None);
    }
    let strange = || {
        Refusal::field(
            "cursor",
            &"`cursor` is what `next` of an earlier answer held.",
        )
    };
    cursor.parse().map(Some).map_err(|_| strange())
}

/// The same for a place in an order, which is never below zero.
pub(crate) fn place(text: &str) -> Result<Option<i64>, Refusal> {
    let place: Option<u64> = cursor(text)?;
    Ok(place.map(|place| i64::try_from(place).unwrap_or(i64::MAX)))
}

/// Where a list goes on, as it is answered; nothing at its end.
pub(crate) fn next(next: Option<impl ToString>) -> String {
    next.map(|next| next.to_string()).unwrap_or_default()
}
