//! Cases: numbered records of what was done to whom and why, with notes and history.
//!
//! A case is opened once for its cause. Not here: deciding that there is one (`enforce`, `sanctions`), and taking it
//! back (`undo`).

use ::store::{DbError, Tx};
use kernel::{
    Actor, ChannelId, Fault, FaultKind, GuildId, IdSource, MessageId, Op, Timestamp, Told, UserId,
};

use crate::{
    judge::Hit,
    ranks::Power,
    store::{cases, held, people},
};

/// The most characters of a reason or note.
pub const REASON_LENGTH_MAX: usize = 512;
/// The most characters of a removed message that are kept.
pub const HELD_LENGTH_MAX: usize = 4_000;
/// The most cases of one page.
pub const CASES_LIMIT_MAX: u32 = 200;

/// What a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CaseKind {
    /// A rule was set off.
    Automod,
    /// A warning.
    Warn,
    /// A time-out.
    Timeout,
    /// A removal from the server.
    Kick,
    /// A ban.
    Ban,
    /// Something noted.
    Note,
}

impl CaseKind {
    const ALL: [Self; 6] = [
        Self::Automod,
        Self::Warn,
        Self::Timeout,
        Self::Kick,
        Self::Ban,
        Self::Note,
    ];

    /// The name as the contract spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Automod => "automod",
            Self::Warn => "warn",
            Self::Timeout => "timeout",
            Self::Kick => "kick",
            Self::Ban => "ban",
            Self::Note => "note",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Whether a case still holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CaseState {
    /// It does.
    Open,
    /// It was taken back.
    Undone,
    /// Its time is over.
    Expired,
}

impl CaseState {
    /// The name as the contract spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Undone => "undone",
            Self::Expired => "expired",
        }
    }

    /// The state with this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Open, Self::Undone, Self::Expired]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// A numbered record.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// The guild.
    pub guild: GuildId,
    /// Its number there, from 1; a number is skipped only where one event came twice at the same moment.
    pub number: i64,
    /// What it is about.
    pub kind: CaseKind,
    /// Whether it still holds.
    pub state: CaseState,
    /// Whom it is about.
    pub user: UserId,
    /// The member who opened it; nobody where a rule or a token did.
    pub moderator: Option<UserId>,
    /// Who opened it: a user's id, `token:NAME` or `system`.
    pub opened_by: String,
    /// The rule that was set off.
    pub rule_id: Option<String>,
    /// The message it is about.
    pub message: Option<MessageId>,
    /// Where that stood.
    pub channel: Option<ChannelId>,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// The points it brought.
    pub points: u32,
    /// Until when its sanction holds.
    pub until: Option<Timestamp>,
    /// The case whose points led to this one.
    pub parent: Option<i64>,
    /// What rules found; empty once its time is over or its author is erased.
    pub hits: Vec<Hit>,
    /// Who took it back.
    pub undone_by: Option<String>,
    /// When.
    pub undone_at: Option<Timestamp>,
    /// And why.
    pub undo_reason: Option<String>,
}

/// A note of a moderator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Who wrote it.
    pub author: String,
    /// What it says.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// A removed message that can be given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The case that removed it.
    pub number: i64,
    /// Who wrote it.
    pub user: UserId,
    /// Where.
    pub channel: ChannelId,
    /// Its id.
    pub message: MessageId,
    /// Its words.
    pub text: String,
    /// Until when they are kept.
    pub expires_at: Timestamp,
}

/// A case to be opened.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenCase {
    /// What it is about.
    pub kind: CaseKind,
    /// Whom it is about.
    pub user: UserId,
    /// Why.
    pub reason: String,
    /// The points it brings.
    pub points: u32,
    /// The rule that was set off.
    pub rule_id: Option<String>,
    /// The message it is about, and where that stood.
    pub message: Option<(ChannelId, MessageId)>,
    /// Until when its sanction holds.
    pub until: Option<Timestamp>,
    /// The case whose points led to it.
    pub parent: Option<i64>,
    /// What rules found, and until when that is kept.
    pub found: Option<(Vec<Hit>, Timestamp)>,
}

impl OpenCase {
    /// A case of this kind about this member, and nothing more.
    #[must_use]
    pub const fn plain(kind: CaseKind, user: UserId, reason: String) -> Self {
        Self {
            kind,
            user,
            reason,
            points: 0,
            rule_id: None,
            message: None,
            until: None,
            parent: None,
            found: None,
        }
    }
}

/// Whether this operation did something, or an earlier delivery of it had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Novelty {
    /// It did now.
    New,
    /// It was done before.
    Before,
}

