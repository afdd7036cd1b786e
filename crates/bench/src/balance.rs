//! `balance`: balances read out of the process's memory, beside Redis over loopback.

use std::{hint::black_box, time::Duration};

use anyhow::{Context, Result, ensure};
use economy::{Hot, HotBalance};
use kernel::{Coins, GuildId, Stopwatch, UserId};
use rand::{Rng, SeedableRng, rngs::SmallRng};

use crate::{
    Name, Options, Pace,
    case::{Case, Goal},
    redis::{Redis, write_command},
    servers::{Servers, blocking},
};

const MEMBERS: u64 = 10_000;
/// How many commands are in flight where they are pipelined.
const IN_FLIGHT: usize = 64;
/// How many reads lie between two looks at the watch.
const READS_PER_LOOK: u32 = 4_096;

/// One thread on the cache, one connection to Redis.
pub(crate) async fn run(
    options: &Options,
    servers: &Servers,
    mut progress: impl FnMut(&str),
) -> Vec<Case> {
    progress("balance: the hot cache");
    let (seed, pace) = (options.seed, options.pace);
    let hot = match blocking(move || hot(seed, pace)).await {
        Ok(rate) => rate,
        Err(error) => {
            return vec![Case::missing(
                Name::Balance,
                "hot reads",
                format!("{error:#}"),
            )];
        }
    };
    let each = Case::new(Name::Balance, "one hot read", 1e9 / hot, "ns");
    progress("balance: Redis");
    let compared = |case: &str, redis: Result<f64>, wanted| {
        let hot = Case::new(Name::Balance, case, hot, "reads/s");
        match redis {
            Ok(rate) => hot.beside(rate).with_goal(Goal::RatioAtLeast(wanted)),
            Err(error) => hot
                .with_goal(Goal::RatioAtLeast(wanted))
                .because(format!("no baseline: {error:#}")),
        }
    };
    let one = over_redis(options, servers, 1).await;
    let many = over_redis(options, servers, IN_FLIGHT).await;
    vec![
        compared("hot reads, beside Redis one at a time", one, 50.0),
        compared("hot reads, beside Redis pipelined", many, 3.0),
        each,
    ]
}

/// Reads a second of one thread.
fn hot(seed: u64, pace: Pace) -> Result<f64> {
    let guild = GuildId::new(1).context("a guild's id")?;
    let hot = Hot::new(usize::try_from(MEMBERS * 2)?);
    let ticket = hot.ticket();
    let users = (1..=MEMBERS)
        .map(UserId::new)
        .collect::<Result<Vec<_>, _>>()?;
    for user in &users {
        let balance = HotBalance {
            balance: Coins::new(i64::try_from(user.get())?),
            held: Coins::ZERO,
            version: 1,
        };
        ensure!(
            hot.offer(&ticket, guild, *user, balance),
            "the cache refused a balance"
        );
    }
    let mut chance = SmallRng::seed_from_u64(seed);
    // Drawn beforehand: what is measured is the reading.
    let order: Vec<UserId> = (0..1 << 16)
        .map(|_| users[chance.random_range(0..users.len())])
        .collect();
    let watch = Stopwatch::start();
    let mut next = order.iter().cycle();
    let (mut counted, mut begun) = (0_u64, Duration::ZERO);
    loop {
        for user in next.by_ref().take(usize::try_from(READS_PER_LOOK)?) {
            let found = black_box(hot.get(black_box(guild), black_box(*user)));
            ensure!(found.is_some(), "the cache forgot a balance");
        }
        let elapsed = watch.elapsed();
        if elapsed < pace.warm_up() {
            begun = elapsed;
            continue;
        }
        counted += u64::from(READS_PER_LOOK);
        if elapsed - begun >= pace.measured() {
            return Ok(counted as f64 / (elapsed - begun).as_secs_f64());
        }
    }
}

/// GETs a second over one connection, so many at once.
async fn over_redis(options: &Options, servers: &Servers, in_flight: usize) -> Result<f64> {
    let mut redis = Redis::connect(servers.redis(options).await?).await?;
    let key = |user: u64| format!("guildhall-bench:{}:{user}", options.seed);
    let all: Vec<String> = (1..=MEMBERS).map(key).collect();
    for key in &all {
        redis
            .ask(&[b"SET", key.as_bytes(), b"1000000", b"EX", b"600"])
            .await?;
    }
    let mut chance = SmallRng::seed_from_u64(options.seed);
    let rounds: Vec<Vec<u8>> = (0..4_096_usize.div_ceil(in_flight))
        .map(|_| {
            let mut commands = Vec::new();
            for _ in 0..in_flight {
                write_command(
                    &mut commands,
                    &[b"GET", all[chance.random_range(0..all.len())].as_bytes()],
                );
            }
            commands
        })
        .collect();
    let watch = Stopwatch::start();
    let (mut counted, mut begun) = (0_u64, Duration::ZERO);
    for commands in rounds.iter().cycle() {
        let found = redis.ask_all(commands, in_flight).await?;
        ensure!(found == in_flight, "Redis forgot a value");
        let elapsed = watch.elapsed();
        if elapsed < options.pace.warm_up() {
            begun = elapsed;
            continue;
        }
        counted += u64::try_from(in_flight)?;
        if elapsed - begun >= options.pace.measured() {
            return Ok(counted as f64 / (elapsed - begun).as_secs_f64());
        }
    }
    Ok(0.0)
}

#[cfg(test)]
mod tests {
    use super::hot;
    use crate::Pace;

    #[test]
    fn the_cache_is_read_and_the_rate_is_counted() {
        assert!(hot(5, Pace::Quick).unwrap() > 1_000.0);
    }
}
