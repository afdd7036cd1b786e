//! From hits to cases, deeds, points and what is kept.

use kernel::{Op, Span};

use super::{
    cases::{fetched, undo},
    lasting::due,
    world::{GUILD, World, channel, each, guild, hit, message, user},
};
use crate::{
    Action, CaseKind, CaseState, Dealt, Deed, Enforced, FloodMessage, Hit, Matched, Mode, Novelty,
    Offence, Part, Step, StepSanction, SwitchState, enforce, erase, export, held, points,
    switch_turn, words_forget,
};

fn offence(id: u64, hits: Vec<Hit>) -> Offence {
    Offence {
        message: message(id),
        channel: channel(70),
        user: user(1),
        text: "some\0 bad words".to_owned(),
        hits,
    }
}

fn enforced(world: &World, op: &Op, offence: &Offence) -> Enforced {
    let (op, settings, offence) = (op.clone(), world.settings.clone(), offence.clone());
    let words = world.words.clone();
    world
        .run(move |tx, ids| enforce(tx, &op, ids, &settings, &words, &offence))
        .unwrap()
}

fn dealt(world: &World, id: u64, hits: Vec<Hit>) -> Dealt {
    match enforced(world, &world.wrote(1, id), &offence(id, hits)) {
        Enforced::Done(dealt) => *dealt,
        other => panic!("not dealt with: {other:?}"),
    }
}

fn stands(at: u64, id: u64) -> FloodMessage {
    FloodMessage {
        channel: Some(channel(at)),
        message: message(id),
    }
}

fn removing() -> Vec<Hit> {
    let mut one = hit(
        "w",
        "words",
        vec![Action::Delete {}, Action::Warn { points: 2 }],
    );
    one.matched = vec![Matched {
        part: Part::Content,
        start: 5,
        end: 8,
        text: "bad".to_owned(),
    }];
    vec![one]
}

fn sum(world: &World) -> i64 {
    let (op, settings) = (world.op(9), world.settings.clone());
    world.see(move |tx| points(tx, &op, &settings, user(1)))
}

#[test]
fn m8_an_offence_is_one_case_and_undoing_brings_the_message_back() {
    each(|world| {
        let op = world.wrote(1, 500);
        let the = offence(500, removing());
        let Enforced::Done(first) = enforced(&world, &op, &the) else {
            panic!("not dealt with");
        };
        assert_eq!(first.case.kind, CaseKind::Automod);
        assert_eq!(
            (first.case.rule_id.as_deref(), first.case.moderator),
            (Some("w"), None)
        );
        assert_eq!(first.case.hits, the.hits);
        assert_eq!(first.points, 2);
        let gone = Deed::DeleteMessage {
            channel: channel(70),
            message: message(500),
        };
        assert_eq!(first.deeds[0], gone);
        let told = Deed::Tell {
            user: user(1),
            text: "A message of yours broke a rule of the server: w (case 1).".to_owned(),
        };
        assert_eq!(first.deeds[1], told);
        let Enforced::Done(second) = enforced(&world, &op, &the) else {
            panic!("not dealt with");
        };
        assert_eq!((second.novelty, second.deeds), (Novelty::Before, vec![]));
        let undone = undo(&world, 1);
        let back = Deed::Repost {
            channel: channel(70),
            user: user(1),
            text: "some bad words".to_owned(),
        };
        assert_eq!(undone.deeds, [back]);
        assert_eq!(sum(&world), 0);
        assert_eq!(undo(&world, 1).deeds, []);
    });
}

#[test]
fn m6_a_shadow_hit_makes_no_case() {
    each(|world| {
        let mut shadow = hit("s", "words", vec![Action::Delete {}]);
        shadow.mode = Mode::Shadow;
        let op = world.wrote(1, 1);
        assert_eq!(
            enforced(&world, &op, &offence(1, vec![shadow])),
            Enforced::Noted
        );
        let log = hit("l", "words", vec![Action::Log {}]);
        assert_eq!(
            enforced(&world, &op, &offence(1, vec![log])),
            Enforced::Noted
        );
        assert_eq!(dealt(&world, 2, removing()).case.number, 1);
    });
}

