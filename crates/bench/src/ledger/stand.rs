//! A guild with members and coins on a database of its own, as the ledger is measured on.

use std::{path::Path, sync::Arc};

use anyhow::{Context, Result, ensure};
use app::{EffectSeal, EffectSealError};
use chat::{AnswerContent, Effect, InteractionAnswer, InteractionToken, Reply};
use economy::{AccountName, Leg, Settings, Transfer, TransferError, TransferKind};
use kernel::{Amount, Clock, GuildId, IdSource, Op, SeededChance, Snowflakes, SystemClock, UserId};
use platform::{Keyring, MasterKey};
use store::{Database, DbError, MigrationError, Migrations, Tx, handled, owed};
use store_libsql::{LibsqlStore, Options as LibsqlOptions};
use store_postgres::{Options as PostgresOptions, PostgresStore};
use testkit::ops::member_op;

/// How many members pay each other.
pub(crate) const MEMBERS: u32 = 1_000;
const START_BALANCE: i64 = 1_000_000;
const FIRST_USER: u64 = 200_000_000_000_000_000;

/// The guild and its database.
#[derive(Debug, Clone)]
pub(crate) struct Stand {
    pub(crate) database: Database,
    pub(crate) guild: GuildId,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    effects: Arc<EffectSeal>,
}

/// What a payment is made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Payment {
    pub(crate) interaction: u64,
    pub(crate) from: u32,
    pub(crate) to: u32,
    pub(crate) amount: u32,
}

/// Why a payment did not happen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PaymentError {
    #[error(transparent)]
    Database(#[from] DbError),
    #[error(transparent)]
    Refused(TransferError),
    #[error("interaction {0} was handled before")]
    Repeated(u64),
    #[error("an answer cannot be written down: {0}")]
    Unwritable(#[from] EffectSealError),
}

/// The member with this number.
pub(crate) fn member(number: u32) -> UserId {
    UserId::new(FIRST_USER + u64::from(number)).expect("a number above zero that fits 63 bits")
}

impl Stand {
    /// On a new file in this folder.
    pub(crate) async fn on_libsql(folder: &Path, seed: u64) -> Result<Self> {
        let file = folder.join("guildhall.db");
        let database = LibsqlStore::open(&file, LibsqlOptions::default())?.database();
        Self::furnish(database, seed).await
    }

    /// On an empty PostgreSQL database, over so many connections.
    pub(crate) async fn on_postgres(url: &str, connections: u32, seed: u64) -> Result<Self> {
        let options = PostgresOptions {
            connections: usize::try_from(connections)?,
            ..PostgresOptions::default()
        };
        let database = PostgresStore::connect(url, &options)?.database();
        Self::furnish(database, seed).await
    }

    async fn furnish(database: Database, seed: u64) -> Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let ring = Keyring::new(MasterKey::new(&[0; 32]));
        let stand = Self {
            database,
            effects: Arc::new(EffectSeal::new(&ring, Arc::new(SeededChance::new(seed)))),
            guild: GuildId::new(100_000_000_000_000_000 + (seed >> 8)).context("a guild's id")?,
            ids: Arc::new(Snowflakes::new(Arc::clone(&clock), 1)),
            clock,
        };
        let migrations = Migrations::part(&[store::MIGRATIONS, economy::MIGRATIONS]);
        let now = stand.clock.now();
        let up = move |tx: &mut Tx<'_>| migrations.up(tx, now);
        stand
            .database
            .write::<_, MigrationError, _>("bench.migrate", up)
            .await?;
        for first in (0..MEMBERS).step_by(100) {
            stand.enrol(first..first + 100).await?;
        }
        Ok(stand)
    }

    async fn enrol(&self, members: std::ops::Range<u32>) -> Result<()> {
        let settings = Settings {
            start_balance: START_BALANCE,
            ..Settings::default()
        };
        let (guild, ids, now) = (self.guild, Arc::clone(&self.ids), self.clock.now());
        let enrol = move |tx: &mut Tx<'_>| {
            for number in members.clone() {
                let op = member_op(guild, member(number), u64::from(number) + 1, now);
                let pseudonyms = economy::Pseudonyms::keyed("a key of benches");
                economy::enrol(
                    tx,
                    &op,
                    ids.as_ref(),
                    &settings,
                    &pseudonyms,
                    member(number),
                )?;
            }
            Ok(())
        };
        self.database
            .write::<_, TransferError, _>("bench.enrol", enrol)
            .await?;
        Ok(())
    }

    /// Pays as the router does, and answers after the commit.
    pub(crate) async fn pay(&self, payment: Payment) -> Result<()> {
        let op = member_op(
            self.guild,
            member(payment.from),
            payment.interaction,
            self.clock.now(),
        );
        let stand = self.clone();
        let work = move |tx: &mut Tx<'_>| stand.decide(tx, &op, payment);
        Ok(self.database.write("pay", work).await?)
    }

    fn decide(&self, tx: &mut Tx<'_>, op: &Op, payment: Payment) -> Result<(), PaymentError> {
        if handled::handled_mark(tx, &op.cause, op.at)? == handled::Handled::Before {
            return Err(PaymentError::Repeated(payment.interaction));
        }
        let transfer = Transfer {
            leg: Leg::named("pay"),
            from: AccountName::Purse(member(payment.from)),
            to: AccountName::Purse(member(payment.to)),
            amount: Amount::new(i64::from(payment.amount)).expect("payments move one coin or more"),
            kind: TransferKind::PAY,
            reason: String::new(),
        };
        let receipt = tx
            .nested(|tx| economy::transfer(tx, op, self.ids.as_ref(), &transfer))?
            .map_err(PaymentError::Refused)?;
        let id = self.ids.next();
        let effect = self.effects.write(id, &answer(op, &receipt, payment))?;
        owed::owed_insert(tx, id, &op.cause, Some(op.guild), &effect, op.at)?;
        Ok(())
    }

    /// Checks the books and closes the database.
    pub(crate) async fn close(self) -> Result<()> {
        let verified = self
            .database
            .read::<_, DbError, _>("bench.verify", economy::verify)
            .await?;
        let database = self.database.clone();
        crate::servers::blocking(move || {
            database.close();
            Ok(())
        })
        .await?;
        ensure!(
            verified.is_ok(),
            "the books do not agree: {:?}",
            verified.mismatches.first()
        );
        Ok(())
    }
}

fn answer(op: &Op, receipt: &economy::Receipt, payment: Payment) -> Effect {
    let amount = receipt.record.amount;
    let payer = member(payment.from);
    Effect::Answer(InteractionAnswer {
        interaction: kernel::InteractionId::new(payment.interaction)
            .expect("interactions count from one"),
        application: kernel::ApplicationId::new(1).expect("one is an id"),
        // As long as those of Discord.
        token: InteractionToken::new("t".repeat(200)),
        asker: payer,
        channel: None,
        made_at_micros: op.at.micros(),
        explained: false,
        content: AnswerContent::Reply(Reply::public(format!(
            "<@{payer}> pays {amount} 🪙 to <@{}>.",
            member(payment.to)
        ))),
    })
}
