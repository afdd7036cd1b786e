//! Bringing a bot up: who it is, its commands, how it is to connect, and then its shards.

use std::{sync::Arc, time::Duration};

use chat::CommandSpec;
use kernel::{ApplicationId, Chance, Clock};
use secrecy::SecretString;
use store::{Database, DbError};
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    gateway::{Dialler, Identifies, Intended, Keeper, Pump, Shard, Slot},
    health::{Board, Trouble},
    render::{commands_body, digest_of},
    rest::{Application, GatewayPlan, Rest, RestError},
    store::{ShardKey, StoredSession, registration_fetch, registration_upsert, session_fetch},
};

const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// More shards than this no plan of Discord's for one process can mean.
const SHARDS_MAX: u32 = 256;

/// When parts of a bot are to stop.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stops {
    /// No more events are taken on.
    pub(crate) intake: CancellationToken,
    /// Nothing is kept any more.
    pub(crate) all: CancellationToken,
}

/// All that bringing a bot up takes.
#[derive(Debug, Clone)]
pub(crate) struct Bot {
    pub(crate) at: usize,
    pub(crate) rest: Arc<Rest>,
    pub(crate) token: SecretString,
    pub(crate) dialler: Dialler,
    pub(crate) pump: Arc<Pump>,
    pub(crate) board: Arc<Board>,
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) commands: Arc<[CommandSpec]>,
    pub(crate) intake: TaskTracker,
    pub(crate) keeping: TaskTracker,
    pub(crate) stops: Stops,
}

