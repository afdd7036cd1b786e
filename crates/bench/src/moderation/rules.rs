//! The rules of a large server, as many as there may be: 200 of all kinds, 10,000 words, 80 patterns.

use moderation::{Action, Mode, RULES_MAX, Rule, Settings, Trigger, WORDS_MAX};
use rand::{Rng, SeedableRng, rngs::SmallRng};

/// How many rules look for words, and how many for patterns.
const OF_WORDS: usize = 100;
const OF_PATTERNS: usize = 40;
/// How many count messages.
const COUNTED: usize = 2;

/// All of them.
pub(super) fn settings(seed: u64) -> Settings {
    let listed = words(seed);
    let rules = (0..RULES_MAX).map(|number| Rule {
        id: format!("rule-{number}"),
        name: format!("Rule {number}"),
        enabled: true,
        mode: Mode::Act,
        trigger: trigger(number, &listed),
        actions: vec![Action::Delete {}, Action::Warn { points: 1 }],
        include_moderators: false,
        exempt_role_ids: Vec::new(),
        exempt_channel_ids: Vec::new(),
    });
    Settings {
        rules: rules.collect(),
        ..Settings::default()
    }
}

/// The words of all rules: of two to four syllables that no language has; one in twenty with a `*`, one in fifty two.
pub(super) fn words(seed: u64) -> Vec<String> {
    let mut chance = SmallRng::seed_from_u64(seed ^ 0x3027);
    let word = |chance: &mut SmallRng| -> String {
        let count = chance.random_range(2..5);
        (0..count)
            .map(|_| SYLLABLES[chance.random_range(0..SYLLABLES.len())])
            .collect()
    };
    let listed = (0..WORDS_MAX).map(|number| match number % 100 {
        0..5 => format!("{}*", word(&mut chance)),
        5..7 => format!("{} {}", word(&mut chance), word(&mut chance)),
        _ => word(&mut chance),
    });
    listed.collect()
}

const SYLLABLES: [&str; 40] = [
    "bax", "qua", "zor", "vik", "mub", "jat", "plo", "grex", "dwi", "snu", "kel", "fop", "rha",
    "tziv", "woz", "yul", "chub", "drak", "glim", "hix", "nuv", "pash", "raz", "slo", "thu", "vex",
    "whi", "xan", "yob", "zed", "brol", "crun", "feb", "gol", "jiv", "kno", "lum", "mox", "nax",
    "pru",
];

fn trigger(number: usize, listed: &[String]) -> Trigger {
    let from = number - OF_WORDS.min(number);
    if number < OF_WORDS {
        let each = listed.len() / OF_WORDS;
        let words = listed[number * each..(number + 1) * each].to_vec();
        return Trigger::Words { words };
    }
    if from < OF_PATTERNS {
        return Trigger::Regex {
            patterns: patterns(from),
        };
    }
    if number + COUNTED >= RULES_MAX {
        return Trigger::Duplicates {
            messages: 4,
            seconds: 60,
        };
    }
    match from % 5 {
        0 => Trigger::Links {
            allow: vec!["example.com".to_owned(), "example.org".to_owned()],
            deny: vec![format!("bad-{number}.example")],
            disguised: false,
        },
        1 => Trigger::Invites {
            allow: vec!["guildhall".to_owned()],
        },
        2 => Trigger::Mentions { max: 10 },
        3 => Trigger::Caps {
            percent: 90,
            letters_min: 40,
        },
        _ => Trigger::Attachments {
            names: vec!["*.exe".to_owned(), format!("*.x{number}")],
        },
    }
}

/// Two patterns of a rule, of the kinds that people write.
fn patterns(number: usize) -> Vec<String> {
    let one = match number % 5 {
        0 => format!(r"free\s+(?:nitro|steam|skins)\s*{number}"),
        1 => format!(r"\bgift[-_ ]?card{number}s?\b"),
        2 => format!(r"(?:t\.me|wa\.me|bit\.ly)/[a-z0-9_]{{4,32}}{number}"),
        3 => format!(r"sell(?:ing)?\s+(?:cheap\s+)?accounts?\s*#?{number}\d{{2}}"),
        _ => format!(r"[\w.+-]+@spam{number}\.[a-z]{{2,10}}"),
    };
    vec![
        one,
        format!(r"crypto(?:coin)?\s*(?:pump|signal)s?\s+v{number}\b"),
    ]
}

#[cfg(test)]
mod tests {
    use super::settings;

    #[test]
    fn the_rules_are_as_many_as_there_may_be_and_none_is_refused() {
        assert_eq!(settings(5).check(), Vec::new());
    }
}
