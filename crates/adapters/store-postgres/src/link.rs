//! One connection to the server, driven only while somebody waits for it.
//!
//! There is no background task: whoever waits for an answer also moves the bytes.

use std::{
    collections::HashMap,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
    time::Duration,
};

use tokio::runtime::Runtime;
use tokio_postgres::{Client, NoTls, Statement, types::Type};

use crate::{failure::told, store::Options, target::Target};

/// Moves the bytes of a connection until it ends.
type Driving = Pin<Box<dyn Future<Output = Result<(), tokio_postgres::Error>> + Send>>;

/// A statement's text names it: the texts are constants, so where it lies tells it from every other.
pub(crate) type Place = (usize, usize);

/// A statement that the server knows.
pub(crate) struct Prepared {
    pub(crate) statement: Statement,
    pub(crate) types: Vec<Type>,
    pub(crate) has_columns: bool,
}

pub(crate) struct Link {
    pub(crate) client: Arc<Client>,
    pub(crate) prepared: HashMap<Place, Arc<Prepared>>,
    driving: Option<Driving>,
}

impl Link {
    /// Connects and sets the bounds of this connection.
    pub(crate) fn open(
        runtime: &Runtime,
        target: &Target,
        options: &Options,
    ) -> Result<Self, String> {
        let limit = options.connect_time_max.to_std();
        let connected = runtime.block_on(async {
            let connecting = connect(target);
            tokio::time::timeout(limit, connecting).await
        });
        let (client, driving) = connected
            .map_err(|_| format!("{target} did not answer in time"))?
            .map_err(|error| format!("{target}: {}", told(&error)))?;
        let mut link = Self {
            client: Arc::new(client),
            prepared: HashMap::new(),
            driving: Some(driving),
        };
        let client = Arc::clone(&link.client);
        let settings = settings(options);
        link.drive(runtime, limit, async move {
            client.batch_execute(&settings).await
        })
        .ok_or_else(|| format!("{target} did not answer in time"))?
        .map_err(|error| format!("{target}: {}", told(&error)))?;
        Ok(link)
    }

    /// Waits for a future of this connection while moving its bytes; nothing where the time runs out.
    pub(crate) fn drive<F: Future>(
        &mut self,
        runtime: &Runtime,
        limit: Duration,
        future: F,
    ) -> Option<F::Output> {
        let driving = &mut self.driving;
        runtime.block_on(async {
            let mut future = pin!(future);
            let both = poll_fn(|context| {
                if let Poll::Ready(output) = future.as_mut().poll(context) {
                    return Poll::Ready(output);
                }
                let ended = driving
                    .as_mut()
                    .is_some_and(|driving| driving.as_mut().poll(context).is_ready());
                if ended {
                    // Whatever was still open fails at its next look.
                    *driving = None;
                    context.waker().wake_by_ref();
                }
                Poll::Pending
            });
            tokio::time::timeout(limit, both).await.ok()
        })
    }

    /// Whether the connection is known to have ended.
    pub(crate) fn is_closed(&self) -> bool {
        self.driving.is_none() || self.client.is_closed()
    }

    /// Tells the server goodbye, so that it does not log a lost connection.
    pub(crate) fn close(self, runtime: &Runtime) {
        let Self {
            client,
            prepared,
            driving,
        } = self;
        drop(prepared);
        drop(client);
        if let Some(driving) = driving {
            let goodbye = async { tokio::time::timeout(Duration::from_secs(1), driving).await };
            // A server that does not hear it finds out by itself.
            let _ = runtime.block_on(goodbye);
        }
    }
}

async fn connect(target: &Target) -> Result<(Client, Driving), tokio_postgres::Error> {
    if let Some(tls) = &target.tls {
        let (client, connection) = target.config.connect(tls.clone()).await?;
        return Ok((client, Box::pin(connection)));
    }
    let (client, connection) = target.config.connect(NoTls).await?;
    Ok((client, Box::pin(connection)))
}

/// Nothing hangs: statements, locks and forgotten transactions all end. A commit is on the disk when it is answered.
fn settings(options: &Options) -> String {
    let statement_ms = options.statement_time_max.to_std().as_millis();
    let lock_ms = options.lock_time_max.to_std().as_millis();
    format!(
        "SET statement_timeout = {statement_ms};
         SET lock_timeout = {lock_ms};
         SET idle_in_transaction_session_timeout = 60000;
         SELECT set_config('synchronous_commit', 'on', FALSE)
          WHERE current_setting('synchronous_commit') = 'off';"
    )
}
