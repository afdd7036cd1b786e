//! The copy of signed heads that is kept where the database's administrator cannot reach it: a file of lines, to which
//! each export adds, and against which a verification finds a chain that was cut or written anew as a whole.
//!
//! The asking process writes the file, wherever the database is read, so that it needs no rights of the server's.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, BufRead, BufReader, Write},
    path::Path,
    sync::Arc,
};

use audit::{HEADS_LIMIT_MAX, SignedHead};
use kernel::{Clock, GuildId};
use serde_json::json;
use store::{DbError, Tx};
use tokio::sync::mpsc;

use crate::{
    config::Config,
    data_dir,
    desk::{self, Call, Desk},
    failure::{Exit, Failure},
    printer::{Format, Printer},
};

/// How many lines wait to be gathered.
const LINES_WAITING: usize = 64;

/// The heads in a file, in its order.
///
/// # Errors
/// When it cannot be read, or a line is no signed head.
pub fn read(file: &Path) -> Result<Vec<SignedHead>, Failure> {
    let unreadable = |error: io::Error| {
        Failure::broken(
            format!("`{}` cannot be read: {error}", file.display()),
            "Name a file as `guildhall audit heads export` writes it",
        )
    };
    let lines = BufReader::new(fs::File::open(file).map_err(unreadable)?).lines();
    let mut heads = Vec::new();
    for (number, line) in lines.enumerate() {
        let head = SignedHead::of_line(&line.map_err(unreadable)?);
        heads.push(head.ok_or_else(|| {
            Failure::broken(
                format!("line {} of `{}` is no signed head", number + 1, file.display()),
                "Put the file back as it was exported; where an export broke off, remove its last line",
            )
        })?);
    }
    Ok(heads)
}

/// The place of the last head in a file; zero where there is none yet.
///
/// # Errors
/// When the file cannot be read, or a line is no signed head.
pub fn last_place(file: &Path) -> Result<i64, Failure> {
    if !file.exists() {
        return Ok(0);
    }
    let places = read(file)?.into_iter().map(|head| head.place);
    Ok(places.max().unwrap_or(0))
}

/// Prints the newest signed head of each guild that has one after this place. A later head covers all that an earlier
/// one of its guild does.
pub(super) async fn print(desk: &Desk, after: i64, printer: &Printer) -> Result<Exit, Failure> {
    let mut newest: BTreeMap<GuildId, SignedHead> = BTreeMap::new();
    let mut after = after;
    loop {
        let read = move |tx: &mut Tx<'_>| audit::signed_heads(tx, after, HEADS_LIMIT_MAX);
        let part = desk.database().read::<_, DbError, _>("audit.heads", read);
        let part = part.await.map_err(anyhow::Error::from)?;
        let Some(last) = part.last() else { break };
        after = last.place;
        newest.extend(part.into_iter().map(|head| (head.guild, head)));
    }
    let mut heads: Vec<SignedHead> = newest.into_values().collect();
    heads.sort_by_key(|head| head.place);
    for head in &heads {
        printer.line(&head.line()).await;
    }
    Ok(Exit::Done)
}

/// Asks for heads and adds them to the file.
///
/// # Errors
/// When the database cannot be asked, or the file cannot be written.
pub async fn export(
    config: &Config,
    clock: Arc<dyn Clock>,
    call: &Call,
    file: &Path,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let (lines, mut waiting) = mpsc::channel(LINES_WAITING);
    let asking = async move {
        let gathering = Printer::to_socket(Format::Text, lines);
        Box::pin(desk::carry_out(config, clock, call, &gathering)).await
    };
    let gathered = async {
        let mut gathered = Vec::new();
        while let Some(line) = waiting.recv().await {
            gathered.push(line);
        }
        gathered
    };
    let (asked, heads) = tokio::join!(asking, gathered);
    let exit = asked?;
    if exit != Exit::Done {
        return Ok(exit);
    }
    append(file, &heads).map_err(|error| data_dir::unwritable(file, &error))?;
    let added = heads.len();
    match printer.format() {
        Format::Json => printer.json(&json!({"added": added})).await,
        Format::Text => {
            let line = format!("{added} signed heads were added to `{}`", file.display());
            printer.line(&line).await;
        }
    }
    Ok(exit)
}

fn append(file: &Path, heads: &[String]) -> io::Result<()> {
    let mut out = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(file)?;
    let mut text = heads.join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    out.write_all(text.as_bytes())?;
    out.sync_all()
}
