//! The asking side of the socket.

use std::{io, path::Path};

use tokio::{
    io::{AsyncWriteExt, BufReader},
    net::UnixStream,
};

use super::{FRAME_BYTES_MAX, Frame, Near, Question, SOCKET, read_line};
use crate::{
    desk::Call,
    failure::{Exit, Failure},
    printer::{Format, Printer, complain},
};

/// Asks the server that holds this directory, and prints what it answers. `held` says who holds it.
///
/// # Errors
/// When no server answers, or it says that the command failed.
pub async fn ask(
    directory: &Path,
    call: &Call,
    printer: &Printer,
    held: &str,
) -> Result<Exit, Failure> {
    let question = Question {
        call: call.clone(),
        json: printer.format() == Format::Json,
    };
    let silent = |error: io::Error| {
        Failure::broken(
            format!("{held}, and it does not answer at its socket ({error})"),
            "It may be starting or ending, or be another command: try again in a moment",
        )
    };
    let stream = connect(directory).await.map_err(silent)?;
    converse(stream, &question, printer).await.map_err(silent)
}

async fn connect(directory: &Path) -> io::Result<UnixStream> {
    let near = Near::to(directory)?;
    UnixStream::connect(near.path.join(SOCKET)).await
}

async fn converse(stream: UnixStream, question: &Question, printer: &Printer) -> io::Result<Exit> {
    let mut stream = BufReader::new(stream);
    let mut text = serde_json::to_string(question)?;
    text.push('\n');
    // A server that takes no question so long says so before it reads to the end, and that is worth more than this error.
    let sent = stream.write_all(text.as_bytes()).await;
    // The parts of a line that is under way: whoever gathers lines gets it whole. The server held all of it, too.
    let mut begun = String::new();
    loop {
        let read = read_line(&mut stream).await;
        let Some(line) = read.map_err(in_words)? else {
            sent?;
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        match serde_json::from_str(&line)? {
            Frame::Part(part) => begun.push_str(&part),
            Frame::Line(rest) => {
                begun.push_str(&rest);
                printer.line(&begun).await;
                begun.clear();
            }
            Frame::End { exit, complaint } => {
                if let Some(complaint) = complaint {
                    complain(&complaint);
                }
                return Ok(Exit::of_code(exit));
            }
        }
    }
}

fn in_words(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::FileTooLarge => io::Error::other(format!(
            "a line of its answer has more than {FRAME_BYTES_MAX} bytes; it may be of another version than this program"
        )),
        _ => error,
    }
}
