//! Lists as files for other programs: UTF-8, commas, every cell quoted as RFC 4180 says, one line for each row.
//!
//! V1  A file is made while it is sent, a part of the list at a time, so it costs the same whatever its length.
//! V2  No cell is a formula, neither where a spreadsheet takes commas for what stands between cells nor where it takes
//!     semicolons or tabs, for which quotes inside a line mean nothing.
//! V3  A part that fails ends the transfer, so that half a file is never taken for the whole.
//! V4  So does the end of the session, or of what its reader is in the guild, half a minute after it at most.
//! V5  A reader has so many files under way at once, and all together; one too many is refused.

use std::{
    fmt::Write as _,
    future::{Future, ready},
    io,
};

use axum::{
    body::{Body, Bytes},
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use kernel::{Span, Timestamp};

use crate::{
    pages::Trouble,
    places::{Place, Places},
    room::{Answer, Room},
};

/// What a spreadsheet takes for the beginning of a formula; the wide ones do where people write Japanese.
const FORMULAS: [char; 8] = [
    '=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
];
/// Behind what a cell begins for one spreadsheet or another, beside what ends a line.
const SEPARATORS: [char; 2] = [',', ';'];
/// Files of one reader that are under way.
const OF_ONE_MAX: usize = 4;
/// Files of all readers together.
const OF_ALL_MAX: usize = 400;
/// How long a right is believed that was asked for.
const BELIEVED_FOR: Span = Span::seconds(30);

/// Places for files that are under way.
pub(crate) fn places() -> Places {
    Places::of(OF_ONE_MAX, OF_ALL_MAX)
}

/// The lines of a file that are next to be sent.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    text: String,
    is_begun: bool,
}

/// One line; its cells are separated and quoted.
#[derive(Debug)]
pub(crate) struct Line<'l>(&'l mut Lines);

impl Lines {
    /// Adds a line.
    pub(crate) fn line(&mut self, cells: impl FnOnce(&mut Line<'_>)) {
        self.is_begun = false;
        cells(&mut Line(self));
        self.text.push_str("\r\n");
    }
}

impl Line<'_> {
    fn begin(&mut self) {
        if std::mem::replace(&mut self.0.is_begun, true) {
            self.0.text.push(',');
        }
    }

    /// What somebody wrote, on one line. Wherever a cell could begin with a formula, an apostrophe stands before it.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.begin();
        let out = &mut self.0.text;
        out.push('"');
        let mut letters = text.chars();
        let mut is_begin = true;
        loop {
            // Of a cell that begins with quotes, what is behind them can be what is reckoned.
            let inner = letters.as_str().trim_start_matches('"');
            if is_begin && inner.starts_with(FORMULAS) {
                out.push('\'');
            }
            let Some(letter) = letters.next() else { break };
            let ends = ends_line(letter);
            is_begin = ends || SEPARATORS.contains(&letter);
            match letter {
                '"' => out.push_str("\"\""),
                _ if ends => out.push(' '),
                _ => out.push(letter),
            }
        }
        out.push('"');
        self
    }

    /// A number or a moment of ours.
    pub(crate) fn plain(&mut self, value: impl std::fmt::Display) -> &mut Self {
        self.begin();
        let _ = write!(self.0.text, "\"{value}\"");
        self
    }

    /// A number, where there is one.
    pub(crate) fn maybe(&mut self, value: Option<impl std::fmt::Display>) -> &mut Self {
        match value {
            Some(value) => self.plain(value),
            None => self.plain(""),
        }
    }

    /// A moment, in UTC.
    pub(crate) fn moment(&mut self, at: Timestamp) -> &mut Self {
        self.plain(at)
    }
}

/// Whether a program may take it for the end of a line or of a cell, or pass over it; tabs are among these.
fn ends_line(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}')
}

/// A part of a file, and where the next one begins.
pub(crate) type Part<C> = Result<(Lines, Option<C>), Trouble>;

/// Sends a list as a file of this name, from its first part to its last. The first part is read before anything is sent,
/// so what is wrong from the beginning is told as a page.
pub(crate) async fn file<C, N, F>(
    room: &Room,
    name: &str,
    head: &'static [&'static str],
    next: N,
) -> Answer
where
    C: Send + 'static,
    N: Fn(Option<C>) -> F + Send + Sync + 'static,
    F: Future<Output = Part<C>> + Send + 'static,
{
    let place = room.web.downloads().take(room.viewer().session.user);
    let right = Right {
        _place: place.ok_or(Trouble::TooMany { wait_s: 30 })?,
        known_at: room.now.at,
        room: room.clone(),
    };
    let (first, then) = next(None).await?;
    let mut lines = Lines::default();
    lines.line(|line| {
        for title in head {
            line.plain(title);
        }
    });
    lines.text.push_str(&first.text);
    let first = stream::once(ready(Ok(Bytes::from(lines.text))));
    let later = stream::try_unfold((right, then, next), |(mut right, then, next)| async move {
        let Some(from) = then else { return Ok(None) };
        if !right.holds().await {
            return Err(io::Error::other("its reader may no longer see the list"));
        }
        match next(Some(from)).await {
            Ok((lines, then)) => Ok(Some((Bytes::from(lines.text), (right, then, next)))),
            Err(_) => Err(io::Error::other("a part of the list could not be read")),
        }
    });
    let named = format!("attachment; filename=\"{name}-{}.csv\"", room.guild);
    let headers = [
        (
            header::CONTENT_TYPE,
            "text/csv; charset=utf-8; header=present".to_owned(),
        ),
        (header::CONTENT_DISPOSITION, named),
    ];
    Ok((headers, Body::from_stream(first.chain(later))).into_response() as Response)
}

