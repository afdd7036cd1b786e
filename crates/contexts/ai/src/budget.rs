//! Budgets in money: set aside before a model is asked, settled after.
//!
//! What is spent and what is set aside never exceed a guild's or a member's cap of the day, whatever a provider claims
//! and however many ask at once: the sums are raised by one conditional statement each, and an answer never counts more
//! than was set aside for it. A day is one of UTC. The same cause and purpose reserve once.

use ::store::{DbError, Tx};
use kernel::{Fault, FaultKind, GuildId, IdSource, Op, Span, Timestamp, Told, UserId};

use crate::{
    model::{ModelError, Usage},
    price::Estimate,
    request::Purpose,
    store::{
        models::{self, Ask},
        reservations::{self, Ended, Stored},
        spend,
    },
};

/// How long what was set aside stays so where nobody settles it: far longer than any deadline of a model.
pub const RESERVATION_LASTS: Span = Span::minutes(10);
/// The most reservations that one call of [`release_stale`] ends.
pub const RELEASE_CHUNK_MAX: u32 = 200;

const DAY_MICROS: i64 = 86_400_000_000;

/// What may be spent in a day, in millionths of a US dollar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// By the whole guild.
    pub guild_day_micros: i64,
    /// By each member.
    pub member_day_micros: i64,
}

/// What to set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reserve {
    /// What for; one cause may reserve once for each.
    pub purpose: Purpose,
    /// Whose budget it is, besides the guild's. Nobody's for what the guild wants (a judgement), so that no member can
    /// ask until nobody is judged.
    pub payer: Option<UserId>,
    /// What it may cost.
    pub estimate: Estimate,
}

/// Money set aside for one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// Its id.
    pub id: i64,
    /// The guild.
    pub guild: GuildId,
    /// What is set aside.
    pub micros: i64,
    /// What the estimate was, for settling.
    pub estimate: Estimate,
    /// Whether the same cause had reserved before.
    pub novelty: Novelty,
}

/// Whether something happened now or had happened before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Novelty {
    /// Now.
    New,
    /// Before: nothing changed.
    Before,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actual {
    /// Nobody was asked, or the provider refused before it read.
    NotAsked,
    /// It was asked and no word came.
    Lost,
    /// This came, whole or cut.
    Answered {
        /// The text, as far as it came.
        text: String,
        /// What the provider says it counted.
        claimed: Option<Usage>,
    },
}

/// What a request cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// Millionths of a US dollar.
    pub micros: i64,
    /// Tokens as counted, which is not always as claimed.
    pub usage: Usage,
    /// Whether it was settled or released before.
    pub novelty: Novelty,
}

/// Whose budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whose {
    /// The guild's.
    Guild,
    /// The member's.
    Member,
}

/// Why nothing was set aside.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BudgetError {
    /// The budget of the day does not suffice.
    #[error(
        "the {whose:?}'s budget of {cap} micro-dollars a day does not suffice for {wanted} more until {resets_at}"
    )]
    Exhausted {
        /// Whose.
        whose: Whose,
        /// The cap.
        cap: i64,
        /// What was to be set aside.
        wanted: i64,
        /// When the day ends.
        resets_at: Timestamp,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Fault for BudgetError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::Exhausted { .. } => FaultKind::Exhausted,
            Self::Store(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::Exhausted {
                whose, resets_at, ..
            } => {
                let key = match whose {
                    Whose::Guild => "ai-exhausted-guild",
                    Whose::Member => "ai-exhausted-member",
                };
                Told::new(key).with("resets", resets_at.micros().div_euclid(1_000_000))
            }
            Self::Store(error) => error.told(),
        }
    }
}

/// The day of UTC that a moment lies in, counted from 1970-01-01.
#[must_use]
pub const fn day_of(at: Timestamp) -> i64 {
    at.micros().div_euclid(DAY_MICROS)
}

/// The first day of the month of UTC that a moment lies in, counted as [`day_of`] does.
#[must_use]
pub fn month_of(at: Timestamp) -> i64 {
    day_of(month_began(at))
}

/// When the month of UTC began that a moment lies in.
fn month_began(at: Timestamp) -> Timestamp {
    let text = at.to_string();
    let month = text.get(.."2026-11".len()).unwrap_or_default();
    format!("{month}-01T00:00:00Z").parse().unwrap_or(at)
}

const fn day_ends(day: i64) -> Timestamp {
    Timestamp::from_micros((day + 1).saturating_mul(DAY_MICROS))
}

/// Sets aside what a request may cost, before anybody is asked. A refusal leaves no trace.
///
/// # Errors
/// When a budget of the day does not suffice, or the database fails.
pub fn reserve(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    budget: &Budget,
    cmd: &Reserve,
) -> Result<Reservation, BudgetError> {
    tx.nested(|tx| reserve_within(tx, op, ids, budget, cmd))?
}

