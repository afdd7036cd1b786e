//! Budgets in money: set aside, settled once, never exceeded, released where a process died.

use ::store::Tx;
use kernel::Span;
use serde_json::json;
use testkit::db::{down, together, up, wait};

use super::world::{GUILD, World, budget, costing, each, guild, migrations, user};
use crate::{Actual, BudgetError, ModelError, Novelty, Purpose, Sent, Usage, Whose};

fn answered(claimed: Option<Usage>) -> Actual {
    Actual::Answered {
        text: "twelve chars".to_owned(),
        claimed,
    }
}

fn claim(output: u64) -> Option<Usage> {
    Some(Usage { input: 1, output })
}

#[test]
fn q4_what_is_set_aside_counts_until_it_is_settled() {
    each(|world| {
        let op = world.op(1);
        // The price is a dollar a million, so that a token is a micro-dollar.
        let held = world.reserve(&op, budget(1_000, 600), &costing(400, Some(1)));
        let held = held.unwrap();
        assert_eq!((held.micros, held.novelty), (400, Novelty::New));
        assert_eq!(world.guild_today(), (0, 400));
        let refused = world.reserve(&world.op(1), budget(1_000, 600), &costing(400, Some(1)));
        let whose = |refused| match refused {
            Err(BudgetError::Exhausted { whose, .. }) => Some(whose),
            _ => None,
        };
        assert_eq!(whose(refused), Some(Whose::Member));
        assert_eq!(world.guild_today(), (0, 400), "a refusal leaves no trace");
        let other = world.reserve(&world.op(2), budget(1_000, 700), &costing(700, Some(2)));
        assert_eq!(whose(other), Some(Whose::Guild));
        let settled = world.settle(&op, &held, &answered(claim(100)));
        assert_eq!((settled.micros, settled.novelty), (100, Novelty::New));
        assert_eq!(world.guild_today(), (100, 0));
        let again = world.settle(&op, &held, &answered(claim(300)));
        assert_eq!((again.micros, again.novelty), (100, Novelty::Before));
        assert_eq!(world.guild_today(), (100, 0));
    });
}

#[test]
fn q4_the_same_cause_reserves_once_for_each_purpose() {
    each(|world| {
        let op = world.op(1);
        let cmd = costing(100, Some(1));
        let first = world.reserve(&op, budget(250, 250), &cmd).unwrap();
        let again = world.reserve(&op, budget(250, 250), &cmd).unwrap();
        assert_eq!((again.id, again.novelty), (first.id, Novelty::Before));
        let mut facts = cmd.clone();
        facts.purpose = Purpose::Facts;
        let facts = world.reserve(&op, budget(250, 250), &facts).unwrap();
        assert_ne!(facts.id, first.id);
        assert_eq!(world.guild_today(), (0, 200));
    });
}

#[test]
fn q3_forged_counts_neither_hide_nor_exceed() {
    each(|world| {
        for (claimed, cost) in [(claim(0), 1), (claim(1_000_000_000_000), 500), (None, 3)] {
            let op = world.op(1);
            let held = world.reserve(&op, budget(10_000, 10_000), &costing(500, Some(1)));
            let settled = world.settle(&op, &held.unwrap(), &answered(claimed));
            assert_eq!(settled.micros, cost, "{claimed:?}");
        }
        assert_eq!(world.guild_today(), (504, 0));
    });
}

#[test]
fn q4_many_at_once_never_exceed_the_cap() {
    each(|world| {
        let attempts = (0..40).map(|_| {
            let (op, ids) = (world.op(7), world.ids.clone());
            world.db.database().write("reserve", move |tx| {
                crate::reserve(
                    tx,
                    &op,
                    ids.as_ref(),
                    &budget(1_000, 650),
                    &costing(100, Some(7)),
                )
            })
        });
        let outcomes = together(attempts.collect());
        let held = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(held, 6);
        assert_eq!(world.guild_today(), (0, 600));
    });
}

#[test]
fn a_cap_of_zero_allows_what_is_free_and_nobody_pays_for_a_judgement() {
    each(|world| {
        assert!(
            world
                .reserve(&world.op(1), budget(0, 0), &costing(1, Some(1)))
                .is_err()
        );
        let mut free = costing(1, Some(1));
        free.estimate.price = crate::FREE;
        assert!(world.reserve(&world.op(1), budget(0, 0), &free).is_ok());
        let mut judged = costing(50, None);
        judged.purpose = Purpose::Judgement;
        assert!(world.reserve(&world.op(1), budget(50, 0), &judged).is_ok());
    });
}

