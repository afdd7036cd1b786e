//! Memory never goes back in time, whatever order offers come in.

use kernel::{Coins, GuildId, UserId};
use proptest::{prop_assert_eq, proptest};

use super::{Hot, HotBalance};

fn at(version: i64) -> HotBalance {
    HotBalance {
        balance: Coins::new(version * 10),
        held: Coins::ZERO,
        version,
    }
}

fn ids(user: u64) -> (GuildId, UserId) {
    (GuildId::new(1).unwrap(), UserId::new(user).unwrap())
}

#[test]
fn e10_an_older_version_never_wins() {
    let hot = Hot::new(100);
    let (guild, user) = ids(7);
    let ticket = hot.ticket();
    assert_eq!(hot.get(guild, user), None);
    assert!(hot.offer(&ticket, guild, user, at(5)));
    assert!(!hot.offer(&ticket, guild, user, at(4)));
    assert!(!hot.offer(&ticket, guild, user, at(5)));
    assert!(hot.offer(&ticket, guild, user, at(6)));
    assert_eq!(hot.get(guild, user), Some(at(6)));
}

#[test]
fn e10_what_was_read_before_forgetting_is_not_taken_after_it() {
    let hot = Hot::new(100);
    let (guild, user) = ids(7);
    let before = hot.ticket();
    hot.offer(&before, guild, user, at(9));
    hot.forget_all();
    assert!(hot.is_empty());
    assert!(!hot.offer(&before, guild, user, at(8)));
    assert_eq!(hot.get(guild, user), None);
    assert!(hot.offer(&hot.ticket(), guild, user, at(10)));
    let ticket = hot.ticket();
    hot.forget(guild, user);
    assert!(!hot.offer(&ticket, guild, user, at(10)));
}

#[test]
fn memory_is_bounded() {
    let hot = Hot::new(160);
    for number in 1..10_000 {
        let (guild, user) = ids(number);
        assert!(hot.offer(&hot.ticket(), guild, user, at(1)));
    }
    assert!((16..=160).contains(&hot.len()), "{}", hot.len());
}

proptest! {
    #[test]
    fn e10_the_newest_of_all_offers_stays(mut versions in proptest::collection::vec(1_i64..1_000, 1..50)) {
        let hot = Hot::new(1_000);
        let (guild, user) = ids(3);
        let ticket = hot.ticket();
        for version in &versions {
            hot.offer(&ticket, guild, user, at(*version));
        }
        versions.sort_unstable();
        prop_assert_eq!(hot.get(guild, user).map(|known| known.version), versions.last().copied());
    }
}
