//! What the routes of the operator's console answer: to everybody else it is as if they were not there.

use super::Expected;

const CONSOLE: &str = "/dashboard/operator";

/// The operator alone.
const OPERATOR: Expected = [200, 404, 404, 404, 404, 404, 404, 404, 404, 401];

/// The same, of something that is not there.
const ABSENT: Expected = [404, 404, 404, 404, 404, 404, 404, 404, 404, 401];

const ROWS: [(&str, &str, Expected); 10] = [
    ("GET", "", OPERATOR),
    ("GET", "/servers", OPERATOR),
    ("GET", "/bots", OPERATOR),
    ("GET", "/jobs", OPERATOR),
    ("GET", "/jobs/{queue}/{letter_id}", ABSENT),
    ("POST", "/jobs/{queue}/{letter_id}/retry", ABSENT),
    ("POST", "/jobs/{queue}/{letter_id}/give-up", ABSENT),
    ("GET", "/providers", OPERATOR),
    ("GET", "/storage", OPERATOR),
    ("GET", "/versions", OPERATOR),
];

/// What a route of the console answers.
pub(super) fn expected(method: &str, path: &str) -> Option<Expected> {
    let place = path.strip_prefix(CONSOLE)?;
    let mut rows = ROWS.iter();
    let found = rows.find(|(known, row, _)| *known == method && *row == place);
    found.map(|(.., expected)| *expected)
}
