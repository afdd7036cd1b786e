//! Tokens of a guild for programs: each opens that guild alone, and there only what its scopes say.
//!
//! A token is shown once, when it is made; kept is its digest. Revoking deletes the row, and every request looks the
//! row up: so it opens nothing from that moment on, in every process.
//!
//! Not here: the operator's own token, which stands in the configuration, and which request needs which scope.

use std::{collections::BTreeSet, fmt, str::FromStr};

use ::store::{DbError, Tx};
use kernel::{Actor, Fault, FaultKind, GuildId, Op, Span, Timestamp, Told};

use crate::{
    store::tokens,
    ticket::{Ticket, TicketDigest},
};

/// A guild's tokens at once.
pub const TOKENS_MAX: u32 = 50;
/// The most tokens of one list.
pub const TOKENS_LIMIT_MAX: u32 = 200;
/// The most letters of a token's name.
pub const TOKEN_NAME_MAX: usize = 40;
/// What every token begins with, so that it is known where one lies about.
const PREFIX: &str = "gh_";
/// The last use is noted to this precision.
const USED_EVERY: Span = Span::minutes(1);
/// Names under which Guildhall and its operator act.
const RESERVED: [&str; 3] = ["operator", "cli", "system"];

/// A part of what can be asked and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Area {
    /// Why things were done.
    Audit,
    /// The personas.
    Bots,
    /// The settings as a whole.
    Config,
    /// The coins.
    Economy,
    /// What is remembered.
    Memory,
    /// Rules and cases.
    Moderation,
    /// What nobody is to see.
    Secrets,
}

/// Whether something is only looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Right {
    /// It is.
    Read,
    /// It is changed; whoever may do that may look too.
    Write,
}

/// What a token opens, or a request needs; written as `economy:write`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenScope {
    area: Area,
    right: Right,
}

/// The scopes that there are. The audit is never written from outside, and a secret never read.
pub const TOKEN_SCOPES: [TokenScope; 12] = [
    TokenScope::read(Area::Audit),
    TokenScope::read(Area::Bots),
    TokenScope::write(Area::Bots),
    TokenScope::read(Area::Config),
    TokenScope::write(Area::Config),
    TokenScope::read(Area::Economy),
    TokenScope::write(Area::Economy),
    TokenScope::read(Area::Memory),
    TokenScope::write(Area::Memory),
    TokenScope::read(Area::Moderation),
    TokenScope::write(Area::Moderation),
    TokenScope::write(Area::Secrets),
];

impl Area {
    const fn name(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Bots => "bots",
            Self::Config => "config",
            Self::Economy => "economy",
            Self::Memory => "memory",
            Self::Moderation => "moderation",
            Self::Secrets => "secrets",
        }
    }
}

impl TokenScope {
    /// To look at an area.
    #[must_use]
    pub const fn read(area: Area) -> Self {
        let right = Right::Read;
        Self { area, right }
    }

    /// To change an area.
    #[must_use]
    pub const fn write(area: Area) -> Self {
        let right = Right::Write;
        Self { area, right }
    }

    /// Whether whoever has this may do what needs `needed`.
    #[must_use]
    pub fn covers(self, needed: Self) -> bool {
        self.area == needed.area && self.right >= needed.right
    }
}

impl fmt::Display for TokenScope {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let right = match self.right {
            Right::Read => "read",
            Right::Write => "write",
        };
        write!(out, "{}:{right}", self.area.name())
    }
}

/// Why a text is no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no such scope; choose among {}", TOKEN_SCOPES.map(|scope| scope.to_string()).join(", "))]
pub struct TokenScopeError;

impl FromStr for TokenScope {
    type Err = TokenScopeError;

    fn from_str(text: &str) -> Result<Self, TokenScopeError> {
        let mut scopes = TOKEN_SCOPES.into_iter();
        let found = scopes.find(|scope| scope.to_string() == text);
        found.ok_or(TokenScopeError)
    }
}

/// Names a token in lists; it opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenId(i64);

impl TokenId {
    /// The id with this number.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(out)
    }
}

/// A token that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenCreate {
    /// Names it.
    pub id: TokenId,
    /// Of what its holder got.
    pub digest: TicketDigest,
    /// What it is called, and under which name it acts.
    pub name: String,
    /// What it opens.
    pub scopes: BTreeSet<TokenScope>,
}

/// A token of a guild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Names it.
    pub id: TokenId,
    /// The one guild that it opens.
    pub guild: GuildId,
    /// What it is called, and under which name it acts.
    pub name: String,
    /// What it opens there.
    pub scopes: BTreeSet<TokenScope>,
    /// Who made it: a user's id, a token's name, or `system`.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
    /// When it was last used, to the minute; nothing where it never was.
    pub used_at: Option<Timestamp>,
}

impl ApiToken {
    /// Whether it opens what needs this scope.
    #[must_use]
    pub fn covers(&self, needed: TokenScope) -> bool {
        self.scopes.iter().any(|scope| scope.covers(needed))
    }

    /// Whether a use at this moment is to be noted.
    #[must_use]
    pub fn is_to_be_noted(&self, at: Timestamp) -> bool {
        self.used_at
            .is_none_or(|used_at| at.since(used_at) >= USED_EVERY)
    }
}

