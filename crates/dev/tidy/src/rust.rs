//! Reads Rust text just well enough for the rules: comments, strings, test code, functions.
//!
//! All results keep the line structure of the input, so that a line number found in a blanked text
//! is one of the file. Not here: types, names across files, macros' insides; that is the compiler's.

/// A string literal, without its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Literal {
    pub line: usize,
    pub text: String,
}

/// A function with a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Code,
    Comment,
    Text,
}

struct Piece {
    kind: Kind,
    start: usize,
    end: usize,
}

/// The text with comments and the insides of strings replaced by spaces.
#[must_use]
pub fn code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in pieces(text) {
        let part = &text[piece.start..piece.end];
        match piece.kind {
            Kind::Code => out.push_str(part),
            Kind::Comment | Kind::Text => blank(part, &mut out),
        }
    }
    out
}

/// All string literals of the text.
#[must_use]
pub fn literals(text: &str) -> Vec<Literal> {
    pieces(text)
        .iter()
        .filter(|piece| piece.kind == Kind::Text)
        .map(|piece| Literal {
            line: line_at(text, piece.start),
            text: text[piece.start..piece.end].to_owned(),
        })
        .collect()
}

/// The text with each `#[cfg(test)] mod … { … }` replaced by spaces.
#[must_use]
pub fn without_tests(text: &str) -> String {
    keep(text, false)
}

/// Only the insides of `#[cfg(test)] mod … { … }`, all else replaced by spaces.
#[must_use]
pub fn only_tests(text: &str) -> String {
    keep(text, true)
}

/// The functions of the text that have a body, in order.
#[must_use]
pub fn functions(text: &str) -> Vec<Function> {
    let code = code(text);
    let mut found = Vec::new();
    for (start, word) in words(&code) {
        if word != "fn" {
            continue;
        }
        let after = &code[start + 2..];
        let name: String = after
            .trim_start()
            .chars()
            .take_while(|c| is_word(*c))
            .collect();
        // Without a name it is a type, as in `fn(A) -> B`; without a body, a trait's promise.
        let Some(body) = body_start(&code, start).filter(|_| !name.is_empty()) else {
            continue;
        };
        let line = line_at(&code, start);
        let end = matching(&code, body).unwrap_or(code.len());
        found.push(Function {
            name,
            line,
            lines: line_at(&code, end) - line + 1,
        });
    }
    found
}

/// The words of a text, each with the place where it begins.
pub fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let begin = at + code[at..].find(is_word)?;
        let length = code[begin..]
            .find(|c| !is_word(c))
            .unwrap_or(code.len() - begin);
        at = begin + length;
        Some((begin, &code[begin..at]))
    })
}

/// The number of the line that holds this place, from 1.
#[must_use]
pub fn line_at(text: &str, place: usize) -> usize {
    text.as_bytes()[..place.min(text.len())]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
        + 1
}

#[must_use]
pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn blank(part: &str, out: &mut String) {
    out.extend(
        part.bytes()
            .map(|byte| if byte == b'\n' { '\n' } else { ' ' }),
    );
}

fn keep(text: &str, tests: bool) -> String {
    let code = code(text);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(found) = code[at..].find("#[cfg(test)]") {
        let start = at + found;
        let end = test_module_end(&code, start).unwrap_or(start + "#[cfg(test)]".len());
        part(&text[at..start], !tests, &mut out);
        part(&text[start..end], tests, &mut out);
        at = end;
    }
    part(&text[at..], !tests, &mut out);
    out
}

fn part(text: &str, kept: bool, out: &mut String) {
    if kept {
        out.push_str(text);
    } else {
        blank(text, out);
    }
}

/// Where the module that follows the attribute at `start` ends; none for `mod tests;` and others.
fn test_module_end(code: &str, start: usize) -> Option<usize> {
    let open = start + code[start..].find(['{', ';'])?;
    let item = &code[start..open];
    let is_module = words(item).any(|(_, word)| word == "mod");
    (is_module && code.as_bytes()[open] == b'{')
        .then(|| matching(code, open))
        .flatten()
        .map(|end| end + 1)
}

/// The brace that opens the body of the function at `start`, or none for a declaration.
fn body_start(code: &str, start: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (offset, c) in code[start..].char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '{' if depth == 0 => return Some(start + offset),
            ';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// The brace that closes the one at `open`.
fn matching(code: &str, open: usize) -> Option<usize> {
    let mut depth = 0_u32;
    for (offset, byte) in code.as_bytes()[open..].iter().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(open + offset);
                }
            }
            _ => {}
        }
    }
    None
}

