//! `storm`: every event comes twice, the gateway fails in every way it can, and members go on paying.
//!
//! The bots run in this process, all in one application over one database, as a fleet does: twenty programs on a few
//! cores would measure the machine. What each bot took on, and when, is written down at the door of the application.
//! A payment taken on in time stands in the journal once; one that came too late, or to no session at all, not at all.

mod faults;
mod fleet;
mod sessions;

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, Result};
use kernel::GuildId;
use rand::{Rng, SeedableRng, rngs::SmallRng};
use sim::{Disturbance, Snowflake};
use tokio::time::Instant;

use crate::{
    Name, Options,
    books::{self, AllAsked, Asked, Books},
    case::{Case, Goal},
    scene::{Ask, invoke},
};
use faults::Faults;
use fleet::{Fleet, Received};
use sessions::Sessions;

/// What is taken on younger than this is in time, whatever the machine does between.
const IN_TIME: Duration = Duration::from_millis(2_000);
/// What is taken on older than this is too late.
const TOO_LATE: Duration = Duration::from_millis(3_000);

/// How hard it blows.
#[derive(Debug, Clone, Copy)]
pub struct Storm {
    /// How many bots there are, each in a guild of its own.
    pub bots: u32,
    /// For how long.
    pub lasts: Duration,
    /// How many faults of the gateway are ordered in that time.
    pub faults: u32,
    /// How many commands are sent each second, over all bots.
    pub commands_per_second: u32,
    /// Which faults hit whom and who pays whom follow from it.
    pub seed: u64,
}

/// What it left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aftermath {
    /// Commands that members sent.
    pub commands: u64,
    /// Of those, how many came to a bot in time.
    pub in_time: u64,
    /// Of those, how many came to a bot too late, and so were not to be done.
    pub too_late: u64,
    /// Of those, how many came to no bot: its session was gone.
    pub never: u64,
    /// Events that came a second time, or more often.
    pub repeated: u64,
    /// Faults that hit a connection, by kind.
    pub faults: BTreeMap<&'static str, u64>,
    /// Taken on in time and not done.
    pub lost: u64,
    /// Done more than once.
    pub doubled: u64,
    /// Done although it came too late, or otherwise than asked for.
    pub wrong: u64,
    /// Sessions that were begun although the last one could have been resumed.
    pub identifies_wasted: u64,
    /// Sessions that were begun.
    pub identifies: u64,
    /// Sessions that were resumed.
    pub resumes: u64,
    /// What the check of the books found.
    pub mismatches: Vec<String>,
    /// Answers that are still owed, or were given up.
    pub owed: i64,
    /// Some of those, each with its state and what stood in the way.
    pub owed_said: Vec<String>,
}

impl Aftermath {
    /// Whether nothing was lost, doubled, wrong, wasted or forgotten.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.lost == 0
            && self.doubled == 0
            && self.wrong == 0
            && self.identifies_wasted == 0
            && self.owed == 0
            && self.mismatches.is_empty()
    }
}

/// Lets it blow.
///
/// # Errors
/// When the bots do not come up, or do not come back at the end.
pub async fn storm(storm: Storm, mut progress: impl FnMut(&str)) -> Result<Aftermath> {
    let fleet = Fleet::launch(storm.bots, storm.seed).await?;
    let mut sessions = Sessions::default();
    let mut faults = Faults::new(storm.seed);
    fleet.control.disturb(Disturbance {
        duplicates: 1,
        ..Disturbance::default()
    })?;
    progress("it begins");
    let asked = blow(storm, &fleet, &mut faults, &mut sessions).await?;
    progress("it is over: the bots come back and settle");
    fleet.control.disturb(Disturbance::default())?;
    fleet.all_live().await?;
    fleet.settled().await?;
    sessions.read(&fleet.control);
    let guilds = fleet
        .guilds
        .iter()
        .map(|place| GuildId::new(place.guild.0))
        .collect::<Result<Vec<_>, _>>()?;
    let landed = fleet.land().await?;
    let books = books::compare(&landed.database, &asked, &guilds).await?;
    let left = aftermath(&asked, &landed.received, books, &sessions, faults);
    landed.close().await?;
    Ok(left)
}