/// What a reader may see of a list that is on its way to them.
struct Right {
    room: Room,
    /// When it was known.
    known_at: Timestamp,
    _place: Place,
}

impl Right {
    /// Whether it still holds. Whoever is something else in the guild by now, even something more, begins anew: one file
    /// is made by one right from its first line to its last.
    async fn holds(&mut self) -> bool {
        let now = self.room.core().clock().now();
        let until = self.known_at + BELIEVED_FOR;
        // A clock that was set back is not believed either.
        if (self.known_at..until).contains(&now) {
            return true;
        }
        self.known_at = now;
        self.room.standing_now().await == Some(self.room.standing())
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    /// The cells of a file as a spreadsheet reads them that takes this for what stands between them: a cell that begins
    /// with a quote goes to the next single one, and everywhere else quotes are letters.
    fn cells(file: &str, separator: char) -> Vec<String> {
        let mut cells = vec![String::new()];
        let (mut is_quoted, mut is_begin) = (false, true);
        let mut letters = file.chars().peekable();
        while let Some(letter) = letters.next() {
            let is_doubled = letter == '"' && letters.peek() == Some(&'"');
            match letter {
                '"' if is_begin => is_quoted = true,
                '"' if is_quoted && !is_doubled => is_quoted = false,
                _ if !is_quoted && (letter == separator || "\r\n".contains(letter)) => {
                    cells.push(String::new());
                    is_begin = true;
                    continue;
                }
                _ => {
                    if is_quoted && is_doubled {
                        letters.next();
                    }
                    cells.last_mut().unwrap().push(letter);
                }
            }
            is_begin = false;
        }
        cells
    }

    const HOSTILE: [&str; 22] = [
        "=1+1",
        "+49",
        "-2",
        "@all",
        "\u{ff1d}1",
        "\t=1",
        "\r=1",
        "\n=1",
        "\u{0}=1",
        "thanks;=cmd|' /C calc'!A0;bye",
        "thanks,=1,bye",
        "thanks\t=1",
        "one\n=2",
        "one\r\n=2",
        "one\u{2028}=2",
        ";;=1",
        "a;\"=1",
        "a;\"\"=1;\"",
        "\"=1",
        "\";=1",
        "\";\"\"\"\"=1",
        "\"\n=1;\"\";@x",
    ];

    #[test]
    fn v2_no_cell_begins_as_a_formula_whatever_is_taken_for_a_separator() {
        let mut lines = Lines::default();
        for text in HOSTILE {
            lines.line(|line| {
                line.plain(7).text(text).text(text).plain("2026-11-20");
            });
            lines.line(|line| {
                line.text(text).plain(7);
            });
        }
        assert_eq!(lines.text.lines().count(), 2 * HOSTILE.len());
        for separator in [',', ';', '\t'] {
            for cell in cells(&lines.text, separator) {
                // Where quotes were letters, they are passed over as well.
                for cell in [cell.as_str(), cell.trim_start_matches('"')] {
                    assert!(!cell.starts_with(super::FORMULAS), "{separator:?}: {cell}");
                    assert!(
                        !cell.starts_with(['\t', '\r', '\n']),
                        "{separator:?}: {cell}"
                    );
                }
            }
        }
    }

    #[test]
    fn v2_a_text_that_is_no_formula_is_kept_and_every_cell_is_quoted() {
        let mut lines = Lines::default();
        for text in ["a,b", "a - b; 2+2=4", "say \"hi\"\r\nthere", "Ünï 🪙", ""] {
            lines.line(|line| {
                line.text(text).plain(-5);
            });
        }
        let expected = [
            "\"a,b\",\"-5\"",
            "\"a - b; 2+2=4\",\"-5\"",
            "\"say \"\"hi\"\"  there\",\"-5\"",
            "\"Ünï 🪙\",\"-5\"",
            "\"\",\"-5\"",
            "",
        ];
        assert_eq!(lines.text, expected.join("\r\n"));
        assert_eq!(cells(&lines.text, ',')[..3], ["a,b", "-5", ""]);
    }

    #[test]
    fn what_is_missing_is_an_empty_cell() {
        let mut lines = Lines::default();
        lines.line(|line| {
            line.maybe(None::<i64>).maybe(Some(7)).text("x");
        });
        assert_eq!(lines.text, "\"\",\"7\",\"x\"\r\n");
    }
}