/// Cuts the text into code, comments and the insides of strings; together they are the whole text.
fn pieces(text: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut code_from = 0;
    let mut at = 0;
    while at < text.len() {
        let Some((kind, start, end, next)) = special(text, at) else {
            at += step(text, at);
            continue;
        };
        out.push(Piece {
            kind: Kind::Code,
            start: code_from,
            end: start,
        });
        out.push(Piece { kind, start, end });
        code_from = end;
        at = next;
    }
    out.push(Piece {
        kind: Kind::Code,
        start: code_from,
        end: text.len(),
    });
    out
}

/// A comment or string that begins at this place: its kind, its inside, and where reading goes on.
fn special(text: &str, at: usize) -> Option<(Kind, usize, usize, usize)> {
    let rest = &text[at..];
    if rest.starts_with("//") {
        let end = at + rest.find('\n').unwrap_or(rest.len());
        return Some((Kind::Comment, at, end, end));
    }
    if rest.starts_with("/*") {
        let end = at + block_comment(rest);
        return Some((Kind::Comment, at, end, end));
    }
    if let Some(hashes) = raw_string(text, at) {
        let start = at + hashes + 2;
        let close = format!("\"{}", "#".repeat(hashes));
        let end = start + text[start..].find(&close).unwrap_or(text.len() - start);
        return Some((Kind::Text, start, end, (end + close.len()).min(text.len())));
    }
    if let Some(inside) = rest.strip_prefix('"') {
        let end = at + 1 + quoted(inside);
        return Some((Kind::Text, at + 1, end, (end + 1).min(text.len())));
    }
    let width = rest.starts_with('\'').then(|| character(rest)).flatten()?;
    Some((Kind::Text, at + 1, at + width - 1, at + width))
}

fn step(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(1, char::len_utf8)
}

fn block_comment(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let (mut depth, mut at) = (0_u32, 0);
    while at + 1 < bytes.len() {
        match (bytes[at], bytes[at + 1]) {
            (b'/', b'*') => {
                depth += 1;
                at += 2;
            }
            (b'*', b'/') => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    rest.len()
}

/// The number of `#` where a raw string begins here (`r"…"`, `br#"…"#`), not inside a word.
fn raw_string(text: &str, at: usize) -> Option<usize> {
    let rest = text[at..].strip_prefix('r')?;
    let before = text[..at].chars().next_back().filter(|c| is_word(*c));
    let prefixed = matches!(before, Some('b' | 'c'))
        && !text[..at - 1].chars().next_back().is_some_and(is_word);
    if before.is_some() && !prefixed {
        return None;
    }
    let hashes = rest.bytes().take_while(|byte| *byte == b'#').count();
    rest[hashes..].starts_with('"').then_some(hashes)
}

fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (place, c) in rest.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return place,
            _ => {}
        }
    }
    rest.len()
}

/// The width of a character literal, quotes included; none where the quote begins a lifetime.
fn character(rest: &str) -> Option<usize> {
    let inside = &rest[1..];
    if inside.starts_with('\\') {
        return inside[2..].find('\'').map(|end| end + 4);
    }
    let first = inside.chars().next()?;
    inside[first.len_utf8()..]
        .starts_with('\'')
        .then(|| first.len_utf8() + 2)
}

#[cfg(test)]
mod tests {
    use super::{code, functions, literals, only_tests, without_tests};

    const SAMPLE: &str = r##"//! A "file" of sorts.
fn first<'a>(x: &'a str) -> char { '{' } // }
/* { /* { */ } */
fn second() -> &'static str {
    r#"SELECT "x" { "#
}
trait T { fn third(); }
#[cfg(test)]
mod tests {
    fn fourth() { let x = "a\"b{"; }
}
"##;

    #[test]
    fn comments_and_strings_are_blanked_and_lines_kept() {
        let code = code(SAMPLE);
        assert_eq!(code.lines().count(), SAMPLE.lines().count());
        assert!(!code.contains("SELECT") && !code.contains("sorts"));
        assert_eq!(code.matches('{').count(), code.matches('}').count());
    }

    #[test]
    fn literals_are_found_with_their_lines() {
        let found = literals(SAMPLE);
        let sql = found
            .iter()
            .find(|literal| literal.text.starts_with("SELECT"))
            .unwrap();
        assert_eq!(sql.line, 5);
        assert!(found.iter().any(|literal| literal.text == "a\\\"b{"));
    }

    #[test]
    fn functions_have_names_and_lengths() {
        let found = functions(SAMPLE);
        let names: Vec<_> = found
            .iter()
            .map(|f| (f.name.as_str(), f.line, f.lines))
            .collect();
        assert_eq!(
            names,
            [("first", 2, 1), ("second", 4, 3), ("fourth", 10, 1)]
        );
    }

    #[test]
    fn test_code_is_told_from_the_rest() {
        assert!(!without_tests(SAMPLE).contains("fourth"));
        assert!(without_tests(SAMPLE).contains("second"));
        assert!(only_tests(SAMPLE).contains("fourth"));
        assert!(!only_tests(SAMPLE).contains("second"));
    }
}
