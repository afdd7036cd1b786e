//! Bare PostgreSQL: a few connections, each one job at a time, its statements sent together and committed alone.
//!
//! PostgreSQL joins the syncs of commits that come at once by itself, so this is the group commit of that engine.

use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use futures_channel::oneshot;
use tokio::{
    sync::{Mutex, mpsc},
    task::JoinSet,
};
use tokio_postgres::{Client, NoTls, Statement, types::ToSql};

use super::Movement;

const JOBS_MAX: usize = 16_384;

const TABLES: &str = "CREATE TABLE balances (account BIGINT PRIMARY KEY, amount BIGINT NOT NULL);
    CREATE TABLE journal (seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id TEXT NOT NULL UNIQUE,
        debit BIGINT NOT NULL, credit BIGINT NOT NULL, amount BIGINT NOT NULL)";
const UPSERT: &str = "INSERT INTO balances (account, amount) VALUES ($1, $2)
    ON CONFLICT (account) DO UPDATE SET amount = balances.amount + excluded.amount";
const INSERT: &str = "INSERT INTO journal (id, debit, credit, amount) VALUES ($1, $2, $3, $4)";

/// The connections; they end when it is dropped.
#[derive(Debug)]
pub(crate) struct BarePostgres {
    jobs: mpsc::Sender<Job>,
    _workers: JoinSet<()>,
}

#[derive(Debug)]
struct Job {
    movement: Movement,
    answer: oneshot::Sender<Result<()>>,
}

impl BarePostgres {
    /// So many connections to an empty database.
    pub(crate) async fn start(url: &str, connections: u32) -> Result<Self> {
        let mut workers = JoinSet::new();
        let (jobs, waiting) = mpsc::channel(JOBS_MAX);
        let waiting = Arc::new(Mutex::new(waiting));
        for number in 0..connections {
            let (client, connection) = tokio_postgres::connect(url, NoTls)
                .await
                .context("connecting")?;
            // Its failure shows as a failure of the client.
            workers.spawn(async move { drop(connection.await) });
            if number == 0 {
                client.batch_execute(TABLES).await?;
            }
            let worker = Worker::prepare(client).await?;
            workers.spawn(worker.run(Arc::clone(&waiting)));
        }
        Ok(Self {
            jobs,
            _workers: workers,
        })
    }

    /// A way to ask it, for one caller.
    pub(crate) fn asker(&self) -> Asker {
        Asker {
            jobs: self.jobs.clone(),
        }
    }
}

/// Asks the connections.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    jobs: mpsc::Sender<Job>,
}

impl Asker {
    /// Answers once the movement is committed.
    pub(crate) async fn ask(&self, movement: Movement) -> Result<()> {
        let (answer, answered) = oneshot::channel();
        let job = Job { movement, answer };
        self.jobs
            .send(job)
            .await
            .map_err(|_| anyhow!("the bare connections are gone"))?;
        answered.await.context("a bare connection is gone")?
    }
}

struct Worker {
    client: Client,
    upsert: Statement,
    insert: Statement,
}

impl Worker {
    async fn prepare(client: Client) -> Result<Self> {
        Ok(Self {
            upsert: client.prepare(UPSERT).await?,
            insert: client.prepare(INSERT).await?,
            client,
        })
    }

    async fn run(self, waiting: Arc<Mutex<mpsc::Receiver<Job>>>) {
        loop {
            let next = waiting.lock().await.recv().await;
            let Some(job) = next else { return };
            let done = self.apply(job.movement).await;
            // Whoever does not wait any more has the row all the same.
            let _ = job.answer.send(done);
        }
    }

    /// Polled in order, so sent in order, and all without waiting for an answer between. Accounts go in the order of
    /// their numbers, so that two jobs never wait for each other.
    async fn apply(&self, job: Movement) -> Result<()> {
        let id = format!("interaction:{}:pay", job.id);
        let taken = -job.amount;
        let mut sides = [(job.from, taken), (job.to, job.amount)];
        sides.sort_unstable();
        let [(first, one), (second, other)] = &sides;
        let lesser: [&(dyn ToSql + Sync); 2] = [first, one];
        let greater: [&(dyn ToSql + Sync); 2] = [second, other];
        let row: [&(dyn ToSql + Sync); 4] = [&id, &job.from, &job.to, &job.amount];
        tokio::try_join!(
            self.client.batch_execute("BEGIN"),
            self.client.execute(&self.upsert, &lesser),
            self.client.execute(&self.upsert, &greater),
            self.client.execute(&self.insert, &row),
            self.client.batch_execute("COMMIT"),
        )?;
        Ok(())
    }
}