#[test]
fn a_new_day_has_a_new_budget() {
    each(|world| {
        let spend =
            |world: &World| world.reserve(&world.op(1), budget(100, 100), &costing(100, Some(1)));
        assert!(spend(&world).is_ok());
        let refused = spend(&world).unwrap_err();
        assert!(matches!(refused, BudgetError::Exhausted { resets_at, .. }
            if resets_at.to_string() == "2026-11-21T00:00:00Z"));
        world.later(Span::hours(14));
        assert!(spend(&world).is_ok());
    });
}

#[test]
fn what_nobody_settled_is_released_and_counts_its_reading() {
    each(|world| {
        let op = world.op(1);
        let mut cmd = costing(100, Some(1));
        cmd.estimate.price.input = 1_000_000;
        let held = world.reserve(&op, budget(1_000, 1_000), &cmd).unwrap();
        assert_eq!(
            world.look(|tx| crate::release_stale(tx, kernel::Timestamp::from_micros(0))),
            0
        );
        world.later(Span::minutes(10));
        let now = world.now();
        assert_eq!(world.look(move |tx| crate::release_stale(tx, now)), 1);
        assert_eq!(world.look(move |tx| crate::release_stale(tx, now)), 0);
        let floor = cmd.estimate.price.cost(cmd.estimate.lost());
        assert!(floor > 0);
        assert_eq!(world.guild_today(), (floor, 0));
        let late = world.settle(&op, &held, &answered(claim(90)));
        assert_eq!((late.micros, late.novelty), (floor, Novelty::Before));
        assert_eq!(world.guild_today(), (floor, 0));
    });
}

#[test]
fn what_broke_costs_what_was_seen_of_it() {
    let away = ModelError::Unavailable {
        reason: "refused".to_owned(),
        sent: Sent::No,
    };
    let cut = ModelError::Cut {
        reason: "closed".to_owned(),
    };
    assert_eq!(Actual::broken(&away, "", None), Actual::NotAsked);
    assert_eq!(Actual::broken(&cut, "", None), Actual::Lost);
    assert_eq!(Actual::broken(&cut, "twelve chars", None), answered(None));
    each(|world| {
        let op = world.op(1);
        let held = world
            .reserve(&op, budget(100, 100), &costing(100, Some(1)))
            .unwrap();
        assert_eq!(world.settle(&op, &held, &Actual::NotAsked).micros, 0);
        assert_eq!(world.guild_today(), (0, 0));
    });
}

#[test]
fn a_report_sums_days_members_and_models() {
    each(|world| {
        for (member, output) in [(1, 10), (1, 20), (2, 50)] {
            let op = world.op(member);
            let held = world.reserve(&op, budget(1_000, 1_000), &costing(100, Some(member)));
            world.settle(&op, &held.unwrap(), &answered(claim(output)));
        }
        let day = crate::day_of(world.now());
        let report = world.look(move |tx| crate::report(tx, guild(GUILD), day - 7, day));
        assert_eq!(report.days.len(), 1);
        assert_eq!(
            (report.days[0].1.micros, report.days[0].1.requests),
            (80, 3)
        );
        let members: Vec<_> = report
            .members
            .iter()
            .map(|(who, spent)| (who.get(), spent.micros))
            .collect();
        assert_eq!(members, [(2, 50), (1, 30)]);
        let (purpose, model, spent) = &report.models[0];
        assert_eq!(
            (purpose.as_str(), model.as_str(), spent.micros),
            ("answer", "test", 80)
        );
    });
}

