//! What becomes of what is said: kept, joined, replaced, refused, forgotten.

use kernel::Span;
use testkit::db::together;

use super::world::{CELLAR, SQUARE, TOWN, World, each, message, of_guild, said, user};
use crate::{Learnt, NewFact, Remembering, TooThin};

fn refused(learnt: &Learnt) -> Option<TooThin> {
    match learnt {
        Learnt::Refused { why, .. } => Some(*why),
        _ => None,
    }
}

#[test]
fn a_fact_that_was_learnt_answers_a_question() {
    each(|world| {
        world.knows(1, TOWN, "My cat is called Miso");
        let recalled = world.recalled(1, SQUARE, "what is my cat called?");
        assert_eq!(recalled.len(), 1);
        assert_eq!(recalled[0].fact.text, "My cat is called Miso");
        assert_eq!(recalled[0].matched, ["cat", "call"]);
        assert!(recalled[0].score > 0);
        world.knows(1, TOWN, "猫の名前はミソです");
        assert_eq!(
            world.recall(1, TOWN, "猫の名前は?")[0],
            "猫の名前はミソです"
        );
    });
}

#[test]
fn the_guilds_facts_are_for_everyone_in_it() {
    each(|world| {
        world.learn(1, TOWN, of_guild("The raid is on Friday"));
        assert_eq!(
            world.recall(2, SQUARE, "when is the raid?"),
            ["The raid is on Friday"]
        );
    });
}

#[test]
fn the_same_said_again_is_known_for_longer() {
    each(|world| {
        let first = world.knows(1, TOWN, "I like green tea");
        world.later(Span::days(60));
        let again = world.learn(1, TOWN, said("The user likes green tea."));
        let Learnt::Joined(joined) = again else {
            panic!("{again:?}");
        };
        assert_eq!(joined.id, first.id);
        assert!(joined.expires_at > first.expires_at);
        world.later(Span::days(60));
        assert_eq!(world.recall(1, TOWN, "green tea"), ["I like green tea"]);
        world.later(Span::days(31));
        assert_eq!(world.recall(1, TOWN, "green tea"), Vec::<String>::new());
    });
}

#[test]
fn a_newer_word_replaces_an_older_one() {
    each(|world| {
        let old = world.knows(1, TOWN, "I live in Berlin");
        let learnt = world.learn(1, TOWN, said("Alice lives in Paris"));
        assert!(
            matches!(&learnt, Learnt::Replaced { old: gone, .. } if *gone == old.id),
            "{learnt:?}"
        );
        assert_eq!(
            world.recall(1, TOWN, "where do I live"),
            ["Alice lives in Paris"]
        );
        world.knows(1, TOWN, "I like tea");
        world.knows(1, TOWN, "I like coffee");
        assert_eq!(world.recall(1, TOWN, "what do I like").len(), 3);
    });
}

#[test]
fn n3_a_private_word_changes_nothing_in_public() {
    each(|world| {
        world.knows(1, TOWN, "I live in Berlin");
        let learnt = world.learn(1, CELLAR, said("I live in Paris"));
        assert!(matches!(learnt, Learnt::Kept(_)), "{learnt:?}");
        assert_eq!(
            world.recall(1, TOWN, "where do I live"),
            ["I live in Berlin"]
        );
        world.later(Span::minutes(1));
        assert_eq!(
            world.recall(1, CELLAR, "where do I live").len(),
            1,
            "the newest word wins there"
        );
        world.learn(1, CELLAR, said("I live in Rome"));
        assert_eq!(
            world.recall(1, CELLAR, "where do I live"),
            ["I live in Rome"]
        );
    });
}

#[test]
fn n6_the_same_event_teaches_once() {
    each(|world| {
        let op = world.op(1);
        let lesson = world.lesson(1, TOWN, vec![said("I like tea")]);
        assert_eq!(world.teach(&op, &lesson).len(), 1);
        assert_eq!(world.teach(&op, &lesson), []);
        let other = world.lesson(1, TOWN, vec![said("I like coffee")]);
        assert_eq!(world.teach(&op, &other), []);
    });
}

#[test]
fn n8_nothing_is_learnt_about_somebody_else() {
    each(|world| {
        let mut lesson = world.lesson(
            1,
            TOWN,
            vec![
                said("<@2> is allergic to nuts"),
                said("Bob hates mornings"),
                of_guild("bob's birthday is in May"),
                said("I am <@1>"),
                said("Alice likes bobsleighs"),
            ],
        );
        lesson.others = vec!["Bob".to_owned(), "Alice".to_owned()];
        let learnt = world.teach(&world.op(1), &lesson);
        let refusals: Vec<_> = learnt.iter().map(refused).collect();
        let other = Some(TooThin::AboutSomebodyElse);
        assert_eq!(refusals, [other, other, other, None, None]);
    });
}

