//! Patterns that are written to cost much, each alone against the longest text that is looked at.
//!
//! The first message counts like every other: it comes right after the rules were made ready.

use std::time::Duration;

use anyhow::Result;
use kernel::Stopwatch;
use moderation::{Compiled, Mode, Rule, Settings, TEXT_LENGTH_MAX, Trigger};
use rand::{Rng, SeedableRng, rngs::SmallRng};

use super::{Channel, nanos_as_micros};
use crate::{
    Name, Pace,
    case::{Case, Goal},
    load::nanos,
};

/// The longest message, for each pattern one of these.
const TEXTS: usize = 4;
/// How often each is judged.
const TURNS: usize = 3;

/// How long one message takes, over all patterns.
pub(super) fn measured(seed: u64, pace: Pace) -> Result<Vec<Case>> {
    let mut chance = SmallRng::seed_from_u64(seed ^ 0xBAD);
    let texts = texts();
    let (mut times, mut refused) = (super::histogram_of_nanos()?, 0);
    let (mut slowest, mut of) = (Duration::ZERO, String::new());
    let count = pace.of(1_000, 40);
    for number in 0..count {
        let pattern = pattern(&mut chance);
        let settings = alone(&pattern);
        if !settings.check().is_empty() {
            refused += 1;
            continue;
        }
        let mut channel = Channel::new(Compiled::of(&settings))?;
        for text in texts.iter().cycle().skip(number as usize).take(TURNS) {
            let watch = Stopwatch::start();
            std::hint::black_box(channel.judged(text));
            let took = watch.elapsed();
            times.saturating_record(nanos(took));
            if took > slowest {
                (slowest, of) = (took, pattern.clone());
            }
        }
    }
    let p99 = nanos_as_micros(times.value_at_quantile(0.99)) / 1_000.0;
    let case = |name: &str, value| Case::new(Name::Moderation, name, value, "ms");
    let said = format!("{count} patterns, {refused} of them refused by the settings' check");
    Ok(vec![
        case("a hostile pattern, p99", p99)
            .with_goal(Goal::Under(5.0))
            .because(said),
        case(
            "a hostile pattern, slowest",
            slowest.as_secs_f64() * 1_000.0,
        )
        .with_goal(Goal::Under(50.0))
        .because(format!("`{of}`")),
    ])
}

fn alone(pattern: &str) -> Settings {
    let rule = Rule {
        id: "hostile".to_owned(),
        name: String::new(),
        enabled: true,
        mode: Mode::Act,
        trigger: Trigger::Regex {
            patterns: vec![pattern.to_owned()],
        },
        actions: Vec::new(),
        include_moderators: false,
        exempt_role_ids: Vec::new(),
        exempt_channel_ids: Vec::new(),
    };
    Settings {
        rules: vec![rule],
        ..Settings::default()
    }
}

/// Repetitions inside repetitions, wide classes, alternatives that begin alike, anchors that come too late.
fn pattern(chance: &mut SmallRng) -> String {
    let one = [
        "a", "x", "[a-z]", r"\w", r"\d", ".", r"\p{L}", "[^b]", r"\s",
    ];
    let piece = |chance: &mut SmallRng| one[chance.random_range(0..one.len())];
    let (low, high) = (chance.random_range(0..6), chance.random_range(6..60));
    match chance.random_range(0..10) {
        0 => format!("({}+)+$b", piece(chance)),
        1 => format!("(?:{0}|{0}{0})+$b", piece(chance)),
        2 => format!("(?:{}{}+)+y", piece(chance), piece(chance)),
        3 => format!("(?:.*{}){{{}}}b", piece(chance), chance.random_range(2..25)),
        4 => format!("(?:{}{{{low},{high}}}){{2,9}}!", piece(chance)),
        5 => format!("(?:{}?){{{high}}}a{{{high}}}", piece(chance)),
        6 => format!(
            "(?:{}|{}|{})*z{{3}}",
            piece(chance),
            piece(chance),
            piece(chance)
        ),
        7 => format!("a.{{{high}}}b"),
        8 => format!(
            r"\b(?:{}+\W*){{{},}}end\b",
            piece(chance),
            chance.random_range(2..8)
        ),
        _ => format!("{0}{{{low},{high}}}{0}{{{low},{high}}}c", piece(chance)),
    }
}

fn texts() -> [String; TEXTS] {
    let whole = |piece: &str| piece.chars().cycle().take(TEXT_LENGTH_MAX).collect();
    [
        whole("a"),
        whole("ab xy1 "),
        whole("aé漢 b1я"),
        whole("the quick brown fox, jumps over 13 lazy dogs! "),
    ]
}

#[cfg(test)]
mod tests {
    use super::measured;
    use crate::Pace;

    #[test]
    fn hostile_patterns_are_measured_or_refused() {
        let cases = measured(5, Pace::Quick).unwrap();
        let line = cases[0].clone().signed("abc", 5);
        assert!(line.value.is_some_and(|millis| millis > 0.0), "{line:?}");
    }
}
