//! Faults of every kind, drawn from the seed.

use std::collections::BTreeMap;

use anyhow::Result;
use rand::{Rng, SeedableRng, rngs::SmallRng};
use sim::{Control, GatewayOrder, Greeting, Snowflake};

use super::fleet::Fleet;

/// What can be ordered.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// What happens to a connection.
    Order(GatewayOrder),
    /// The connection is lost, and the next one is greeted so.
    Greeting(Greeting),
    /// The connection is lost, and the next resume refused.
    RefusedResume,
}

const KINDS: [(&str, Fault); 16] = [
    ("drop", Fault::Order(GatewayOrder::Drop)),
    ("reconnect", Fault::Order(GatewayOrder::Reconnect)),
    (
        "invalid session, resumable",
        Fault::Order(GatewayOrder::InvalidSession { resumable: true }),
    ),
    (
        "invalid session",
        Fault::Order(GatewayOrder::InvalidSession { resumable: false }),
    ),
    (
        "close 4000",
        Fault::Order(GatewayOrder::Close { code: 4_000 }),
    ),
    (
        "close 4008",
        Fault::Order(GatewayOrder::Close { code: 4_008 }),
    ),
    (
        "close 4009",
        Fault::Order(GatewayOrder::Close { code: 4_009 }),
    ),
    (
        "close 1001",
        Fault::Order(GatewayOrder::Close { code: 1_001 }),
    ),
    ("half-open", Fault::Order(GatewayOrder::HalfOpen)),
    (
        "heartbeat asked for",
        Fault::Order(GatewayOrder::BeatPlease),
    ),
    (
        "garbage",
        Fault::Order(GatewayOrder::Garbage { bytes: 700 }),
    ),
    (
        "a megabyte",
        Fault::Order(GatewayOrder::Huge { bytes: 1 << 20 }),
    ),
    ("refused upgrade", Fault::Greeting(Greeting::Refuse)),
    (
        "closed after hello",
        Fault::Greeting(Greeting::CloseAfterHello { code: 4_000 }),
    ),
    ("dropped before hello", Fault::Greeting(Greeting::Drop)),
    ("refused resume", Fault::RefusedResume),
];

/// Orders faults, and counts what hit.
#[derive(Debug)]
pub(super) struct Faults {
    chance: SmallRng,
    next: usize,
    pub(super) hit: BTreeMap<&'static str, u64>,
}

impl Faults {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            chance: SmallRng::seed_from_u64(!seed),
            next: 0,
            hit: BTreeMap::new(),
        }
    }

    /// The next kind, for a bot that is drawn; one that has no connection is missed, and the next one drawn.
    pub(super) fn order(&mut self, fleet: &Fleet) -> Result<()> {
        // Each kind in turn, so that every one of them occurs.
        let (name, fault) = KINDS[self.next % KINDS.len()];
        self.next += 1;
        let first = self.chance.random_range(0..fleet.guilds.len());
        for step in 0..fleet.guilds.len() {
            let bot = fleet.guilds[(first + step) % fleet.guilds.len()].bot;
            if strike(&fleet.control, bot, fault)? {
                *self.hit.entry(name).or_default() += 1;
                return Ok(());
            }
        }
        Ok(())
    }
}

fn strike(control: &Control, bot: Snowflake, fault: Fault) -> Result<bool> {
    let order = match fault {
        Fault::Order(order) => order,
        Fault::Greeting(_) | Fault::RefusedResume => GatewayOrder::Drop,
    };
    if control.gateway(Some(bot), order)? == 0 {
        return Ok(false);
    }
    match fault {
        Fault::Order(_) => {}
        Fault::Greeting(greeting) => control.greet_next(greeting, 1)?,
        Fault::RefusedResume => control.refuse_resumes(1),
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use rand::Rng;

    use super::Faults;

    #[test]
    fn b2_the_same_seed_draws_the_same_bots() {
        let drawn = |seed| -> Vec<usize> {
            let mut faults = Faults::new(seed);
            (0..50).map(|_| faults.chance.random_range(0..20)).collect()
        };
        assert_eq!(drawn(5), drawn(5));
        assert_ne!(drawn(5), drawn(6));
    }
}
