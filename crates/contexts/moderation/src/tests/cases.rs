//! Cases: numbers, notes, lists, undoing, and the wall between guilds.

use kernel::Span;

use super::world::{GUILD, OTHER_GUILD, World, each, guild, user};
use crate::{
    Case, CaseError, CaseKind, CaseState, Deed, Measure, Novelty, Reach, Sanction, Sanctioned,
    Step, StepSanction, Undone, case_fetch, case_list, case_note, case_outlook, case_page,
    case_undo, notes, sanction,
};

const ALL: Reach = Reach::Everything;
const FOR_EVER: Measure = Measure::Ban {
    minutes: None,
    delete_seconds: 0,
};

pub(super) fn measure(world: &World, moderator: u64, member: u64, measure: Measure) -> Sanctioned {
    let (op, settings) = (world.op(moderator), world.settings.clone());
    let cmd = Sanction {
        measure,
        user: user(member),
        reason: "a\nreason".to_owned(),
    };
    world
        .run(move |tx, ids| sanction(tx, &op, ids, &settings, &cmd))
        .unwrap()
}

pub(super) fn undo(world: &World, number: i64) -> Undone {
    undo_within(world, Reach::Everything, number).unwrap()
}

fn undo_within(world: &World, reach: Reach, number: i64) -> Result<Undone, CaseError> {
    let op = world.op(9);
    world.run(move |tx, _| case_undo(tx, &op, reach, number, "a mistake"))
}

pub(super) fn fetched(world: &World, number: i64) -> Case {
    world
        .run(move |tx, _| case_fetch(tx, guild(GUILD), number))
        .unwrap()
}

#[test]
fn cases_are_numbered_from_one_in_each_guild() {
    each(|world| {
        for number in 1..=3 {
            let done = measure(&world, 9, 1, Measure::Warn { points: 1 });
            assert_eq!((done.novelty, done.case.number), (Novelty::New, number));
            assert_eq!(done.case.reason, "a reason");
            assert_eq!(done.case.moderator, Some(user(9)));
        }
        let (op, settings) = (world.elsewhere(), world.settings.clone());
        let cmd = Sanction {
            measure: Measure::Kick,
            user: user(1),
            reason: String::new(),
        };
        let there = world
            .run(move |tx, ids| sanction(tx, &op, ids, &settings, &cmd))
            .unwrap();
        assert_eq!((there.case.number, there.case.moderator), (1, None));
        assert_eq!(there.case.opened_by, "token:operator");
    });
}

#[test]
fn m8_the_same_cause_opens_one_case() {
    each(|world| {
        let (op, settings) = (world.op(9), world.settings.clone());
        let cmd = Sanction {
            measure: Measure::Timeout { minutes: 10 },
            user: user(1),
            reason: String::new(),
        };
        let once = move |tx: &mut ::store::Tx<'_>, ids: &dyn kernel::IdSource| {
            sanction(tx, &op, ids, &settings, &cmd)
        };
        let first = world.run(once.clone()).unwrap();
        let second = world.run(once).unwrap();
        assert_eq!(
            (first.novelty, second.novelty),
            (Novelty::New, Novelty::Before)
        );
        assert_eq!(first.case, second.case);
        let until = world.now() + Span::minutes(10);
        assert_eq!(
            (first.deeds, second.deeds),
            (vec![Deed::timeout(user(1), until)], vec![])
        );
        assert_eq!(
            measure(&world, 9, 1, Measure::Note).case.number,
            2,
            "no number is skipped"
        );
    });
}

#[test]
fn m8_undoing_gives_back_once() {
    each(|world| {
        let member = user(1);
        let cases = [
            (
                Measure::Timeout { minutes: 10 },
                vec![Deed::LiftTimeout { user: member }],
            ),
            (
                Measure::Ban {
                    minutes: None,
                    delete_seconds: 0,
                },
                vec![Deed::Unban { user: member }],
            ),
            (Measure::Kick, vec![]),
            (Measure::Warn { points: 1 }, vec![]),
        ];
        for (done, back) in cases {
            let number = measure(&world, 9, 1, done).case.number;
            let (guild, at) = (world.op(9).guild, world.now());
            let outlook = world.run(move |tx, _| case_outlook(tx, guild, ALL, number, at));
            let first = undo(&world, number);
            // What was said before is what was done.
            assert_eq!(outlook.unwrap().deeds, first.deeds);
            let after = world.run(move |tx, _| case_outlook(tx, guild, ALL, number, at));
            assert_eq!(after.unwrap().novelty, Novelty::Before);
            assert_eq!((first.novelty, &first.deeds), (Novelty::New, &back));
            assert_eq!(first.case.state, CaseState::Undone);
            assert_eq!(first.case.undone_by.as_deref(), Some("9"));
            let second = undo(&world, number);
            assert_eq!((second.novelty, second.deeds), (Novelty::Before, vec![]));
            assert_eq!(second.case, first.case);
        }
        let op = world.op(9);
        let none = world.run(move |tx, _| case_undo(tx, &op, ALL, 99, ""));
        assert_eq!(none, Err(CaseError::NoSuchCase { number: 99 }));
    });
}

