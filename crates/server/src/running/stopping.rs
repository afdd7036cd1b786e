//! The end of a server: in order, and within five seconds.

use std::time::Duration;

use kernel::Stopwatch;
use tokio::time::timeout;

use super::{Server, listening::GRACE};
use crate::admin;

/// How long the tasks of parts may take once the drain is over.
const TASKS_TIME: Duration = Duration::from_millis(300);

/// How long the database may take to close.
const CLOSE_TIME: Duration = Duration::from_millis(900);

impl Server {
    /// Finishes what was begun and lets go of everything.
    pub(super) async fn stop(&self) {
        let watch = Stopwatch::start();
        let footing = &self.footing;
        footing.ending.ask();
        footing.health.end();
        let wired = self.wired.lock().await.take();
        let drain = async {
            let Some(wired) = wired else { return };
            if timeout(GRACE, wired.drain).await.is_err() {
                tracing::warn!(
                    "not all work was finished in time; what is owed is sent after the next start"
                );
            }
        };
        tokio::join!(drain, self.listening.end_people());
        footing.tasks.close();
        if timeout(TASKS_TIME, footing.tasks.wait()).await.is_err() {
            tracing::warn!("some tasks did not end in time");
        }
        admin::server::remove(&footing.config.data_dir);
        if timeout(CLOSE_TIME, footing.storage.close()).await.is_err() {
            tracing::warn!("the database did not close in time; the next start mends it");
        }
        self.listening.end_machinery().await;
        footing.run_file.end();
        tracing::info!(took = ?watch.elapsed(), "ended");
    }
}
