//! Reads one text of a message for all rules at once.
//!
//! The way back to the original is worked out only for readings in which something was found.

use super::{MATCHED_MAX, Matched, Part, Text};
use crate::{
    compiled::{Compiled, Plan},
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

/// Reads a text, at most `left` of its scalar values; gives how many were read.
pub(super) fn read(
    compiled: &Compiled,
    text: Text<'_>,
    left: usize,
    findings: &mut Findings,
) -> usize {
    let mut words = bounded(text.text);
    if words.len() > left {
        words = words
            .char_indices()
            .nth(left)
            .map_or(words, |(end, _)| &words[..end]);
    }
    if words.is_empty() {
        return 0;
    }
    lexicon(compiled, text.part, words, findings);
    if compiled.patterns.is_some() || !compiled.linked.is_empty() {
        let visible = Visible::of(words);
        patterns(compiled, text.part, words, &visible, findings);
        if !compiled.linked.is_empty() {
            linked(compiled, text.part, words, &visible, findings);
        }
    }
    shape(compiled, text.part, words, findings);
    words.chars().count()
}

fn lexicon(compiled: &Compiled, part: Part, words: &str, findings: &mut Findings) {
    let Some(lexicon) = &compiled.lexicon else {
        return;
    };
    let doubts = look(words);
    let looks = [
        (Look::Plain, true),
        (Look::Loose, doubts.loose),
        (Look::Slim, doubts.slim),
    ];
    for (look, _) in looks.into_iter().filter(|(_, wanted)| *wanted) {
        if !lexicon.any(&Reading::of(words, look)) {
            continue;
        }
        let reading = Reading::traced(words, look);
        lexicon.search(&reading, |found| {
            let place = reading.place(found.start, found.end);
            findings.add(found.rule, part, words, place);
        });
    }
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
    for place in compiled.shaped.iter().copied() {
        let hit = match &compiled.rules[usize::from(place)].plan {
            Plan::Caps {
                percent,
                letters_min,
            } => part == Part::Content && shouts(words, *percent, *letters_min),
            Plan::Names(names) => {
                part == Part::FileName && {
                    let name = Visible::of(words).as_str().trim().to_lowercase();
                    names.iter().any(|wanted| is_like(&name, wanted))
                }
            }
            _ => false,
        };
        if hit {
            findings.add(place, part, words, (0, words.chars().count()));
        }
    }
}

fn shouts(words: &str, percent: u32, letters_min: u32) -> bool {
    let capitals = words.chars().filter(|letter| letter.is_uppercase()).count() as u64;
    let small = words.chars().filter(|letter| letter.is_lowercase()).count() as u64;
    let all = capitals + small;
    all >= u64::from(letters_min) && capitals * 100 >= all * u64::from(percent)
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
