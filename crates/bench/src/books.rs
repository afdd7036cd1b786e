//! What the journal of a database says of payments that were asked for in a simulated Discord.

use std::collections::BTreeMap;

use anyhow::Result;
use economy::{AccountName, Party, Phase, Record, TRANSFERS_LIMIT_MAX, TransferKind};
use kernel::{CauseKind, GuildId, UserId};
use sim::Snowflake;
use store::{Database, DbError, Row, Statement, Tx, owed};

/// How many differences are put into words.
const SAID_MAX: usize = 10;

/// A payment that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) payer: Snowflake,
    pub(crate) payee: Snowflake,
    pub(crate) amount: u32,
    /// Whether its payer saw it done.
    pub(crate) acknowledged: bool,
}

/// All payments that were asked for, by interaction.
pub(crate) type AllAsked = BTreeMap<Snowflake, Asked>;

/// What the books say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Books {
    /// How often each payment stands in the journal as it was asked for.
    found: BTreeMap<Snowflake, u64>,
    /// Payments that nobody asked for, or with another content than was asked for.
    pub(crate) partial: u64,
    /// What the check of all books found.
    pub(crate) mismatches: Vec<String>,
    /// Answers that are still owed, or were given up.
    pub(crate) owed: i64,
    /// Some of those, each with its state and what stood in the way.
    pub(crate) owed_said: Vec<String>,
    /// Private answers that came too late for anybody to see, and are accounted for.
    pub(crate) undeliverable: i64,
}

const OWED: Statement = Statement::new(
    "bench.owed_list",
    "SELECT event, state, attempts, COALESCE(error, ''), due_at, at FROM store_owed WHERE state <> 'undeliverable'
     ORDER BY id LIMIT 10",
);

impl Books {
    /// Whether a payment stands there.
    pub(crate) fn has(&self, interaction: Snowflake) -> bool {
        self.found.contains_key(&interaction)
    }

    /// How many stand there more than once.
    pub(crate) fn doubled(&self) -> u64 {
        self.found.values().filter(|times| **times > 1).count() as u64
    }

    /// How many of these do not stand there.
    pub(crate) fn lacking(&self, wanted: impl Iterator<Item = Snowflake>) -> u64 {
        wanted.filter(|interaction| !self.has(*interaction)).count() as u64
    }
}

/// Reads the journal of these guilds, and checks the books of all.
pub(crate) async fn compare(
    database: &Database,
    asked: &AllAsked,
    guilds: &[GuildId],
) -> Result<Books> {
    let books = database
        .read::<_, DbError, _>("bench.verify", economy::verify)
        .await?;
    let owed = database
        .read::<_, DbError, _>("bench.owed", owed::owed_count)
        .await?;
    let mut said = Books {
        found: BTreeMap::new(),
        partial: 0,
        mismatches: books
            .mismatches
            .iter()
            .take(SAID_MAX)
            .map(ToString::to_string)
            .collect(),
        owed: owed.owed + owed.dead,
        owed_said: database
            .read::<_, DbError, _>("bench.owed", owed_said)
            .await?,
        undeliverable: owed.undeliverable,
    };
    for guild in guilds {
        read(database, *guild, asked, &mut said).await?;
    }
    Ok(said)
}

fn owed_said(tx: &mut Tx<'_>) -> Result<Vec<String>, DbError> {
    let said = |row: &Row| {
        let waits = row.timestamp(4)?.since(row.timestamp(5)?);
        Ok(format!(
            "{} is {} after {} attempts, due {:?} after it was decided: {}",
            row.text(0)?,
            row.text(1)?,
            row.int(2)?,
            waits.to_std(),
            row.text(3)?
        ))
    };
    tx.rows(&OWED, &[])?.iter().map(said).collect()
}

async fn read(
    database: &Database,
    guild: GuildId,
    asked: &AllAsked,
    said: &mut Books,
) -> Result<()> {
    let mut before = None;
    loop {
        let list =
            move |tx: &mut Tx<'_>| economy::transfers(tx, guild, before, TRANSFERS_LIMIT_MAX);
        let page = database
            .read::<_, DbError, _>("bench.transfers", list)
            .await?;
        for record in page
            .records
            .iter()
            .filter(|record| record.kind == TransferKind::PAY)
        {
            let as_asked = interaction(record).filter(|id| {
                asked
                    .get(id)
                    .is_some_and(|asked| is_as_asked(record, asked))
            });
            match as_asked {
                Some(id) => *said.found.entry(id).or_default() += 1,
                None => said.partial += 1,
            }
        }
        before = page.next;
        if before.is_none() {
            return Ok(());
        }
    }
}

