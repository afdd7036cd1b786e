//! Who reads the stream: twilight alone, and the adapter with a door that counts.

use std::{
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use chat::{Finished, Inbox, Incoming, Overflow};
use discord::{Discord, Needs, Settings};
use futures_channel::oneshot;
use kernel::{Clock, SeededChance, Stopwatch, SystemClock};
use secrecy::SecretString;
use store::{MigrationError, Tx};
use store_libsql::{LibsqlStore, Options as LibsqlOptions};
use tokio::runtime::{Builder, Runtime};
use twilight_gateway::{ConfigBuilder, Event, EventTypeFlags, Intents, Shard, ShardId, StreamExt};

use super::flood::{Addresses, LAST_MESSAGE};

const WAIT_MAX: Duration = Duration::from_secs(120);
const TOKEN: &str = "OTAwMDAwMDAwMDAwMDAwMDAx.reader.flood";

fn one_core() -> Result<Runtime> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

/// Twilight decoding every event, and nothing else. From the first event to the last.
pub(super) fn twilight(addresses: &Addresses) -> Result<Duration> {
    let intents = Intents::GUILDS
        | Intents::GUILD_MEMBERS
        | Intents::GUILD_MESSAGES
        | Intents::MESSAGE_CONTENT;
    one_core()?.block_on(async {
        let config = ConfigBuilder::new(TOKEN.to_owned(), intents)
            .proxy_url(addresses.gateway.clone())
            .build();
        let mut shard = Shard::with_config(ShardId::ONE, config);
        let mut watch = None;
        loop {
            let next =
                tokio::time::timeout(WAIT_MAX, shard.next_event(EventTypeFlags::all())).await;
            let event = next
                .context("the stream stopped")?
                .context("the shard ended")?;
            match event.context("twilight could not read an event")? {
                Event::Ready(_) => watch = Some(Stopwatch::start()),
                Event::MessageCreate(message) if message.id.get() == LAST_MESSAGE => {
                    return Ok(watch.context("there was no READY")?.elapsed());
                }
                Event::GatewayClose(_) => bail!("the connection was closed"),
                _ => {}
            }
        }
    })
}

/// The adapter, up to the door of the application. From the first event to the last.
pub(super) fn adapter(addresses: &Addresses) -> Result<Duration> {
    let runtime = one_core()?;
    let folder = tempfile::tempdir()?;
    let database =
        LibsqlStore::open(&folder.path().join("reader.db"), LibsqlOptions::default())?.database();
    let took = runtime.block_on(async {
        let migrations = app::catalogue(&[discord::MIGRATIONS])?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let now = clock.now();
        let up = move |tx: &mut Tx<'_>| migrations.up(tx, now);
        database
            .write::<_, MigrationError, _>("bench.migrate", up)
            .await?;
        let (door, last) = Door::new();
        let settings = Settings {
            tokens: vec![SecretString::from(TOKEN)],
            api_url: addresses.api.clone(),
            dashboard: None,
        };
        let needs = Needs {
            database: database.clone(),
            clock,
            chance: Arc::new(SeededChance::new(1)),
        };
        let bot = Discord::prepare(&settings, Vec::new(), &needs)?;
        bot.start(Arc::<Door>::clone(&door)).await?;
        let took = tokio::time::timeout(WAIT_MAX, last)
            .await
            .context("the stream stopped")??;
        let unread: u64 = bot
            .health()
            .borrow()
            .bots
            .iter()
            .map(|bot| bot.events_undecodable)
            .sum();
        ensure!(unread == 0, "{unread} events could not be read");
        ensure!(door.count.load(Ordering::Relaxed) > 0, "nothing was routed");
        bot.shutdown().await;
        Ok::<_, anyhow::Error>(took)
    });
    database.close();
    took
}

/// Counts what comes in, and tells when the last message has.
#[derive(Debug)]
struct Door {
    watch: OnceLock<Stopwatch>,
    count: AtomicU64,
    last: Mutex<Option<oneshot::Sender<Duration>>>,
}

impl Door {
    fn new() -> (Arc<Self>, oneshot::Receiver<Duration>) {
        let (sender, receiver) = oneshot::channel();
        let door = Self {
            watch: OnceLock::new(),
            count: AtomicU64::new(0),
            last: Mutex::new(Some(sender)),
        };
        (Arc::new(door), receiver)
    }
}

impl Inbox for Door {
    fn accept(&self, incoming: Incoming, finished: Finished) -> Result<(), Overflow> {
        let watch = self.watch.get_or_init(Stopwatch::start);
        self.count.fetch_add(1, Ordering::Relaxed);
        if let Incoming::Wrote(message) = &incoming
            && message.id.get() == LAST_MESSAGE
            && let Some(sender) = self
                .last
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take()
        {
            // Whoever waited has given up where this fails.
            let _ = sender.send(watch.elapsed());
        }
        drop(finished);
        Ok(())
    }
}