/// Why no token was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The name cannot be one.
    #[error(
        "a token's name has 1 to {TOKEN_NAME_MAX} lower-case letters, digits and dashes, and is none of {}",
        RESERVED.join(", ")
    )]
    BadName,
    /// Another token of the guild is called so.
    #[error("the guild has a token `{name}` already; revoke it first, or choose another name")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// It would open nothing.
    #[error("a token needs a scope at least")]
    NoScope,
    /// The guild has as many as it may.
    #[error("the guild has {TOKENS_MAX} tokens; revoke one first")]
    TooMany,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Fault for TokenError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::BadName | Self::NoScope => FaultKind::Invalid,
            Self::NameTaken { .. } => FaultKind::Conflict,
            Self::TooMany => FaultKind::Exhausted,
            Self::Store(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::BadName => Told::new("platform-token-bad-name"),
            Self::NameTaken { name } => {
                Told::new("platform-token-name-taken").with("name", name.as_str())
            }
            Self::NoScope => Told::new("platform-token-no-scope"),
            Self::TooMany => Told::new("platform-token-too-many"),
            Self::Store(error) => error.told(),
        }
    }
}

/// A ticket as the holder of a token has it.
#[must_use]
pub fn token_text(ticket: &Ticket) -> String {
    format!("{PREFIX}{}", ticket.expose())
}

/// The digest under which a token is kept, if the text is one.
#[must_use]
pub fn token_digest(text: &str) -> Option<TicketDigest> {
    let ticket = Ticket::read(text.strip_prefix(PREFIX)?)?;
    Some(ticket.digest())
}

/// Makes a token for the operation's guild.
///
/// # Errors
/// When the name or the scopes make no sense, there are too many, or the database fails.
pub fn token_create(
    tx: &mut Tx<'_>,
    op: &Op,
    create: &TokenCreate,
) -> Result<ApiToken, TokenError> {
    let name = create.name.as_str();
    let letter = |letter: u8| matches!(letter, b'a'..=b'z' | b'0'..=b'9' | b'-');
    if !(1..=TOKEN_NAME_MAX).contains(&name.len())
        || !name.bytes().all(letter)
        || RESERVED.contains(&name)
    {
        return Err(TokenError::BadName);
    }
    if create.scopes.is_empty() {
        return Err(TokenError::NoScope);
    }
    let token = ApiToken {
        id: create.id,
        guild: op.guild,
        name: name.to_owned(),
        scopes: create.scopes.clone(),
        made_by: maker(op),
        made_at: op.at,
        used_at: None,
    };
    if tokens::count(tx, op.guild)? >= i64::from(TOKENS_MAX) {
        return Err(TokenError::TooMany);
    }
    if !tokens::insert(tx, create.digest, &token)? {
        let name = token.name;
        return Err(TokenError::NameTaken { name });
    }
    Ok(token)
}

fn maker(op: &Op) -> String {
    match &op.actor {
        Actor::Member(user) => user.to_string(),
        Actor::Token(name) => name.chars().take(100).collect(),
        Actor::System => "system".to_owned(),
    }
}

/// The token with this digest, unless it was revoked.
///
/// # Errors
/// When the database fails.
pub fn token_fetch(tx: &mut Tx<'_>, digest: TicketDigest) -> Result<Option<ApiToken>, DbError> {
    tokens::fetch(tx, digest)
}

/// Notes that a token was used.
///
/// # Errors
/// When the database fails.
pub fn token_used(tx: &mut Tx<'_>, at: Timestamp, id: TokenId) -> Result<(), DbError> {
    tokens::used(tx, id, at)
}

/// The tokens of a guild, or of all, that were made before `before`, newest first.
///
/// # Errors
/// When the database fails.
pub fn tokens_list(
    tx: &mut Tx<'_>,
    guild: Option<GuildId>,
    before: Option<TokenId>,
    limit: u32,
) -> Result<Vec<ApiToken>, DbError> {
    let before = before.map_or(i64::MAX, TokenId::get);
    tokens::list(tx, guild, before, limit.clamp(1, TOKENS_LIMIT_MAX))
}

/// A token by its id.
///
/// # Errors
/// When the database fails.
pub fn token_named(tx: &mut Tx<'_>, id: TokenId) -> Result<Option<ApiToken>, DbError> {
    tokens::named(tx, id)
}

/// Has a token of the operation's guild open nothing any more; says whether there was one.
///
/// # Errors
/// When the database fails.
pub fn token_revoke(tx: &mut Tx<'_>, op: &Op, id: TokenId) -> Result<bool, DbError> {
    tokens::delete(tx, op.guild, id)
}

#[cfg(test)]
mod tests {
    use super::{Area, TOKEN_SCOPES, TokenScope};

    #[test]
    fn scopes_are_read_as_they_are_written_and_nothing_else_is_one() {
        for scope in TOKEN_SCOPES {
            assert_eq!(scope.to_string().parse(), Ok(scope));
        }
        for text in [
            "",
            "economy",
            "economy:",
            "economy:all",
            "audit:write",
            "secrets:read",
            " economy:read",
        ] {
            assert!(text.parse::<TokenScope>().is_err(), "{text}");
        }
    }

    #[test]
    fn who_may_change_an_area_may_look_at_it_and_at_nothing_else() {
        for held in TOKEN_SCOPES {
            for needed in TOKEN_SCOPES {
                let both = (held.to_string(), needed.to_string());
                let area = |text: &str| text.split_once(':').unwrap().0.to_owned();
                let same = area(&both.0) == area(&both.1);
                let enough = both.0.ends_with("write") || both.1.ends_with("read");
                assert_eq!(held.covers(needed), same && enough, "{both:?}");
            }
        }
        let write = TokenScope::write(Area::Economy);
        assert!(write.covers(TokenScope::read(Area::Economy)));
        assert!(!TokenScope::read(Area::Economy).covers(write));
    }
}
