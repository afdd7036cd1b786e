//! The asking side of the socket.

use std::{io, path::Path};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::UnixStream,
};

use super::{Frame, LINE_MAX, Near, Question, SOCKET};
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
    stream.write_all(text.as_bytes()).await?;
    loop {
        let mut line = String::new();
        let read = (&mut stream).take(LINE_MAX).read_line(&mut line).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match serde_json::from_str(&line)? {
            Frame::Line(line) => printer.line(&line).await,
            Frame::End { exit, complaint } => {
                if let Some(complaint) = complaint {
                    complain(&complaint);
                }
                return Ok(Exit::of_code(exit));
            }
        }
    }
}
