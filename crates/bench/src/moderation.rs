//! `moderation`: messages a second of one core through 200 rules and 10,000 words, beside the bare engines under them.
//!
//! The bare engines look for the same words and the same patterns in the same texts, and do no more: no folding, no
//! whole words, no places, no links, no counting. Both go over the same texts in turn, so that what else the machine
//! does falls on both.

mod bare;
mod corpus;
mod hostile;
mod rules;

use std::{hint::black_box, time::Duration};

use anyhow::Result;
use hdrhistogram::Histogram;
use kernel::{ChannelId, GuildId, MessageId, Stopwatch, Timestamp, UserId};
use moderation::{Compiled, FloodState, Message, Part, Text, Verdict, judge};

use crate::{
    Name, Options, Pace,
    case::{Case, Goal},
    load::nanos,
    servers::blocking,
};
use bare::Bare;
use corpus::{Corpus, Sort};

/// How many members write.
const MEMBERS: u64 = 1_000;
const FIRST_USER: u64 = 200_000_000_000_000_000;

/// One thread: all texts, then each sort of them, then hostile patterns.
pub(crate) async fn run(options: &Options, mut progress: impl FnMut(&str)) -> Vec<Case> {
    let (seed, pace) = (options.seed, options.pace);
    progress("moderation: 200 rules, 10,000 words");
    let mixed = blocking(move || texts(seed, pace)).await;
    let mut cases = mixed.unwrap_or_else(|error| missing("messages of all sorts", &error));
    progress("moderation: hostile patterns");
    let hostile = blocking(move || hostile::measured(seed, pace)).await;
    cases.extend(hostile.unwrap_or_else(|error| missing("hostile patterns", &error)));
    cases
}

fn missing(case: &str, error: &anyhow::Error) -> Vec<Case> {
    let reason = format!("{error:#}");
    vec![Case::missing(Name::Moderation, case, reason)]
}

fn texts(seed: u64, pace: Pace) -> Result<Vec<Case>> {
    let settings = rules::settings(seed);
    let mut channel = Channel::new(Compiled::of(&settings))?;
    let bare = Bare::of(&settings)?;
    let corpus = Corpus::draw(seed);
    let all: Vec<&str> = corpus.all().collect();
    let mixed = compared(&mut channel, &bare, &all, pace.measured(), pace)?;
    let hits = all
        .iter()
        .filter(|text| !channel.judged(text).hits.is_empty())
        .count();
    let micros = |share| nanos_as_micros(mixed.times.value_at_quantile(share));
    let case = Case::new(
        Name::Moderation,
        "messages of all sorts",
        mixed.ours,
        "messages/s",
    );
    let mut cases = vec![
        case.beside(mixed.bare)
            .with_goal(Goal::RatioAtLeast(0.5))
            .because(format!(
                "{} texts of {} bytes on average, {hits} with a hit",
                all.len(),
                all.iter().map(|text| text.len()).sum::<usize>() / all.len().max(1)
            )),
        Case::new(Name::Moderation, "one message, p50", micros(0.5), "µs"),
        Case::new(Name::Moderation, "one message, p99", micros(0.99), "µs")
            .with_goal(Goal::Under(200.0)),
    ];
    for sort in Sort::ALL {
        let some: Vec<&str> = corpus.of(sort).collect();
        let side = compared(&mut channel, &bare, &some, pace.measured() / 4, pace)?;
        let case = Case::new(Name::Moderation, sort.words(), side.ours, "messages/s");
        cases.push(case.beside(side.bare));
    }
    Ok(cases)
}

fn nanos_as_micros(nanos: u64) -> f64 {
    nanos as f64 / 1_000.0
}

/// Messages a second of both, and how long one of ours took.
struct Side {
    ours: f64,
    bare: f64,
    times: Histogram<u64>,
}

/// Both over the same texts, a pass each in turn.
fn compared(
    channel: &mut Channel,
    bare: &Bare,
    texts: &[&str],
    lasts: Duration,
    pace: Pace,
) -> Result<Side> {
    let (mut ours, mut theirs) = (Duration::ZERO, Duration::ZERO);
    let (mut counted, whole) = (0_u64, Stopwatch::start());
    // The first pass makes what is made at the first use, and does not count.
    let mut warm = false;
    while counted == 0 || whole.elapsed() < lasts {
        let watch = Stopwatch::start();
        for text in texts {
            black_box(channel.judged(black_box(text)));
        }
        let ours_took = watch.elapsed();
        let watch = Stopwatch::start();
        for text in texts {
            black_box(bare.found(black_box(text)));
        }
        if warm {
            ours += ours_took;
            theirs += watch.elapsed();
            counted += texts.len() as u64;
        }
        warm = true;
    }
    let mut times = histogram_of_nanos()?;
    for text in texts
        .iter()
        .cycle()
        .take(texts.len() * pace.of(8, 1) as usize)
    {
        let watch = Stopwatch::start();
        black_box(channel.judged(black_box(text)));
        times.saturating_record(nanos(watch.elapsed()));
    }
    Ok(Side {
        ours: counted as f64 / ours.as_secs_f64(),
        bare: counted as f64 / theirs.as_secs_f64(),
        times,
    })
}

/// From ten nanoseconds to ten seconds, with three digits.
fn histogram_of_nanos() -> Result<Histogram<u64>> {
    Ok(Histogram::new_with_bounds(10, 10_000_000_000, 3)?)
}

/// A channel in which members write, one message every twenty milliseconds.
struct Channel {
    compiled: Compiled,
    flood: FloodState,
    guild: GuildId,
    channel: ChannelId,
    written: u64,
}

impl Channel {
    fn new(compiled: Compiled) -> Result<Self> {
        Ok(Self {
            compiled,
            flood: FloodState::default(),
            guild: GuildId::new(1)?,
            channel: ChannelId::new(2)?,
            written: 0,
        })
    }

    /// What the rules say of the next message.
    fn judged(&mut self, text: &str) -> Verdict {
        self.written += 1;
        let texts = [Text {
            part: Part::Content,
            text,
        }];
        let author = FIRST_USER + self.written % MEMBERS;
        let passed = self.written.cast_signed().saturating_mul(PAUSE_MICROS);
        let message = Message {
            guild: self.guild,
            id: MessageId::new(self.written).expect("messages count from one"),
            channel: self.channel,
            thread_of: None,
            author: UserId::new(author).expect("a number that fits 63 bits"),
            roles: &[],
            is_bot: false,
            is_moderator: false,
            texts: &texts,
            mentions: 0,
            at: Timestamp::from_micros(START.saturating_add(passed)),
            edited_at: None,
        };
        judge(&self.compiled, &mut self.flood, &message)
    }
}

/// A moment in 2026.
const START: i64 = 1_790_000_000_000_000;
/// Between one message and the next.
const PAUSE_MICROS: i64 = 20_000;

#[cfg(test)]
mod tests {
    use super::texts;
    use crate::Pace;

    #[test]
    fn rules_and_bare_engines_go_over_the_same_texts_and_some_hit() {
        let cases = texts(5, Pace::Quick).unwrap();
        let line = cases[0].clone().signed("abc", 5);
        assert!(line.ratio.is_some_and(|ratio| ratio > 0.0), "{line:?}");
        let reason = line.reason.unwrap();
        assert!(!reason.contains(" 0 with a hit"), "{reason}");
    }
}