#[test]
fn m11_with_the_switch_off_nothing_is_enforced() {
    each(|world| {
        let op = world.op(9);
        world
            .run(move |tx, _| switch_turn(tx, &op, SwitchState::Off))
            .unwrap();
        let op = world.wrote(1, 1);
        assert_eq!(
            enforced(&world, &op, &offence(1, removing())),
            Enforced::Off
        );
        let on = world.op(9);
        world
            .run(move |tx, _| switch_turn(tx, &on, SwitchState::On))
            .unwrap();
        assert_eq!(dealt(&world, 1, removing()).case.number, 1);
    });
}

fn steps() -> Vec<Step> {
    vec![
        Step {
            points: 3,
            sanction: StepSanction::Timeout { minutes: 60 },
        },
        Step {
            points: 6,
            sanction: StepSanction::Ban { days: Some(1) },
        },
    ]
}

#[test]
fn points_lead_to_steps_once_each_and_decay() {
    each(|mut world| {
        world.settings.points.steps = steps();
        assert_eq!(dealt(&world, 1, removing()).step, None);
        let second = dealt(&world, 2, removing());
        let step = second.step.unwrap();
        assert_eq!(
            (step.kind, step.parent),
            (CaseKind::Timeout, Some(second.case.number))
        );
        let until = world.now() + Span::minutes(60);
        assert!(second.deeds.contains(&Deed::timeout(user(1), until)));
        let third = dealt(&world, 4, removing());
        assert_eq!(third.step.map(|step| step.kind), Some(CaseKind::Ban));
        let undone = undo(&world, third.case.number);
        assert_eq!(undone.followers[0].state, CaseState::Undone);
        assert!(undone.deeds.contains(&Deed::Unban { user: user(1) }));
        assert_eq!(sum(&world), 4);
        world.later(Span::days(31));
        assert_eq!(sum(&world), 0);
    });
}

/// Deals with a message whose rule times out for `rule` minutes, and whose points lead to a step of `step` minutes.
fn timed_out(world: &mut World, rule: u32, step: u32) -> Dealt {
    world.settings.points.steps = vec![Step {
        points: 3,
        sanction: StepSanction::Timeout { minutes: step },
    }];
    let actions = vec![
        Action::Timeout { minutes: rule },
        Action::Points { points: 3 },
    ];
    dealt(world, 1, vec![hit("w", "words", actions)])
}

/// Regression: a rule's time-out and that of a step were owed side by side, and whichever came last held.
#[test]
fn a_rules_time_out_and_that_of_a_step_are_one_and_the_longest() {
    for (rule, step) in [(10, 60), (60, 10), (60, 60)] {
        each(|mut world| {
            let began = world.now();
            let done = timed_out(&mut world, rule, step);
            let end = began + Span::minutes(60);
            assert_eq!(done.deeds, [Deed::timeout(user(1), end)]);
            let led_to = done.step.unwrap();
            assert_eq!(led_to.kind, CaseKind::Timeout);
            assert_eq!(led_to.until, Some(began + Span::minutes(step)));
            world.later(Span::minutes(59));
            assert_eq!(due(&world), [], "{rule} and {step}");
            world.later(Span::minutes(1));
            let over = due(&world);
            assert_eq!((over.len(), over[0].ends_at), (1, Some(end)));
        });
    }
}

#[test]
fn undoing_a_case_lifts_the_one_time_out_that_it_led_to() {
    for (rule, step) in [(10, 60), (60, 10)] {
        each(|mut world| {
            timed_out(&mut world, rule, step);
            let lifted = Deed::LiftTimeout { user: user(1) };
            assert_eq!(undo(&world, 1).deeds, [lifted], "{rule} and {step}");
        });
    }
    each(|mut world| {
        timed_out(&mut world, 60, 10);
        assert_eq!(undo(&world, 2).deeds, [], "the rule's own stays");
    });
}

