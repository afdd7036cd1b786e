//! The socket in the data directory, through which commands ask a running server.
//!
//! One line of JSON asks, lines of JSON answer, the last of them with the exit code. Only the user who runs the server,
//! and root, are answered. Not here: what the commands do (`verbs`).
//!
//! A long text is answered in pieces that the program of the version before reads too: whole lines of it stand in frames
//! that it knows. Only a single line that is longer than a piece comes in parts, which it does not know; there it ends
//! with a complaint, as it did at any long answer. The other way round, a server of that version takes no question above
//! 256 KiB and says so; its long answers, each in one frame, are read up to [`FRAME_BYTES_MAX`].

pub mod client;
pub mod server;
#[cfg(test)]
mod tests;

use std::{
    fs, io,
    os::fd::AsRawFd,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

use crate::{desk::Call, printer::Format};

/// The socket's name in the data directory.
pub const SOCKET: &str = "guildhall.sock";

/// The longest question or frame that is read. A character takes at most six bytes of JSON for each of its own, so the
/// longest document goes through with what stands around it.
const FRAME_BYTES_MAX: usize = 6 * platform::DOCUMENT_BYTES_MAX + 64 * 1024;

/// The most bytes of a text in one frame; escaped they are fewer than the 256 KiB which the version before reads.
const PIECE_BYTES_MAX: usize = 32 * 1024;

/// The longest path that the system takes for a socket, with room for a name of ours.
const PATH_MAX: usize = 80;

/// What is asked.
#[derive(Debug, Serialize, Deserialize)]
struct Question {
    call: Call,
    json: bool,
}

impl Question {
    const fn format(&self) -> Format {
        if self.json {
            Format::Json
        } else {
            Format::Text
        }
    }
}

/// One line of the answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Frame {
    /// The beginning of a line, or more of it: the rest follows.
    Part(String),
    /// A line to print, or the end of one that came in parts. It may hold further lines.
    Line(String),
    /// The end.
    End {
        /// The exit code.
        exit: u8,
        /// What went wrong, for standard error.
        complaint: Option<String>,
    },
}

impl Frame {
    /// The first frame of a text, and what is left of it.
    fn first_of(text: &str) -> (Self, Option<&str>) {
        if text.len() <= PIECE_BYTES_MAX {
            return (Self::Line(text.to_owned()), None);
        }
        let (piece, _) = text.split_at(text.floor_char_boundary(PIECE_BYTES_MAX));
        match piece.rfind('\n') {
            Some(end) => (Self::Line(text[..end].to_owned()), text.get(end + 1..)),
            None => (Self::Part(piece.to_owned()), text.get(piece.len()..)),
        }
    }
}

/// Reads one line; `None` where there is no more.
///
/// # Errors
/// When it breaks off, is longer than is read, or the connection fails.
async fn read_line(stream: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<String>> {
    let most = u64::try_from(FRAME_BYTES_MAX).unwrap_or(u64::MAX);
    let mut line = String::new();
    let read = stream.take(most).read_line(&mut line).await?;
    match read {
        0 => Ok(None),
        _ if line.ends_with('\n') => Ok(Some(line)),
        FRAME_BYTES_MAX.. => Err(io::ErrorKind::FileTooLarge.into()),
        _ => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

/// A path to the directory that is short enough for a socket, while `Near` lives.
struct Near {
    path: PathBuf,
    _directory: Option<fs::File>,
}

impl Near {
    /// The system limits a socket's path to about a hundred bytes; an open directory gives any a short name.
    fn to(directory: &Path) -> io::Result<Self> {
        if directory.as_os_str().len() <= PATH_MAX {
            return Ok(Self {
                path: directory.to_owned(),
                _directory: None,
            });
        }
        let open = fs::File::open(directory)?;
        Ok(Self {
            path: PathBuf::from(format!("/proc/self/fd/{}", open.as_raw_fd())),
            _directory: Some(open),
        })
    }
}
