//! Finding cases by what one knows of them, and the queue of held messages.

use kernel::Op;

use super::{
    cases::{fetched, measure, undo},
    world::{GUILD, OTHER_GUILD, World, channel, each, guild, hit, message, user},
};
use crate::{
    Action, CaseError, CaseFilter, CaseKind, CaseState, Enforced, Measure, Novelty, Offence, Reach,
    Step, StepSanction, case_search, enforce, give_back, held, leave_away, waiting, waiting_count,
};

/// A message that a rule removes, or holds.
fn removed(world: &World, id: u64, action: Action) -> i64 {
    dealt_with(world, id, vec![action])
}

/// A message with which a rule does all of this.
fn dealt_with(world: &World, id: u64, actions: Vec<Action>) -> i64 {
    let offence = Offence {
        message: message(id),
        channel: channel(70),
        user: user(1),
        text: format!("words of {id}"),
        hits: vec![hit("spam", "words", actions)],
    };
    let (op, settings, words) = (
        world.wrote(1, id),
        world.settings.clone(),
        world.words.clone(),
    );
    let enforced = world.run(move |tx, ids| enforce(tx, &op, ids, &settings, &words, &offence));
    match enforced.unwrap() {
        Enforced::Done(dealt) => dealt.case.number,
        other => panic!("not dealt with: {other:?}"),
    }
}

fn queue(world: &World, number: u64) -> Vec<(i64, String)> {
    let all = world
        .run(move |tx, _| waiting(tx, guild(number), 50))
        .unwrap();
    let all = all.into_iter();
    all.map(|one| (one.case.number, one.held.text)).collect()
}

fn leave(world: &World, op: Op, number: i64) -> Result<Novelty, CaseError> {
    let left = world.run(move |tx, _| leave_away(tx, &op, number));
    left.map(|(novelty, _)| novelty)
}

#[test]
fn held_messages_wait_for_a_moderator_and_removed_ones_do_not() {
    each(|world| {
        let first = removed(&world, 5_001, Action::Hold {});
        removed(&world, 5_002, Action::Delete {});
        let second = removed(&world, 5_003, Action::Hold {});
        let words = |id: u64| format!("words of {id}");
        assert_eq!(
            queue(&world, GUILD),
            [(first, words(5_001)), (second, words(5_003))]
        );
        assert!(queue(&world, OTHER_GUILD).is_empty());
        assert_eq!(world.see(|tx| waiting_count(tx, guild(GUILD))), 2);

        // Left away it waits no longer, and can still be given back.
        assert_eq!(leave(&world, world.op(9), first), Ok(Novelty::New));
        assert_eq!(leave(&world, world.op(9), first), Ok(Novelty::Before));
        assert_eq!(queue(&world, GUILD), [(second, words(5_003))]);
        assert!(world.see(move |tx| held(tx, guild(GUILD), first)).is_some());
        assert_eq!(undo(&world, first).deeds.len(), 1);

        // Given back it waits no longer either.
        undo(&world, second);
        assert!(queue(&world, GUILD).is_empty());
        assert_eq!(world.see(|tx| waiting_count(tx, guild(GUILD))), 0);
    });
}

/// What giving a message back comes to: how much is given back.
fn give(world: &World, op: Op, reach: Reach, number: i64) -> Result<usize, CaseError> {
    let given = world.run(move |tx, _| give_back(tx, &op, reach, number));
    given.map(|undone| undone.deeds.len())
}

/// Regression: the queue took any case back, whether a message of it waited or not.
#[test]
fn only_what_waits_is_given_back_by_the_queue() {
    each(|world| {
        let first = removed(&world, 5_001, Action::Hold {});
        let deleted = removed(&world, 5_002, Action::Delete {});
        let left = removed(&world, 5_003, Action::Hold {});
        leave(&world, world.op(9), left).unwrap();
        let timeout = measure(&world, 9, 1, Measure::Timeout { minutes: 5 });
        for number in [deleted, left, timeout.case.number] {
            let refused = give(&world, world.op(9), Reach::Everything, number);
            assert_eq!(refused, Err(CaseError::NotWaiting { number }));
            assert_eq!(fetched(&world, number).state, CaseState::Open);
        }
        let none = give(&world, world.op(9), Reach::Everything, 99);
        assert_eq!(none, Err(CaseError::NoSuchCase { number: 99 }));
        assert_eq!(give(&world, world.op(9), Reach::NoBans, first), Ok(1));
        let again = give(&world, world.op(9), Reach::NoBans, first);
        assert_eq!(again, Err(CaseError::NotWaiting { number: first }));
    });
}

#[test]
fn m9_a_held_message_whose_points_led_to_a_ban_waits_for_who_may_ban() {
    each(|mut world| {
        world.settings.points.steps = vec![Step {
            points: 2,
            sanction: StepSanction::Ban { days: None },
        }];
        let actions = vec![Action::Hold {}, Action::Warn { points: 2 }];
        let number = dealt_with(&world, 5_001, actions);
        let refused = give(&world, world.op(9), Reach::NoBans, number);
        assert_eq!(refused, Err(CaseError::LiftsBan { number }));
        assert_eq!(queue(&world, GUILD).len(), 1, "it still waits");
        assert_eq!(give(&world, world.op(9), Reach::Everything, number), Ok(2));
    });
}

#[test]
fn m13_nobody_ends_the_waiting_of_another_guild() {
    each(|world| {
        let number = removed(&world, 5_001, Action::Hold {});
        let refused = leave(&world, world.elsewhere(), number);
        assert_eq!(refused, Err(CaseError::NoSuchCase { number }));
        assert_eq!(queue(&world, GUILD).len(), 1);
    });
}

#[test]
fn cases_are_found_by_member_sort_state_and_rule() {
    each(|world| {
        measure(&world, 9, 1, Measure::Warn { points: 1 });
        measure(&world, 9, 2, Measure::Timeout { minutes: 5 });
        removed(&world, 5_001, Action::Delete {});
        measure(&world, 9, 2, Measure::Warn { points: 1 });
        undo(&world, 4);
        let found = |filter: CaseFilter, before, limit| {
            let page = world.see(move |tx| case_search(tx, guild(GUILD), &filter, before, limit));
            let numbers = page.cases.iter().map(|case| case.number);
            (numbers.collect::<Vec<_>>(), page.next)
        };
        let all = CaseFilter::default;
        assert_eq!(found(all(), None, 50), (vec![4, 3, 2, 1], None));
        assert_eq!(found(all(), None, 2), (vec![4, 3], Some(3)));
        assert_eq!(found(all(), Some(3), 2), (vec![2, 1], None));
        let kind = Some(CaseKind::Warn);
        assert_eq!(found(CaseFilter { kind, ..all() }, None, 50).0, [4, 1]);
        let state = Some(CaseState::Undone);
        assert_eq!(found(CaseFilter { state, ..all() }, None, 50).0, [4]);
        let rule = Some("spam".to_owned());
        assert_eq!(found(CaseFilter { rule, ..all() }, None, 50).0, [3]);
        let of_two = CaseFilter {
            user: Some(user(2)),
            ..all()
        };
        assert_eq!(found(of_two.clone(), None, 1), (vec![4], Some(4)));
        assert_eq!(found(of_two, Some(4), 1), (vec![2], None));
        let elsewhere =
            world.see(|tx| case_search(tx, guild(OTHER_GUILD), &CaseFilter::default(), None, 50));
        assert!(elsewhere.cases.is_empty() && elsewhere.next.is_none());
    });
}
