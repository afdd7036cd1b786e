//! The socket in the data directory, through which commands ask a running server.
//!
//! One line of JSON asks, lines of JSON answer, the last of them with the exit code. Only the user who runs the server,
//! and root, are answered. Not here: what the commands do (`verbs`).

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

use crate::{desk::Call, printer::Format};

/// The socket's name in the data directory.
pub const SOCKET: &str = "guildhall.sock";

/// The longest line that is read.
const LINE_MAX: u64 = 256 * 1024;

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
    /// A line to print.
    Line(String),
    /// The end.
    End {
        /// The exit code.
        exit: u8,
        /// What went wrong, for standard error.
        complaint: Option<String>,
    },
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
