//! Tokens of guilds: a row for each, found by the digest of what its holder has.

use std::collections::BTreeSet;

use ::store::{DbError, Row, Statement, Tx};
use kernel::{GuildId, Timestamp};

use crate::{
    ticket::TicketDigest,
    token::{ApiToken, TokenId, TokenScope},
};

const INSERT: Statement = Statement::new(
    "platform.token_insert",
    "INSERT INTO platform_tokens (digest, id, guild, name, scopes, made_by, made_at, used_at)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL) ON CONFLICT (guild, name) DO NOTHING",
);
const COUNT: Statement = Statement::new(
    "platform.token_count",
    "SELECT COUNT(*) FROM platform_tokens WHERE guild = ?1",
);
const FETCH: Statement = Statement::new(
    "platform.token_fetch",
    "SELECT id, guild, name, scopes, made_by, made_at, used_at FROM platform_tokens WHERE digest = ?1",
);
const NAMED: Statement = Statement::new(
    "platform.token_named",
    "SELECT id, guild, name, scopes, made_by, made_at, used_at FROM platform_tokens WHERE id = ?1",
);
const LIST: Statement = Statement::new(
    "platform.token_list",
    "SELECT id, guild, name, scopes, made_by, made_at, used_at FROM platform_tokens
     WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
);
const LIST_OF_GUILD: Statement = Statement::new(
    "platform.token_list_of_guild",
    "SELECT id, guild, name, scopes, made_by, made_at, used_at FROM platform_tokens
     WHERE guild = ?3 AND id < ?1 ORDER BY id DESC LIMIT ?2",
);
const USED: Statement = Statement::new(
    "platform.token_used",
    "UPDATE platform_tokens SET used_at = ?2 WHERE id = ?1 AND (used_at IS NULL OR used_at < ?2)",
);
const DELETE: Statement = Statement::new(
    "platform.token_delete",
    "DELETE FROM platform_tokens WHERE guild = ?1 AND id = ?2",
);

pub(crate) const STATEMENTS: &[&Statement] = &[
    &INSERT,
    &COUNT,
    &FETCH,
    &NAMED,
    &LIST,
    &LIST_OF_GUILD,
    &USED,
    &DELETE,
];

fn token(row: &Row) -> Result<ApiToken, DbError> {
    Ok(ApiToken {
        id: TokenId::new(row.int(0)?),
        guild: row.id(1)?,
        name: row.text(2)?.to_owned(),
        scopes: listed(row.text(3)?),
        made_by: row.text(4)?.to_owned(),
        made_at: row.timestamp(5)?,
        used_at: row.maybe(6, Row::timestamp)?,
    })
}

/// Scopes with spaces between them; one of another version opens nothing.
fn listed(text: &str) -> BTreeSet<TokenScope> {
    let scopes = text.split_whitespace();
    scopes.filter_map(|scope| scope.parse().ok()).collect()
}

fn written(scopes: &BTreeSet<TokenScope>) -> String {
    let scopes: Vec<String> = scopes.iter().map(ToString::to_string).collect();
    scopes.join(" ")
}

/// Adds a token; says whether its name was free.
pub(crate) fn insert(
    tx: &mut Tx<'_>,
    digest: TicketDigest,
    token: &ApiToken,
) -> Result<bool, DbError> {
    let values = [
        digest.to_column().into(),
        token.id.get().into(),
        token.guild.into(),
        token.name.as_str().into(),
        written(&token.scopes).into(),
        token.made_by.as_str().into(),
        token.made_at.into(),
    ];
    Ok(tx.execute(&INSERT, &values)? == 1)
}

pub(crate) fn count(tx: &mut Tx<'_>, guild: GuildId) -> Result<i64, DbError> {
    let row = tx.row(&COUNT, &[guild.into()])?;
    row.map_or(Ok(0), |row| row.int(0))
}

pub(crate) fn fetch(tx: &mut Tx<'_>, digest: TicketDigest) -> Result<Option<ApiToken>, DbError> {
    let row = tx.row(&FETCH, &[digest.to_column().into()])?;
    row.map(|row| token(&row)).transpose()
}

pub(crate) fn named(tx: &mut Tx<'_>, id: TokenId) -> Result<Option<ApiToken>, DbError> {
    let row = tx.row(&NAMED, &[id.get().into()])?;
    row.map(|row| token(&row)).transpose()
}

pub(crate) fn list(
    tx: &mut Tx<'_>,
    guild: Option<GuildId>,
    before: i64,
    limit: u32,
) -> Result<Vec<ApiToken>, DbError> {
    let rows = match guild {
        Some(guild) => {
            let values = [before.into(), limit.into(), guild.into()];
            tx.rows(&LIST_OF_GUILD, &values)?
        }
        None => tx.rows(&LIST, &[before.into(), limit.into()])?,
    };
    rows.iter().map(token).collect()
}

pub(crate) fn used(tx: &mut Tx<'_>, id: TokenId, at: Timestamp) -> Result<(), DbError> {
    tx.queue(&USED, vec![id.get().into(), at.into()])
}

pub(crate) fn delete(tx: &mut Tx<'_>, guild: GuildId, id: TokenId) -> Result<bool, DbError> {
    let values = [guild.into(), id.get().into()];
    Ok(tx.execute(&DELETE, &values)? == 1)
}
