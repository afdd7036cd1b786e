//! A command asked through the socket answers as it would in its own process.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, sync::Arc};

use kernel::{Clock, SystemClock};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    sync::mpsc,
    task::JoinSet,
};

use super::{SOCKET, client, server::AdminSocket};
use crate::{
    config::{Config, Sources},
    desk::{Absent, Call, Desk},
    failure::{Exit, Failure},
    printer::{Format, Printer},
    schema::{Before, Intent},
};

fn desk(directory: &Path) -> Desk {
    let mut sources = Sources::default();
    let place = directory.display().to_string();
    sources
        .environment
        .insert("GUILDHALL_DATA_DIR".to_owned(), place);
    let config = Config::parse(&sources, &|_| Err(std::io::ErrorKind::NotFound.into())).unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Desk::open(&config, clock, Absent::Make).unwrap()
}

async fn ask(directory: &Path, call: &Call) -> (Result<Exit, Failure>, Vec<String>) {
    let (lines, mut answer) = mpsc::channel(1_000);
    let printer = Printer::to_socket(Format::Json, lines);
    let outcome = client::ask(directory, call, &printer, "held").await;
    drop(printer);
    let mut said = Vec::new();
    while let Some(line) = answer.recv().await {
        said.push(line);
    }
    (outcome, said)
}

#[tokio::test]
async fn a_command_is_answered_by_the_server_that_holds_the_directory() {
    let outer = tempfile::tempdir().unwrap();
    // Longer than the system takes for a socket's path.
    let directory = outer.path().join("x".repeat(120));
    let desk = desk(&directory);
    let (schema, storage) = (&desk.schema, &desk.storage);
    schema
        .up(storage, Intent::Do, Before::Nothing)
        .await
        .unwrap();
    let socket = AdminSocket::open(&directory).unwrap();
    let mode = fs::metadata(directory.join(SOCKET))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut serving = JoinSet::new();
    serving.spawn(socket.serve(desk.clone()));

    let (outcome, said) = ask(&directory, &Call::MigrateStatus).await;
    assert_eq!(outcome.unwrap(), Exit::Done);
    let status: serde_json::Value = serde_json::from_str(&said.join("\n")).unwrap();
    assert_eq!(status["engine"], "libsql");
    assert_eq!(status["pending"].as_array().unwrap().len(), 0);

    // A question that makes no sense gets words, and the socket goes on.
    let mut stream = UnixStream::connect(short(&directory)).await.unwrap();
    stream.write_all(b"{\"call\":\"fly\"}\n").await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("does not know this command"), "{answer}");
    assert!(ask(&directory, &Call::MigrateStatus).await.0.is_ok());
    desk.storage.close().await;
}

/// The socket by a short name.
fn short(directory: &Path) -> std::path::PathBuf {
    let link = directory.parent().unwrap().join("near");
    std::os::unix::fs::symlink(directory, &link).unwrap();
    link.join(SOCKET)
}

#[tokio::test]
async fn a_directory_that_is_held_without_a_socket_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let (outcome, _) = ask(directory.path(), &Call::MigrateStatus).await;
    let said = outcome.unwrap_err().to_string();
    assert!(said.contains("held, and it does not answer"), "{said}");
}