#[test]
fn what_is_empty_unsure_or_secret_is_not_kept() {
    each(|world| {
        let table = [
            (said("  \u{200B} "), TooThin::Empty),
            (said("!!!"), TooThin::Empty),
            (
                NewFact {
                    confidence: 0.3,
                    ..said("I like tea")
                },
                TooThin::Unsure,
            ),
            (
                NewFact {
                    confidence: f64::NAN,
                    ..said("I like tea")
                },
                TooThin::Unsure,
            ),
            (said("My password is hunter2"), TooThin::Secret),
        ];
        for (fact, why) in table {
            let learnt = world.learn(1, TOWN, fact);
            assert_eq!(refused(&learnt), Some(why), "{learnt:?}");
        }
        assert_eq!(world.recall(1, TOWN, "tea password"), Vec::<String>::new());
    });
}

#[test]
fn n4_who_opted_out_is_neither_learnt_from_nor_recalled() {
    each(|world| {
        world.knows(1, TOWN, "My cat is called Miso");
        world.say(&world.turn(101, 1, TOWN, "hello"));
        let set = |wanted| {
            let op = world.op(1);
            world.run(move |tx, _| crate::set_remembering(tx, &op, user(1), wanted));
        };
        set(Remembering::Off);
        assert_eq!(world.recall(1, TOWN, "my cat"), Vec::<String>::new());
        assert_eq!(
            refused(&world.learn(1, TOWN, said("I like tea"))),
            Some(TooThin::OptedOut)
        );
        assert_eq!(
            world.say(&world.turn(102, 1, TOWN, "more")),
            crate::Said::Left
        );
        assert_eq!(world.windows(2, TOWN, 900).channel, []);
        set(Remembering::On);
        assert_eq!(world.recall(1, TOWN, "my cat"), ["My cat is called Miso"]);
        assert_eq!(
            world.windows(2, TOWN, 900).channel,
            [],
            "what was said before is gone"
        );
    });
}

#[test]
fn memory_that_is_off_learns_and_recalls_nothing() {
    each(|mut world| {
        world.knows(1, TOWN, "My cat is called Miso");
        world.settings.guild_facts = false;
        assert_eq!(
            refused(&world.learn(1, TOWN, of_guild("Raids are fun"))),
            Some(TooThin::Off)
        );
        world.settings.learn = false;
        assert_eq!(
            refused(&world.learn(1, TOWN, said("I like tea"))),
            Some(TooThin::Off)
        );
        world.settings.enabled = false;
        assert_eq!(world.recall(1, TOWN, "my cat"), Vec::<String>::new());
        assert_eq!(world.windows(1, TOWN, 900), crate::Windows::default());
    });
}

#[test]
fn n9_facts_are_capped_and_the_least_of_them_go() {
    each(|mut world| {
        world.settings.member_facts_max = 3;
        world.settings.guild_facts_max = 2;
        let important = NewFact {
            importance: 10,
            ..said("I like zero things")
        };
        world.learn(1, TOWN, important);
        for thing in ["apples", "books", "chess", "drums", "eels"] {
            world.later(Span::seconds(1));
            world.knows(1, TOWN, &format!("I like {thing}"));
            world.learn(1, TOWN, of_guild(&format!("We play {thing} here")));
        }
        let mut known = world.recall(1, TOWN, "like zero apples books chess drums eels");
        known.sort();
        assert_eq!(
            known,
            [
                "I like drums",
                "I like eels",
                "I like zero things",
                "We play drums here",
                "We play eels here"
            ]
        );
    });
}

#[test]
fn n9_a_recall_stays_within_its_budget() {
    each(|mut world| {
        world.settings.budgets.facts = 60;
        for number in 0..30 {
            world.knows(
                1,
                TOWN,
                &format!("I like tea number {number} with milk and honey"),
            );
        }
        let recalled = world.recall(1, TOWN, "tea");
        assert!((1..=4).contains(&recalled.len()), "{recalled:?}");
        world.settings.budgets.facts = 0;
        assert_eq!(world.recall(1, TOWN, "tea"), Vec::<String>::new());
        world.settings.budgets.facts = 16_000;
        assert_eq!(world.recall(1, TOWN, "tea").len(), crate::RECALL_MAX);
    });
}

#[test]
fn a_deleted_message_takes_what_was_learnt_from_it_along() {
    each(|world| {
        let mut lesson = world.lesson(1, TOWN, vec![said("I like tea")]);
        lesson.source = Some(message(77));
        world.teach(&world.op(1), &lesson);
        let op = world.op(2);
        let gone = world
            .run(move |tx, _| crate::unsay(tx, &op, super::world::channel(TOWN), &[message(77)]));
        assert_eq!(gone, 1);
        assert_eq!(world.recall(1, TOWN, "tea"), Vec::<String>::new());
    });
}