/// Why a case was not touched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseError {
    /// There is none with this number.
    #[error("there is no case {number}")]
    NoSuchCase {
        /// The number.
        number: i64,
    },
    /// Taking the case back would lift a ban, and whoever asks may not ban.
    #[error("taking case {number} back would lift a ban, which is not for the asker")]
    LiftsBan {
        /// The number.
        number: i64,
    },
    /// The message of the case waits for no moderator.
    #[error("the message of case {number} does not wait for review")]
    NotWaiting {
        /// The number.
        number: i64,
    },
    /// A note or reason is empty or too long.
    #[error("a text of {length} characters is not between 1 and {REASON_LENGTH_MAX}")]
    BadText {
        /// Its length.
        length: usize,
    },
    /// A span of time is out of bounds.
    #[error("{minutes} minutes is not a time a sanction can last")]
    BadTime {
        /// What was asked for.
        minutes: u32,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Fault for CaseError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NoSuchCase { .. } => FaultKind::NotFound,
            Self::LiftsBan { .. } => FaultKind::Forbidden,
            Self::NotWaiting { .. } => FaultKind::Conflict,
            Self::BadText { .. } | Self::BadTime { .. } => FaultKind::Invalid,
            Self::Store(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::NoSuchCase { number } => {
                Told::new("moderation-no-such-case").with("number", *number)
            }
            Self::LiftsBan { number } => Told::new("moderation-lifts-ban")
                .with("number", *number)
                .with("permission", Power::Ban.permission()),
            Self::NotWaiting { number } => {
                Told::new("moderation-not-waiting").with("number", *number)
            }
            Self::BadText { .. } => Told::new("moderation-bad-text"),
            Self::BadTime { .. } => Told::new("moderation-bad-time"),
            Self::Store(error) => error.told(),
        }
    }
}

/// Who acts, as a case names them.
#[must_use]
pub fn name_of(actor: &Actor) -> String {
    match actor {
        Actor::Member(user) => user.to_string(),
        Actor::Token(name) => format!("token:{}", name.chars().take(180).collect::<String>()),
        Actor::System => "system".to_owned(),
    }
}

/// A text on one line, without what can't be stored, at most as long as a reason may be.
pub(crate) fn tidied(text: &str) -> String {
    let text = text.trim().chars();
    text.map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(REASON_LENGTH_MAX)
        .collect()
}

/// Opens a case, once for the operation's cause.
///
/// # Errors
/// When the database fails.
pub fn case_open(tx: &mut Tx<'_>, op: &Op, open: &OpenCase) -> Result<(Novelty, Case), CaseError> {
    let mut cause = op.cause.to_string();
    if let Some(parent) = open.parent {
        cause = format!("{cause}#{parent}");
    }
    if let Some(case) = cases::case_fetch_cause(tx, op.guild, &cause)? {
        return Ok((Novelty::Before, case));
    }
    // The counter's row makes two deliveries at once wait for one another, so the second look sees the first one's.
    let number = cases::number_next(tx, op.guild)?;
    if let Some(case) = cases::case_fetch_cause(tx, op.guild, &cause)? {
        return Ok((Novelty::Before, case));
    }
    let (hits, words_until) = match &open.found {
        Some((hits, until)) => (hits.clone(), Some(*until)),
        None => (Vec::new(), None),
    };
    let case = Case {
        guild: op.guild,
        number,
        kind: open.kind,
        state: CaseState::Open,
        user: open.user,
        moderator: op
            .member()
            .filter(|_| open.kind != CaseKind::Automod && open.parent.is_none()),
        opened_by: if open.kind == CaseKind::Automod || open.parent.is_some() {
            "system".to_owned()
        } else {
            name_of(&op.actor)
        },
        rule_id: open.rule_id.clone(),
        message: open.message.map(|(_, message)| message),
        channel: open.message.map(|(channel, _)| channel),
        reason: tidied(&open.reason),
        at: op.at,
        points: open.points,
        until: open.until,
        parent: open.parent,
        hits,
        undone_by: None,
        undone_at: None,
        undo_reason: None,
    };
    let new = cases::NewCase {
        case: &case,
        cause: &cause,
        words_until,
    };
    cases::case_insert(tx, &new)?;
    Ok((Novelty::New, case))
}

/// A case.
///
/// # Errors
/// When there is none, or the database fails.
pub fn case_fetch(tx: &mut Tx<'_>, guild: GuildId, number: i64) -> Result<Case, CaseError> {
    cases::case_fetch(tx, guild, number)?.ok_or(CaseError::NoSuchCase { number })
}