fn interaction(record: &Record) -> Option<Snowflake> {
    let cause =
        economy::cause_of(&record.id).filter(|cause| cause.kind == CauseKind::Interaction)?;
    cause.id.parse().ok()
}

fn is_as_asked(record: &Record, asked: &Asked) -> bool {
    let purse = |user: Snowflake| {
        UserId::new(user.0)
            .ok()
            .map(|user| Party::Known(AccountName::Purse(user)))
    };
    record.phase == Phase::Transfer
        && Some(&record.from) == purse(asked.payer).as_ref()
        && Some(&record.to) == purse(asked.payee).as_ref()
        && record.amount.get() == i64::from(asked.amount)
}

#[cfg(test)]
mod tests {
    use economy::{AccountName, Leg, Settings, Transfer, TransferKind};
    use kernel::{Amount, GuildId, Snowflakes, SystemClock, Timestamp, UserId};
    use sim::Snowflake;
    use store::{Migrations, Tx};
    use testkit::{db::fresh_libsql, ops::member_op};

    use super::{AllAsked, Asked, Books, compare};

    fn asked(interactions: &[(u64, u32)]) -> AllAsked {
        let one = |&(interaction, amount): &(u64, u32)| {
            let asked = Asked {
                payer: Snowflake(1),
                payee: Snowflake(2),
                amount,
                acknowledged: true,
            };
            (Snowflake(interaction), asked)
        };
        interactions.iter().map(one).collect()
    }

    /// A payment of 2 coins from the first member to the second stands in the journal, caused by interaction 50.
    async fn books(asked: AllAsked) -> Books {
        let migrations = Migrations::part(&[store::MIGRATIONS, economy::MIGRATIONS]);
        let db = fresh_libsql(&migrations);
        let guild = GuildId::new(7).unwrap();
        let pay = move |tx: &mut Tx<'_>| {
            let ids = Snowflakes::new(std::sync::Arc::new(SystemClock), 1);
            let at = Timestamp::from_micros(1_800_000_000_000_000);
            let settings = Settings {
                start_balance: 10,
                ..Settings::default()
            };
            let users = [1, 2].map(|user| UserId::new(user).unwrap());
            for user in users {
                economy::enrol(
                    tx,
                    &member_op(guild, user, user.get(), at),
                    &ids,
                    &settings,
                    &economy::Pseudonyms::keyed("a key of benches"),
                    user,
                )?;
            }
            let transfer = Transfer {
                leg: Leg::named("pay"),
                from: AccountName::Purse(users[0]),
                to: AccountName::Purse(users[1]),
                amount: Amount::new(2).unwrap(),
                kind: TransferKind::PAY,
                reason: String::new(),
            };
            economy::transfer(tx, &member_op(guild, users[0], 50, at), &ids, &transfer)
        };
        db.database()
            .write::<_, economy::TransferError, _>("pay", pay)
            .await
            .unwrap();
        compare(db.database(), &asked, &[guild]).await.unwrap()
    }

    #[tokio::test]
    async fn what_was_asked_for_and_done_once_stands_in_the_books() {
        let books = books(asked(&[(50, 2)])).await;
        assert!(
            books.has(Snowflake(50)) && books.mismatches.is_empty(),
            "{books:?}"
        );
        assert_eq!((books.partial, books.doubled(), books.owed), (0, 0, 0));
    }

    #[tokio::test]
    async fn what_is_not_there_is_lacking_and_another_content_is_partial() {
        let wanted = [(50, 2), (51, 2)];
        let lacking = books(asked(&wanted))
            .await
            .lacking(wanted.iter().map(|(id, _)| Snowflake(*id)));
        assert_eq!(lacking, 1);
        let other = books(asked(&[(50, 3)])).await;
        assert_eq!((other.partial, other.has(Snowflake(50))), (1, false));
        assert_eq!(books(asked(&[])).await.partial, 1);
    }
}