/// Commands at a fixed rate, and faults spread over the whole time.
async fn blow(
    storm: Storm,
    fleet: &Fleet,
    faults: &mut Faults,
    sessions: &mut Sessions,
) -> Result<AllAsked> {
    let mut asked = AllAsked::new();
    let mut chance = SmallRng::seed_from_u64(storm.seed);
    let each = Duration::from_secs(1) / storm.commands_per_second;
    let count = u32::try_from(storm.lasts.as_nanos() / each.as_nanos())?;
    let mut ordered: u32 = 0;
    let begun = Instant::now();
    for number in 0..count {
        tokio::time::sleep_until(begun + each * number).await;
        let place = &fleet.guilds[chance.random_range(0..fleet.guilds.len())];
        let one = chance.random_range(0..place.members.len());
        let other = (one + chance.random_range(1..place.members.len())) % place.members.len();
        let (payer, payee, amount) = (
            place.members[one],
            place.members[other],
            chance.random_range(1..=3),
        );
        let command = invoke(place.channel, payer, place.bot, Ask::Pay { payee, amount });
        let interaction = fleet
            .control
            .invoke(&command)
            .context("sending a command")?;
        let payment = Asked {
            payer,
            payee,
            amount,
            acknowledged: false,
        };
        asked.insert(interaction, payment);
        while u64::from(ordered) * u64::from(count)
            < u64::from(number + 1) * u64::from(storm.faults)
        {
            faults.order(fleet)?;
            ordered += 1;
        }
        if number % storm.commands_per_second == 0 {
            sessions.read(&fleet.control);
        }
    }
    Ok(asked)
}

fn aftermath(
    asked: &AllAsked,
    received: &Received,
    books: Books,
    sessions: &Sessions,
    faults: Faults,
) -> Aftermath {
    let age = |interaction: &Snowflake| received.first.get(&interaction.0).copied();
    let with =
        |fits: fn(Option<Duration>) -> bool| asked.keys().filter(move |id| fits(age(id))).copied();
    let in_time = |age: Option<Duration>| age.is_some_and(|age| age < IN_TIME);
    let too_late = |age: Option<Duration>| age.is_some_and(|age| age > TOO_LATE);
    let never = |age: Option<Duration>| age.is_none();
    let unasked = with(too_late)
        .chain(with(never))
        .filter(|id| books.has(*id))
        .count() as u64;
    Aftermath {
        commands: asked.len() as u64,
        in_time: with(in_time).count() as u64,
        too_late: with(too_late).count() as u64,
        never: with(never).count() as u64,
        repeated: received.repeated,
        faults: faults.hit,
        lost: books.lacking(with(in_time)),
        doubled: books.doubled(),
        wrong: books.partial + unasked,
        identifies_wasted: sessions.wasted(),
        identifies: sessions.identifies(),
        resumes: sessions.resumes(),
        mismatches: books.mismatches,
        owed: books.owed,
        owed_said: books.owed_said,
    }
}

/// The whole storm, or a gust.
pub(crate) async fn run(options: &Options, mut progress: impl FnMut(&str)) -> Vec<Case> {
    let asked = Storm {
        bots: 20,
        lasts: Duration::from_secs(u64::from(options.pace.of(600, 15))),
        faults: options.pace.of(1_000, 25),
        commands_per_second: 100,
        seed: options.seed,
    };
    let case = format!(
        "{} faults, 100 commands/s, 20 bots, {} s",
        asked.faults,
        asked.lasts.as_secs()
    );
    let left = match storm(asked, |line: &str| progress(&format!("storm: {line}"))).await {
        Ok(left) => left,
        Err(error) => return vec![Case::missing(Name::Storm, case, format!("{error:#}"))],
    };
    let count = |count: u64, what: &str, unit| {
        Case::new(Name::Storm, format!("{case}: {what}"), count as f64, unit)
            .with_goal(Goal::Exactly(0.0))
    };
    let stated = format!(
        "{} commands: {} came in time, {} too late, {} to no session; {} events came again; faults {:?}",
        left.commands, left.in_time, left.too_late, left.never, left.repeated, left.faults
    );
    let begun = format!(
        "{} sessions were begun, {} resumed",
        left.identifies, left.resumes
    );
    vec![
        count(left.lost, "lost", "transfers").because(stated),
        count(left.doubled, "doubled", "transfers"),
        count(left.wrong, "done too late or otherwise", "transfers"),
        count(
            left.identifies_wasted,
            "IDENTIFY where a resume was possible",
            "sessions",
        )
        .because(begun),
        count(left.owed.unsigned_abs(), "still owed", "answers").because(left.owed_said.join("; ")),
        count(left.mismatches.len() as u64, "books", "mismatches"),
    ]
}
