//! Sanctions with an end, the switch, and reports.

use kernel::{Op, Span};
use testkit::db::fresh_libsql;

use super::{
    cases::{fetched, measure, undo},
    world::{GUILD, World, channel, each, guild, message, migrations, user},
};
use crate::{
    CaseState, Deed, Due, Lasting, Measure, REPORTS_MAX, Reported, SwitchState, report,
    sanction_due, sanction_end, switch, switch_turn, switched_off, unban,
};

const WEEK: Measure = Measure::Ban {
    minutes: Some(7 * 24 * 60),
    delete_seconds: 0,
};

pub(super) fn due(world: &World) -> Vec<Due> {
    let now = world.now();
    world.see(move |tx| sanction_due(tx, now, 100))
}

fn end(world: &World, id: i64) -> Option<Vec<Deed>> {
    let op: Op = world.op(9);
    let ended = world.run(move |tx, _| sanction_end(tx, &op, id)).unwrap();
    ended.map(|(_, deeds)| deeds)
}

#[test]
fn m10_a_ban_ends_once_and_on_time() {
    each(|world| {
        measure(&world, 9, 1, WEEK);
        measure(&world, 9, 2, Measure::Timeout { minutes: 60 });
        assert_eq!(due(&world), []);
        world.later(Span::hours(1));
        let first = due(&world);
        assert_eq!((first.len(), first[0].kind), (1, Lasting::Timeout));
        assert_eq!(end(&world, first[0].id), Some(vec![]));
        world.later(Span::days(7));
        let second = due(&world);
        assert_eq!((second.len(), second[0].number), (1, 1));
        assert_eq!(
            end(&world, second[0].id),
            Some(vec![Deed::Unban { user: user(1) }])
        );
        assert_eq!(end(&world, second[0].id), None);
        assert_eq!(due(&world), []);
        assert_eq!(fetched(&world, 1).state, CaseState::Expired);
    });
}

#[test]
fn m10_a_restart_forgets_no_end() {
    let mut world = World::of(fresh_libsql(&migrations()));
    measure(&world, 9, 1, WEEK);
    world.db.restart();
    world.later(Span::days(7));
    assert_eq!(due(&world).len(), 1);
}

#[test]
fn m10_the_end_of_a_replaced_ban_ends_nothing() {
    each(|world| {
        measure(&world, 9, 1, WEEK);
        measure(
            &world,
            9,
            1,
            Measure::Ban {
                minutes: None,
                delete_seconds: 0,
            },
        );
        world.later(Span::days(8));
        assert_eq!(due(&world), []);
        let undone = undo(&world, 2);
        assert_eq!(undone.deeds, [Deed::Unban { user: user(1) }]);
        measure(&world, 9, 1, WEEK);
        undo(&world, 3);
        world.later(Span::days(8));
        assert_eq!(due(&world), [], "a ban that was lifted has no end any more");
    });
}

#[test]
fn a_ban_is_lifted_whether_a_case_knows_it_or_not() {
    each(|world| {
        measure(&world, 9, 1, WEEK);
        for (member, number, state) in [(1, 1, CaseState::Undone), (2, 2, CaseState::Open)] {
            let op = world.op(9);
            let (_, case, deeds) = world
                .run(move |tx, _| unban(tx, &op, user(member), "sorry"))
                .unwrap();
            assert_eq!((case.number, case.state), (number, state));
            assert_eq!(deeds, [Deed::Unban { user: user(member) }]);
        }
    });
}

#[test]
fn the_switch_remembers_who_turned_it() {
    each(|world| {
        assert_eq!(world.see(|tx| switch(tx, guild(GUILD))), None);
        for state in [SwitchState::Off, SwitchState::On, SwitchState::Off] {
            let op = world.op(9);
            world.run(move |tx, _| switch_turn(tx, &op, state)).unwrap();
            let stands = world.see(|tx| switch(tx, guild(GUILD))).unwrap();
            assert_eq!(
                (stands.state, stands.by.as_str(), stands.at),
                (state, "9", world.now())
            );
            let off = world.see(|tx| switched_off(tx, None, 10));
            assert_eq!(off.len(), usize::from(state == SwitchState::Off));
        }
        let none = world.see(|tx| switched_off(tx, Some(guild(GUILD)), 10));
        assert_eq!(none, []);
    });
}

#[test]
fn a_message_is_reported_once_by_a_member_and_not_without_end() {
    each(|world| {
        let reported = |member: u64, id: u64| {
            let op = world.op(member);
            world
                .run(move |tx, _| report(tx, &op, user(member), channel(7), message(id)))
                .unwrap()
        };
        assert_eq!(reported(1, 50), Reported::Now);
        assert_eq!(reported(1, 50), Reported::Before);
        assert_eq!(reported(2, 50), Reported::Now);
        for id in 1..u64::try_from(REPORTS_MAX).unwrap() {
            assert_eq!(reported(1, 50 + id), Reported::Now);
        }
        assert_eq!(reported(1, 90), Reported::TooMany);
        world.later(Span::minutes(11));
        assert_eq!(reported(1, 90), Reported::Now);
    });
}
