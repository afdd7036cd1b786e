//! Lists as files for other programs: UTF-8, commas, quoted as RFC 4180 says.
//!
//! V1  A file is made while it is sent, a part of the list at a time, so it costs the same whatever its length.
//! V2  A text that a spreadsheet would take for a formula does not begin as one.
//! V3  A part that fails ends the transfer, so that half a file is never taken for the whole.

use std::{future::Future, io};

use axum::{
    body::{Body, Bytes},
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use kernel::Timestamp;

use crate::{
    pages::Trouble,
    room::{Answer, Room},
};

/// What a spreadsheet takes for the beginning of a formula, or passes over on its way to one.
const FORMULAS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

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

    /// What somebody wrote.
    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.begin();
        let out = &mut self.0.text;
        out.push('"');
        if text.starts_with(FORMULAS) {
            out.push('\'');
        }
        for letter in text.chars() {
            if letter == '"' {
                out.push('"');
            }
            out.push(letter);
        }
        out.push('"');
        self
    }

    /// A number or a moment of ours.
    pub(crate) fn plain(&mut self, value: impl std::fmt::Display) -> &mut Self {
        self.begin();
        self.0.text.push_str(&value.to_string());
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
    let (first, then) = next(None).await?;
    let mut lines = Lines::default();
    lines.line(|line| {
        for title in head {
            line.plain(title);
        }
    });
    lines.text.push_str(&first.text);
    let parts = stream::unfold(
        (Some(lines), then, next),
        |(ready, then, next)| async move {
            if let Some(lines) = ready {
                return Some((Ok(Bytes::from(lines.text)), (None, then, next)));
            }
            let sent = match next(Some(then?)).await {
                Ok((lines, then)) => (Ok(Bytes::from(lines.text)), (None, then, next)),
                Err(_) => (
                    Err(io::Error::other("a part of the list could not be read")),
                    (None, None, next),
                ),
            };
            Some(sent)
        },
    );
    let named = format!("attachment; filename=\"{name}-{}.csv\"", room.guild);
    let headers = [
        (
            header::CONTENT_TYPE,
            "text/csv; charset=utf-8; header=present".to_owned(),
        ),
        (header::CONTENT_DISPOSITION, named),
    ];
    Ok((headers, Body::from_stream(parts)).into_response() as Response)
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn v2_what_looks_like_a_formula_begins_otherwise_and_quotes_are_doubled() {
        let mut lines = Lines::default();
        for name in [
            "=1+1",
            "+49",
            "-2",
            "@all",
            "\tx",
            "\r=1",
            "a,b",
            "say \"hi\"\r\nthere",
            "Ünï 🪙",
            "",
        ] {
            lines.line(|line| {
                line.text(name).plain(-5);
            });
        }
        let expected = [
            "\"'=1+1\",-5",
            "\"'+49\",-5",
            "\"'-2\",-5",
            "\"'@all\",-5",
            "\"'\tx\",-5",
            "\"'\r=1\",-5",
            "\"a,b\",-5",
            "\"say \"\"hi\"\"\r\nthere\",-5",
            "\"Ünï 🪙\",-5",
            "\"\",-5",
            "",
        ];
        assert_eq!(lines.text, expected.join("\r\n"));
    }

    #[test]
    fn what_is_missing_is_an_empty_cell() {
        let mut lines = Lines::default();
        lines.line(|line| {
            line.maybe(None::<i64>).maybe(Some(7)).text("x");
        });
        assert_eq!(lines.text, ",7,\"x\"\r\n");
    }
}