/// A step that failed for now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Setback {
    #[error(transparent)]
    Rest(#[from] RestError),
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Setback {
    fn is_token_refused(&self) -> bool {
        match self {
            Self::Rest(error) => {
                error.status() == 401 || matches!(error, RestError::TokenRefused { .. })
            }
            Self::Store(_) => false,
        }
    }
}

impl Bot {
    /// Brings it up, however long Discord takes; `known` is what the start found out already.
    pub(crate) async fn bring_up(self, known: Option<Application>) {
        let application = match known {
            Some(application) => Some(application),
            None => {
                let rest = &self.rest;
                let step = || async { Ok(rest.application().await?) };
                self.insist(Trouble::Unreachable, step).await
            }
        };
        let Some(application) = application else {
            return;
        };
        self.introduce(&application);
        tokio::join!(self.register(application.id), self.connect(&application));
    }

    /// What Discord said about the application is what everyone sees.
    pub(crate) fn introduce(&self, application: &Application) {
        self.pump.bots.introduce(self.at, application.id);
        if let Some(account) = &application.bot {
            self.rest.is_account(account.id);
        }
        self.board
            .introduce(self.at, application.id, &application.name);
    }

    /// Tries a step until it succeeds, it is of no use, or the bot is to stop. The board says what is the matter.
    pub(crate) async fn insist<T, F>(&self, trouble: Trouble, step: impl Fn() -> F) -> Option<T>
    where
        F: Future<Output = Result<T, Setback>>,
    {
        let mut pause = FIRST_PAUSE;
        loop {
            let outcome = tokio::select! {
                () = self.stops.intake.cancelled() => return None,
                outcome = step() => outcome,
            };
            let setback = match outcome {
                Ok(value) => {
                    self.board.trouble(self.at, trouble, None);
                    return Some(value);
                }
                Err(setback) => setback,
            };
            tracing::warn!(bot = self.at, %setback, "a bot is not up yet");
            if setback.is_token_refused() {
                let reason =
                    "Discord refuses the bot's token: put a valid one in place and restart"
                        .to_owned();
                self.board.failed(self.at, reason);
                return None;
            }
            self.board
                .trouble(self.at, trouble, Some(setback.to_string()));
            tokio::select! {
                () = self.stops.intake.cancelled() => return None,
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn register(&self, application: ApplicationId) {
        let done = self
            .insist(Trouble::Commands, || self.register_once(application))
            .await;
        if done.is_some() {
            self.board.commands_registered(self.at);
        }
    }

    /// Replaces all commands, unless they are registered as they are.
    async fn register_once(&self, application: ApplicationId) -> Result<(), Setback> {
        let body = commands_body(&self.commands);
        let digest = digest_of(application, &body);
        let fetch = move |tx: &mut store::Tx<'_>| registration_fetch(tx, application);
        let registered: Option<String> = self.database.read("discord.registration", fetch).await?;
        if registered.as_ref() == Some(&digest) {
            return Ok(());
        }
        self.rest.commands_replace(application, &body).await?;
        let now = self.clock.now();
        let note = move |tx: &mut store::Tx<'_>| registration_upsert(tx, application, &digest, now);
        Ok(self.database.write("discord.registration", note).await?)
    }

    async fn connect(&self, application: &Application) {
        let plan = self.insist(Trouble::Unreachable, || async {
            Ok(self.rest.gateway_plan().await?)
        });
        let Some(plan) = plan.await else {
            return;
        };
        if let Some(remaining) = plan
            .session_start_limit
            .remaining
            .filter(|left| *left < 100)
        {
            tracing::warn!(
                remaining,
                "Discord allows few more new gateway sessions today"
            );
        }
        let shards = plan.shards.clamp(1, SHARDS_MAX);
        let renewed = Arc::new(Notify::new());
        let slots = self.insist(Trouble::Sessions, || {
            self.stored_slots(application.id, shards, &renewed)
        });
        let Some(slots) = slots.await else {
            return;
        };
        if slots.iter().any(|(_, slot)| slot.get().is_some()) {
            self.meet_again(application.id).await;
        }
        self.board.shards(self.at, shards);
        self.board
            .sessions_allowed(self.at, plan.session_start_limit.remaining);
        let keeper = Keeper {
            database: self.database.clone(),
            clock: Arc::clone(&self.clock),
            board: Arc::clone(&self.board),
            bot: self.at,
            slots: slots.clone(),
            renewed,
        };
        self.keeping.spawn(keeper.run(self.stops.all.clone()));
        self.spawn_shards(application, &plan, slots);
    }

    async fn stored_slots(
        &self,
        application: ApplicationId,
        shards: u32,
        renewed: &Arc<Notify>,
    ) -> Result<Vec<(ShardKey, Arc<Slot>)>, Setback> {
        let keys = (0..shards).map(|shard| ShardKey {
            application,
            shard,
            shards,
        });
        let keys: Vec<ShardKey> = keys.collect();
        let read = keys.clone();
        let fetch = move |tx: &mut store::Tx<'_>| -> Result<Vec<Option<StoredSession>>, DbError> {
            read.iter().map(|key| session_fetch(tx, *key)).collect()
        };
        let stored = self.database.read("discord.sessions", fetch).await?;
        let slot = |(key, stored): (ShardKey, Option<StoredSession>)| {
            (key, Arc::new(Slot::found(stored, Arc::clone(renewed))))
        };
        Ok(keys.into_iter().zip(stored).map(slot).collect())
    }

    fn spawn_shards(
        &self,
        application: &Application,
        plan: &GatewayPlan,
        slots: Vec<(ShardKey, Arc<Slot>)>,
    ) {
        let (rest, board) = (Arc::clone(&self.rest), Arc::clone(&self.board));
        let intended = Arc::new(Intended::new(application.flags, rest, board, self.at));
        let identifies = Arc::new(Identifies {
            database: self.database.clone(),
            clock: Arc::clone(&self.clock),
            board: Arc::clone(&self.board),
            bot: self.at,
            application: application.id,
            concurrency: plan.session_start_limit.max_concurrency.unwrap_or(1),
        });
        for (key, slot) in slots {
            let shard = Shard {
                bot: self.at,
                key,
                token: self.token.clone(),
                gateway: plan.url.clone(),
                dialler: self.dialler.clone(),
                slot,
                intended: Arc::clone(&intended),
                identifies: Arc::clone(&identifies),
                pump: Arc::clone(&self.pump),
                board: Arc::clone(&self.board),
                chance: Arc::clone(&self.chance),
            };
            self.intake.spawn(shard.run(self.stops.intake.clone()));
        }
    }
}
