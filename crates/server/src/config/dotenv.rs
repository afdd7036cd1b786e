//! Reads `.env`: lines of `NAME=VALUE`, of which only those with our prefix are looked at.
//!
//! `export` before the name, quotes around the value and comments are understood as a shell would; nothing is
//! expanded. One variable can also be put into a text, of which everything else stays as it is.

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

/// The text with this variable set to this value: on the line where it stood, else at the end.
pub(crate) fn with(text: &str, name: &str, value: &str) -> String {
    let place = lines(text)
        .into_iter()
        .find(|line| line.name == name)
        .map(|line| line.number);
    let written = format!("{name}={}\n", quoted(value));
    let mut out = String::with_capacity(text.len() + written.len());
    for (at, line) in text.split_inclusive('\n').enumerate() {
        if place == Some(at + 1) {
            out.push_str(&written);
        } else {
            out.push_str(line);
        }
    }
    if place.is_none() {
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
        out.push_str(&written);
    }
    out
}

/// The value as it can be read again, by this reader, by a shell and by systemd.
fn quoted(value: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-._~:/+=@,".contains(letter);
    if value.chars().all(is_plain) {
        return value.to_owned();
    }
    let escaped = value.chars().flat_map(|letter| {
        let slash = "\\\"$`".contains(letter).then_some('\\');
        slash.into_iter().chain([letter])
    });
    format!("\"{}\"", escaped.collect::<String>())
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
    use super::{Line, lines, with};

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
    fn a_variable_is_put_in_place_and_everything_else_stays() {
        let text = "# mine\nOTHER=kept\nexport GUILDHALL_A='old'\n\nGUILDHALL_B=b";
        let changed = with(text, "GUILDHALL_A", "new");
        assert_eq!(
            changed,
            "# mine\nOTHER=kept\nGUILDHALL_A=new\n\nGUILDHALL_B=b"
        );
        assert_eq!(with("", "GUILDHALL_A", "x"), "GUILDHALL_A=x\n");
        for odd in ["a b", "it's", "\"quoted\"", "back\\slash", "a#b $HOME `x`"] {
            let read = lines(&with(text, "GUILDHALL_C", odd)).pop().unwrap();
            assert_eq!(read.value.as_deref(), Ok(odd));
        }
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
