//! A guild in a fresh database, with a clock moved by hand.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use ::store::{DbError, Migrations, Tx};
use kernel::{
    ChannelId, Clock, GuildId, IdSource, MessageId, Op, Snowflakes, Span, Timestamp, UserId, Words,
};
use testkit::{
    db::{TestDb, fresh_libsql, fresh_postgres, wait},
    ops::member_op,
    time::ManualClock,
};

use crate::{Answer, Asking, MIGRATIONS, NewAnswer, Settings, WORDS, prompt_version};

pub(super) const GUILD: u64 = 900;
pub(super) const OTHER_GUILD: u64 = 901;

/// A guild, and whoever acts in it.
pub(super) struct World {
    pub(super) db: TestDb,
    pub(super) ids: Arc<Snowflakes>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) settings: Settings,
    pub(super) words: Arc<Words>,
    pub(super) guild: u64,
    events: AtomicU64,
}

pub(super) fn user(number: u64) -> UserId {
    UserId::new(number).unwrap()
}

pub(super) fn channel(number: u64) -> ChannelId {
    ChannelId::new(number).unwrap()
}

pub(super) fn message(number: u64) -> MessageId {
    MessageId::new(number).unwrap()
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
            guild: GUILD,
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

    pub(super) fn guild(&self) -> GuildId {
        GuildId::new(self.guild).unwrap()
    }

    /// A new event of a member, in the guild that is looked at.
    pub(super) fn op(&self, member: u64) -> Op {
        member_op(self.guild(), user(member), self.event(), self.now())
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

    /// Begins an answer to a member's message.
    pub(super) fn begins(&self, member: u64, asked: u64) -> Option<Answer> {
        let op = self.op(member);
        let new = NewAnswer {
            asked: Asking::message(message(asked)),
            channel: channel(10),
            asker: user(member),
            entry: format!("entry-{asked}"),
            version: prompt_version(&self.settings, 1),
        };
        let begun: Result<_, DbError> =
            self.run(move |tx, ids| crate::answer_begin(tx, &op, ids, &new));
        begun.unwrap()
    }

    /// An answer to a member's message that became these messages.
    pub(super) fn answered(&self, member: u64, asked: u64, messages: &[u64]) -> Answer {
        let answer = self.begins(member, asked).unwrap();
        let (guild, id) = (self.guild(), answer.id);
        let sent: Vec<_> = messages.iter().copied().map(message).collect();
        self.look(move |tx| crate::answer_sent(tx, guild, id, &sent));
        answer
    }
}
