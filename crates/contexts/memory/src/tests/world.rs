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

use crate::{
    Fact, Learnt, Lesson, MIGRATIONS, NewFact, NewTurn, Origin, Place, Privacy, Recalled, Said,
    Scope, Settings, Speaker, Subject, Viewer, WORDS, Windows,
};

pub(super) const GUILD: u64 = 900;
pub(super) const OTHER_GUILD: u64 = 901;
pub(super) const TOWN: u64 = 10;
pub(super) const SQUARE: u64 = 11;
pub(super) const CELLAR: u64 = 12;

/// A guild, and whoever acts in it.
pub(super) struct World {
    pub(super) db: TestDb,
    pub(super) ids: Arc<Snowflakes>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) settings: Settings,
    pub(super) privacy: Privacy,
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

/// Everyone may read in every channel but the cellar.
pub(super) fn place(number: u64) -> Place {
    Place {
        channel: channel(number),
        scope: if number == CELLAR {
            Scope::Channel
        } else {
            Scope::Guild
        },
    }
}

pub(super) fn said(text: &str) -> NewFact {
    NewFact {
        text: text.to_owned(),
        subject: Subject::Member,
        confidence: 0.9,
        importance: NewFact::IMPORTANCE_SAID,
    }
}

pub(super) fn of_guild(text: &str) -> NewFact {
    NewFact {
        subject: Subject::Guild,
        ..said(text)
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
            privacy: Privacy::default(),
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
    pub(super) fn run<T: Send + 'static>(
        &self,
        mut closure: impl FnMut(&mut Tx<'_>, &dyn IdSource) -> Result<T, DbError> + Send + 'static,
    ) -> T {
        let ids = self.ids.clone();
        let work = move |tx: &mut Tx<'_>| closure(tx, ids.as_ref());
        wait(self.db.database().write("test", work)).unwrap()
    }

    pub(super) fn lesson(&self, member: u64, at: u64, facts: Vec<NewFact>) -> Lesson {
        Lesson {
            teacher: user(member),
            teacher_name: "Alice".to_owned(),
            others: vec![],
            place: place(at),
            source: Some(message(self.event())),
            origin: Origin::Said,
            facts,
        }
    }

    pub(super) fn teach(&self, op: &Op, lesson: &Lesson) -> Vec<Learnt> {
        let (op, lesson) = (op.clone(), lesson.clone());
        let (settings, privacy) = (self.settings.clone(), self.privacy.clone());
        self.run(move |tx, ids| crate::learn(tx, &op, ids, &settings, &privacy, &lesson))
    }

    /// A member says one thing in a channel; what became of it.
    pub(super) fn learn(&self, member: u64, at: u64, fact: NewFact) -> Learnt {
        let lesson = self.lesson(member, at, vec![fact]);
        self.teach(&self.op(member), &lesson).remove(0)
    }

    /// The same, where it is kept.
    pub(super) fn knows(&self, member: u64, at: u64, text: &str) -> Fact {
        let learnt = self.learn(member, at, said(text));
        learnt
            .fact()
            .unwrap_or_else(|| panic!("{learnt:?}"))
            .clone()
    }

    pub(super) fn viewer(&self, member: u64, at: u64) -> Viewer {
        Viewer {
            guild: self.guild(),
            user: user(member),
            channel: channel(at),
        }
    }

    pub(super) fn recalled(&self, member: u64, at: u64, question: &str) -> Vec<Recalled> {
        let (viewer, now) = (self.viewer(member, at), self.now());
        let (settings, question) = (self.settings.clone(), question.to_owned());
        self.run(move |tx, _| crate::recall(tx, &settings, &viewer, &question, now))
    }

    /// The texts that a question recalls.
    pub(super) fn recall(&self, member: u64, at: u64, question: &str) -> Vec<String> {
        let recalled = self.recalled(member, at, question);
        recalled.into_iter().map(|one| one.fact.text).collect()
    }

    pub(super) fn turn(&self, number: u64, member: u64, at: u64, text: &str) -> NewTurn {
        NewTurn {
            message: message(number),
            place: place(at),
            speaker: Speaker::Member,
            user: user(member),
            name: format!("member {member}"),
            text: text.to_owned(),
        }
    }

    pub(super) fn say(&self, turn: &NewTurn) -> Said {
        let (op, turn) = (self.op(turn.user.get()), turn.clone());
        let (settings, privacy) = (self.settings.clone(), self.privacy.clone());
        self.run(move |tx, _| crate::say(tx, &op, &settings, &privacy, &turn))
    }

    pub(super) fn windows(&self, member: u64, at: u64, question: u64) -> Windows {
        let (viewer, now) = (self.viewer(member, at), self.now());
        let settings = self.settings.clone();
        self.run(move |tx, _| crate::windows(tx, &settings, &viewer, message(question), now))
    }
}

/// The words of turns, in order.
pub(super) fn texts(turns: &[crate::Turn]) -> Vec<&str> {
    turns.iter().map(|turn| turn.text.as_str()).collect()
}
