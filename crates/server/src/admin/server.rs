//! The server's side of the socket.

use std::{fs, io, os::unix::fs::PermissionsExt, path::Path, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    sync::{Semaphore, mpsc},
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{FRAME_BYTES_MAX, Frame, Near, Question, SOCKET, read_line};
use crate::{desk::Desk, failure::Exit, printer::Printer};

/// How many commands run at once.
const AT_ONCE: usize = 8;

/// How long a question may take to arrive.
const QUESTION_TIME: Duration = Duration::from_secs(5);

/// How many lines wait for a slow reader.
const LINES_WAITING: usize = 64;

/// The pause after the system could not give a connection.
const PAUSE: Duration = Duration::from_millis(50);

/// A socket that is listened on.
#[derive(Debug)]
pub struct AdminSocket {
    listener: UnixListener,
}

impl AdminSocket {
    /// Makes the socket in this directory, which the caller holds; one that a killed server left is replaced.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(directory: &Path) -> io::Result<Self> {
        let near = Near::to(directory)?;
        let (fresh, path) = (near.path.join("guildhall.sock.new"), near.path.join(SOCKET));
        let _ = fs::remove_file(&fresh);
        let listener = UnixListener::bind(&fresh)?;
        // Under its own name only once nobody else may use it.
        fs::set_permissions(&fresh, fs::Permissions::from_mode(0o600))?;
        fs::rename(&fresh, &path)?;
        Ok(Self { listener })
    }

    /// Answers until it is dropped.
    pub async fn serve(self, desk: Desk) {
        let free = Arc::new(Semaphore::new(AT_ONCE));
        let mut commands = JoinSet::new();
        while let Ok(permit) = Arc::clone(&free).acquire_owned().await {
            while commands.try_join_next().is_some() {}
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let desk = desk.clone();
                    commands.spawn(async move {
                        if let Err(error) = answer(stream, desk).await {
                            tracing::debug!(%error, "a command at the socket ended early");
                        }
                        drop(permit);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "the socket could not take a command");
                    sleep(PAUSE).await;
                }
            }
        }
    }
}

/// Removes the socket of this directory, where there is one.
pub fn remove(directory: &Path) {
    let path = directory.join(SOCKET);
    match fs::remove_file(&path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => tracing::warn!(%error, socket = %path.display(), "could not be removed"),
    }
}

async fn answer(mut stream: UnixStream, desk: Desk) -> io::Result<()> {
    let peer = stream.peer_cred()?.uid();
    if peer != 0 && peer != rustix::process::geteuid().as_raw() {
        return refuse(&mut stream, "this server answers only the user who runs it").await;
    }
    let mut reader = BufReader::new(&mut stream);
    let line = match timeout(QUESTION_TIME, read_line(&mut reader)).await? {
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            let words = format!("the server takes no command of more than {FRAME_BYTES_MAX} bytes");
            return refuse(&mut stream, &words).await;
        }
        line => line?.unwrap_or_default(),
    };
    let Ok(question) = serde_json::from_str::<Question>(&line) else {
        let words =
            "the server does not know this command; it may be of another version than this program";
        return refuse(&mut stream, words).await;
    };
    tracing::info!(call = ?question.call, "a command came through the socket");
    let (lines, mut waiting) = mpsc::channel(LINES_WAITING);
    let printer = Printer::to_socket(question.format(), lines);
    let performing = async move {
        let outcome = question.call.perform(&desk, &printer).await;
        drop(printer);
        outcome
    };
    let (_, mut writer) = stream.split();
    let sending = async {
        while let Some(line) = waiting.recv().await {
            send_text(&mut writer, &line).await?;
        }
        // Closed for good, so that a command whose reader has gone does not wait for it.
        drop(waiting);
        Ok::<_, io::Error>(())
    };
    let (outcome, sent) = tokio::join!(performing, sending);
    sent?;
    let end = match outcome {
        Ok(exit) => Frame::End {
            exit: exit.code(),
            complaint: None,
        },
        Err(failure) => Frame::End {
            exit: failure.exit().code(),
            complaint: Some(failure.to_string()),
        },
    };
    send(&mut writer, &end).await
}

async fn refuse(stream: &mut UnixStream, words: &str) -> io::Result<()> {
    let end = Frame::End {
        exit: Exit::Failed.code(),
        complaint: Some(words.to_owned()),
    };
    send(stream, &end).await
}

/// Sends a text in frames that whoever asked can read, however long it is.
pub(super) async fn send_text(
    writer: &mut (impl AsyncWriteExt + Unpin),
    text: &str,
) -> io::Result<()> {
    let mut left = Some(text);
    while let Some(text) = left {
        let (frame, rest) = Frame::first_of(text);
        send(writer, &frame).await?;
        left = rest;
    }
    Ok(())
}

pub(super) async fn send(
    writer: &mut (impl AsyncWriteExt + Unpin),
    frame: &Frame,
) -> io::Result<()> {
    let mut text = serde_json::to_string(frame)?;
    text.push('\n');
    writer.write_all(text.as_bytes()).await
}
