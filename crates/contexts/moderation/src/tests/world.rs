//! A guild in a fresh database, with a clock moved by hand and a few messages.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use ::store::{DbError, Migrations, Tx};
use kernel::{
    Cause, CauseKind, ChannelId, Clock, GuildId, IdSource, MessageId, Op, Snowflakes, Span,
    Timestamp, UserId, Words,
};
use testkit::{
    db::{TestDb, fresh_libsql, fresh_postgres, wait},
    ops::{member_op, operator_op},
    time::ManualClock,
};

use crate::{
    Action, Compiled, FloodState, Hit, MIGRATIONS, Message, Mode, Part, Rule, Settings, Text,
    Trigger, Verdict, WORDS, judge,
};

pub(super) const GUILD: u64 = 900;
pub(super) const OTHER_GUILD: u64 = 901;

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

    /// A message of a member, as the rules deal with it.
    pub(super) fn wrote(&self, member: u64, id: u64) -> Op {
        let mut op = self.op(member);
        op.cause = Cause::new(CauseKind::Message, id);
        op
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

    /// Looks at what is committed.
    pub(super) fn see<T: Send + 'static>(
        &self,
        closure: impl FnMut(&mut Tx<'_>) -> Result<T, DbError> + Send + 'static,
    ) -> T {
        let seen: Result<T, DbError> = wait(self.db.database().read("test", closure));
        seen.unwrap()
    }
}

/// A rule with this trigger that removes.
pub(super) fn rule(id: &str, trigger: Trigger) -> Rule {
    Rule {
        id: id.to_owned(),
        name: String::new(),
        enabled: true,
        mode: Mode::Act,
        trigger,
        actions: vec![Action::Delete {}],
        include_moderators: false,
        exempt_role_ids: Vec::new(),
        exempt_channel_ids: Vec::new(),
    }
}

pub(super) fn words(words: &[&str]) -> Trigger {
    Trigger::Words {
        words: words.iter().map(|word| (*word).to_owned()).collect(),
    }
}

pub(super) fn settings(rules: Vec<Rule>) -> Settings {
    let settings = Settings {
        rules,
        ..Settings::default()
    };
    assert_eq!(settings.check(), []);
    settings
}

/// A message of an old account, all alone.
pub(super) fn said<'a>(texts: &'a [Text<'a>]) -> Message<'a> {
    Message {
        guild: guild(GUILD),
        id: message(5_000),
        channel: channel(70),
        thread_of: None,
        author: user(1),
        roles: &[],
        is_bot: false,
        is_moderator: false,
        texts,
        mentions: 0,
        at: "2026-11-20T10:00:00Z".parse().unwrap(),
        edited_at: None,
    }
}

pub(super) const fn content(text: &str) -> Text<'_> {
    Text {
        part: Part::Content,
        text,
    }
}

/// What these rules say of a text.
pub(super) fn verdict(settings: &Settings, text: &str) -> Verdict {
    let texts = [content(text)];
    judge(
        &Compiled::of(settings),
        &mut FloodState::default(),
        &said(&texts),
    )
}

/// A hit as a rule would make it.
pub(super) fn hit(id: &str, trigger: &str, actions: Vec<Action>) -> Hit {
    Hit {
        rule_id: id.to_owned(),
        name: id.to_owned(),
        trigger: trigger.to_owned(),
        mode: Mode::Act,
        matched: Vec::new(),
        actions,
        reasoning: "because".to_owned(),
        confidence: 1.0,
        messages: Vec::new(),
    }
}
