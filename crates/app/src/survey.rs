//! How a guild is: what was decided, how coins flowed, what models cost, and what stands still, all at one moment.
//!
//! It is read in one transaction, so its numbers fit together. What a viewer may not see is not in it.

use audit::{Entry, Filter, Kind, Rank, Tally, Viewer};
use economy::{Flow, Supply};
use kernel::{GuildId, Span, Timestamp};
use moderation::SwitchState;
use store::{DbError, Tx};

use crate::Core;

/// What is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Survey {
    /// Who looks.
    pub viewer: Viewer,
    /// Since when decisions are counted.
    pub since: Timestamp,
    /// Since when coins are followed.
    pub today: Timestamp,
    /// How many of the latest decisions are wanted.
    pub latest: u32,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Surveyed {
    /// Decisions, oldest first.
    pub tallies: Vec<Tally>,
    /// The latest ones, newest first.
    pub latest: Vec<Entry>,
    /// Coins; nothing where the economy is off.
    pub coins: Option<Coinage>,
    /// What models cost on each of the last days of UTC, oldest first, in millionths of a dollar.
    pub costs: Vec<i64>,
    /// Since when rules are switched off, where they are.
    pub rules_off: Option<Timestamp>,
}

/// The coins of a guild.
#[derive(Debug, Clone)]
pub struct Coinage {
    /// How many there are, and where.
    pub supply: Supply,
    /// How they flowed today.
    pub flows: Vec<Flow>,
    /// Why they stand still, and since when, where they do.
    pub frozen: Option<(String, Timestamp)>,
}

/// Days of cost that are shown.
const COST_DAYS: i64 = 7;

impl Core {
    /// How a guild is at this moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn survey(&self, guild: GuildId, survey: Survey) -> Result<Surveyed, DbError> {
        let has_coins = self.config(guild).await?.settings.economy.enabled;
        let now = self.clock().now();
        let read = move |tx: &mut Tx<'_>| surveyed(tx, guild, survey, (now, has_coins));
        self.database().read("survey", read).await
    }
}

fn surveyed(
    tx: &mut Tx<'_>,
    guild: GuildId,
    survey: Survey,
    (now, has_coins): (Timestamp, bool),
) -> Result<Surveyed, DbError> {
    let filter = Filter::default();
    let latest = audit::search_seen(tx, guild, &survey.viewer, &filter, None, survey.latest)?;
    let switch = moderation::switch(tx, guild)?;
    let off = switch.filter(|switch| switch.state == SwitchState::Off);
    Ok(Surveyed {
        tallies: tallies(tx, guild, survey, now)?,
        latest: latest.entries,
        coins: has_coins
            .then(|| coinage(tx, guild, survey.today, now))
            .transpose()?,
        costs: costs(tx, guild, now)?,
        rules_off: off.map(|switch| switch.at),
    })
}

/// Of a member no decisions are counted: most are others'. Who wrote what from outside is the operator's to know.
fn tallies(
    tx: &mut Tx<'_>,
    guild: GuildId,
    survey: Survey,
    now: Timestamp,
) -> Result<Vec<Tally>, DbError> {
    if survey.viewer.rank == Rank::Member {
        return Ok(Vec::new());
    }
    let mut tallies = audit::tally(tx, guild, survey.since, just_after(now))?;
    let sees_access = survey.viewer.rank == Rank::Operator;
    tallies.retain(|tally| sees_access || tally.kind != Kind::Access);
    Ok(tallies)
}

fn coinage(
    tx: &mut Tx<'_>,
    guild: GuildId,
    today: Timestamp,
    now: Timestamp,
) -> Result<Coinage, DbError> {
    Ok(Coinage {
        supply: economy::supply_summed(tx, guild)?,
        flows: economy::flows(tx, guild, today, just_after(now))?,
        frozen: economy::frozen(tx, guild)?,
    })
}

/// What happens in this very moment counts.
fn just_after(now: Timestamp) -> Timestamp {
    now + Span::millis(1)
}

fn costs(tx: &mut Tx<'_>, guild: GuildId, now: Timestamp) -> Result<Vec<i64>, DbError> {
    let today = ai::day_of(now);
    let first = today - (COST_DAYS - 1);
    let days = ai::spent_days(tx, guild, first, today)?;
    let of = |day| {
        let found = days.iter().find(|(known, _)| *known == day);
        found.map_or(0, |(_, spent)| spent.micros)
    };
    Ok((first..=today).map(of).collect())
}