fn reserve_within(
    tx: &mut Tx<'_>,
    op: &Op,
    ids: &dyn IdSource,
    budget: &Budget,
    cmd: &Reserve,
) -> Result<Reservation, BudgetError> {
    let wanted = cmd.estimate.reserved_micros();
    let stored = Stored {
        id: ids.next(),
        guild: op.guild,
        cause: op.cause.to_string(),
        purpose: cmd.purpose.name(),
        payer: cmd.payer,
        model: cmd.estimate.model.chars().take(200).collect(),
        day: day_of(op.at),
        reserved: wanted,
        floor: cmd.estimate.price.cost(cmd.estimate.lost()).min(wanted),
        at: op.at,
        expires_at: op.at + RESERVATION_LASTS,
    };
    let made = |id, micros, novelty| Reservation {
        id,
        guild: op.guild,
        micros,
        estimate: cmd.estimate.clone(),
        novelty,
    };
    if !reservations::reservation_insert(tx, &stored)? {
        let before = reservations::reservation_fetch(tx, op.guild, &stored.cause, stored.purpose)?;
        let (id, micros) = before.unwrap_or((stored.id, 0));
        return Ok(made(id, micros, Novelty::Before));
    }
    let mut within = |whose, payer, cap| {
        let fits = spend::reserved_add(tx, (op.guild, payer, stored.day), wanted, cap)?;
        let resets_at = day_ends(stored.day);
        fits.then_some(()).ok_or(BudgetError::Exhausted {
            whose,
            cap,
            wanted,
            resets_at,
        })
    };
    // Always the guild's row first: two that lock both in another order would wait for each other.
    within(Whose::Guild, None, budget.guild_day_micros)?;
    if cmd.payer.is_some() {
        within(Whose::Member, cmd.payer, budget.member_day_micros)?;
    }
    Ok(made(stored.id, wanted, Novelty::New))
}

/// Counts what a request cost and gives the rest back. Once: a second time changes nothing.
///
/// The cost is the provider's claim between the bounds of [`Estimate::counted`], and never more than was set aside.
///
/// # Errors
/// When the database fails.
pub fn settle(
    tx: &mut Tx<'_>,
    op: &Op,
    reservation: &Reservation,
    actual: &Actual,
) -> Result<Settled, DbError> {
    let estimate = &reservation.estimate;
    let usage = match actual {
        Actual::NotAsked => Usage::default(),
        Actual::Lost => estimate.lost(),
        Actual::Answered { text, claimed } => estimate.counted(text, *claimed),
    };
    let micros = estimate.price.cost(usage).min(reservation.micros);
    match reservations::reservation_settle(tx, op.guild, reservation.id, micros, usage)? {
        Some(ended) => {
            let ask = give_back(tx, op.guild, ended, micros, usage)?;
            models::model_add(tx, vec![ask])?;
            Ok(Settled {
                micros,
                usage,
                novelty: Novelty::New,
            })
        }
        None => {
            let (micros, usage) = reservations::spent_fetch(tx, op.guild, reservation.id)?;
            Ok(Settled {
                micros,
                usage,
                novelty: Novelty::Before,
            })
        }
    }
}

/// Counts it for whoever paid; gives what is to be counted for the model.
fn give_back(
    tx: &mut Tx<'_>,
    guild: GuildId,
    ended: Ended,
    micros: i64,
    usage: Usage,
) -> Result<Ask, DbError> {
    spend::spent_add(tx, (guild, None, ended.day), ended.reserved, micros, usage)?;
    if ended.payer.is_some() {
        let key = (guild, ended.payer, ended.day);
        spend::spent_add(tx, key, ended.reserved, micros, usage)?;
    }
    Ok(Ask {
        day: ended.day,
        model: ended.model,
        guild,
        micros,
        usage,
    })
}

/// Ends reservations that nobody settled in time, of all guilds: each counts what its reading likely cost, for its
/// process died on the way. Gives how many; call again while it is [`RELEASE_CHUNK_MAX`].
///
/// # Errors
/// When the database fails.
pub fn release_stale(tx: &mut Tx<'_>, now: Timestamp) -> Result<u32, DbError> {
    let stale = reservations::stale_list(tx, now, RELEASE_CHUNK_MAX)?;
    let mut asks = Vec::new();
    for id in stale {
        if let Some((guild, ended)) = reservations::reservation_release(tx, id)? {
            let floor = ended.floor;
            asks.push(give_back(tx, guild, ended, floor, Usage::default())?);
        }
    }
    let count = u32::try_from(asks.len()).unwrap_or(u32::MAX);
    models::model_add(tx, asks)?;
    Ok(count)
}

impl Actual {
    /// What became of a request that broke with this error, after this much of its text.
    #[must_use]
    pub fn broken(error: &ModelError, text: &str, claimed: Option<Usage>) -> Self {
        if !text.is_empty() || claimed.is_some() {
            return Self::Answered {
                text: text.to_owned(),
                claimed,
            };
        }
        if error.may_cost() {
            Self::Lost
        } else {
            Self::NotAsked
        }
    }
}
