//! Reads `.env`: lines of `NAME=VALUE`, of which only those with our prefix are looked at.
//!
//! `export` before the name, quotes around the value and comments are understood as a shell would; nothing is
//! expanded.

use super::keys::PREFIX;

/// A line that sets one of our variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its number, from one.
    pub(crate) number: usize,
    /// The variable.
    pub(crate) name: String,
    /// The value, or why there is none.
    pub(crate) value: Result<String, &'static str>,
}

/// The lines that set one of our variables.
pub(crate) fn lines(text: &str) -> Vec<Line> {
    text.lines()
        .enumerate()
        .filter_map(|(place, line)| read(place + 1, line.trim()))
        .collect()
}

fn read(number: usize, line: &str) -> Option<Line> {
    let line = line.strip_prefix("export ").map_or(line, str::trim_start);
    if !line.starts_with(PREFIX) {
        return None;
    }
    let (name, value) = match line.split_once('=') {
        Some((name, value)) => (name.trim_end(), unquote(value.trim())),
        None => (line, Err("the line has no `=`")),
    };
    Some(Line {
        number,
        name: name.to_owned(),
        value,
    })
}

fn unquote(text: &str) -> Result<String, &'static str> {
    match text.chars().next() {
        Some('\'') => closed(text, '\'').map(str::to_owned),
        Some('"') => closed(text, '"').map(unescape),
        _ => {
            let end = text.find(" #").unwrap_or(text.len());
            Ok(text[..end].trim_end().to_owned())
        }
    }
}

/// What stands between a quote and the one that ends it.
fn closed(text: &str, quote: char) -> Result<&str, &'static str> {
    let inner = &text[1..];
    let mut escaped = false;
    for (place, letter) in inner.char_indices() {
        if letter == quote && !escaped {
            let rest = inner[place + 1..].trim_start();
            if rest.is_empty() || rest.starts_with('#') {
                return Ok(&inner[..place]);
            }
            return Err("something follows the closing quote");
        }
        escaped = quote == '"' && letter == '\\' && !escaped;
    }
    Err("the quote is not closed on its line")
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n') => out.push('\n'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Line, lines};

    fn values(text: &str) -> Vec<(String, Result<String, &'static str>)> {
        lines(text)
            .into_iter()
            .map(|Line { name, value, .. }| (name, value))
            .collect()
    }

    #[test]
    fn quotes_comments_and_export_are_understood() {
        let text = "# a comment\n\nOTHER=ignored\nGUILDHALL_A=plain # why\nexport GUILDHALL_B='single # kept'\n\
                    GUILDHALL_C=\"a \\\"word\\\"\\n\"\nGUILDHALL_D = spaced \nGUILDHALL_E=a#b";
        let read: Vec<String> = values(text)
            .into_iter()
            .map(|(name, value)| format!("{name}={}", value.unwrap()))
            .collect();
        assert_eq!(
            read,
            [
                "GUILDHALL_A=plain",
                "GUILDHALL_B=single # kept",
                "GUILDHALL_C=a \"word\"\n",
                "GUILDHALL_D=spaced",
                "GUILDHALL_E=a#b"
            ]
        );
    }

    #[test]
    fn a_line_that_cannot_be_read_says_why() {
        let text = "GUILDHALL_A\nGUILDHALL_B=\"open\nGUILDHALL_C='a' b";
        let reasons: Vec<&str> = values(text)
            .into_iter()
            .filter_map(|(_, value)| value.err())
            .collect();
        assert_eq!(
            reasons,
            [
                "the line has no `=`",
                "the quote is not closed on its line",
                "something follows the closing quote"
            ]
        );
    }
}
