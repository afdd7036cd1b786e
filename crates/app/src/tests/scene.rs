//! A guild, a database and a courier for one test.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex as StdMutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use chat::{
    Asker, BoxFuture, Delivered, DeliveryError, Effect, Finished, Given, Inbox, Incoming,
    IncomingMessage, InteractionToken, Invocation, Invoked, OptionValue, TargetUser,
};
use kernel::{ChannelId, Clock, GuildId, IdSource, Locale, SeededChance, Snowflakes, Span, UserId};
use platform::{Keyring, MasterKey};
use store::{Database, DbError, owed};
use testkit::{db::TestDb, time::ManualClock, traces::Traces};
use tokio::sync::{Mutex, mpsc};

use crate::{App, Core, Parts, Tripwire};

const GUILD: u64 = 77;

/// How the network behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    /// It delivers everything.
    Well,
    /// It delivers nothing, and says so never: as if the process died first.
    Dead,
    /// It takes everything and never comes back.
    Stuck,
    /// It says of everything that it may work later.
    Away,
    /// It says of everything that limits leave no room for so long.
    Limited(Span),
    /// It says of bans that they may work later, and delivers the rest.
    AwayForBans,
}

/// The far end of the courier.
#[derive(Debug)]
pub(super) struct Courier {
    mood: StdMutex<Mood>,
    sender: mpsc::Sender<Effect>,
    receiver: Mutex<mpsc::Receiver<Effect>>,
    count: AtomicUsize,
}

impl Courier {
    /// Delivers everything.
    pub(super) fn well() -> Arc<Self> {
        Self::of(Mood::Well)
    }

    pub(super) fn of(mood: Mood) -> Arc<Self> {
        let (sender, receiver) = mpsc::channel(2_000);
        Arc::new(Self {
            mood: StdMutex::new(mood),
            sender,
            receiver: Mutex::new(receiver),
            count: AtomicUsize::new(0),
        })
    }

    /// Delivers nothing, and says so never: as if the process died first.
    pub(super) fn dead() -> Arc<Self> {
        Self::of(Mood::Dead)
    }

    /// Takes everything and never comes back.
    pub(super) fn stuck() -> Arc<Self> {
        Self::of(Mood::Stuck)
    }

    /// Behaves otherwise from now on.
    pub(super) fn turn(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    pub(super) async fn next(&self) -> Effect {
        self.receiver.lock().await.recv().await.unwrap()
    }

    pub(super) fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }
}

impl chat::Courier for Courier {
    fn deliver<'a>(
        &'a self,
        effect: &'a Effect,
    ) -> BoxFuture<'a, Result<Delivered, DeliveryError>> {
        Box::pin(async move {
            let mood = *self.mood.lock().unwrap();
            let later = |after| {
                let reason = "Discord is away".to_owned();
                Err(DeliveryError::Later { reason, after })
            };
            match mood {
                Mood::Well => {}
                Mood::Dead | Mood::Stuck => std::future::pending::<()>().await,
                Mood::Away => return later(None),
                Mood::Limited(after) => return later(Some(after)),
                Mood::AwayForBans if matches!(effect, Effect::Ban(_)) => return later(None),
                Mood::AwayForBans => {}
            }
            self.count.fetch_add(1, Ordering::SeqCst);
            self.sender.send(effect.clone()).await.unwrap();
            Ok(Delivered::Done { message: None })
        })
    }

    fn typing(&self, _: ChannelId) -> BoxFuture<'_, Result<(), DeliveryError>> {
        Box::pin(async { Ok(()) })
    }
}

pub(super) struct Scene {
    db: TestDb,
    app: Arc<App>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) ids: Arc<dyn IdSource>,
    pub(super) courier: Arc<Courier>,
    pub(super) tripwire: Tripwire,
}

impl Scene {
    pub(super) async fn begin() -> Self {
        Self::begin_with(Courier::of(Mood::Well)).await
    }

    pub(super) async fn begin_with(courier: Arc<Courier>) -> Self {
        let migrations = store::Migrations::part(crate::MIGRATIONS);
        Self::begin_on(testkit::db::fresh_libsql(&migrations), courier)
    }

