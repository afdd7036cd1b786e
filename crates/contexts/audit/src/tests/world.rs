//! Two guilds in a fresh database, with a clock moved by hand, and decisions to be recorded.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use ::store::{DbError, Migrations, Tx};
use kernel::{
    Cause, CauseKind, ChannelId, Clock, GuildId, MessageId, Op, SeededChance, Snowflakes, Span,
    Timestamp, UserId, Words,
};
use testkit::{
    db::{TestDb, fresh_libsql, fresh_postgres, wait},
    ops::{member_op, operator_op},
    time::ManualClock,
};

use crate::{
    Confidence, Cost, Entry, EntryId, Filter, Kind, MIGRATIONS, NewEffect, NewEntry, NewInput,
    Outcome, RuleSeen, Said, Signer, Trigger, TriggerKind, Trust, Verification, WORDS,
};

pub(super) const GUILD: u64 = 900;
pub(super) const OTHER_GUILD: u64 = 901;

/// Two guilds, and what is decided in them.
pub(super) struct World {
    pub(super) db: TestDb,
    pub(super) ids: Arc<Snowflakes>,
    pub(super) chance: Arc<SeededChance>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) words: Arc<Words>,
    events: AtomicU64,
}

pub(super) fn guild(number: u64) -> GuildId {
    GuildId::new(number).unwrap()
}

pub(super) fn user(number: u64) -> UserId {
    UserId::new(number).unwrap()
}

pub(super) fn message(number: u64) -> MessageId {
    MessageId::new(number).unwrap()
}

pub(super) fn migrations() -> Migrations {
    Migrations::part(&[::store::MIGRATIONS, MIGRATIONS])
}

pub(super) fn signer() -> Signer {
    Signer::of_seed(&[42; 32])
}