#[test]
fn m7_points_of_a_model_remove_nobody() {
    each(|mut world| {
        world.settings.points.steps = steps();
        let judged = || {
            vec![hit(
                "kind",
                "model",
                vec![Action::Hold {}, Action::Warn { points: 6 }],
            )]
        };
        let done = dealt(&world, 1, judged());
        assert_eq!(done.step.map(|step| step.kind), Some(CaseKind::Timeout));
        let removes = |deed: &Deed| matches!(deed, Deed::Kick { .. } | Deed::Ban { .. });
        assert!(!done.deeds.iter().any(removes), "{:?}", done.deeds);
    });
}

#[test]
fn a_flood_takes_all_its_messages_along() {
    each(|world| {
        let mut flood = hit("f", "flood", vec![Action::Delete {}]);
        flood.messages = (1..=5).map(|id| stands(70, id)).collect();
        let done = dealt(&world, 5, vec![flood]);
        assert_eq!(done.deeds.len(), 5, "{:?}", done.deeds);
    });
}

/// Regression: every message of a flood was looked for in the channel of the last one, where most of it was not, and
/// stayed where it was.
#[test]
fn a_flood_over_channels_is_removed_where_each_message_stands() {
    each(|world| {
        let mut flood = hit("f", "flood", vec![Action::Delete {}]);
        flood.messages = vec![stands(71, 1), stands(72, 2), stands(70, 3)];
        let mut same = hit("d", "duplicates", vec![Action::Delete {}]);
        same.messages.clone_from(&flood.messages);
        let done = dealt(&world, 3, vec![flood, same]);
        let gone = |at, id| Deed::DeleteMessage {
            channel: channel(at),
            message: message(id),
        };
        assert_eq!(done.deeds, [gone(70, 3), gone(71, 1), gone(72, 2)]);
        assert_eq!(fetched(&world, 1).hits, done.case.hits);
    });
}

#[test]
fn what_older_cases_say_of_a_flood_is_still_read() {
    let mut flood = hit("f", "flood", vec![Action::Delete {}]);
    let mut old = serde_json::to_value(&flood).unwrap();
    old["messages"] = serde_json::json!(["1", "2"]);
    let unplaced = |id| FloodMessage {
        channel: None,
        message: message(id),
    };
    flood.messages = vec![unplaced(1), unplaced(2)];
    let read = serde_json::from_str(&old.to_string());
    assert_eq!(read.ok(), Some(flood));
}

#[test]
fn m12_words_go_when_their_time_is_over_or_their_author_is_erased() {
    each(|world| {
        for id in [1, 2] {
            dealt(&world, id, removing());
        }
        let shown = world
            .see(|tx| export(tx, guild(GUILD), user(1)))
            .to_string();
        assert_eq!(shown.matches("some bad words").count(), 2, "{shown}");
        world.later(Span::days(14));
        let now = world.now();
        let count = world.run(move |tx, _| words_forget(tx, now, 1)).unwrap();
        assert_eq!(count, 2, "one message and what was found in one case");
        assert_eq!(world.see(|tx| held(tx, guild(GUILD), 1)), None);
        assert!(world.see(|tx| held(tx, guild(GUILD), 2)).is_some());
        let op = world.op(1);
        world
            .run(move |tx, _| erase(tx, &op, guild(GUILD), user(1)))
            .unwrap();
        let shown = world
            .see(|tx| export(tx, guild(GUILD), user(1)))
            .to_string();
        assert!(!shown.contains("bad"), "{shown}");
        assert_eq!(undo(&world, 2).deeds, []);
        assert_eq!(fetched(&world, 2).hits, []);
    });
}

#[test]
fn with_nothing_to_be_kept_nothing_is() {
    each(|mut world| {
        world.settings.kept_days = 0;
        let done = dealt(&world, 1, removing());
        assert_eq!(done.case.hits, []);
        assert_eq!(world.see(|tx| held(tx, guild(GUILD), 1)), None);
        // What is not kept is done all the same.
        let mut flood = hit("f", "flood", vec![Action::Delete {}]);
        flood.messages = (2..=6).map(|id| stands(70, id)).collect();
        let mut shadow = flood.clone();
        (shadow.mode, shadow.messages) = (Mode::Shadow, vec![stands(70, 7)]);
        let done = dealt(&world, 6, vec![flood, shadow]);
        assert_eq!(done.case.hits, []);
        assert_eq!(done.deeds.len(), 5, "{:?}", done.deeds);
    });
}
