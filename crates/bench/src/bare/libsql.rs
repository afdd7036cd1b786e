//! A bare group-commit writer on libSQL: one thread, a savepoint for each job, one synced commit for all that wait.

use std::{
    future::Future,
    path::Path,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::JoinHandle,
};

use anyhow::{Context, Result, anyhow, ensure};
use futures_channel::oneshot;
use futures_util::FutureExt;
use libsql::{Connection, Statement, params};

use super::Movement;

/// As many jobs share a commit as with the product's writer.
const BATCH_MAX: usize = 512;
const JOBS_MAX: usize = 16_384;

const TABLES: &str = "CREATE TABLE balances (account INTEGER PRIMARY KEY, amount BIGINT NOT NULL);
    CREATE TABLE journal (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, debit BIGINT NOT NULL,
        credit BIGINT NOT NULL, amount BIGINT NOT NULL)";
const UPSERT: &str = "INSERT INTO balances (account, amount) VALUES (?1, ?2)
    ON CONFLICT (account) DO UPDATE SET amount = balances.amount + excluded.amount";
const INSERT: &str = "INSERT INTO journal (id, debit, credit, amount) VALUES (?1, ?2, ?3, ?4)";

/// The writer; it ends when it is closed.
#[derive(Debug)]
pub(crate) struct BareLibsql {
    jobs: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<Result<()>>>,
}

#[derive(Debug)]
struct Job {
    movement: Movement,
    answer: oneshot::Sender<()>,
}

impl BareLibsql {
    /// A writer on a new file in this folder.
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        let writer = Writer::open(&folder.join("bare.db"))?;
        let (jobs, waiting) = sync_channel(JOBS_MAX);
        let thread = std::thread::Builder::new()
            .name("bare-writer".to_owned())
            .spawn(move || writer.run(&waiting))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// A way to ask it, for one caller.
    pub(crate) fn asker(&self) -> Result<Asker> {
        let jobs = self.jobs.clone().context("the bare writer is closed")?;
        Ok(Asker { jobs })
    }

    /// Ends it, once all askers are gone, and says what went wrong.
    pub(crate) fn close(mut self) -> Result<()> {
        drop(self.jobs.take());
        let Some(thread) = self.thread.take() else {
            return Ok(());
        };
        thread
            .join()
            .map_err(|_| anyhow!("the bare writer panicked"))?
    }
}

/// Asks the writer.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    jobs: SyncSender<Job>,
}

impl Asker {
    /// Answers once the movement is on the disk.
    pub(crate) async fn ask(&self, movement: Movement) -> Result<()> {
        let (answer, answered) = oneshot::channel();
        let job = Job { movement, answer };
        self.jobs
            .try_send(job)
            .map_err(|_| anyhow!("the bare writer takes no more jobs"))?;
        answered.await.context("the bare writer failed")
    }
}

struct Writer {
    connection: Connection,
    upsert: Statement,
    insert: Statement,
    savepoint: Statement,
    release: Statement,
    // The connection's file is closed after its statements.
    _database: libsql::Database,
}

/// The engine's futures block the thread and are done when they are polled once.
fn done<T>(future: impl Future<Output = libsql::Result<T>>) -> Result<T> {
    let polled = future.now_or_never().context("the engine answered later")?;
    Ok(polled?)
}

impl Writer {
    fn open(path: &Path) -> Result<Self> {
        let database = done(libsql::Builder::new_local(path).build())?;
        let connection = database.connect()?;
        for (setting, value) in [
            ("journal_mode", "wal"),
            ("synchronous", "2"),
            ("cache_size", "-8000"),
        ] {
            set(&connection, setting, value)?;
        }
        done(connection.execute_batch(TABLES))?;
        let prepare = |text| done(connection.prepare(text));
        Ok(Self {
            upsert: prepare(UPSERT)?,
            insert: prepare(INSERT)?,
            savepoint: prepare("SAVEPOINT job")?,
            release: prepare("RELEASE job")?,
            connection,
            _database: database,
        })
    }

    fn run(self, waiting: &Receiver<Job>) -> Result<()> {
        while let Ok(first) = waiting.recv() {
            let mut answers = Vec::new();
            done(self.connection.execute("BEGIN IMMEDIATE", ()))?;
            let mut next = Some(first);
            while let Some(job) = next {
                self.apply(job.movement)?;
                answers.push(job.answer);
                next = (answers.len() < BATCH_MAX)
                    .then(|| waiting.try_recv().ok())
                    .flatten();
            }
            done(self.connection.execute("COMMIT", ()))?;
            for answer in answers {
                // Whoever does not wait any more has the row all the same.
                let _ = answer.send(());
            }
        }
        Ok(())
    }

    fn apply(&self, job: Movement) -> Result<()> {
        run(&self.savepoint, ())?;
        run(&self.upsert, params![job.from, -job.amount])?;
        run(&self.upsert, params![job.to, job.amount])?;
        run(
            &self.insert,
            params![
                format!("interaction:{}:pay", job.id),
                job.from,
                job.to,
                job.amount
            ],
        )?;
        run(&self.release, ())
    }
}

fn run(statement: &Statement, values: impl libsql::params::IntoParams) -> Result<()> {
    statement.reset();
    done(statement.execute(values))?;
    statement.reset();
    Ok(())
}

/// Sets what the product sets, and checks that it took.
fn set(connection: &Connection, setting: &str, wanted: &str) -> Result<()> {
    let ask = |text: String| -> Result<String> {
        let mut rows = done(connection.query(&text, ()))?;
        let row = done(rows.next())?;
        let value = row.map(|row| row.get_value(0)).transpose()?;
        Ok(match value {
            Some(libsql::Value::Text(text)) => text,
            Some(libsql::Value::Integer(number)) => number.to_string(),
            _ => String::new(),
        })
    };
    ask(format!("PRAGMA {setting}={wanted}"))?;
    let found = ask(format!("PRAGMA {setting}"))?;
    ensure!(
        found.eq_ignore_ascii_case(wanted),
        "{setting} is `{found}` and should be `{wanted}`"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{BareLibsql, Movement};

    #[tokio::test]
    async fn jobs_are_answered_and_a_repeated_id_ends_the_writer() {
        let folder = tempfile::tempdir().unwrap();
        let bare = BareLibsql::start(folder.path()).unwrap();
        let asker = bare.asker().unwrap();
        let movement = |id| Movement {
            id,
            from: 1,
            to: 2,
            amount: 3,
        };
        asker.ask(movement(1)).await.unwrap();
        asker.ask(movement(2)).await.unwrap();
        assert!(asker.ask(movement(2)).await.is_err());
        drop(asker);
        assert!(bare.close().is_err());
    }
}
