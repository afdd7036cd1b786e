//! Owners' patterns: compiled in linear time and bounded size, or refused with the reason.
//!
//! The engine never backtracks; what a pattern can cost is its size times the text's, and both are bounded.

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use regex_syntax::{
    ParserBuilder,
    hir::{Hir, HirKind, Literal, LookSet, Repetition},
};

use crate::settings::{PATTERN_LENGTH_MAX, PATTERN_SIZE_MAX, PATTERNS_SIZE_MAX};

/// A pattern deeper than this is refused: it could exhaust the stack of whoever reads it.
const NEST_MAX: u32 = 50;

/// A pattern that can be used.
///
/// # Errors
/// When it can't, with the reason for its author.
pub(crate) fn checked(text: &str) -> Result<Regex, String> {
    if !(1..=PATTERN_LENGTH_MAX).contains(&text.chars().count()) {
        return Err(format!("write 1 to {PATTERN_LENGTH_MAX} characters"));
    }
    let regex = RegexBuilder::new(text)
        .case_insensitive(true)
        .size_limit(PATTERN_SIZE_MAX)
        .dfa_size_limit(PATTERN_SIZE_MAX * 4)
        .nest_limit(NEST_MAX)
        .build()
        .map_err(|error| reason(&error))?;
    if regex.is_match("") {
        return Err("this pattern matches an empty text, so it would hit every message".to_owned());
    }
    Ok(regex)
}

fn reason(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => {
            "this pattern grows too large: use fewer or smaller repeats".to_owned()
        }
        other => {
            // The parser draws the pattern with a caret over several lines; the last line says what is wrong.
            let text = other.to_string();
            let last = text.lines().last().unwrap_or("it does not parse").trim();
            format!("this is no pattern: {}", last.trim_start_matches("error: "))
        }
    }
}

/// All patterns in one pass, unless they are too large together. It may name one that does not match, for what the
/// patterns say about the bounds of words is left out: with it, one letter that is not ASCII would make the engine
/// walk through every pattern step by step. Whoever asks has the pattern itself look.
pub(crate) fn set(patterns: &[&str]) -> Option<RegexSet> {
    let wide: Option<Vec<String>> = patterns.iter().map(|text| widened(text)).collect();
    RegexSetBuilder::new(wide?)
        .size_limit(PATTERNS_SIZE_MAX)
        .build()
        .ok()
}

/// A pattern that matches all that this one does, whatever stands beside it.
fn widened(text: &str) -> Option<String> {
    let parsed = ParserBuilder::new()
        .case_insensitive(true)
        .nest_limit(NEST_MAX)
        .build()
        .parse(text);
    Some(without_bounds(parsed.ok()?).to_string())
}

fn without_bounds(hir: Hir) -> Hir {
    match hir.into_kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Look(look) if LookSet::singleton(look).contains_word_unicode() => Hir::empty(),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Literal(Literal(bytes)) => Hir::literal(bytes),
        HirKind::Class(class) => Hir::class(class),
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            sub: Box::new(without_bounds(*repetition.sub)),
            ..repetition
        }),
        // Where a part stands is not asked of the set.
        HirKind::Capture(capture) => without_bounds(*capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.into_iter().map(without_bounds).collect()),
        HirKind::Alternation(parts) => {
            Hir::alternation(parts.into_iter().map(without_bounds).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{checked, set};

    #[test]
    fn the_set_names_every_pattern_that_matches() {
        let patterns = [
            r"\bspam\b",
            r"(?:\Bам|ß)\b",
            r"^(a|b){2,3}\b\s*\w+$",
            r"[^x]\d{2}(?:й|K)?\.",
            r"(?i-u:caf)\b",
            r"(?:\b[a-zéö]+\b ?){3}!",
            r"a|b|\bç",
        ];
        let all = set(&patterns).unwrap();
        let texts = [
            "spam",
            "SPAM é",
            "éspam",
            "спАМ",
            "ẞ x",
            "ab ж",
            "bab_",
            "é12Й.",
            "x12k.",
            "y34\u{212A}.",
            "CAF é",
            "one twö thrée!",
            "Ç",
            "nothing",
            "",
            "ça va",
        ];
        for text in texts {
            let named = all.matches(text);
            for (place, pattern) in patterns.iter().enumerate() {
                let hit = checked(pattern).unwrap().is_match(text);
                assert!(!hit || named.matched(place), "{pattern} in {text:?}");
            }
        }
        assert!(
            all.matches("xspamx").matched(0),
            "bounds are for the pattern itself"
        );
    }
}