#[test]
fn a_member_is_exported_and_erased_and_the_guilds_sums_stay() {
    each(|world| {
        let op = world.op(1);
        let held = world
            .reserve(&op, budget(1_000, 1_000), &costing(100, Some(1)))
            .unwrap();
        world.settle(&op, &held, &answered(claim(40)));
        let open = world
            .reserve(&world.op(1), budget(1_000, 1_000), &costing(100, Some(1)))
            .unwrap();
        let export = world.look(|tx| crate::export(tx, guild(GUILD), user(1)));
        assert_eq!(export["days"][0]["day"], "2026-11-20");
        assert_eq!(export["days"][0]["micros"], 40);
        let eraser = op.clone();
        world.look(move |tx| crate::erase(tx, &eraser, guild(GUILD), user(1)));
        let export = world.look(|tx| crate::export(tx, guild(GUILD), user(1)));
        assert_eq!(export, json!({"days": []}));
        world.settle(&op, &open, &answered(claim(5)));
        assert_eq!(world.guild_today(), (45, 0));
        let export = world.look(|tx| crate::export(tx, guild(GUILD), user(1)));
        assert_eq!(
            export,
            json!({"days": []}),
            "what was under way names nobody any more"
        );
    });
}

#[test]
fn old_rows_are_dropped_in_chunks() {
    each(|world| {
        let op = world.op(1);
        let held = world
            .reserve(&op, budget(1_000, 1_000), &costing(100, Some(1)))
            .unwrap();
        world.settle(&op, &held, &answered(claim(40)));
        world.later(Span::days(40));
        let before = world.now().before(Span::days(30));
        assert_eq!(world.look(move |tx| crate::forget(tx, before)), 2);
        assert_eq!(world.look(move |tx| crate::forget(tx, before)), 0);
        let export = world.look(|tx| crate::export(tx, guild(GUILD), user(1)));
        assert_eq!(export, json!({"days": []}));
    });
}

#[test]
fn a_read_only_look_needs_no_writer() {
    each(|world| {
        let report = wait(
            world
                .db
                .database()
                .read("report", |tx| crate::report(tx, guild(GUILD), 0, 99)),
        );
        let report: Result<_, ::store::DbError> = report;
        assert_eq!(report.unwrap(), crate::Report::default());
    });
}

#[test]
fn what_all_guilds_spent_is_told_by_model() {
    each(|world| {
        let began = crate::month_of(world.now());
        for guild_op in [world.op(1), world.op(2)] {
            let cmd = costing(100, Some(1));
            let held = world
                .reserve(&guild_op, budget(1_000, 1_000), &cmd)
                .unwrap();
            world.settle(&guild_op, &held, &answered(claim(40)));
        }
        // Nobody settled this one, so it counts what its reading likely cost.
        let lost = world
            .reserve(&world.op(3), budget(1_000, 1_000), &costing(100, Some(1)))
            .unwrap();
        world.later(crate::RESERVATION_LASTS);
        let now = world.now();
        assert_eq!(world.look(move |tx| crate::release_stale(tx, now)), 1);
        let floor = lost.estimate.price.cost(lost.estimate.lost()).min(100);
        let day = crate::day_of(world.now());
        let days = world.look(move |tx| crate::spent_days(tx, guild(GUILD), day, day));
        assert_eq!(days[0].1.micros, 80 + floor);
        let models = world.look(move |tx| crate::models_since(tx, began, 10));
        assert_eq!(models.len(), 1, "{models:?}");
        assert_eq!((models[0].1.micros, models[0].1.requests), (80 + floor, 3));
        let later = crate::day_of(world.now()) + 1;
        assert_eq!(world.look(move |tx| crate::models_since(tx, later, 10)), []);
    });
}

/// The sums of models are made of what was asked before there were any.
#[test]
fn sums_of_models_begin_with_what_was_asked_before() {
    each(|world| {
        let month = crate::month_of(world.now());
        for number in 1..=3 {
            let (op, cmd) = (world.op(number), costing(100, Some(number)));
            let held = world.reserve(&op, budget(1_000, 1_000), &cmd).unwrap();
            world.settle(&op, &held, &answered(claim(40)));
        }
        let counted = move |tx: &mut Tx<'_>| crate::models_since(tx, month, 10);
        let kept = world.look(counted);
        assert_eq!(kept[0].1.requests, 3);
        let database = world.db.database();
        down(database, &migrations(), 17);
        up(database, &migrations());
        assert_eq!(world.look(counted), kept);
    });
}

#[test]
fn a_month_begins_on_its_first_day() {
    let at = |text: &str| text.parse().unwrap();
    let last = crate::day_of(at("2026-11-30T23:59:59Z"));
    assert_eq!(crate::month_of(at("2026-11-30T23:59:59Z")), last - 29);
    assert_eq!(crate::month_of(at("2026-12-01T00:00:00Z")), last + 1);
}
