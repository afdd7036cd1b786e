//! Guilds with settings in a fresh database, with a clock moved by hand.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use ::store::{DbError, Migrations, Tx};
use kernel::{
    Clock, GuildId, IdSource, Op, SeededChance, Snowflakes, Span, Timestamp, UserId, Words,
};
use serde_json::{Value, json};
use testkit::{
    db::{TestDb, fresh_libsql, fresh_postgres, wait},
    ops::{member_op, operator_op},
    time::ManualClock,
};

use crate::{
    ConfigError, Document, MIGRATIONS, Put, Revision, Rollback, RolledBack, Run, Scope, Snapshot,
    Target, WORDS, Written,
};

pub(super) const GUILD: u64 = 900;
pub(super) const OTHER_GUILD: u64 = 901;

/// A database, and whoever acts in it.
pub(super) struct World {
    pub(super) db: TestDb,
    pub(super) ids: Arc<Snowflakes>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) words: Arc<Words>,
    pub(super) entropy: Arc<SeededChance>,
    events: AtomicU64,
}

pub(super) fn guild(number: u64) -> GuildId {
    GuildId::new(number).unwrap()
}

pub(super) fn user(number: u64) -> UserId {
    UserId::new(number).unwrap()
}

pub(super) fn revision(number: i64) -> Revision {
    Revision::new(number).unwrap()
}

pub(super) fn document(value: Value) -> Document {
    Document::new(value).unwrap()
}

/// Settings that differ by one number.
pub(super) fn daily(amount: i64) -> Document {
    document(json!({
        "economy": {"enabled": true, "daily": {"amount": amount}},
        "moderation": {"rules": [{"id": "spam", "mode": "act"}]},
    }))
}

pub(super) fn migrations() -> Migrations {
    Migrations::part(&[::store::MIGRATIONS, MIGRATIONS])
}

/// Runs a test on a fresh database of each engine.
pub(super) fn each(test: impl Fn(World)) {
    for fresh in [fresh_libsql, fresh_postgres] {
        let world = World::of(fresh(&migrations()));
        // Shown only with a failure, which is then one of this engine.
        println!("on {:?}", world.db.database().engine());
        test(world);
    }
}

impl World {
    pub(super) fn of(db: TestDb) -> Self {
        let clock = Arc::new(ManualClock::at("2026-11-20T10:00:00Z"));
        let ticking: Arc<dyn Clock> = clock.clone();
        Self {
            db,
            ids: Arc::new(Snowflakes::new(ticking, 1)),
            clock,
            words: Arc::new(Words::join(WORDS).unwrap()),
            entropy: Arc::new(SeededChance::new(7)),
            events: AtomicU64::new(1_000_000),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn later(&self, span: Span) {
        self.clock.advance(span);
    }

    pub(super) fn event(&self) -> u64 {
        self.events.fetch_add(1, Ordering::SeqCst)
    }

    /// A new command of a member.
    pub(super) fn op(&self, member: u64) -> Op {
        member_op(guild(GUILD), user(member), self.event(), self.now())
    }

    /// A new request of the operator in a guild.
    pub(super) fn admin(&self, in_guild: u64) -> Op {
        operator_op(guild(in_guild), &self.event().to_string(), self.now())
    }

    /// Runs a closure in a transaction.
    pub(super) fn run<T, E>(
        &self,
        mut closure: impl FnMut(&mut Tx<'_>, &dyn IdSource) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let ids = self.ids.clone();
        let work = move |tx: &mut Tx<'_>| closure(tx, ids.as_ref());
        wait(self.db.database().write("test", work))
    }

    /// Looks at what is committed.
    pub(super) fn see<T: Send + 'static>(
        &self,
        closure: impl FnMut(&mut Tx<'_>) -> Result<T, DbError> + Send + 'static,
    ) -> T {
        let seen: Result<T, DbError> = wait(self.db.database().read("test", closure));
        seen.unwrap()
    }

    /// Gives guilds their first settings.
    pub(super) fn start(&self, guilds: &[u64]) {
        for number in guilds.iter().copied() {
            let op = self.admin(number);
            self.run(move |tx, _| crate::config_start(tx, &op, &daily(100)))
                .unwrap();
        }
    }

    pub(super) fn put_with(&self, op: &Op, cmd: &Put) -> Result<Written, ConfigError> {
        let (op, cmd) = (op.clone(), cmd.clone());
        self.run(move |tx, _| crate::config_put(tx, &op, &cmd))
    }

    /// Writes settings as the operator.
    pub(super) fn put(&self, in_guild: u64, document: &Document) -> Written {
        let cmd = Put {
            document: document.clone(),
            note: String::new(),
            base_revision: None,
        };
        self.put_with(&self.admin(in_guild), &cmd).unwrap()
    }

    /// What is in force.
    pub(super) fn head(&self, in_guild: u64) -> Snapshot {
        self.see(move |tx| crate::config_fetch(tx, guild(in_guild), None))
            .unwrap()
    }

    pub(super) fn back(&self, op: &Op, cmd: &Rollback) -> Result<RolledBack, ConfigError> {
        let (op, cmd) = (op.clone(), cmd.clone());
        self.run(move |tx, _| crate::rollback(tx, &op, &cmd, &|_, _| Ok(())))
    }
}

/// A rollback of all guilds.
pub(super) fn all(to: Target) -> Rollback {
    Rollback {
        scope: Scope::All,
        to,
        base_revision: None,
        note: "back".to_owned(),
        run: Run::Real,
    }
}

/// A rollback of some guilds.
pub(super) fn of(guilds: &[u64], to: Target) -> Rollback {
    Rollback {
        scope: Scope::Guilds(guilds.iter().copied().map(guild).collect()),
        ..all(to)
    }
}
