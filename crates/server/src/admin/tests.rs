//! A command asked through the socket answers as it would in its own process.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, sync::Arc};

use kernel::{Clock, SystemClock};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    sync::mpsc,
    task::JoinSet,
};

use super::{
    FRAME_BYTES_MAX, Frame, SOCKET, client,
    server::{AdminSocket, send, send_text},
};
use crate::{
    config::{Config, Sources},
    desk::{Absent, Call, Desk},
    failure::{Exit, Failure},
    printer::{Format, Printer},
    schema::{Before, Intent},
    verbs::config,
};

/// The longest line that the version before reads.
const BEFORE_BYTES_MAX: usize = 256 * 1024;

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

/// A server that reads a question and says these texts, each with the former or the present way of sending.
async fn says(directory: &Path, texts: &[&str], in_one_frame: bool) -> JoinSet<()> {
    let listener = UnixListener::bind(directory.join(SOCKET)).unwrap();
    let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
    let mut serving = JoinSet::new();
    serving.spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut question = String::new();
        let mut reader = BufReader::new(&mut stream);
        reader.read_line(&mut question).await.unwrap();
        for text in texts {
            match in_one_frame {
                true => send(&mut stream, &Frame::Line(text)).await.unwrap(),
                false => send_text(&mut stream, &text).await.unwrap(),
            }
        }
        let end = Frame::End {
            exit: 0,
            complaint: None,
        };
        // Whoever asked may have given up.
        drop(send(&mut stream, &end).await);
    });
    serving
}

/// A document over many lines, with characters that JSON escapes and some that take several bytes.
fn long_document() -> String {
    let rows: Vec<_> = (0..20_000)
        .map(|number| serde_json::json!({"place": number, "note": "\u{1} \"ü\" \\"}))
        .collect();
    serde_json::to_string_pretty(&rows).unwrap()
}

#[tokio::test]
async fn a_long_answer_comes_whole_however_long_its_lines_are() {
    let (document, line) = (long_document(), "ü\u{1}".repeat(700_000));
    assert!(document.len() > 4 * BEFORE_BYTES_MAX);
    let directory = tempfile::tempdir().unwrap();
    let texts = [document.as_str(), &line, "", "the end"];
    let mut serving = says(directory.path(), &texts, false).await;
    let (outcome, said) = ask(directory.path(), &Call::MigrateStatus).await;
    assert_eq!(outcome.unwrap(), Exit::Done);
    assert!(said.join("\n") == texts.join("\n"), "it is not the same");
    // Whoever gathers lines gets each of them whole.
    assert!(said.contains(&line) && said.last().unwrap() == "the end");
    serving.join_next().await.unwrap().unwrap();
}

#[test]
fn what_the_version_before_reads_stands_in_frames_that_it_knows() {
    let (document, line) = (long_document(), "\u{1}".repeat(BEFORE_BYTES_MAX));
    let frames = |text: &str| {
        let (mut frames, mut left) = (Vec::new(), Some(text.to_owned()));
        while let Some(text) = left {
            let (frame, rest) = Frame::first_of(&text);
            let bytes = serde_json::to_string(&frame).unwrap().len();
            assert!(bytes < BEFORE_BYTES_MAX, "{bytes}");
            left = rest.map(str::to_owned);
            frames.push(frame);
        }
        frames
    };
    let known = |frame: &Frame| matches!(frame, Frame::Line(_));
    assert!(frames(&document).iter().all(known));
    assert!(
        !frames(&line).iter().all(known),
        "one line alone is in parts"
    );
    assert_eq!(frames("a\nb").len(), 1);
}

#[tokio::test]
async fn a_long_answer_of_the_version_before_is_read_up_to_a_bound_that_is_told() {
    for (length, comes) in [(FRAME_BYTES_MAX / 2, true), (FRAME_BYTES_MAX, false)] {
        let directory = tempfile::tempdir().unwrap();
        let text = "x".repeat(length);
        let _serving = says(directory.path(), &[&text], true).await;
        let (outcome, said) = ask(directory.path(), &Call::MigrateStatus).await;
        match comes {
            true => assert!(outcome.is_ok() && said == [text]),
            false => {
                let told = outcome.unwrap_err().to_string();
                assert!(told.contains("another version"), "{told}");
            }
        }
    }
}

#[tokio::test]
async fn the_longest_document_is_asked_and_a_longer_one_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let desk = desk(directory.path());
    let (schema, storage) = (&desk.schema, &desk.storage);
    schema
        .up(storage, Intent::Do, Before::Nothing)
        .await
        .unwrap();
    let socket = AdminSocket::open(directory.path()).unwrap();
    let mut serving = JoinSet::new();
    serving.spawn(socket.serve(desk.clone()));
    let set = |letter: &str, length: usize| {
        Call::Config(config::Ask::Set {
            guild: "4200".parse().unwrap(),
            document: format!("{{}}{}", letter.repeat(length - 2)),
            note: "long".to_owned(),
            base: None,
        })
    };
    // The command is understood: blank lines behind a document are no harm, and what is no JSON is refused as such.
    for (letter, words) in [("\n", "revision"), ("\u{1}", "no JSON")] {
        let call = set(letter, platform::DOCUMENT_BYTES_MAX);
        let told = answer(directory.path(), &call).await;
        assert!(told.contains(words), "{told}");
    }
    let told = answer(directory.path(), &set("x", FRAME_BYTES_MAX)).await;
    assert!(told.contains("takes no command of more than"), "{told}");
    desk.storage.close().await;
}

/// What the server answers, as it comes over the socket.
async fn answer(directory: &Path, call: &Call) -> String {
    let question = serde_json::json!({"call": call, "json": true});
    let mut stream = UnixStream::connect(directory.join(SOCKET)).await.unwrap();
    // A server that stops reading closes, which is no failure here.
    drop(stream.write_all(format!("{question}\n").as_bytes()).await);
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer).await);
    String::from_utf8(answer).unwrap()
}
