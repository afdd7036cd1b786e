//! How often one address may try to sign in. Whoever tries too often waits, and nobody waits for somebody else.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};

/// Tries of one address in a minute.
const IN_A_MINUTE: NonZeroU32 = NonZeroU32::new(10).expect("ten is not zero");
/// Addresses that have been quiet are forgotten each time as many tries were counted.
const SWEEP_EVERY: u32 = 1_024;
/// The part of an IPv6 address that one household or machine room shares.
const SHARED_BITS: u32 = 64;

/// Counts tries.
#[derive(Debug)]
pub(crate) struct Turnstile {
    tries: DefaultKeyedRateLimiter<IpAddr>,
    count: AtomicU32,
}

impl Default for Turnstile {
    fn default() -> Self {
        Self {
            tries: RateLimiter::keyed(Quota::per_minute(IN_A_MINUTE)),
            count: AtomicU32::new(0),
        }
    }
}

impl Turnstile {
    /// Counts a try; says how long to wait where it is one too many.
    pub(crate) fn pass(&self, client: IpAddr) -> Result<(), Duration> {
        if self.count.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.tries.retain_recent();
        }
        let now = self.tries.clock().now();
        let checked = self.tries.check_key(&household(client));
        checked.map_err(|not_yet| not_yet.wait_time_from(now))
    }
}

fn household(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(six) => {
            let shared = six.to_bits() & (u128::MAX << (128 - SHARED_BITS));
            Ipv6Addr::from_bits(shared).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Turnstile;

    #[test]
    fn of_a_hundred_thousand_tries_ten_pass_and_nobody_else_is_locked_out() {
        let turnstile = Turnstile::default();
        let attacker = "203.0.113.7".parse().unwrap();
        let passed = (0..100_000)
            .filter(|_| turnstile.pass(attacker).is_ok())
            .count();
        assert!((10..=11).contains(&passed), "{passed}");
        assert!(turnstile.pass(attacker).unwrap_err().as_secs() <= 6);
        assert!(turnstile.pass("203.0.113.8".parse().unwrap()).is_ok());
    }

    #[test]
    fn one_household_counts_as_one() {
        let turnstile = Turnstile::default();
        let passed = (0..50_u128)
            .filter(|last| {
                let address = std::net::Ipv6Addr::from_bits(0x2001_0db8 << 96 | last);
                turnstile.pass(address.into()).is_ok()
            })
            .count();
        assert_eq!(passed, 10);
        assert!(turnstile.pass("2001:db9::1".parse().unwrap()).is_ok());
    }
}