#[test]
fn n7_erasing_leaves_no_word_in_any_table_or_index() {
    each(|mut world| {
        world.knows(1, TOWN, "My canary is called Xyzzy");
        world.learn(1, TOWN, of_guild("The xyzzy raid is on Friday"));
        world.knows(2, TOWN, "I like plugh");
        world.say(&world.turn(101, 1, TOWN, "xyzzy"));
        world.guild = super::world::OTHER_GUILD;
        world.knows(1, TOWN, "My canary is called Xyzzy");
        world.guild = super::world::GUILD;
        assert_eq!(indexed(&world), 4);
        let (op, guild) = (world.op(1), world.guild());
        let exported = world.run(move |tx, _| crate::export(tx, guild, user(1)));
        assert_eq!(exported["facts"].as_array().unwrap().len(), 2, "{exported}");
        assert_eq!(exported["turns"][0]["text"], "xyzzy");
        let erased = world.run(move |tx, _| crate::erase(tx, &op, guild, user(1)));
        assert_eq!((erased.facts, erased.turns), (2, 1));
        assert_eq!(
            indexed(&world),
            2,
            "the other member's and the other guild's stay"
        );
        let exported = world.run(move |tx, _| crate::export(tx, guild, user(1)));
        assert!(
            !exported.to_string().to_lowercase().contains("xyzzy"),
            "{exported}"
        );
        assert_eq!(world.windows(2, TOWN, 900).channel, []);
        assert_eq!(world.recall(2, TOWN, "plugh"), ["I like plugh"]);
    });
}

const INDEXED: ::store::Statement =
    ::store::Statement::new("memory.test_indexed", "SELECT COUNT(*) FROM memory_search");

fn indexed(world: &World) -> i64 {
    world.run(|tx, _| tx.row(&INDEXED, &[])?.unwrap().int(0))
}

#[test]
fn n5_what_expired_is_deleted_with_its_index() {
    each(|world| {
        world.knows(1, TOWN, "I like tea");
        world.say(&world.turn(101, 1, TOWN, "hello"));
        let prune = |world: &World| {
            let now = world.now();
            world.run(move |tx, _| crate::prune(tx, now, 100))
        };
        assert_eq!(prune(&world), 0);
        world.later(Span::days(31));
        assert_eq!(world.windows(2, TOWN, 900).channel, []);
        assert_eq!(prune(&world), 2, "the turn, and the event that taught");
        world.later(Span::days(60));
        assert_eq!(indexed(&world), 1);
        assert_eq!(prune(&world), 1);
        assert_eq!(indexed(&world), 0);
    });
}

#[test]
fn n5_shorter_limits_hold_for_what_is_kept_already() {
    each(|mut world| {
        world.knows(1, TOWN, "I like tea");
        world.say(&world.turn(101, 1, TOWN, "hello"));
        world.later(Span::days(3));
        world.privacy.retention_days = 2;
        world.privacy.memory_days = 2;
        let (op, privacy) = (world.op(1), world.privacy.clone());
        world.run(move |tx, _| crate::retain(tx, &op, &privacy));
        assert_eq!(world.recall(1, TOWN, "tea"), Vec::<String>::new());
        assert_eq!(world.windows(2, TOWN, 900).channel, []);
    });
}

#[test]
fn lessons_at_once_keep_one_of_each() {
    each(|world| {
        let lessons: Vec<_> = (0..20)
            .map(|_| {
                let (op, ids) = (world.op(1), world.ids.clone());
                let lesson = world.lesson(1, TOWN, vec![said("I like green tea")]);
                let (settings, privacy) = (world.settings.clone(), world.privacy.clone());
                world.db.database().write("learn", move |tx| {
                    crate::learn(tx, &op, ids.as_ref(), &settings, &privacy, &lesson)
                })
            })
            .collect();
        let learnt = together(lessons);
        let kept = learnt
            .iter()
            .filter(|one| matches!(one.as_ref().unwrap()[0], Learnt::Kept(_)))
            .count();
        assert_eq!(kept, 1);
        assert_eq!(indexed(&world), 1);
    });
}

#[test]
fn pages_of_facts_hold_each_once() {
    each(|world| {
        for number in 0..7 {
            world.knows(1, TOWN, &format!("I like thing {number}"));
        }
        world.knows(2, TOWN, "I like rain");
        let (guild, now) = (world.guild(), world.now());
        let mut seen = Vec::new();
        let mut before = None;
        loop {
            let page =
                world.run(move |tx, _| crate::facts(tx, guild, Some(user(1)), before, 3, now));
            seen.extend(page.items.iter().map(|fact| fact.text.clone()));
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), 7);
        assert_eq!(seen[0], "I like thing 6");
        let all = world.run(move |tx, _| crate::facts(tx, guild, None, None, 200, now));
        assert_eq!((all.items.len(), all.next), (8, None));
        assert!("-5".parse::<crate::FactId>().is_err());
    });
}
