//! Recall: the facts that answer a question, that the asker and the channel may both see.
//!
//! The statement finds and filters, [`Fact::is_for`] filters again, and what is left is ranked by shared words,
//! importance and age, until the budget is used up. The ranking is ours, so both engines give the same.

use ::store::{DbError, Tx};
use kernel::Timestamp;

use crate::{
    fact::Fact,
    place::Viewer,
    settings::Settings,
    store::{members, recalls},
    text::{tokens, words},
};

/// The most facts of one recall.
pub const RECALL_MAX: usize = 20;
/// How many are looked at.
const CANDIDATES_MAX: u32 = 200;
/// How many of the asker's own facts stand in where the question finds few.
const STANDING_MAX: u32 = 5;
/// Half of the weight of age is gone after this long.
const HALF_LIFE_DAYS: i64 = 30;
const DAY_MICROS: i64 = 86_400_000_000;

/// A fact with why it is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recalled {
    /// The fact.
    pub fact: Fact,
    /// How well it fits; more is better, and zero stands for what was not asked for.
    pub score: i64,
    /// The words of the question that it holds.
    pub matched: Vec<String>,
}

/// What the viewer is reminded of by a question, best first.
///
/// # Errors
/// When the database fails.
pub fn recall(
    tx: &mut Tx<'_>,
    settings: &Settings,
    viewer: &Viewer,
    question: &str,
    now: Timestamp,
) -> Result<Vec<Recalled>, DbError> {
    if !settings.enabled || members::member_is_silent(tx, viewer.guild, viewer.user)? {
        return Ok(Vec::new());
    }
    let asked = words(question);
    let mut found = recalls::facts_search(tx, viewer, &asked, now, CANDIDATES_MAX)?;
    found.extend(recalls::facts_standing(tx, viewer, now, STANDING_MAX)?);
    Ok(chosen(found, settings, viewer, &asked, now))
}

/// Ranks what was found and takes what fits.
pub(crate) fn chosen(
    mut found: Vec<Fact>,
    settings: &Settings,
    viewer: &Viewer,
    asked: &[String],
    now: Timestamp,
) -> Vec<Recalled> {
    found.retain(|fact| fact.is_for(viewer, now));
    let mut ranked: Vec<Recalled> = found
        .into_iter()
        .map(|fact| weighed(fact, asked, now))
        .collect();
    ranked.sort_by_key(|one| {
        let age = one.fact.updated_at;
        std::cmp::Reverse((one.score, one.fact.importance, age, one.fact.id))
    });
    let mut left = settings.budgets.facts;
    let mut taken: Vec<Recalled> = Vec::new();
    for one in ranked {
        let cost = tokens(&one.fact.text).saturating_add(6);
        let known = taken
            .iter()
            .any(|other| is_older_view(&one.fact, &other.fact));
        if known || cost > left || taken.len() == RECALL_MAX {
            continue;
        }
        left -= cost;
        taken.push(one);
    }
    taken
}

/// Whether `taken` is the same fact, or a newer word on the same thing (said in another place).
fn is_older_view(fact: &Fact, taken: &Fact) -> bool {
    let same_person = fact.subject == taken.subject && fact.user == taken.user;
    fact.id == taken.id
        || (same_person
            && fact.phrase.is_some()
            && fact.phrase == taken.phrase
            && fact.updated_at <= taken.updated_at)
}

fn weighed(fact: Fact, asked: &[String], now: Timestamp) -> Recalled {
    let own = words(&fact.text);
    let matched: Vec<String> = asked
        .iter()
        .filter(|word| own.contains(word))
        .cloned()
        .collect();
    let shared = i64::try_from(matched.len()).unwrap_or(i64::MAX);
    let days = now.since(fact.updated_at).as_micros() / DAY_MICROS;
    // Between one and two: fresh facts count twice what ancient ones do.
    let freshness = 1_000 + 1_000 * HALF_LIFE_DAYS / (HALF_LIFE_DAYS + days);
    let importance = 100 + 10 * i64::from(fact.importance);
    let score = shared.saturating_mul(shared).saturating_mul(freshness) * importance / 100;
    Recalled {
        fact,
        score,
        matched,
    }
}
