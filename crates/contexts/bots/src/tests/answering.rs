//! Answers: begun once, found by their messages, voted on, interrupted, erased.

use kernel::Span;
use testkit::db::together;

use super::world::{GUILD, OTHER_GUILD, World, channel, each, message, user};
use crate::{AnswerState, Asking, NewAnswer, Tally, Vote, Voted, prompt_version};

fn vote(world: &World, on: u64, member: u64, vote: Option<Vote>) -> Option<Voted> {
    let op = world.op(member);
    world.look(move |tx| crate::cast_vote(tx, &op, message(on), user(member), vote))
}

fn tally(world: &World, on: u64, member: u64, thumb: Option<Vote>) -> Tally {
    vote(world, on, member, thumb).unwrap().tally
}

#[test]
fn t1_a_message_is_answered_once() {
    each(|world| {
        let first = world.begins(1, 100).unwrap();
        assert_eq!(first.state, AnswerState::Pending);
        assert_eq!(world.begins(1, 100), None);
        assert!(world.begins(1, 101).is_some());
        let begun: Vec<_> = (0..20)
            .map(|_| {
                let (op, ids) = (world.op(1), world.ids.clone());
                let new = NewAnswer {
                    asked: Asking::message(message(102)),
                    channel: channel(10),
                    asker: user(1),
                    entry: "entry".to_owned(),
                    version: prompt_version(&world.settings, 1),
                };
                world.db.database().write("begin", move |tx| {
                    crate::answer_begin(tx, &op, ids.as_ref(), &new)
                })
            })
            .collect();
        let begun = together(begun);
        let count = begun
            .iter()
            .filter(|one| matches!(one, Ok(Some(_))))
            .count();
        assert_eq!(count, 1);
    });
}

#[test]
fn t4_an_answer_is_found_by_each_of_its_messages() {
    each(|world| {
        let answer = world.answered(1, 100, &[200, 201]);
        let guild = world.guild();
        for number in [200, 201] {
            let found = world
                .look(move |tx| crate::answer_of(tx, guild, message(number)))
                .unwrap();
            assert_eq!((found.id, found.entry.as_str()), (answer.id, "entry-100"));
            assert_eq!(found.messages, [message(200), message(201)]);
            assert_eq!(found.version, prompt_version(&world.settings, 1));
        }
        assert_eq!(
            world.look(move |tx| crate::answer_of(tx, guild, message(999))),
            None
        );
        let at = world.look(move |tx| crate::answered_at(tx, guild, channel(10)));
        assert_eq!(at, Some(world.now()));
        assert_eq!(
            world.look(move |tx| crate::answered_at(tx, guild, channel(11))),
            None
        );
    });
}

#[test]
fn t7_each_member_has_one_thumb() {
    each(|world| {
        world.answered(1, 100, &[200]);
        assert_eq!(
            tally(&world, 200, 1, Some(Vote::Up)),
            Tally { up: 1, down: 0 }
        );
        assert_eq!(
            tally(&world, 200, 1, Some(Vote::Up)),
            Tally { up: 1, down: 0 }
        );
        assert_eq!(
            tally(&world, 200, 2, Some(Vote::Up)),
            Tally { up: 2, down: 0 }
        );
        assert_eq!(
            tally(&world, 200, 1, Some(Vote::Down)),
            Tally { up: 1, down: 1 }
        );
        assert_eq!(tally(&world, 200, 1, None), Tally { up: 1, down: 0 });
        assert_eq!(vote(&world, 999, 1, Some(Vote::Up)), None);
        assert_eq!(Vote::of_emoji("👍🏽"), Some(Vote::Up));
        assert_eq!(Vote::of_emoji("🎉"), None);
    });
}

#[test]
fn what_stays_pending_is_ended_as_interrupted() {
    each(|world| {
        let done = world.answered(1, 100, &[200]);
        world.answered(1, 101, &[201]);
        let guild = world.guild();
        let finish = move |world: &World, state| {
            world.look(move |tx| crate::answer_finish(tx, guild, done.id, state))
        };
        assert!(finish(&world, AnswerState::Done));
        assert!(!finish(&world, AnswerState::Fallback));
        world.later(Span::minutes(5));
        world.begins(1, 102).unwrap();
        let before = world.now().before(Span::minutes(2));
        let overdue = move |world: &World| world.look(move |tx| crate::overdue(tx, before, 10));
        let pending = overdue(&world);
        assert_eq!(pending.len(), 1);
        // Regression: they were ended as they were listed, and what broke off then was never marked.
        assert_eq!(overdue(&world), pending);
        let interrupt = |world: &World| {
            let pending = pending[0].clone();
            world.look(move |tx| crate::interrupt(tx, &pending))
        };
        let ended = interrupt(&world).unwrap();
        assert_eq!(ended.messages, [message(201)]);
        assert_eq!(ended.state, AnswerState::Interrupted);
        assert_eq!(interrupt(&world), None);
        assert_eq!(overdue(&world), []);
    });
}

#[test]
fn t7_t8_erasing_takes_a_members_answers_and_thumbs_of_one_guild() {
    each(|mut world| {
        world.answered(1, 100, &[200]);
        world.answered(2, 101, &[201]);
        tally(&world, 200, 2, Some(Vote::Up));
        tally(&world, 201, 1, Some(Vote::Down));
        world.guild = OTHER_GUILD;
        world.answered(1, 100, &[300]);
        assert_eq!(
            vote(&world, 201, 1, Some(Vote::Up)),
            None,
            "another guild's"
        );
        world.guild = GUILD;
        let guild = world.guild();
        let exported = world.look(move |tx| crate::export(tx, guild, user(1)));
        assert_eq!(
            exported["answers"].as_array().unwrap().len(),
            1,
            "{exported}"
        );
        assert_eq!(exported["votes"][0]["vote"], -1);
        let erased = world.look(move |tx| crate::erase(tx, guild, user(1)));
        assert_eq!((erased.answers, erased.votes), (1, 1));
        assert_eq!(
            world.look(move |tx| crate::answer_of(tx, guild, message(200))),
            None
        );
        assert_eq!(tally(&world, 201, 2, None), Tally::default());
        world.guild = OTHER_GUILD;
        let other = world.guild();
        assert!(
            world
                .look(move |tx| crate::answer_of(tx, other, message(300)))
                .is_some()
        );
    });
}

#[test]
fn old_answers_go_with_their_messages() {
    each(|world| {
        world.answered(1, 100, &[200]);
        world.later(Span::days(31));
        world.answered(1, 101, &[201]);
        let before = world.now().before(Span::days(30));
        assert_eq!(world.look(move |tx| crate::prune(tx, before, 10)), 1);
        assert_eq!(world.look(move |tx| crate::prune(tx, before, 10)), 0);
        assert_eq!(vote(&world, 200, 1, Some(Vote::Up)), None);
        assert!(vote(&world, 201, 1, Some(Vote::Up)).is_some());
    });
}
