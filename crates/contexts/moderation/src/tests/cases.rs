//! Cases: numbers, notes, lists, undoing, and the wall between guilds.

use kernel::Span;

use super::world::{GUILD, OTHER_GUILD, World, each, guild, user};
use crate::{
    Case, CaseError, CaseKind, CaseState, Deed, Measure, Novelty, Sanction, Sanctioned, Undone,
    case_fetch, case_list, case_note, case_outlook, case_page, case_undo, notes, sanction,
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
    let op = world.op(9);
    world
        .run(move |tx, _| case_undo(tx, &op, number, "a mistake"))
        .unwrap()
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
            let outlook = world.run(move |tx, _| case_outlook(tx, guild, number, at));
            let first = undo(&world, number);
            // What was said before is what was done.
            assert_eq!(outlook.unwrap().deeds, first.deeds);
            let after = world.run(move |tx, _| case_outlook(tx, guild, number, at));
            assert_eq!(after.unwrap().novelty, Novelty::Before);
            assert_eq!((first.novelty, &first.deeds), (Novelty::New, &back));
            assert_eq!(first.case.state, CaseState::Undone);
            assert_eq!(first.case.undone_by.as_deref(), Some("9"));
            let second = undo(&world, number);
            assert_eq!((second.novelty, second.deeds), (Novelty::Before, vec![]));
            assert_eq!(second.case, first.case);
        }
        let op = world.op(9);
        let none = world.run(move |tx, _| case_undo(tx, &op, 99, ""));
        assert_eq!(none, Err(CaseError::NoSuchCase { number: 99 }));
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
        let undone = world.run(move |tx, _| case_undo(tx, &op, 1, ""));
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
