//! How often bots may identify: so many times a day, and one per concurrency bucket in five seconds.
//! What always holds: resumes are never counted.

use std::collections::HashMap;

use super::{Noun, Snowflake, World, WorldError};

const DAY_US: i64 = 24 * 60 * 60 * 1_000_000;
const BUCKET_US: i64 = 5_000_000;

/// The identifies of all bots.
#[derive(Debug, Default)]
pub(super) struct IdentifyBooks {
    books: HashMap<Snowflake, Book>,
}

#[derive(Debug)]
struct Book {
    day_start_us: i64,
    used: u32,
    buckets_us: HashMap<u32, i64>,
}

/// What became of an IDENTIFY's claim to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdentifyTurn {
    Granted,
    /// Another shard of this bucket identified within five seconds: op 9.
    TooSoon,
    /// The day's identifies are used up: the token is reset and all sessions end.
    Exhausted,
}

/// `session_start_limit` of `GET /gateway/bot`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IdentifyStanding {
    pub(crate) total: u32,
    pub(crate) remaining: u32,
    pub(crate) reset_after_ms: i64,
    pub(crate) max_concurrency: u32,
}

impl World {
    /// Counts an IDENTIFY of a shard.
    ///
    /// # Errors
    /// When there is no such application.
    pub(crate) fn identify_count(
        &mut self,
        application: Snowflake,
        shard: u32,
    ) -> Result<IdentifyTurn, WorldError> {
        let now = self.now_us();
        let record = self
            .applications
            .get(&application)
            .ok_or(WorldError::Unknown(Noun::Application))?;
        let fresh = || Book {
            day_start_us: now,
            used: 0,
            buckets_us: HashMap::new(),
        };
        let book = self
            .identifies
            .books
            .entry(application)
            .or_insert_with(fresh);
        if now - book.day_start_us >= DAY_US {
            *book = fresh();
        }
        let bucket = shard % record.max_concurrency.max(1);
        if book
            .buckets_us
            .get(&bucket)
            .is_some_and(|last| now - last < BUCKET_US)
        {
            return Ok(IdentifyTurn::TooSoon);
        }
        if book.used >= record.identify_limit {
            return Ok(IdentifyTurn::Exhausted);
        }
        book.used += 1;
        book.buckets_us.insert(bucket, now);
        Ok(IdentifyTurn::Granted)
    }

    /// How many identifies a bot has left.
    ///
    /// # Errors
    /// When there is no such application.
    pub(crate) fn identify_standing(
        &self,
        application: Snowflake,
    ) -> Result<IdentifyStanding, WorldError> {
        let record = self
            .applications
            .get(&application)
            .ok_or(WorldError::Unknown(Noun::Application))?;
        let now = self.now_us();
        let book = self
            .identifies
            .books
            .get(&application)
            .filter(|book| now - book.day_start_us < DAY_US);
        let left_us = book.map_or(DAY_US, |book| book.day_start_us + DAY_US - now);
        Ok(IdentifyStanding {
            total: record.identify_limit,
            remaining: record
                .identify_limit
                .saturating_sub(book.map_or(0, |book| book.used)),
            reset_after_ms: left_us / 1_000,
            max_concurrency: record.max_concurrency,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::IdentifyTurn::{Exhausted, Granted, TooSoon};
    use crate::world::tests::scene;

    #[test]
    fn a_bucket_takes_one_identify_in_five_seconds_and_a_day_so_many() {
        let mut scene = scene();
        let bot = scene.bot;
        let edit = |app: &mut crate::world::state::Application| {
            (app.max_concurrency, app.identify_limit) = (2, 3)
        };
        scene.world.application_edit(bot, edit).unwrap();
        let turns: Vec<_> = [0, 1, 2]
            .map(|shard| scene.world.identify_count(bot, shard).unwrap())
            .into();
        assert_eq!(turns, [Granted, Granted, TooSoon]);
        scene.clock.advance_us(5_000_000);
        assert_eq!(scene.world.identify_count(bot, 2), Ok(Granted));
        scene.clock.advance_us(5_000_000);
        assert_eq!(scene.world.identify_count(bot, 2), Ok(Exhausted));
        assert_eq!(scene.world.identify_standing(bot).unwrap().remaining, 0);
        scene.clock.advance_us(24 * 3_600_000_000);
        assert_eq!(scene.world.identify_standing(bot).unwrap().remaining, 3);
        assert_eq!(scene.world.identify_count(bot, 2), Ok(Granted));
    }
}
