//! Numbered parameters in PostgreSQL's words: `?1` becomes `$1`, outside texts, quoted names and comments.

/// The text with its parameters as PostgreSQL writes them.
pub(crate) fn numbered(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = opaque_length(rest, first);
        if length == 0 {
            let is_parameter = first == '?' && rest[1..].starts_with(|c: char| c.is_ascii_digit());
            out.push(if is_parameter { '$' } else { first });
            rest = &rest[first.len_utf8()..];
        } else {
            out.push_str(&rest[..length]);
            rest = &rest[length..];
        }
    }
    out
}

/// How far a text, a quoted name or a comment at the start goes; zero where there is none.
fn opaque_length(text: &str, first: char) -> usize {
    let until = |end: &str, from: usize| {
        text.get(from..)
            .and_then(|rest| rest.find(end))
            .map_or(text.len(), |place| from + place + end.len())
    };
    match first {
        '\'' => until("'", 1),
        '"' => until("\"", 1),
        '-' if text.starts_with("--") => until("\n", 2),
        '/' if text.starts_with("/*") => until("*/", 2),
        '$' => dollar_quote(text).map_or(0, |tag| until(tag, tag.len())),
        _ => 0,
    }
}

/// The tag of a dollar quote such as `$$` or `$body$`.
fn dollar_quote(text: &str) -> Option<&str> {
    let end = text.get(1..)?.find('$')? + 2;
    let tag = text.get(..end)?;
    let inner = &tag[1..end - 1];
    let is_name = inner.chars().all(|c| c.is_alphanumeric() || c == '_');
    (is_name && !inner.starts_with(|c: char| c.is_ascii_digit())).then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn parameters_are_rewritten_outside_quotes_and_comments() {
        for (given, expected) in [
            ("SELECT ?1, ?12 + ?1", "SELECT $1, $12 + $1"),
            ("SELECT '?1 it''s ?2', ?3", "SELECT '?1 it''s ?2', $3"),
            (
                "SELECT \"?1\", ?2 -- ?3\n, ?4",
                "SELECT \"?1\", $2 -- ?3\n, $4",
            ),
            (
                "/* ?1 */ SELECT $$ ?2 $$, $a$ ?3 $a$, ?4",
                "/* ?1 */ SELECT $$ ?2 $$, $a$ ?3 $a$, $4",
            ),
            ("SELECT a ? 'b', 'ä', ?1", "SELECT a ? 'b', 'ä', $1"),
            ("SELECT 'open ?1", "SELECT 'open ?1"),
        ] {
            assert_eq!(numbered(given), expected);
        }
    }
}
