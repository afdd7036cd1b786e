//! Reads one text of a message for all rules at once.
//!
//! The way back to the original is worked out only for readings in which something was found.

use std::borrow::Cow;

use super::{MATCHED_MAX, Matched, Part, Text};
use crate::{
    compiled::{Compiled, Plan},
    lexicon::Lexicon,
    links::{invites, is_under, links},
    text::{Look, Reading, Visible, bounded, look},
};

/// What was found so far, by the place of the rule.
#[derive(Debug, Default)]
pub(super) struct Findings(Vec<(u16, Matched)>);

impl Findings {
    fn add(&mut self, rule: u16, part: Part, text: &str, place: (usize, usize)) {
        let (start, end) = place;
        if end <= start {
            return;
        }
        let same =
            |matched: &Matched| matched.part == part && matched.start < end && start < matched.end;
        let of_rule = || self.0.iter().filter(|(found, _)| *found == rule);
        if of_rule().count() >= MATCHED_MAX || of_rule().any(|(_, matched)| same(matched)) {
            return;
        }
        let matched = Matched {
            part,
            start,
            end,
            text: text
                .chars()
                .skip(start)
                .take((end - start).min(200))
                .collect(),
        };
        self.0.push((rule, matched));
    }

    /// The places of the rules that found something, and of these others, in order.
    pub(super) fn rules_and<'a>(&self, others: &'a [u16]) -> Cow<'a, [u16]> {
        if self.0.is_empty() {
            return Cow::Borrowed(others);
        }
        let found = self.0.iter().map(|(rule, _)| *rule);
        let mut rules: Vec<u16> = others.iter().copied().chain(found).collect();
        rules.sort_unstable();
        rules.dedup();
        Cow::Owned(rules)
    }

    /// What a rule found; nothing where it found nothing.
    pub(super) fn take(&mut self, rule: u16) -> Option<Vec<Matched>> {
        if self.0.is_empty() {
            return None;
        }
        let mut found: Vec<Matched> = self
            .0
            .extract_if(.., |(of, _)| *of == rule)
            .map(|(_, matched)| matched)
            .collect();
        found.sort_by_key(|matched| (matched.part, matched.start));
        (!found.is_empty()).then_some(found)
    }
}

/// A text that was read.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// How many of its scalar values.
    pub(super) length: usize,
    /// The plain way, where that was done.
    pub(super) plain: Option<Reading>,
}

/// Reads a text, at most `left` of its scalar values.
pub(super) fn read(
    compiled: &Compiled,
    text: Text<'_>,
    left: usize,
    findings: &mut Findings,
) -> Read {
    let mut words = bounded(text.text);
    if words.len() > left {
        words = words
            .char_indices()
            .nth(left)
            .map_or(words, |(end, _)| &words[..end]);
    }
    if words.is_empty() {
        return Read::default();
    }
    let plain = lexicon(compiled, text.part, words, findings);
    if compiled.patterns.is_some() || !compiled.linked.is_empty() {
        let visible = Visible::of(words);
        patterns(compiled, text.part, words, &visible, findings);
        if !compiled.linked.is_empty() {
            linked(compiled, text.part, words, &visible, findings);
        }
    }
    shape(compiled, text.part, words, findings);
    Read {
        length: words.chars().count(),
        plain,
    }
}

/// Looks for the words of all rules; gives the plain reading.
fn lexicon(
    compiled: &Compiled,
    part: Part,
    words: &str,
    findings: &mut Findings,
) -> Option<Reading> {
    let lexicon = compiled.lexicon.as_ref()?;
    let plain = Reading::of(words, Look::Plain);
    let doubts = look(words, &plain);
    search(lexicon, &plain, (part, words, Look::Plain), findings);
    let looks = [(Look::Loose, doubts.loose), (Look::Slim, doubts.slim)];
    let mut before = None;
    for (look, _) in looks.into_iter().filter(|(_, wanted)| *wanted) {
        let reading = Reading::of(words, look);
        // Often the doubt comes to nothing.
        if ![Some(&plain), before.as_ref()].contains(&Some(&reading)) {
            search(lexicon, &reading, (part, words, look), findings);
        }
        before = Some(reading);
    }
    Some(plain)
}

