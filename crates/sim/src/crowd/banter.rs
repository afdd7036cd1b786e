//! Conversations: somebody asks or tells, others answer what belongs to it, then it is over.
//! What always holds: an answer fits what was said before it, nobody answers themselves, and nothing is said twice in a row.

use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use crate::world::Snowflake;

use super::phrases::{self, Exchange};

/// Answers that one opening gets at most.
const ANSWERS_MAX: usize = 3;
/// Openings that are not used again for a while.
const REMEMBERED: usize = 12;

/// The conversation of one channel.
#[derive(Debug, Default)]
pub(super) struct Banter {
    open: Option<Open>,
    said: Vec<&'static str>,
}

#[derive(Debug)]
struct Open {
    by: Snowflake,
    message: Option<Snowflake>,
    words: Words,
    answers: Vec<&'static str>,
}

/// What stands for the names in braces; the same through one conversation.
#[derive(Debug, Clone)]
struct Words {
    game: &'static str,
    food: &'static str,
    thing: &'static str,
    day: &'static str,
    number: u32,
}

impl Words {
    fn draw(chance: &mut StdRng) -> Self {
        let mut one = |list: &[&'static str]| list.choose(chance).copied().unwrap_or_default();
        let (game, food, thing, day) = (
            one(&phrases::GAMES),
            one(&phrases::FOODS),
            one(&phrases::THINGS),
            one(&phrases::DAYS),
        );
        Self {
            game,
            food,
            thing,
            day,
            number: chance.random_range(2..40) * 5,
        }
    }

    fn filled_in(&self, template: &str) -> String {
        template
            .replace("{game}", self.game)
            .replace("{food}", self.food)
            .replace("{thing}", self.thing)
            .replace("{day}", self.day)
            .replace("{number}", &self.number.to_string())
    }
}

/// A line of a conversation. An answer names the message of its opening, to reply to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) answers: bool,
    pub(super) opening: Option<Snowflake>,
}

impl Banter {
    /// What a speaker says next in this channel.
    pub(super) fn next(&mut self, channel: &str, speaker: Snowflake, chance: &mut StdRng) -> Line {
        if let Some(open) = self.open.as_mut().filter(|open| open.by != speaker)
            && let Some(answer) = open.answers.pop()
        {
            return Line {
                text: open.words.filled_in(answer),
                answers: true,
                opening: open.message,
            };
        }
        let exchange = self.opening(channel, chance);
        let words = Words::draw(chance);
        let mut answers = exchange.answers.to_vec();
        while answers.len() > ANSWERS_MAX || (answers.len() > 1 && chance.random_bool(0.3)) {
            answers.swap_remove(chance.random_range(0..answers.len()));
        }
        let text = words.filled_in(exchange.opening);
        self.open = Some(Open {
            by: speaker,
            message: None,
            words,
            answers,
        });
        Line {
            text,
            answers: false,
            opening: None,
        }
    }

    /// Remembers which message an opening became.
    pub(super) fn opened(&mut self, message: Snowflake) {
        if let Some(open) = &mut self.open {
            open.message = Some(message);
        }
    }

    /// Whether an opening still waits for answers.
    pub(super) fn is_open(&self) -> bool {
        self.open
            .as_ref()
            .is_some_and(|open| !open.answers.is_empty())
    }

    fn opening(&mut self, channel: &str, chance: &mut StdRng) -> &'static Exchange {
        let list = phrases::of_channel(channel);
        let fresh: Vec<_> = list
            .iter()
            .filter(|exchange| !self.said.contains(&exchange.opening))
            .collect();
        let chosen = fresh.choose(chance).copied().unwrap_or(&list[0]);
        self.said.push(chosen.opening);
        if self.said.len() > REMEMBERED.min(list.len().saturating_sub(1)) {
            self.said.remove(0);
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::super::phrases;
    use super::Banter;
    use crate::world::Snowflake;

    fn talk(seed: u64) -> Vec<String> {
        let (mut banter, mut chance) = (Banter::default(), StdRng::seed_from_u64(seed));
        (0..60)
            .map(|turn| {
                banter
                    .next("general", Snowflake(turn % 3), &mut chance)
                    .text
            })
            .collect()
    }

    #[test]
    fn the_same_seed_says_the_same() {
        assert_eq!(talk(7), talk(7));
        assert_ne!(talk(7), talk(8));
    }

    #[test]
    fn nothing_is_said_twice_in_a_row_and_no_brace_is_left() {
        let lines = talk(3);
        assert!(lines.windows(2).all(|pair| pair[0] != pair[1]));
        assert!(lines.iter().all(|line| !line.contains('{')), "{lines:?}");
    }

    #[test]
    fn nobody_answers_themselves() {
        let (mut banter, mut chance) = (Banter::default(), StdRng::seed_from_u64(1));
        for _ in 0..40 {
            assert!(!banter.next("games", Snowflake(1), &mut chance).answers);
        }
    }

    #[test]
    fn every_phrase_is_short_and_names_nobody_and_no_link() {
        for channel in ["general", "games", "market", "staff-only", "elsewhere"] {
            for exchange in phrases::of_channel(channel) {
                for text in exchange.answers.iter().chain([&exchange.opening]) {
                    assert!(
                        text.len() < 160 && !text.contains('@') && !text.contains("://"),
                        "{text}"
                    );
                }
            }
        }
    }
}