    pub(super) fn begin_on(db: TestDb, courier: Arc<Courier>) -> Self {
        let clock = Arc::new(ManualClock::at("2026-11-20T10:00:00Z"));
        Self::over(db, clock, courier, |parts| parts)
    }

    /// With models that the test listens to.
    pub(super) fn begin_asking(courier: Arc<Courier>, models: Arc<dyn ai::Models>) -> Self {
        Self::begin_of(courier, |parts| Parts { models, ..parts })
    }

    /// With parts that the test chooses.
    pub(super) fn begin_of(courier: Arc<Courier>, choose: impl FnOnce(Parts) -> Parts) -> Self {
        let migrations = store::Migrations::part(crate::MIGRATIONS);
        let clock = Arc::new(ManualClock::at("2026-11-20T10:00:00Z"));
        let db = testkit::db::fresh_libsql(&migrations);
        Self::over(db, clock, courier, choose)
    }

    fn over(
        db: TestDb,
        clock: Arc<ManualClock>,
        courier: Arc<Courier>,
        choose: impl FnOnce(Parts) -> Parts,
    ) -> Self {
        let ids: Arc<dyn IdSource> = Arc::new(Snowflakes::new(clock.clone(), 1));
        let tripwire = Tripwire::default();
        let chance = Arc::new(SeededChance::new(1));
        let keyring = Arc::new(Keyring::new(MasterKey::new(&[7; 32])));
        let parts = choose(Parts {
            tripwire: tripwire.clone(),
            ..Parts::new(
                db.database().clone(),
                clock.clone(),
                ids.clone(),
                chance.clone(),
                chance,
                keyring,
            )
        });
        let app = App::start(
            Core::new(parts, crate::words().unwrap()),
            audit::Signer::of_seed(&[7; 32]),
        );
        app.deliver_through(courier.clone());
        Self {
            db,
            app,
            clock,
            ids,
            courier,
            tripwire,
        }
    }

    /// What lies in the files of the database.
    pub(super) fn traces(&self, traces: &Traces) -> BTreeSet<String> {
        self.db.traces(traces)
    }

    pub(super) fn core(&self) -> &Core {
        self.app.core()
    }

    pub(super) fn guild() -> GuildId {
        kernel::Id::new(GUILD).unwrap()
    }

    /// Has a message judged: comes back when nothing of that would be lost by a crash.
    pub(super) async fn say(&self, id: u64, user: u64, text: &str) {
        let message = IncomingMessage::said(
            kernel::Id::new(id).unwrap(),
            kernel::Id::new(5).unwrap(),
            Self::guild(),
            kernel::Id::new(6).unwrap(),
            UserId::new(user).unwrap(),
            text,
        );
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let finished = Finished::new(move || {
            let _ = sender.send(());
        });
        let incoming = Incoming::Wrote(Box::new(message));
        self.app.accept(incoming, finished).unwrap();
        receiver.await.unwrap();
    }

    /// Puts a document in force.
    pub(super) async fn configure(&self, document: serde_json::Value) {
        let core = self.app.core();
        let cause = format!("configure-{}", self.ids.next());
        let cause = kernel::Cause::new(kernel::CauseKind::Api, cause);
        let guild = kernel::Id::new(GUILD).unwrap();
        let op = core.admission().token(guild, "operator", cause);
        let command = crate::flows::configure::Configure {
            document,
            note: String::new(),
            base_revision: None,
        };
        crate::flows::configure::configure(core, op, command)
            .await
            .unwrap();
    }

    /// The next process on the same database.
    pub(super) async fn restart(self) -> Self {
        self.restart_with(Courier::well()).await
    }

    pub(super) async fn restart_with(self, courier: Arc<Courier>) -> Self {
        self.app.drain(Span::millis(1)).await;
        Self::over(self.db, self.clock, courier, |parts| parts)
    }

    pub(super) async fn end(&self) {
        assert!(
            self.app.drain(Span::seconds(20)).await,
            "the application did not finish"
        );
    }

