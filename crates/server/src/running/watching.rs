//! What goes on beside a running server: signals, and the folding of histograms.

use std::{fmt, sync::Arc, time::Duration};

use tokio::time::{MissedTickBehavior, interval};

use crate::{
    config::{Config, ConfigError},
    ending::{Asked, Ending, Signals},
    failure::Exit,
    health::Part,
    logs::Logs,
    meters::Meters,
    storage::Storage,
};

/// How often a database behind a network is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// How often histograms are folded.
const FOLD_EVERY: Duration = Duration::from_secs(5);

/// Reads the settings anew from where they were read at the start.
#[derive(Clone)]
pub struct ReadAnew(Arc<dyn Fn() -> Result<Config, ConfigError> + Send + Sync>);

impl ReadAnew {
    /// Reads by this function.
    pub fn by(read: impl Fn() -> Result<Config, ConfigError> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }
}

impl fmt::Debug for ReadAnew {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("ReadAnew")
    }
}

/// Does what signals ask for: the first end drains, the second ends at once.
pub(super) async fn signals(mut signals: Signals, ending: Ending, read_anew: ReadAnew, logs: Logs) {
    loop {
        match signals.next().await {
            Asked::Reload => reload(&read_anew, &logs),
            Asked::End if ending.ask() => {
                tracing::info!("ending: what was begun is finished first")
            }
            Asked::End => {
                tracing::warn!("asked to end again: ending at once");
                std::process::exit(i32::from(Exit::Failed.code()));
            }
        }
    }
}

/// Of the settings, only the log's level can change while it runs.
fn reload(read_anew: &ReadAnew, logs: &Logs) {
    let config = match (read_anew.0)() {
        Ok(config) => config,
        Err(error) => {
            return tracing::error!(%error, "the settings were not read anew; the old ones stay");
        }
    };
    logs.hide(config.secrets());
    match logs.set_level(&config.log) {
        Ok(()) => tracing::info!(log = config.log, "read the settings anew"),
        Err(error) => tracing::error!(%error, "the log level stays"),
    }
}

/// Says in the health whether the database answers, where it may go away.
pub(super) async fn storage(storage: Arc<Storage>, part: Part) {
    let mut ticks = interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match storage.answers().await {
            Ok(()) => part.ready(),
            Err(error) => part.degraded(error.to_string()),
        }
    }
}

/// Keeps histograms small while nobody asks for them.
pub(super) async fn fold(meters: Meters) {
    let mut ticks = interval(FOLD_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        meters.fold();
    }
}

/// Says which settings do nothing here, and which are unwise.
pub(super) fn warn_of_settings(config: &Config) {
    for variable in config.without_effect() {
        tracing::warn!(variable, "is set, and nothing in this version reads it");
    }
    if let Some(url) = &config.public_url
        && !url.is_secure()
        && !url.is_loopback()
    {
        tracing::warn!(%url, "GUILDHALL_PUBLIC_URL is without TLS: who listens on the way can take over sessions");
    }
}
