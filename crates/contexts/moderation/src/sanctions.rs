//! What moderators do to members, and what lasts: ended on time, also after a restart, or lifted before.
//!
//! Each sanction is a case. A newer one of the same kind takes the older one's place, so that the older one's end
//! does not end the newer. Whether the asker may is `ranks`; it is asked before.

use ::store::{DbError, Tx};
use kernel::{GuildId, IdSource, Op, Span, Timestamp, UserId};

use crate::{
    cases::{Case, CaseError, CaseKind, Novelty, OpenCase, case_fetch, case_open},
    deed::Deed,
    enforce::{Author, Followed, follow},
    settings::Settings,
    store::{cases, sanctions},
    undo::{Reach, case_undo},
};

/// The longest time-out that Discord knows.
pub const TIMEOUT_MINUTES_MAX: u32 = 28 * 24 * 60;
/// The longest ban with an end: ten years.
pub const BAN_MINUTES_MAX: u32 = 3_650 * 24 * 60;
/// The longest time back from which a ban removes messages: seven days.
pub const DELETE_SECONDS_MAX: u32 = 7 * 24 * 60 * 60;

/// What lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lasting {
    /// A time-out.
    Timeout,
    /// A ban.
    Ban,
}

impl Lasting {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Ban => "ban",
        }
    }

    pub(crate) fn of_name(name: &str) -> Option<Self> {
        [Self::Timeout, Self::Ban]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// A sanction whose time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// Its own id.
    pub id: i64,
    /// The guild.
    pub guild: GuildId,
    /// Its case.
    pub number: i64,
    /// Whom it is on.
    pub user: UserId,
    /// What it is.
    pub kind: Lasting,
    /// When it ends.
    pub ends_at: Option<Timestamp>,
}

/// What a moderator does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Warn.
    Warn {
        /// The points it brings.
        points: u32,
    },
    /// Time out.
    Timeout {
        /// How long.
        minutes: u32,
    },
    /// Remove.
    Kick,
    /// Ban.
    Ban {
        /// How long; for ever where this is missing.
        minutes: Option<u32>,
        /// Messages of this time go as well.
        delete_seconds: u32,
    },
    /// Only write it down.
    Note,
}

/// A measure against a member, with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sanction {
    /// What is done.
    pub measure: Measure,
    /// To whom.
    pub user: UserId,
    /// Why.
    pub reason: String,
}

/// What came of a measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Sanctioned {
    /// Whether it was done now.
    pub novelty: Novelty,
    /// Its case.
    pub case: Case,
    /// What its points led to.
    pub step: Option<Case>,
    /// The member's points with it.
    pub points: i64,
    /// What must happen.
    pub deeds: Vec<Deed>,
}

/// Does a measure, once for the operation's cause.
///
/// # Errors
/// When a time is out of bounds, or the database fails.
pub fn sanction(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    settings: &Settings,
    cmd: &Sanction,
) -> Result<Sanctioned, CaseError> {
    let (kind, until) = planned(cmd.measure, op.at)?;
    let mut open = OpenCase::plain(kind, cmd.user, cmd.reason.clone());
    open.until = until;
    if let Measure::Warn { points } = cmd.measure {
        open.points = points;
    }
    let (novelty, case) = case_open(tx, op, &open)?;
    let mut done = Sanctioned {
        novelty,
        case,
        step: None,
        points: 0,
        deeds: Vec::new(),
    };
    if novelty == Novelty::Before {
        return Ok(done);
    }
    done.deeds
        .extend(imposed(tx, op, ids, &done.case, cmd.measure)?);
    let Followed {
        points,
        step,
        deeds,
    } = follow(tx, op, ids, settings, &done.case, Author::Person)?;
    done.points = points;
    done.step = step;
    done.deeds.extend(deeds);
    Ok(done)
}