/// Cases, the newest first, below `before` where that is given; of one member, or of all.
///
/// # Errors
/// When the database fails.
pub fn case_list(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: Option<UserId>,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Case>, DbError> {
    let limit = limit.clamp(1, CASES_LIMIT_MAX);
    cases::case_list(tx, guild, user, before.unwrap_or(i64::MAX), limit)
}

/// A page of cases.
#[derive(Debug, Clone, PartialEq)]
pub struct CasePage {
    /// The cases, the newest first.
    pub cases: Vec<Case>,
    /// Below which number the next page begins, where there is more.
    pub next: Option<i64>,
}

/// A page of cases, below `before` where that is given; of one member, or of all.
///
/// # Errors
/// When the database fails.
pub fn case_page(
    tx: &mut Tx<'_>,
    guild: GuildId,
    user: Option<UserId>,
    before: Option<i64>,
    limit: u32,
) -> Result<CasePage, DbError> {
    let limit = limit.clamp(1, CASES_LIMIT_MAX);
    // One more than is shown tells whether there is a next page.
    let below = before.unwrap_or(i64::MAX);
    let mut cases = cases::case_list(tx, guild, user, below, limit + 1)?;
    let shown = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = cases.len() > shown;
    cases.truncate(shown);
    let next = cases.last().filter(|_| more).map(|last| last.number);
    Ok(CasePage { cases, next })
}

/// Adds a note to a case, once for the operation's cause.
///
/// # Errors
/// When there is no such case, the note is empty or too long, or the database fails.
pub fn case_note(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    number: i64,
    text: &str,
) -> Result<(Novelty, Case), CaseError> {
    let length = text.trim().chars().count();
    if !(1..=REASON_LENGTH_MAX).contains(&length) {
        return Err(CaseError::BadText { length });
    }
    let case = case_fetch(tx, op.guild, number)?;
    let note = Note {
        author: name_of(&op.actor),
        text: tidied(text),
        at: op.at,
    };
    let key = (op.guild, number);
    let new = cases::note_insert(tx, key, ids.next(), &op.cause.to_string(), &note)?;
    Ok((if new { Novelty::New } else { Novelty::Before }, case))
}

/// The latest notes of a case, at most 50.
///
/// # Errors
/// When the database fails.
pub fn notes(tx: &mut Tx<'_>, guild: GuildId, number: i64) -> Result<Vec<Note>, DbError> {
    cases::note_list(tx, guild, number, 50)
}

/// The removed message of a case, as long as it is kept.
///
/// # Errors
/// When the database fails.
pub fn held(tx: &mut Tx<'_>, guild: GuildId, number: i64) -> Result<Option<Held>, DbError> {
    held::held_fetch(tx, guild, number)
}

/// Forgets up to `limit` removed messages and `limit` cases' findings whose time is over; gives how many.
///
/// # Errors
/// When the database fails.
pub fn words_forget(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<u64, DbError> {
    Ok(held::held_forget(tx, now, limit)? + cases::words_forget(tx, now, limit)?)
}

/// Forgets a member's words, what was noted about them, and what they reported. The cases stay, without words: they
/// are the server's record, and what undoes a ban. Gives how many rows changed.
///
/// # Errors
/// When the database fails.
pub fn erase(tx: &mut Tx<'_>, _op: &Op, guild: GuildId, user: UserId) -> Result<u64, DbError> {
    people::words_erase(tx, guild, user)
}

/// Everything kept of a member, at most 1,000 of each kind.
///
/// # Errors
/// When the database fails.
pub fn export(tx: &mut Tx<'_>, guild: GuildId, user: UserId) -> Result<serde_json::Value, DbError> {
    const MOST: u32 = 1_000;
    let list = cases::case_list(tx, guild, Some(user), i64::MAX, MOST)?;
    let list: Vec<serde_json::Value> = list.iter().map(exported).collect();
    Ok(serde_json::json!({
        "cases": list,
        "removed_messages": people::held_list_user(tx, guild, user, MOST)?,
        "reports": people::report_list_user(tx, guild, user, MOST)?,
    }))
}

fn exported(case: &Case) -> serde_json::Value {
    serde_json::json!({
        "number": case.number, "kind": case.kind.name(), "state": case.state.name(), "reason": case.reason,
        "at": case.at.to_string(), "points": case.points, "rule_id": case.rule_id,
        "message_id": case.message.map(|id| id.to_string()), "until": case.until.map(|at| at.to_string()),
        "found": case.hits.iter().map(|hit| serde_json::json!({
            "rule": hit.name, "matched": hit.matched, "reasoning": hit.reasoning,
        })).collect::<Vec<_>>(),
    })
}
