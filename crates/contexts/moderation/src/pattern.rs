//! Owners' patterns: compiled in linear time and bounded size, or refused with the reason.
//!
//! The engine never backtracks; what a pattern can cost is its size times the text's, and both are bounded.

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};

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

/// All patterns in one pass, unless they are too large together.
pub(crate) fn set(patterns: &[&str]) -> Option<RegexSet> {
    RegexSetBuilder::new(patterns)
        .case_insensitive(true)
        .size_limit(PATTERNS_SIZE_MAX)
        .nest_limit(NEST_MAX)
        .build()
        .ok()
}
