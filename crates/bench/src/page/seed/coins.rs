//! The coins: a journal of three months, and the accounts that it leads to, as the store writes them down.
//!
//! Members begin with what new ones are given; then few do much, as everywhere. What is synthetic is when and how much.
//! The journal's sums are made by the product's own roll-up, so that `ledger verify` holds them against each other.

use anyhow::Result;
use economy::RolledUp;
use kernel::{Chance, GuildId, SeededChance, Snowflakes, Span, Timestamp};
use store::{Database, DbError, Statement, Tx, Value};

use super::Seeding;

const CHUNK: usize = 5_000;
/// How far the journal goes back.
const DAYS: u32 = 90;
/// It ends before now, so that all of it is settled and summed up.
const QUIET: Span = Span::minutes(20);
/// One in so many members does anything after they came.
const IDLE_SHARE: u32 = 15;
/// Calls of the roll-up in one transaction.
const ROLL_UPS: u32 = 40;

const PERSON: Statement = Statement::new(
    "bench.person",
    "INSERT INTO economy_people (guild, user_id, person) VALUES (?1, ?2, ?3)",
);
const ACCOUNT: Statement = Statement::new(
    "bench.account",
    "INSERT INTO economy_accounts (id, guild, kind, owner, name, balance, held, version, frozen, listed, last)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, FALSE, ?8, ?9)",
);
const TRANSFER: Statement = Statement::new(
    "bench.transfer",
    "INSERT INTO economy_transfers
     (guild, seq, id, phase, debit, credit, debit_prev, credit_prev, amount, kind, reason, at)
     VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
);

/// Faucets and sinks: what they are to the store, and their names.
const START: Named = Named(6, "start", 1);
const DAILY: Named = Named(6, "daily", 2);
const REVOKE: Named = Named(7, "revoke", 3);

/// Kind, name, and how far its number stands before those of the purses.
#[derive(Clone, Copy)]
struct Named(i64, &'static str, i64);

/// What a purse has come to.
#[derive(Debug, Clone, Copy, Default)]
struct Purse {
    balance: i64,
    last: i64,
    moves: i64,
}

/// The journal while it is written.
struct Journal<'s> {
    seeding: &'s Seeding,
    chance: SeededChance,
    begin: Timestamp,
    /// Between two rows, in microseconds.
    step: i64,
    first: i64,
    purses: Vec<Purse>,
    rows: Vec<Vec<Value>>,
}

/// Writes all of it; gives the place of a transfer in the middle.
pub(super) async fn fill(
    seeding: &Seeding,
    database: &Database,
    progress: &mut impl FnMut(&str),
) -> Result<i64> {
    let mut journal = Journal::new(seeding);
    let (mut middle, count) = (0, seeding.size.transfers);
    for number in 0..count {
        let seq = journal.row(number);
        if number == count / 2 {
            middle = seq;
        }
        if journal.rows.len() == CHUNK || number + 1 == count {
            write(database, &TRANSFER, std::mem::take(&mut journal.rows)).await?;
        }
        if number > 0 && number % 250_000 == 0 {
            progress(&format!("page: {number} of {count} transfers"));
        }
    }
    let (people, accounts) = journal.accounts();
    for (statement, rows) in [(&PERSON, people), (&ACCOUNT, accounts)] {
        for chunk in rows.chunks(CHUNK) {
            write(database, statement, chunk.to_vec()).await?;
        }
    }
    progress("page: summing the journal up");
    roll_up(database, seeding.now).await?;
    Ok(middle)
}

async fn write(
    database: &Database,
    statement: &'static Statement,
    rows: Vec<Vec<Value>>,
) -> Result<()> {
    let insert = move |tx: &mut Tx<'_>| tx.execute_each(statement, rows.clone()).map(drop);
    Ok(database
        .write::<_, DbError, _>("bench.coins", insert)
        .await?)
}

async fn roll_up(database: &Database, now: Timestamp) -> Result<()> {
    let mut cursor = None;
    loop {
        let from = cursor;
        let some = move |tx: &mut Tx<'_>| {
            let mut at = from;
            for _ in 0..ROLL_UPS {
                let RolledUp { next, .. } = economy::roll_up(tx, now, at)?;
                if next.is_none() {
                    return Ok(None);
                }
                at = next;
            }
            Ok(at)
        };
        cursor = database
            .write::<_, DbError, _>("bench.roll_up", some)
            .await?;
        if cursor.is_none() {
            return Ok(());
        }
    }
}

impl<'s> Journal<'s> {
    fn new(seeding: &'s Seeding) -> Self {
        let begin = seeding.now.before(Span::days(DAYS));
        let length = seeding.now.before(QUIET).since(begin).as_micros();
        Self {
            chance: SeededChance::new(seeding.seed),
            begin,
            step: length / i64::from(seeding.size.transfers.max(1)),
            first: Snowflakes::first_at(begin.before(Span::days(1))),
            purses: vec![Purse::default(); seeding.town.people.len()],
            rows: Vec::with_capacity(CHUNK),
            seeding,
        }
    }

