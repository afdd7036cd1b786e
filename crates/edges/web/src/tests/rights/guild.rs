//! What the routes of a guild's sections answer.

use super::Expected;

const GUILD: &str = "/dashboard/guilds/{guild_id}";

/// Readers and managers; others are told that it is not for them.
const READERS: Expected = [200, 200, 200, 200, 403, 403, 403, 404, 404, 401];
/// Managers, of something that is not there.
const MANAGERS: Expected = [404, 404, 404, 403, 403, 403, 403, 404, 404, 401];
/// All members, of something that is not there.
const SOUGHT: Expected = [404, 404, 404, 404, 404, 404, 404, 404, 404, 401];
/// The member themselves, and whoever sees everybody's coins.
const OWN: Expected = [200, 200, 200, 200, 403, 200, 403, 404, 404, 401];

/// Readers and managers, of something that is not there.
const ABSENT_TO_READERS: Expected = [404, 404, 404, 404, 403, 403, 403, 404, 404, 401];
/// All members.
const ALL: Expected = [200, 200, 200, 200, 200, 200, 200, 404, 404, 401];
/// Moderators and whoever sees more.
const MODERATORS: Expected = [200, 200, 200, 200, 200, 403, 403, 404, 404, 401];
/// The same, of something that is not there.
const ABSENT: Expected = [404, 404, 404, 404, 404, 403, 403, 404, 404, 401];
/// Keepers of cases, of a case that is not there.
const KEEPERS: Expected = [404, 404, 403, 403, 404, 403, 403, 404, 404, 401];

const ROWS: [(&str, &str, Expected); 33] = [
    ("GET", "/economy", READERS),
    ("GET", "/economy/transfers", READERS),
    ("GET", "/economy/transfers.csv", READERS),
    ("GET", "/economy/holders.csv", READERS),
    ("GET", "/economy/transfers/{place}", SOUGHT),
    ("POST", "/economy/transfers/{place}/revert", MANAGERS),
    ("GET", "/members/{member_id}/statement", OWN),
    ("GET", "/people", MODERATORS),
    ("GET", "/members/{member_id}/statement.csv", OWN),
    ("GET", "/moderation", MODERATORS),
    ("GET", "/moderation/cases.csv", MODERATORS),
    ("GET", "/moderation/cases/{number}", ABSENT),
    ("POST", "/moderation/cases/{number}/note", KEEPERS),
    ("GET", "/moderation/review", MODERATORS),
    ("POST", "/moderation/review/{number}/back", KEEPERS),
    ("POST", "/moderation/review/{number}/away", KEEPERS),
    ("GET", "/moderation/rules", MODERATORS),
    ("GET", "/moderation/try", MODERATORS),
    ("POST", "/moderation/try", MODERATORS),
    ("GET", "/moderation/new-rule", MANAGERS),
    ("POST", "/moderation/new-rule", MANAGERS),
    ("GET", "/moderation/rules/{rule_id}", ABSENT),
    ("POST", "/moderation/rules/{rule_id}", MANAGERS),
    ("POST", "/moderation/rules/{rule_id}/remove", MANAGERS),
    ("GET", "/memory", ALL),
    ("GET", "/memory/{memory_id}", SOUGHT),
    ("POST", "/memory/{memory_id}/forget", SOUGHT),
    ("GET", "/members/{member_id}", MODERATORS),
    ("GET", "/personas", READERS),
    ("GET", "/personas/new", MANAGERS),
    ("POST", "/personas/new", MANAGERS),
    ("GET", "/personas/versions/{version}", ABSENT_TO_READERS),
    ("POST", "/personas/versions/{version}/deploy", MANAGERS),
];

/// What a route of a guild's section answers.
pub(super) fn expected(method: &str, path: &str) -> Option<Expected> {
    let place = path.strip_prefix(GUILD)?;
    let mut rows = ROWS.iter();
    let found = rows.find(|(known, row, _)| *known == method && *row == place);
    found.map(|(.., expected)| *expected)
}
