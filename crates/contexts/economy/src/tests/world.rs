//! A guild in a fresh database, with a clock moved by hand.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use ::store::{DbError, Migrations, Tx};
use kernel::{Amount, Clock, GuildId, IdSource, Op, Snowflakes, Span, Timestamp, UserId, Words};
use testkit::{
    db::{TestDb, fresh_libsql, fresh_postgres, wait},
    ops::{member_op, operator_op},
    time::ManualClock,
};

use crate::{
    AccountName, Leg, MIGRATIONS, Pseudonyms, Receipt, Settings, Transfer, TransferError,
    TransferKind, WORDS, store::accounts,
};

pub(super) const GUILD: u64 = 900;
pub(super) const OTHER_GUILD: u64 = 901;

/// A guild, and whoever acts in it.
pub(super) struct World {
    pub(super) db: TestDb,
    pub(super) ids: Arc<Snowflakes>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) settings: Settings,
    pub(super) words: Arc<Words>,
    events: AtomicU64,
}

pub(super) fn guild(number: u64) -> GuildId {
    GuildId::new(number).unwrap()
}

pub(super) fn user(number: u64) -> UserId {
    UserId::new(number).unwrap()
}

pub(super) fn pseudonyms() -> Pseudonyms {
    Pseudonyms::keyed("a key of tests")
}

pub(super) fn name(text: &str) -> AccountName {
    text.parse().unwrap()
}

pub(super) fn amount(count: i64) -> Amount {
    Amount::new(count).unwrap()
}

/// A plain movement of coins.
pub(super) fn moving(from: &str, to: &str, count: i64) -> Transfer {
    Transfer {
        leg: Leg::named("test"),
        from: name(from),
        to: name(to),
        amount: amount(count),
        kind: TransferKind::TRANSFER,
        reason: "a test".to_owned(),
    }
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
            settings: Settings::default(),
            words: Arc::new(Words::join(WORDS).unwrap()),
            events: AtomicU64::new(1_000_000),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn later(&self, span: Span) {
        self.clock.advance(span);
    }

    fn event(&self) -> u64 {
        self.events.fetch_add(1, Ordering::SeqCst)
    }

    /// A new command of a member.
    pub(super) fn op(&self, member: u64) -> Op {
        member_op(guild(GUILD), user(member), self.event(), self.now())
    }

    /// A new request of the operator.
    pub(super) fn admin(&self) -> Op {
        operator_op(guild(GUILD), &self.event().to_string(), self.now())
    }

    /// A new request of the operator in the other guild.
    pub(super) fn elsewhere(&self) -> Op {
        operator_op(guild(OTHER_GUILD), &self.event().to_string(), self.now())
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

    /// Runs a closure that can't fail but by the database.
    pub(super) fn look<T: Send + 'static>(
        &self,
        mut closure: impl FnMut(&mut Tx<'_>) -> Result<T, DbError> + Send + 'static,
    ) -> T {
        self.run(move |tx, _| closure(tx)).unwrap()
    }

    /// Looks at what is committed.
    pub(super) fn see<T: Send + 'static>(
        &self,
        closure: impl FnMut(&mut Tx<'_>) -> Result<T, DbError> + Send + 'static,
    ) -> T {
        let seen: Result<T, DbError> = wait(self.db.database().read("test", closure));
        seen.unwrap()
    }

    /// Opens purses.
    pub(super) fn enrol(&self, members: &[u64]) {
        for member in members.iter().copied() {
            let (op, settings) = (self.op(member), self.settings.clone());
            self.run(move |tx, ids| {
                crate::enrol(tx, &op, ids, &settings, &pseudonyms(), user(member))
            })
            .unwrap();
        }
    }

    /// Forgets whose a purse is.
    pub(super) fn erase(&self, member: u64) -> bool {
        let now = self.now();
        self.look(move |tx| crate::erase(tx, guild(GUILD), user(member), &pseudonyms(), now))
    }

    /// Opens purses with this much in each.
    pub(super) fn rich(&self, members: &[u64], count: i64) {
        self.enrol(members);
        for member in members {
            let op = self.admin();
            let from = moving("faucet:grant", &format!("purse:{member}"), count);
            self.transfer(&op, &from).unwrap();
        }
    }

    pub(super) fn transfer(&self, op: &Op, cmd: &Transfer) -> Result<Receipt, TransferError> {
        let (op, cmd) = (op.clone(), cmd.clone());
        self.run(move |tx, ids| crate::transfer(tx, &op, ids, &cmd))
    }

    /// Moves coins as the operator.
    pub(super) fn moves(&self, from: &str, to: &str, count: i64) -> Result<Receipt, TransferError> {
        self.transfer(&self.admin(), &moving(from, to, count))
    }

    /// What an account stores and holds back.
    pub(super) fn has(&self, account: &str) -> (i64, i64) {
        let name = name(account);
        let found = self.see(move |tx| accounts::account_fetch(tx, guild(GUILD), &name));
        found.map_or((0, 0), |found| (found.balance.get(), found.held.get()))
    }

    /// Checks everything there is.
    pub(super) fn is_sound(&self) {
        let verification = self.see(crate::verify);
        assert!(verification.is_ok(), "{:#?}", verification.mismatches);
        let supply = self.see(|tx| crate::supply(tx, guild(GUILD)));
        assert_eq!(supply.sum.get(), 0, "{supply:#?}");
    }
}
