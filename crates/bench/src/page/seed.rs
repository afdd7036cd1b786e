//! Fills a database with a large guild: coins in the store's own format, everything else by its use cases.
//!
//! So the rows are those that the product writes. What is synthetic: who did what and when, the words, and that the
//! decisions of the audit were recorded without being carried out in Discord.

mod coins;
mod decisions;
mod known;
mod letters;
mod order;

use std::sync::Arc;

use anyhow::Result;
use audit::EntryId;
use kernel::{Clock, IdSource, Op, SeededChance, Snowflakes, Span, SystemClock, Timestamp, UserId};
use store::Database;
use testkit::ops::member_op;

use super::town::{Anchors, Size, Town};

/// The node of the ids that are minted here; the server has others.
const NODE: u16 = 1_000;
/// Decisions, cases and facts lie within this time, so that no word of theirs is old enough to be forgotten.
const RECENT_MINUTES: u64 = 28 * 24 * 60;

/// What a guild is filled from.
pub(super) struct Seeding {
    town: Arc<Town>,
    size: Size,
    seed: u64,
    now: Timestamp,
    ids: Arc<dyn IdSource>,
    chance: Arc<SeededChance>,
}

impl Seeding {
    pub(super) fn new(town: Town, size: Size, seed: u64) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        Self {
            town: Arc::new(town),
            size,
            seed,
            now: clock.now(),
            ids: Arc::new(Snowflakes::new(clock, NODE)),
            chance: Arc::new(SeededChance::new(seed)),
        }
    }

    /// Fills it, and says on the way what it is at.
    pub(super) async fn fill(
        &self,
        database: &Database,
        progress: &mut impl FnMut(&str),
    ) -> Result<Anchors> {
        progress("page: settings, personas, memories");
        let revision = known::revisions(self, database).await?;
        let version = known::personas(self, database).await?;
        let fact = known::facts(self, database).await?;
        progress("page: cases");
        let case = order::cases(self, database).await?;
        progress("page: decisions");
        let entry = decisions::fill(self, database, progress).await?;
        progress("page: the journal");
        let transfer = coins::fill(self, database, progress).await?;
        let letter = letters::dead(self, database).await?;
        Ok(Anchors {
            member: self.somebody(0),
            transfer,
            entry: EntryId::new(entry)?,
            case,
            fact,
            revision,
            version,
            rule: known::rule_id(0),
            token: known::tokens(self, database).await?,
            letter,
        })
    }

    /// The person with this number; numbers beyond the last begin anew.
    fn somebody(&self, number: u32) -> UserId {
        let people = &self.town.people;
        let place = usize::try_from(number).unwrap_or(0) % people.len().max(1);
        people.get(place).copied().unwrap_or(self.town.owner)
    }

    /// The moment of the thing with this number among so many, all of them recent and in their order.
    fn moment(&self, number: u32, count: u32) -> Timestamp {
        let back =
            RECENT_MINUTES * u64::from(count.saturating_sub(number)) / u64::from(count.max(1));
        let back = u32::try_from(back).unwrap_or(u32::MAX);
        self.now.before(Span::minutes(back))
    }

    /// What a member did in an interaction or a message with this number.
    fn op(&self, user: UserId, number: u64, at: Timestamp) -> Op {
        member_op(self.town.guild, user, number, at)
    }
}
