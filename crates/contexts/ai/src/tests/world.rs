//! A guild in a fresh database, with a clock moved by hand.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use ::store::{DbError, Migrations, Tx};
use kernel::{Clock, GuildId, IdSource, Op, Snowflakes, Span, Timestamp, UserId};
use testkit::{
    db::{TestDb, fresh_libsql, fresh_postgres, wait},
    ops::member_op,
    time::ManualClock,
};

use crate::{
    Actual, Budget, BudgetError, Estimate, MIGRATIONS, Prices, Purpose, Request, Reservation,
    Reserve, Settled,
};

pub(super) const GUILD: u64 = 900;

/// A guild, and whoever asks in it.
pub(super) struct World {
    pub(super) db: TestDb,
    pub(super) ids: Arc<Snowflakes>,
    pub(super) clock: Arc<ManualClock>,
    events: AtomicU64,
}

pub(super) fn guild(number: u64) -> GuildId {
    GuildId::new(number).unwrap()
}

pub(super) fn user(number: u64) -> UserId {
    UserId::new(number).unwrap()
}

pub(super) fn migrations() -> Migrations {
    Migrations::part(&[::store::MIGRATIONS, MIGRATIONS])
}

/// A request for which this much is set aside, for this member.
pub(super) fn costing(micros: i64, payer: Option<u64>) -> Reserve {
    let prices = Prices::with("test=0/1").unwrap();
    let mut request = Request::answer("", "hello");
    request.tokens_max = u32::try_from(micros).unwrap();
    Reserve {
        purpose: Purpose::Answer,
        payer: payer.map(user),
        estimate: Estimate::of(&prices, "test", &request),
    }
}

pub(super) fn budget(guild: i64, member: i64) -> Budget {
    Budget {
        guild_day_micros: guild,
        member_day_micros: member,
    }
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
    fn of(db: TestDb) -> Self {
        let clock = Arc::new(ManualClock::at("2026-11-20T10:00:00Z"));
        let ticking: Arc<dyn Clock> = clock.clone();
        Self {
            db,
            ids: Arc::new(Snowflakes::new(ticking, 1)),
            clock,
            events: AtomicU64::new(1_000_000),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) fn later(&self, span: Span) {
        self.clock.advance(span);
    }

    /// A new command of a member.
    pub(super) fn op(&self, member: u64) -> Op {
        let event = self.events.fetch_add(1, Ordering::SeqCst);
        member_op(guild(GUILD), user(member), event, self.now())
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

    pub(super) fn reserve(
        &self,
        op: &Op,
        budget: Budget,
        cmd: &Reserve,
    ) -> Result<Reservation, BudgetError> {
        let (op, cmd) = (op.clone(), cmd.clone());
        self.run(move |tx, ids| crate::reserve(tx, &op, ids, &budget, &cmd))
    }

    pub(super) fn settle(&self, op: &Op, reservation: &Reservation, actual: &Actual) -> Settled {
        let (op, reservation, actual) = (op.clone(), reservation.clone(), actual.clone());
        self.look(move |tx| crate::settle(tx, &op, &reservation, &actual))
    }

    /// What the guild has spent today, and what is set aside.
    pub(super) fn guild_today(&self) -> (i64, i64) {
        let day = crate::day_of(self.now());
        let report = self.look(move |tx| crate::report(tx, guild(GUILD), day, day));
        report
            .days
            .first()
            .map_or((0, 0), |(_, spent)| (spent.micros, spent.reserved_micros))
    }
}
