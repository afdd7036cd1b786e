//! Who is signed in: a person in a browser, for a while, until they or somebody with their account end it.
//!
//! A session ends twelve hours after its last request and seven days after its first, whichever comes first. Ending one
//! deletes its row, and every request looks the row up: so it fails at once, in every process.
//!
//! Not here: what the person may do. That is asked of Discord at each request and kept nowhere.

use ::store::{DbError, Tx};
use kernel::{GuildId, Span, Timestamp, UserId};

use crate::{store::sessions, ticket::TicketDigest};

/// How long a session lives without a request.
pub const SESSION_IDLE: Span = Span::hours(12);
/// How long it lives altogether.
pub const SESSION_LIFE: Span = Span::days(7);
/// A person's sessions at once; a further one ends the one that was used longest ago.
pub const SESSIONS_MAX: u32 = 20;
/// The last request is noted to this precision.
const SEEN_EVERY: Span = Span::minutes(1);
const NAME_LENGTH_MAX: usize = 100;
const AGENT_LENGTH_MAX: usize = 200;
/// Discord lets nobody join more.
const GUILDS_MAX: usize = 200;

/// Names a session in lists; it opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(i64);

impl SessionId {
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

/// Who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// Names the session.
    pub id: SessionId,
    /// Of the ticket that the browser got.
    pub ticket: TicketDigest,
    /// Who.
    pub user: UserId,
    /// What they are called.
    pub name: String,
    /// The guilds that they were in at that moment: which ones to offer, never what they may do there.
    pub guilds: Vec<GuildId>,
    /// What the browser calls itself.
    pub agent: String,
}

/// A person who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Names it.
    pub id: SessionId,
    /// Who.
    pub user: UserId,
    /// What they were called when they signed in.
    pub name: String,
    /// The guilds that they were in when they signed in.
    pub guilds: Vec<GuildId>,
    /// What the browser calls itself.
    pub agent: String,
    /// Since when.
    pub began_at: Timestamp,
    /// When the last request came, to the minute.
    pub seen_at: Timestamp,
    /// Whether the person was ever shown around, or would rather not be; in whichever browser that was.
    pub was_shown_around: bool,
}

impl Session {
    /// Whether it is over at this moment.
    #[must_use]
    pub fn is_over(&self, at: Timestamp) -> bool {
        at.since(self.seen_at) >= SESSION_IDLE || at.since(self.began_at) >= SESSION_LIFE
    }

    /// Whether a request at this moment is to be noted.
    #[must_use]
    pub fn is_to_be_noted(&self, at: Timestamp) -> bool {
        at.since(self.seen_at) >= SEEN_EVERY
    }
}

/// Opens a session; where the person has too many, the one used longest ago ends.
///
/// # Errors
/// When the database fails.
pub fn session_open(tx: &mut Tx<'_>, at: Timestamp, new: &NewSession) -> Result<(), DbError> {
    let session = Session {
        id: new.id,
        user: new.user,
        name: clipped(&new.name, NAME_LENGTH_MAX),
        guilds: new.guilds.iter().copied().take(GUILDS_MAX).collect(),
        agent: clipped(&new.agent, AGENT_LENGTH_MAX),
        began_at: at,
        seen_at: at,
        was_shown_around: false,
    };
    sessions::insert(tx, new.ticket, &session)?;
    sessions::oldest_drop(tx, new.user, SESSIONS_MAX)?;
    Ok(())
}

/// The session of the browser with this ticket, unless it is over.
///
/// # Errors
/// When the database fails.
pub fn session_fetch(
    tx: &mut Tx<'_>,
    at: Timestamp,
    ticket: TicketDigest,
) -> Result<Option<Session>, DbError> {
    let session = sessions::fetch(tx, ticket)?;
    Ok(session.filter(|session| !session.is_over(at)))
}

/// Notes that a request came.
///
/// # Errors
/// When the database fails.
pub fn session_seen(tx: &mut Tx<'_>, at: Timestamp, id: SessionId) -> Result<(), DbError> {
    sessions::seen(tx, id, at)
}

/// A person's sessions, the one used last first.
///
/// # Errors
/// When the database fails.
pub fn sessions_list(
    tx: &mut Tx<'_>,
    at: Timestamp,
    user: UserId,
) -> Result<Vec<Session>, DbError> {
    let mut found = sessions::list(tx, user, SESSIONS_MAX)?;
    found.retain(|session| !session.is_over(at));
    Ok(found)
}

/// Ends one of a person's sessions; says whether there was one.
///
/// # Errors
/// When the database fails.
pub fn session_end(tx: &mut Tx<'_>, user: UserId, id: SessionId) -> Result<bool, DbError> {
    sessions::end(tx, user, id)
}

/// Ends all of a person's sessions but this one; gives how many there were.
///
/// # Errors
/// When the database fails.
pub fn sessions_end_others(tx: &mut Tx<'_>, user: UserId, kept: SessionId) -> Result<u64, DbError> {
    sessions::others_end(tx, user, kept)
}

/// Forgets sessions that are over, at most this many; gives how many there were.
///
/// # Errors
/// When the database fails.
pub fn sessions_prune(tx: &mut Tx<'_>, at: Timestamp, limit: u32) -> Result<u64, DbError> {
    sessions::over_drop(tx, at.before(SESSION_IDLE), at.before(SESSION_LIFE), limit)
}

fn clipped(text: &str, length_max: usize) -> String {
    let plain = text.chars().filter(|letter| !letter.is_control());
    plain.take(length_max).collect()
}
