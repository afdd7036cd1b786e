//! Taking a case back: what can be given back is, once, with everything that the case's points led to.
//!
//! Who may not ban lifts no ban this way either. That is decided on what would be given back, whatever the case is
//! called: a ban may have followed from a warning's points. So every door says how far its asker's power reaches, and
//! nothing is touched before that is weighed. Not here: who may take cases back at all, which each door asks.

use ::store::Tx;
use kernel::{GuildId, Op, Timestamp};

use crate::{
    cases::{Case, CaseError, CaseState, Held, Novelty, case_fetch, name_of, tidied},
    deed::Deed,
    sanctions::{Due, Lasting},
    store::{cases, held, sanctions},
};

/// What whoever takes cases back may give back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Everything but bans: they may not ban.
    NoBans,
    /// Everything.
    Everything,
}

/// A case that was undone, and what must be given back.
#[derive(Debug, Clone, PartialEq)]
pub struct Undone {
    /// Whether it was undone now.
    pub novelty: Novelty,
    /// The case as it is now.
    pub case: Case,
    /// Cases that its points had led to, undone with it.
    pub followers: Vec<Case>,
    /// What must be given back.
    pub deeds: Vec<Deed>,
}

impl Undone {
    /// This, where it is within somebody's reach.
    fn within(self, reach: Reach) -> Result<Self, CaseError> {
        let lifts_ban = |deed: &Deed| matches!(deed, Deed::Unban { .. });
        let number = self.case.number;
        match reach {
            Reach::NoBans if self.deeds.iter().any(lifts_ban) => {
                Err(CaseError::LiftsBan { number })
            }
            Reach::NoBans | Reach::Everything => Ok(self),
        }
    }
}

/// Takes a case back, with everything that its points led to. A second time changes nothing and gives nothing back.
///
/// # Errors
/// When there is no such case, it would lift a ban out of reach, or the database fails.
pub fn case_undo(
    tx: &mut Tx<'_>,
    op: &Op,
    reach: Reach,
    number: i64,
    reason: &str,
) -> Result<Undone, CaseError> {
    case_outlook(tx, op.guild, reach, number, op.at)?;
    let (mut deeds, mut followers) = (Vec::new(), Vec::new());
    let novelty = undo_one(tx, op, number, reason, &mut deeds)?;
    if novelty == Novelty::New {
        for child in cases::case_list_children(tx, op.guild, number)? {
            undo_one(tx, op, child.number, reason, &mut deeds)?;
            followers.push(case_fetch(tx, op.guild, child.number)?);
        }
    }
    Ok(Undone {
        novelty,
        case: case_fetch(tx, op.guild, number)?,
        followers,
        deeds,
    })
}

/// What undoing a case would do at this moment; nothing is done.
///
/// # Errors
/// When there is no such case, it would lift a ban out of reach, or the database fails.
pub fn case_outlook(
    tx: &mut Tx<'_>,
    guild: GuildId,
    reach: Reach,
    number: i64,
    at: Timestamp,
) -> Result<Undone, CaseError> {
    let case = case_fetch(tx, guild, number)?;
    let mut followers = cases::case_list_children(tx, guild, number)?;
    followers.retain(|follower| follower.state != CaseState::Undone);
    let mut deeds = Vec::new();
    let novelty = match case.state {
        CaseState::Undone => Novelty::Before,
        CaseState::Open | CaseState::Expired => Novelty::New,
    };
    let touched = [&case].into_iter().chain(&followers);
    for one in touched.filter(|_| novelty == Novelty::New) {
        let lifted = sanctions::sanction_list_case(tx, guild, one.number)?;
        let held = held::held_fetch(tx, guild, one.number)?;
        deeds.extend(given_back(one, &lifted, held, at));
    }
    let outlook = Undone {
        novelty,
        case,
        followers,
        deeds,
    };
    outlook.within(reach)
}

fn undo_one(
    tx: &mut Tx<'_>,
    op: &Op,
    number: i64,
    reason: &str,
    deeds: &mut Vec<Deed>,
) -> Result<Novelty, CaseError> {
    let by = name_of(&op.actor);
    let done = cases::case_undo(tx, (op.guild, number), &by, op.at, &tidied(reason))?;
    let case = case_fetch(tx, op.guild, number)?;
    if !done {
        return Ok(Novelty::Before);
    }
    let lifted = sanctions::sanction_lift(tx, op.guild, number)?;
    let held = held::held_fetch(tx, op.guild, number)?;
    if held.is_some() {
        held::held_delete(tx, op.guild, number)?;
    }
    deeds.extend(given_back(&case, &lifted, held, op.at));
    Ok(Novelty::New)
}

/// What undoing a case gives back: sanctions that are not over, and the message that it removed.
fn given_back(case: &Case, lifted: &[Due], held: Option<Held>, at: Timestamp) -> Vec<Deed> {
    let lift = |due: &Due| match due.kind {
        Lasting::Timeout if due.ends_at.is_some_and(|end| end <= at) => None,
        Lasting::Timeout => Some(Deed::LiftTimeout { user: case.user }),
        Lasting::Ban => Some(Deed::Unban { user: case.user }),
    };
    let repost = |held: Held| Deed::Repost {
        channel: held.channel,
        user: held.user,
        text: held.text,
    };
    let lifts = lifted.iter().filter_map(lift);
    lifts.chain(held.map(repost)).collect()
}
