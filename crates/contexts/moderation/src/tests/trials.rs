//! Texts that are tried: as somebody would have written them, with nothing counted.

use kernel::RoleId;

use super::world::{GUILD, channel, guild, rule, settings, user, words};
use crate::{Compiled, Standing, Trial, Trigger, trial};

const fn tried(text: &str, at: kernel::Timestamp, guild: kernel::GuildId) -> Trial<'_> {
    Trial {
        guild,
        channel: None,
        author: None,
        roles: &[],
        standing: Standing::Member,
        text,
        at,
    }
}

fn now() -> kernel::Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

#[test]
fn m4_a_trial_leaves_alone_whom_the_rules_leave_alone() {
    let role = RoleId::new(500).unwrap();
    let mut exempt = settings(vec![rule("w", words(&["ads"]))]);
    exempt.exempt_role_ids = vec![role];
    exempt.exempt_channel_ids = vec![channel(6)];
    let rules = Compiled::of(&exempt);
    let plain = tried("ads", now(), guild(GUILD));
    let hits = |asked: Trial<'_>| trial(&rules, &asked).hits.len();
    assert_eq!(hits(plain), 1);
    let roles = [role];
    assert_eq!(
        hits(Trial {
            roles: &roles,
            ..plain
        }),
        0
    );
    let moderator = Standing::Moderator;
    assert_eq!(
        hits(Trial {
            standing: moderator,
            ..plain
        }),
        0
    );
    for (place, count) in [
        ((channel(6), None), 0),
        ((channel(7), Some(channel(6))), 0),
        ((channel(7), None), 1),
    ] {
        assert_eq!(
            hits(Trial {
                channel: Some(place),
                ..plain
            }),
            count,
            "{place:?}"
        );
    }
}

#[test]
fn a_trial_counts_mentions_and_knows_young_accounts() {
    let rules = Compiled::of(&settings(vec![
        rule("mentions", Trigger::Mentions { max: 1 }),
        rule("young", Trigger::NewAccount { days: 7 }),
    ]));
    let ids = |asked: Trial<'_>| {
        let hits = trial(&rules, &asked).hits.into_iter();
        hits.map(|hit| hit.rule_id).collect::<Vec<_>>()
    };
    let plain = tried("<@1> and <@&2>, <@x> <@", now(), guild(GUILD));
    assert_eq!(
        ids(plain),
        ["mentions"],
        "without an author the account is old"
    );
    // An id of the day before.
    let millis = u64::try_from(now().micros() / 1_000).unwrap() - 1_420_070_400_000 - 86_400_000;
    let young = Some(user(millis << 22));
    assert_eq!(
        ids(Trial {
            author: young,
            text: "<@1>",
            ..plain
        }),
        ["young"]
    );
}

#[test]
fn m5_trials_do_not_add_up_to_a_flood() {
    let flood = Trigger::Flood {
        messages: 2,
        seconds: 5,
    };
    let rules = Compiled::of(&settings(vec![rule("flood", flood)]));
    for _ in 0..5 {
        let verdict = trial(&rules, &tried("hello", now(), guild(GUILD)));
        assert!(verdict.hits.is_empty(), "{verdict:?}");
    }
}