/// Regression: a warning whose points led to a ban was taken back by who may not ban, and the ban went with it.
#[test]
fn m9_who_may_not_ban_lifts_no_ban_by_taking_a_case_back() {
    each(|mut world| {
        let ban = StepSanction::Ban { days: None };
        world.settings.points.steps = vec![Step {
            points: 3,
            sanction: ban,
        }];
        let warned = measure(&world, 9, 1, Measure::Warn { points: 3 });
        let followed = warned.step.unwrap();
        assert_eq!(followed.kind, CaseKind::Ban);
        let banned = measure(&world, 9, 2, FOR_EVER).case.number;
        for number in [warned.case.number, followed.number, banned] {
            let refused = Err(CaseError::LiftsBan { number });
            assert_eq!(undo_within(&world, Reach::NoBans, number), refused);
            let (guild, at) = (guild(GUILD), world.now());
            let outlook =
                world.run(move |tx, _| case_outlook(tx, guild, Reach::NoBans, number, at));
            assert_eq!(outlook, refused);
            assert_eq!(fetched(&world, number).state, CaseState::Open);
        }
        let (unbanned, number) = (Deed::Unban { user: user(1) }, warned.case.number);
        assert_eq!(undo(&world, number).deeds, [unbanned]);
        // Nothing is left that they could lift.
        let again = undo_within(&world, Reach::NoBans, number).unwrap();
        assert_eq!((again.novelty, again.deeds), (Novelty::Before, vec![]));
    });
}

#[test]
fn who_may_not_ban_takes_back_what_lifts_no_ban() {
    each(|world| {
        let replaced = measure(&world, 9, 1, FOR_EVER).case.number;
        measure(&world, 9, 1, FOR_EVER);
        let without_bans = [
            Measure::Warn { points: 1 },
            Measure::Timeout { minutes: 10 },
            Measure::Kick,
            Measure::Note,
        ];
        let numbers = without_bans.map(|done| measure(&world, 9, 2, done).case.number);
        // The case of a ban that another took the place of lifts nothing either.
        for number in numbers.into_iter().chain([replaced]) {
            let undone = undo_within(&world, Reach::NoBans, number).unwrap();
            assert_eq!(undone.case.state, CaseState::Undone);
        }
    });
}

#[test]
fn notes_are_kept_and_lists_turn_their_pages() {
    each(|world| {
        for member in [1, 2, 1, 2, 1] {
            measure(&world, 9, member, Measure::Warn { points: 1 });
        }
        for text in ["first", "second"] {
            let op = world.op(8);
            world
                .run(move |tx, ids| {
                    case_note(tx, &op, ids, 1, text)?;
                    case_note(tx, &op, ids, 1, text)
                })
                .unwrap();
        }
        let texts: Vec<_> = world
            .see(|tx| notes(tx, guild(GUILD), 1))
            .into_iter()
            .map(|note| (note.author, note.text))
            .collect();
        let wanted = ["second", "first"].map(|text| ("8".to_owned(), text.to_owned()));
        assert_eq!(texts, wanted);
        let numbers = |member: Option<u64>, before: Option<i64>, limit: u32| {
            let list =
                world.see(move |tx| case_list(tx, guild(GUILD), member.map(user), before, limit));
            list.iter().map(|case| case.number).collect::<Vec<_>>()
        };
        assert_eq!(numbers(None, None, 2), [5, 4]);
        assert_eq!(numbers(None, Some(4), 9), [3, 2, 1]);
        assert_eq!(numbers(Some(1), None, 9), [5, 3, 1]);
        assert_eq!(numbers(Some(1), Some(3), 9), [1]);
        let next = |member: Option<u64>, before: Option<i64>, limit: u32| {
            let page =
                world.see(move |tx| case_page(tx, guild(GUILD), member.map(user), before, limit));
            (page.cases.len(), page.next)
        };
        assert_eq!(next(None, None, 2), (2, Some(4)));
        assert_eq!(
            next(Some(1), None, 3),
            (3, None),
            "a full page may be the last"
        );
        assert_eq!(next(Some(1), Some(1), 3), (0, None));
        let op = world.op(9);
        let empty = world.run(move |tx, ids| case_note(tx, &op, ids, 1, "  ").map(drop));
        assert_eq!(empty, Err(CaseError::BadText { length: 0 }));
    });
}

#[test]
fn m13_cases_of_another_guild_do_not_exist() {
    each(|world| {
        measure(
            &world,
            9,
            1,
            Measure::Ban {
                minutes: None,
                delete_seconds: 0,
            },
        );
        let op = world.elsewhere();
        let undone = world.run(move |tx, _| case_undo(tx, &op, ALL, 1, ""));
        assert_eq!(undone, Err(CaseError::NoSuchCase { number: 1 }));
        let list = world.see(|tx| case_list(tx, guild(OTHER_GUILD), None, None, 10));
        assert_eq!(list, []);
        let kept = fetched(&world, 1);
        assert_eq!((kept.kind, kept.state), (CaseKind::Ban, CaseState::Open));
    });
}

#[test]
fn a_sanction_lasts_no_longer_than_discord_knows() {
    each(|world| {
        for minutes in [0, crate::TIMEOUT_MINUTES_MAX + 1] {
            let (op, settings) = (world.op(9), world.settings.clone());
            let cmd = Sanction {
                measure: Measure::Timeout { minutes },
                user: user(1),
                reason: String::new(),
            };
            let refused =
                world.run(move |tx, ids| sanction(tx, &op, ids, &settings, &cmd).map(drop));
            assert_eq!(refused, Err(CaseError::BadTime { minutes }));
        }
    });
}