    pub(super) fn database(&self) -> &Database {
        self.db.database()
    }

    pub(super) fn invocation(&self, id: u64, user: u64, invoked: Invoked) -> Invocation {
        let target = |user: u64| {
            let target = TargetUser {
                name: format!("member {user}"),
                is_bot: false,
                is_member: true,
                ..TargetUser::default()
            };
            (UserId::new(user).unwrap(), target)
        };
        Invocation {
            id: kernel::Id::new(id).unwrap(),
            application: kernel::Id::new(5).unwrap(),
            token: InteractionToken::new(format!("token-{id}")),
            guild: Some(kernel::Id::new(GUILD).unwrap()),
            channel: Some(kernel::Id::new(6).unwrap()),
            asker: Asker {
                user: UserId::new(user).unwrap(),
                name: format!("member {user}"),
                is_bot: false,
                roles: Vec::new(),
                permissions: None,
            },
            locale: Locale::english(),
            made_at: self.clock.now(),
            received_at: self.clock.now(),
            invoked,
            users: BTreeMap::from([target(10), target(11)]),
        }
    }

    pub(super) fn try_ask(&self, id: u64, user: u64, invoked: Invoked) -> bool {
        let incoming = Incoming::Invoked(Box::new(self.invocation(id, user, invoked)));
        self.app.accept(incoming, Finished::unwatched()).is_ok()
    }

    /// Has an invocation decided: comes back when nothing of it would be lost by a crash.
    pub(super) async fn ask(&self, id: u64, user: u64, invoked: Invoked) {
        self.take_on(self.invocation(id, user, invoked)).await;
    }

    pub(super) async fn take_on(&self, invocation: Invocation) {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let finished = Finished::new(move || {
            let _ = sender.send(());
        });
        let incoming = Incoming::Invoked(Box::new(invocation));
        self.app.accept(incoming, finished).unwrap();
        receiver.await.unwrap();
    }

    /// Has the relay take everything that is due.
    pub(super) async fn relay(&self) {
        for _ in 0..8 {
            crate::relay::relay_due(self.app.core(), self.app.delivery())
                .await
                .unwrap();
        }
    }

    /// Has the relay take everything that is due, and waits until it is written down what became of it.
    pub(super) async fn relay_and_settle(&self) {
        self.relay().await;
        self.settled().await;
    }

    /// Waits until nothing is on its way.
    pub(super) async fn settled(&self) {
        while !self.app.delivery().is_idle() {
            tokio::task::yield_now().await;
        }
    }

    /// Owes an effect, and sends it as whoever decided it does.
    pub(super) async fn owe(&self, effect: Effect) {
        let core = self.core().clone();
        let work = move |tx: &mut store::Tx<'_>| {
            let cause = kernel::Cause::new(kernel::CauseKind::Message, 7);
            let op = core.admission().event(Self::guild(), cause);
            crate::outcome::owe(tx, &core, &op, effect.clone())
        };
        let owing = self.database().write("test", work).await.unwrap();
        self.app.delivery().send(owing);
        self.settled().await;
    }

    pub(super) async fn wait_until_owed(&self, wanted: i64) {
        assert_eq!(self.counts().await.owed, wanted);
    }

    pub(super) async fn counts(&self) -> owed::OwedCounts {
        self.database()
            .read("test", owed::owed_count)
            .await
            .unwrap()
    }

    pub(super) async fn balance(&self, user: u64) -> i64 {
        let (guild, user, now) = (
            kernel::Id::new(GUILD).unwrap(),
            UserId::new(user).unwrap(),
            self.clock.now(),
        );
        let view: Result<_, DbError> = self
            .database()
            .read("test", move |tx| economy::account(tx, guild, user, now))
            .await;
        view.unwrap().balance.get()
    }
}

pub(super) fn given(name: &str, options: &[(&str, OptionValue)]) -> Given {
    Given {
        name: name.to_owned(),
        sub: None,
        options: options
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
    }
}

pub(super) fn command(name: &str) -> Invoked {
    Invoked::Command(given(name, &[]))
}