fn planned(measure: Measure, now: Timestamp) -> Result<(CaseKind, Option<Timestamp>), CaseError> {
    let within = |minutes: u32, most: u32| {
        if (1..=most).contains(&minutes) {
            Ok(Some(now + Span::minutes(minutes)))
        } else {
            Err(CaseError::BadTime { minutes })
        }
    };
    Ok(match measure {
        Measure::Warn { .. } => (CaseKind::Warn, None),
        Measure::Timeout { minutes } => (CaseKind::Timeout, within(minutes, TIMEOUT_MINUTES_MAX)?),
        Measure::Kick => (CaseKind::Kick, None),
        Measure::Ban { minutes: None, .. } => (CaseKind::Ban, None),
        Measure::Ban {
            minutes: Some(minutes),
            ..
        } => (CaseKind::Ban, within(minutes, BAN_MINUTES_MAX)?),
        Measure::Note => (CaseKind::Note, None),
    })
}

/// Writes down what lasts, and says what must happen.
pub(crate) fn imposed(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    case: &Case,
    measure: Measure,
) -> Result<Option<Deed>, DbError> {
    let user = case.user;
    let (kind, deed) = match measure {
        Measure::Warn { .. } | Measure::Note => return Ok(None),
        Measure::Kick => return Ok(Some(Deed::Kick { user })),
        Measure::Timeout { minutes } => {
            let until = case.until.unwrap_or(op.at + Span::minutes(minutes));
            (Lasting::Timeout, Deed::timeout(user, until))
        }
        Measure::Ban { delete_seconds, .. } => {
            let delete_seconds = delete_seconds.min(DELETE_SECONDS_MAX);
            let deed = Deed::Ban {
                user,
                delete_seconds,
            };
            (Lasting::Ban, deed)
        }
    };
    let new = sanctions::NewSanction {
        id: ids.next(),
        guild: op.guild,
        number: case.number,
        user,
        kind,
        ends_at: case.until,
    };
    sanctions::sanction_insert(tx, &new)?;
    Ok(Some(deed))
}

/// Lifts a member's ban, for whoever may ban: its case is undone. Of a ban that is in no case a note is made. Gives
/// what must happen.
///
/// # Errors
/// When the database fails.
pub fn unban(
    tx: &mut Tx<'_>,
    op: &Op,
    user: UserId,
    reason: &str,
) -> Result<(Novelty, Case, Vec<Deed>), CaseError> {
    let known = sanctions::sanction_fetch_user(tx, op.guild, user, Lasting::Ban)?;
    if let Some(number) = known {
        let undone = case_undo(tx, op, Reach::Everything, number, reason)?;
        return Ok((undone.novelty, undone.case, undone.deeds));
    }
    let open = OpenCase::plain(CaseKind::Note, user, format!("Ban lifted. {reason}"));
    let (novelty, case) = case_open(tx, op, &open)?;
    let deeds = match novelty {
        Novelty::New => vec![Deed::Unban { user }],
        Novelty::Before => Vec::new(),
    };
    Ok((novelty, case, deeds))
}

/// Sanctions whose time is over at `now`, the oldest first; each is ended by [`sanction_end`].
///
/// # Errors
/// When the database fails.
pub fn sanction_due(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<Vec<Due>, DbError> {
    sanctions::sanction_list_due(tx, now, limit.clamp(1, 1_000))
}

/// Ends a sanction whose time is over: its case expires, and what must be lifted by hand is said. Nothing where it
/// was ended, lifted or replaced before.
///
/// # Errors
/// When the database fails.
pub fn sanction_end(
    tx: &mut Tx<'_>,
    op: &Op,
    id: i64,
) -> Result<Option<(Case, Vec<Deed>)>, CaseError> {
    let Some(ended) = sanctions::sanction_end(tx, id, op.at)? else {
        return Ok(None);
    };
    cases::case_expire(tx, ended.guild, ended.number)?;
    let case = case_fetch(tx, ended.guild, ended.number)?;
    // A time-out ends by itself in Discord.
    let deeds = match ended.kind {
        Lasting::Timeout => Vec::new(),
        Lasting::Ban => vec![Deed::Unban { user: ended.user }],
    };
    Ok(Some((case, deeds)))
}