pub(super) fn trust() -> Trust {
    Trust {
        keys: vec![signer().public()],
        witnesses: Vec::new(),
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

/// A message of a member that a rule had deleted.
pub(super) fn deleted(member: u64, number: u64, text: &str) -> NewEntry {
    let author = user(member);
    NewEntry {
        subject: Some(author),
        input: NewInput {
            content: Some(Said::by(author, text).in_message(message(number))),
            ..NewInput::default()
        },
        active_rules: vec![RuleSeen {
            id: "spam".to_owned(),
            name: "No spam".to_owned(),
            mode: "act".to_owned(),
        }],
        rule: Some("spam".to_owned()),
        matched: vec!["nitro".to_owned()],
        reasoning: Some(Said::by(author, "The rule \"No spam\" matched \"nitro\".")),
        confidence: Some(Confidence::CERTAIN),
        config_revision: Some(3),
        effects: vec![NewEffect {
            owed: i64::try_from(number).unwrap() * 10,
            kind: "delete_message".to_owned(),
        }],
        case: i64::try_from(number).ok(),
        ..NewEntry::new(
            Kind::Moderation,
            "delete",
            Outcome::Executed,
            Trigger {
                user: Some(author),
                channel: Some(ChannelId::new(50).unwrap()),
                message: Some(message(number)),
                kind: TriggerKind::Message,
            },
        )
    }
}

/// A question to the persona, whose answer is still to come.
pub(super) fn asked(member: u64, number: u64, text: &str) -> NewEntry {
    NewEntry {
        kind: Kind::Ai,
        action: "answer".to_owned(),
        outcome: Outcome::Pending,
        rule: None,
        matched: Vec::new(),
        reasoning: None,
        confidence: None,
        effects: Vec::new(),
        case: None,
        model: Some("offline".to_owned()),
        prompt_version: Some("7".to_owned()),
        cost: Some(Cost {
            currency: "USD".to_owned(),
            micros: 250,
        }),
        ..deleted(member, number, text)
    }
}

impl World {
    pub(super) fn of(db: TestDb) -> Self {
        let clock = Arc::new(ManualClock::at("2026-11-20T10:00:00Z"));
        let ticking: Arc<dyn Clock> = clock.clone();
        Self {
            db,
            ids: Arc::new(Snowflakes::new(ticking, 1)),
            chance: Arc::new(SeededChance::new(11)),
            clock,
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

    /// A new event of a member.
    pub(super) fn op(&self, member: u64) -> Op {
        member_op(guild(GUILD), user(member), self.event(), self.now())
    }

    /// What a member's message caused.
    pub(super) fn message_op(&self, member: u64, number: u64) -> Op {
        let mut op = self.op(member);
        op.cause = Cause::new(CauseKind::Message, number);
        op
    }

    /// A new request of the operator.
    pub(super) fn admin(&self) -> Op {
        operator_op(guild(GUILD), &self.event().to_string(), self.now())
    }

    /// The same in the other guild.
    pub(super) fn elsewhere(&self, member: u64) -> Op {
        let mut op = self.op(member);
        op.guild = guild(OTHER_GUILD);
        op
    }

    /// Runs a closure in a transaction.
    pub(super) fn run<T, E>(
        &self,
        closure: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        wait(self.db.database().write("test", closure))
    }

    /// Runs a closure that can't fail but by the database.
    pub(super) fn write<T: Send + 'static>(
        &self,
        closure: impl FnMut(&mut Tx<'_>) -> Result<T, DbError> + Send + 'static,
    ) -> T {
        self.run(closure).unwrap()
    }

    /// Looks at what is committed.
    pub(super) fn see<T: Send + 'static>(
        &self,
        closure: impl FnMut(&mut Tx<'_>) -> Result<T, DbError> + Send + 'static,
    ) -> T {
        let seen: Result<T, DbError> = wait(self.db.database().read("test", closure));
        seen.unwrap()
    }

    pub(super) fn record(&self, op: &Op, new: &NewEntry) -> Result<EntryId, crate::RecordError> {
        let (ids, chance) = (self.ids.clone(), self.chance.clone());
        let (op, new) = (op.clone(), new.clone());
        self.run(move |tx| crate::record(tx, &op, ids.as_ref(), chance.as_ref(), &new))
    }

    /// Records what became of a member's message.
    pub(super) fn deletes(&self, member: u64, number: u64, text: &str) -> EntryId {
        let op = self.message_op(member, number);
        self.record(&op, &deleted(member, number, text)).unwrap()
    }

    /// Records a question that waits for its answer.
    pub(super) fn asks(&self, member: u64, number: u64, text: &str) -> EntryId {
        let op = self.message_op(member, number);
        self.record(&op, &asked(member, number, text)).unwrap()
    }

    pub(super) fn conclude(
        &self,
        op: &Op,
        entry: EntryId,
        end: &crate::Conclusion,
    ) -> Result<crate::Concluded, crate::ConcludeError> {
        let (ids, chance) = (self.ids.clone(), self.chance.clone());
        let (op, end) = (op.clone(), end.clone());
        self.run(move |tx| crate::conclude(tx, &op, ids.as_ref(), chance.as_ref(), entry, &end))
    }

    pub(super) fn entry(&self, id: EntryId) -> Entry {
        self.see(move |tx| crate::fetch(tx, guild(GUILD), id))
            .unwrap()
    }

    pub(super) fn search(&self, filter: &Filter) -> Vec<EntryId> {
        let filter = filter.clone();
        let page = self.see(move |tx| crate::search(tx, guild(GUILD), &filter, None, 200));
        page.entries.iter().map(|entry| entry.id).collect()
    }

    /// Seals all there is, and signs the heads.
    pub(super) fn seals(&self) -> usize {
        let (now, mut linked) = (self.now(), 0);
        loop {
            let sealed = self.write(move |tx| crate::seal(tx, now, 300));
            linked += sealed.linked;
            if !sealed.more {
                break;
            }
        }
        self.write(move |tx| crate::sign_heads(tx, &signer(), now, 100));
        linked
    }

    /// Verifies everything, in small pieces.
    pub(super) fn verification(&self, trust: &Trust) -> Verification {
        let trust = trust.clone();
        self.see(move |tx| verification(tx, &trust, 97))
    }

    pub(super) fn is_sound(&self) {
        let verification = self.verification(&trust());
        assert!(verification.is_ok(), "{:#?}", verification.breaks);
    }
}

/// Verifies everything in one transaction.
pub(super) fn verification(
    tx: &mut Tx<'_>,
    trust: &Trust,
    chunk: u32,
) -> Result<Verification, DbError> {
    let (mut all, mut cursor) = (Verification::default(), None);
    loop {
        cursor = all.add(crate::verify(tx, trust, cursor, chunk)?);
        if cursor.is_none() {
            return Ok(all);
        }
    }
}
