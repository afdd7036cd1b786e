//! Who asks, and for what: each caller pays a member to a member, both drawn from the seed.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use anyhow::Result;
use rand::{Rng, SeedableRng, rngs::SmallRng};

use super::stand::{MEMBERS, Payment, Stand};
use crate::{
    Options,
    bare::{Movement, libsql::BareLibsql, postgres::BarePostgres},
    load::{self, Load},
};

/// Payments in an order that follows from the seed, each with an interaction of its own.
#[derive(Debug, Clone)]
struct Draw {
    seed: u64,
    interactions: Arc<AtomicU64>,
}

impl Draw {
    fn new(seed: u64) -> Self {
        Self {
            seed,
            // Above the interactions that enrolled the members.
            interactions: Arc::new(AtomicU64::new(1_000_000)),
        }
    }

    fn payment(&self, caller: u32, turn: u64) -> Payment {
        let mut chance = SmallRng::seed_from_u64(self.seed ^ (u64::from(caller) << 40) ^ turn);
        let from = chance.random_range(0..MEMBERS);
        Payment {
            interaction: self.interactions.fetch_add(1, Ordering::Relaxed),
            from,
            to: (from + chance.random_range(1..MEMBERS)) % MEMBERS,
            amount: chance.random_range(1..=3),
        }
    }
}

impl From<Payment> for Movement {
    fn from(payment: Payment) -> Self {
        Self {
            id: i64::try_from(payment.interaction).unwrap_or(i64::MAX),
            from: i64::from(payment.from),
            to: i64::from(payment.to),
            amount: i64::from(payment.amount),
        }
    }
}

/// The whole use case.
pub(crate) async fn use_case(stand: &Stand, options: &Options, callers: u32) -> Result<Load> {
    let draw = Draw::new(options.seed);
    let stand = stand.clone();
    let ask = move |caller, turn| {
        let (stand, payment) = (stand.clone(), draw.payment(caller, turn));
        async move { stand.pay(payment).await }
    };
    load::closed(callers, options.pace, ask).await
}

/// The bare writer on libSQL.
pub(crate) async fn bare_libsql(
    bare: &BareLibsql,
    options: &Options,
    callers: u32,
) -> Result<Load> {
    let (draw, asker) = (Draw::new(options.seed), bare.asker()?);
    let ask = move |caller, turn| {
        let (asker, movement) = (asker.clone(), draw.payment(caller, turn).into());
        async move { asker.ask(movement).await }
    };
    load::closed(callers, options.pace, ask).await
}

/// The bare connections to PostgreSQL.
pub(crate) async fn bare_postgres(
    bare: &BarePostgres,
    options: &Options,
    callers: u32,
) -> Result<Load> {
    let (draw, asker) = (Draw::new(options.seed), bare.asker());
    let ask = move |caller, turn| {
        let (asker, movement) = (asker.clone(), draw.payment(caller, turn).into());
        async move { asker.ask(movement).await }
    };
    load::closed(callers, options.pace, ask).await
}