fn search(
    lexicon: &Lexicon,
    reading: &Reading,
    (part, words, look): (Part, &str, Look),
    findings: &mut Findings,
) {
    if !lexicon.any(reading) {
        return;
    }
    let reading = Reading::traced(words, look);
    lexicon.search(&reading, |found| {
        let place = reading.place(found.start, found.end);
        findings.add(found.rule, part, words, place);
    });
}

fn patterns(
    compiled: &Compiled,
    part: Part,
    words: &str,
    visible: &Visible<'_>,
    findings: &mut Findings,
) {
    let Some(patterns) = &compiled.patterns else {
        return;
    };
    // Most texts match nothing, and then no list has to be made.
    if !patterns.set.is_match(visible.as_str()) {
        return;
    }
    for number in &patterns.set.matches(visible.as_str()) {
        if let Some((rule, start, end)) = patterns.place(number, visible.as_str()) {
            findings.add(rule, part, words, visible.place(start, end));
        }
    }
}

fn linked(
    compiled: &Compiled,
    part: Part,
    words: &str,
    visible: &Visible<'_>,
    findings: &mut Findings,
) {
    let (links, invites) = (links(visible.as_str()), invites(visible.as_str()));
    for place in compiled.linked.iter().copied() {
        match &compiled.rules[usize::from(place)].plan {
            Plan::Links {
                allow,
                deny,
                disguised,
            } => {
                for link in &links {
                    let any = deny.is_empty() && !(*disguised && allow.is_empty());
                    let denied =
                        !is_under(&link.host, allow) && (any || is_under(&link.host, deny));
                    if denied || *disguised && link.disguised {
                        findings.add(place, part, words, visible.place(link.start, link.end));
                    }
                }
            }
            Plan::Invites { allow } => {
                for invite in invites
                    .iter()
                    .filter(|invite| !allow.contains(&invite.code))
                {
                    findings.add(place, part, words, visible.place(invite.start, invite.end));
                }
            }
            _ => {}
        }
    }
}

/// Capital letters and names of files.
fn shape(compiled: &Compiled, part: Part, words: &str, findings: &mut Findings) {
    // Counted once, whatever the number of rules.
    let (mut case, mut name) = (None, None);
    for place in compiled.shaped.iter().copied() {
        let hit = match &compiled.rules[usize::from(place)].plan {
            Plan::Caps {
                percent,
                letters_min,
            } if part == Part::Content => {
                let (capitals, small) = *case.get_or_insert_with(|| cased(words));
                let all = capitals + small;
                all >= u64::from(*letters_min) && capitals * 100 >= all * u64::from(*percent)
            }
            Plan::Names(names) if part == Part::FileName => {
                let seen = || Visible::of(words).as_str().trim().to_lowercase();
                let name = name.get_or_insert_with(seen);
                names.iter().any(|wanted| is_like(name, wanted))
            }
            _ => false,
        };
        if hit {
            findings.add(place, part, words, (0, words.chars().count()));
        }
    }
}

/// How many capital letters there are, and how many small ones.
fn cased(words: &str) -> (u64, u64) {
    if words.is_ascii() {
        let count = |is: fn(&u8) -> bool| words.bytes().filter(is).count() as u64;
        return (count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase));
    }
    let count = |is: fn(&char) -> bool| words.chars().filter(is).count() as u64;
    (
        count(|letter| letter.is_uppercase()),
        count(|letter| letter.is_lowercase()),
    )
}

/// Whether a name is as wanted, where `*` stands for anything.
fn is_like(name: &str, wanted: &str) -> bool {
    let mut pieces = wanted.split('*');
    let first = pieces.next().unwrap_or("");
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else {
        return rest.is_empty();
    };
    for piece in pieces {
        match rest.find(piece) {
            Some(place) => rest = &rest[place + piece.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}