    fn guild(&self) -> GuildId {
        self.seeding.town.guild
    }

    const fn named(&self, Named(_, _, before): Named) -> i64 {
        self.first - before
    }

    fn purse(&self, member: usize) -> i64 {
        self.first + i64::try_from(member).unwrap_or(0)
    }

    fn below(&self, end: u64) -> u64 {
        self.chance.bits() % end.max(1)
    }

    /// Somebody who does something: the first most often, the later ones ever more rarely.
    fn somebody(&self) -> usize {
        let active = (self.seeding.size.members / IDLE_SHARE).max(20);
        // The square of a share between nothing and all, in fractions of 2^32.
        let share = self.below(1 << 16);
        let place = (share * share * u64::from(active)) >> 32;
        let last = self.purses.len().saturating_sub(1);
        usize::try_from(place).map_or(last, |place| place.min(last))
    }

    /// Writes the row with this number down; gives its place.
    fn row(&mut self, number: u32) -> i64 {
        let at = Timestamp::from_micros(self.begin.micros() + self.step * i64::from(number));
        let seq = Snowflakes::first_at(at) + 1;
        let newcomer = usize::try_from(number).unwrap_or(usize::MAX);
        if newcomer < self.purses.len() {
            self.given(seq, at, START, newcomer, 100);
            return seq;
        }
        let (who, what) = (self.somebody(), self.below(100));
        let spare = self.purses.get(who).map_or(0, |purse| purse.balance);
        let amount = i64::try_from(1 + self.below(20)).unwrap_or(1).min(spare);
        match what {
            0..55 => self.given(seq, at, DAILY, who, 50 + amount),
            _ if amount == 0 => self.given(seq, at, DAILY, who, 50),
            55..92 => self.paid(seq, at, who, amount),
            _ => self.taken(seq, at, who, amount),
        }
        seq
    }

    fn given(&mut self, seq: i64, at: Timestamp, from: Named, member: usize, amount: i64) {
        let (debit, credit) = (self.named(from), self.purse(member));
        let before = self.moved(member, amount, seq);
        self.push(seq, at, (debit, credit), (0, before), (amount, from.1, ""));
    }

    fn taken(&mut self, seq: i64, at: Timestamp, member: usize, amount: i64) {
        let (debit, credit) = (self.purse(member), self.named(REVOKE));
        let before = self.moved(member, -amount, seq);
        let why = "for the raffle";
        self.push(
            seq,
            at,
            (debit, credit),
            (before, 0),
            (amount, "revoke", why),
        );
    }

    fn paid(&mut self, seq: i64, at: Timestamp, from: usize, amount: i64) {
        let to = (from + 1 + self.somebody()) % self.purses.len();
        if to == from {
            return self.given(seq, at, DAILY, from, amount);
        }
        let sides = (self.purse(from), self.purse(to));
        let before = (self.moved(from, -amount, seq), self.moved(to, amount, seq));
        let why = if self.below(4) == 0 {
            "thanks for the help"
        } else {
            ""
        };
        self.push(seq, at, sides, before, (amount, "pay", why));
    }

    /// Moves a purse's coins; gives the place of what moved them before.
    fn moved(&mut self, member: usize, change: i64, seq: i64) -> i64 {
        let Some(purse) = self.purses.get_mut(member) else {
            return 0;
        };
        purse.balance += change;
        purse.moves += 1;
        std::mem::replace(&mut purse.last, seq)
    }

    fn push(
        &mut self,
        seq: i64,
        at: Timestamp,
        (debit, credit): (i64, i64),
        (debit_prev, credit_prev): (i64, i64),
        (amount, kind, reason): (i64, &str, &str),
    ) {
        let guild = self.guild();
        self.rows.push(vec![
            guild.into(),
            seq.into(),
            format!("interaction:{seq}:{kind}").into(),
            debit.into(),
            credit.into(),
            debit_prev.into(),
            credit_prev.into(),
            amount.into(),
            kind.into(),
            reason.into(),
            at.into(),
        ]);
    }

    /// The rows of all people, and of all accounts.
    fn accounts(&self) -> (Vec<Vec<Value>>, Vec<Vec<Value>>) {
        let guild = self.guild();
        let members = self.seeding.town.people.iter().zip(&self.purses);
        let (mut people, mut accounts) = (Vec::new(), Vec::new());
        for (number, (user, purse)) in members.enumerate() {
            let id = self.purse(number);
            people.push(vec![guild.into(), (*user).into(), id.into()]);
            accounts.push(vec![
                id.into(),
                guild.into(),
                1_i64.into(),
                id.into(),
                "".into(),
                purse.balance.into(),
                purse.moves.into(),
                true.into(),
                purse.last.into(),
            ]);
        }
        for named in [START, DAILY, REVOKE] {
            accounts.push(vec![
                self.named(named).into(),
                guild.into(),
                named.0.into(),
                0_i64.into(),
                named.1.into(),
                Value::Null,
                0_i64.into(),
                false.into(),
                0_i64.into(),
            ]);
        }
        (people, accounts)
    }
}
