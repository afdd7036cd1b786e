//! One entry for each decision, and how what is pending ends.

use kernel::{Fault, FaultKind, Span};

use super::world::{GUILD, World, asked, deleted, each, guild, message, user};
use crate::{
    ActorSeen, ConcludeError, Concluded, Conclusion, Confidence, Cost, EffectState, Filter, Kept,
    Kind, NewEffect, Outcome, RecordError, Remembered, Said, Settled, Words,
};

fn here(author: Option<u64>, label: &str, text: &str) -> Words {
    Words {
        author: author.map(user),
        label: label.to_owned(),
        text: Kept::Here(text.to_owned()),
    }
}

#[test]
fn y1_a_decision_is_told_as_it_was_made() {
    each(|world| {
        let mut new = deleted(1, 77, "free nitro");
        new.input.history = vec![
            Said::by(user(2), "hello").in_message(message(76)),
            Said::by_nobody("hi there"),
        ];
        new.input.memories = vec![Remembered {
            id: "5".to_owned(),
            about: Some(user(1)),
            text: "likes cats".to_owned(),
        }];
        let op = world.message_op(1, 77);
        let id = world.record(&op, &new).unwrap();
        let entry = world.entry(id);
        assert_eq!(
            (entry.kind, entry.outcome),
            (Kind::Moderation, Outcome::Executed)
        );
        assert_eq!(
            (entry.action.as_str(), entry.cause.as_str()),
            ("delete", "message:77")
        );
        assert_eq!(entry.actor, ActorSeen::Member(Some(user(1))));
        assert_eq!((entry.trigger, entry.subject), (new.trigger, Some(user(1))));
        assert_eq!(entry.input.content, Some(here(Some(1), "77", "free nitro")));
        let history = [here(Some(2), "76", "hello"), here(None, "", "hi there")];
        assert_eq!(entry.input.history, history);
        assert_eq!(entry.input.memories, [here(Some(1), "5", "likes cats")]);
        assert_eq!(
            (entry.active_rules, entry.rule),
            (new.active_rules, new.rule)
        );
        assert_eq!(entry.matched, [here(Some(1), "", "nitro")]);
        assert_eq!(entry.confidence, Some(Confidence::CERTAIN));
        assert_eq!((entry.config_revision, entry.case), (Some(3), Some(77)));
        assert_eq!(
            (entry.effects[0].id, entry.effects[0].kind.as_str()),
            (770, "delete_message")
        );
        assert_eq!(entry.effects[0].state, EffectState::Pending);
        assert_eq!((entry.link, entry.concluded_at), (None, None));
    });
}

#[test]
fn y1_the_same_decision_again_makes_no_second_entry() {
    each(|world| {
        let op = world.message_op(1, 77);
        let new = deleted(1, 77, "free nitro");
        let first = world.record(&op, &new).unwrap();
        assert_eq!(world.record(&op, &new), Ok(first));
        // Another decision of the same event is another entry.
        let mut second = new.clone();
        second.ordinal = 1;
        second.effects = Vec::new();
        let mut warning = second.clone();
        warning.action = "warn".to_owned();
        let second = world.record(&op, &second).unwrap();
        let warning = world.record(&op, &warning).unwrap();
        assert_eq!(world.search(&Filter::default()), [warning, second, first]);
        assert_eq!(world.seals(), 3);
        world.is_sound();
    });
}

#[test]
fn y1_many_decisions_at_once_make_one_entry_each_and_known_ones_add_nothing() {
    each(|world| {
        let mut many = vec![(world.message_op(1, 1), deleted(1, 1, "known"))];
        let first = world.record(&many[0].0, &many[0].1).unwrap();
        many.extend((2..=300).map(|number| {
            let new = deleted(number % 3 + 1, number, "new");
            (world.message_op(number % 3 + 1, number), new)
        }));
        for _ in 0..2 {
            let (ids, chance, many) = (world.ids.clone(), world.chance.clone(), many.clone());
            let all: Result<(), RecordError> =
                world.run(move |tx| crate::record_all(tx, ids.as_ref(), chance.as_ref(), &many));
            all.unwrap();
        }
        assert_eq!(world.seals(), 300);
        world.is_sound();
        let last = world.entry(world.search(&Filter::default())[0]);
        assert_eq!(last.cause, "message:300");
        assert_eq!(last.input.content, Some(here(Some(1), "300", "new")));
        assert_eq!(
            world.entry(first).input.content.unwrap().text(),
            Some("known")
        );
    });
}

#[test]
fn a_refused_transaction_leaves_no_entry() {
    each(|world| {
        let (op, ids, chance) = (world.op(1), world.ids.clone(), world.chance.clone());
        let refused: Result<(), RecordError> = world.run(move |tx| {
            crate::record(tx, &op, ids.as_ref(), chance.as_ref(), &deleted(1, 77, "x"))?;
            Err(RecordError::NoCost)
        });
        assert_eq!(refused, Err(RecordError::NoCost));
        assert_eq!(world.search(&Filter::default()), []);
        assert_eq!(world.seals(), 0);
    });
}

#[test]
fn nonsense_of_our_own_is_refused_and_texts_of_others_are_cut() {
    each(|world| {
        let op = world.op(1);
        let mut new = deleted(1, 77, &"long \0".repeat(5_000));
        new.action = "Delete it".to_owned();
        let refused = world.record(&op, &new).unwrap_err();
        assert_eq!(refused, RecordError::NoName("Delete it".to_owned()));
        assert_eq!(refused.kind(), FaultKind::Internal);
        new.action = "delete".to_owned();
        new.cost = Some(Cost {
            currency: "$".to_owned(),
            micros: 1,
        });
        assert_eq!(world.record(&op, &new), Err(RecordError::NoCost));
        new.cost = None;
        let effect = new.effects[0].clone();
        new.effects = vec![effect.clone(); 65];
        assert_eq!(world.record(&op, &new), Err(RecordError::TooManyEffects));
        new.effects = vec![effect];
        new.input.history = vec![Said::by_nobody("x"); 500];
        new.model = Some("a\nb".repeat(100));
        let entry = world.entry(world.record(&op, &new).unwrap());
        let content = entry.input.content.unwrap();
        assert_eq!(content.text().unwrap().chars().count(), 8_000);
        assert_eq!(entry.input.history.len(), 64);
        assert_eq!(entry.model.unwrap().chars().count(), 120);
    });
}

#[test]
fn a_cause_that_a_client_chose_is_told_by_its_digest() {
    each(|world| {
        let mut op = world.admin();
        op.cause.id = "Otto's key, with words".to_owned();
        let id = world.record(&op, &deleted(1, 77, "x")).unwrap();
        assert_eq!(world.record(&op, &deleted(1, 77, "x")), Ok(id));
        let entry = world.entry(id);
        assert!(entry.cause.starts_with("api:#") && !entry.cause.contains("Otto"));
        assert_eq!(entry.actor, ActorSeen::Token("operator".to_owned()));
    });
}

fn answered() -> Conclusion {
    Conclusion {
        answer: Some("Miso.".to_owned()),
        reasoning: Some(Said::by_nobody("Answered from memory.")),
        confidence: Confidence::of_share(0.75),
        model: Some("gpt".to_owned()),
        cost: Some(Cost {
            currency: "USD".to_owned(),
            micros: 420,
        }),
        effects: vec![NewEffect {
            owed: 9_000,
            kind: "post_message".to_owned(),
        }],
        ..Conclusion::new(Outcome::Executed)
    }
}

#[test]
fn y2_a_conclusion_is_joined_to_its_decision_and_stands_once() {
    each(|world| {
        let id = world.asks(1, 77, "what is my cat called?");
        assert_eq!(world.entry(id).outcome, Outcome::Pending);
        world.later(Span::seconds(3));
        let op = world.op(1);
        assert_eq!(world.conclude(&op, id, &answered()), Ok(Concluded::Now));
        let failed = Conclusion::new(Outcome::Error);
        assert_eq!(world.conclude(&op, id, &failed), Ok(Concluded::Before));
        let entry = world.entry(id);
        assert_eq!(entry.outcome, Outcome::Executed);
        assert_eq!(entry.concluded_at, Some(op.at));
        assert_eq!(entry.answer, Some(here(Some(1), "", "Miso.")));
        assert_eq!(
            entry.reasoning,
            Some(here(None, "", "Answered from memory."))
        );
        assert_eq!(entry.confidence.map(Confidence::share), Some(0.75));
        // What the conclusion says stands in place of what the decision said; the rest stays.
        assert_eq!(
            (entry.model.as_deref(), entry.prompt_version.as_deref()),
            (Some("gpt"), Some("7"))
        );
        assert_eq!(entry.cost.map(|cost| cost.micros), Some(420));
        assert_eq!(entry.effects.len(), 1);
        // Two records of one entry, the decision first.
        assert_eq!(world.seals(), 2);
        let entry = world.entry(id);
        let seqs = (entry.link.unwrap().seq, entry.conclusion_link.unwrap().seq);
        assert_eq!(seqs, (1, 2));
        assert_eq!(world.verification(&super::world::trust()).entries, 1);
        world.is_sound();
    });
}

#[test]
fn what_is_not_pending_here_is_not_concluded() {
    each(|world| {
        let decided = world.deletes(1, 77, "x");
        let pending = world.asks(1, 78, "x");
        let op = world.op(1);
        let end = Conclusion::new(Outcome::Executed);
        assert_eq!(
            world.conclude(&op, decided, &end),
            Err(ConcludeError::NeverPending(decided))
        );
        let unknown = crate::EntryId::new(5).unwrap();
        assert_eq!(
            world.conclude(&op, unknown, &end),
            Err(ConcludeError::NoSuchEntry(unknown))
        );
        let still = Conclusion::new(Outcome::Pending);
        assert_eq!(
            world.conclude(&op, pending, &still),
            Err(ConcludeError::StillPending)
        );
        // Y8: an entry is nobody's in another guild.
        let elsewhere = world.elsewhere(1);
        assert_eq!(
            world.conclude(&elsewhere, pending, &end),
            Err(ConcludeError::NoSuchEntry(pending))
        );
    });
}

#[test]
fn what_stays_pending_is_found_until_it_is_concluded() {
    each(|world| {
        let first = world.asks(1, 77, "x");
        world.later(Span::minutes(1));
        let second = world.asks(1, 78, "x");
        world.deletes(1, 79, "x");
        let pending = |world: &World| {
            let now = world.now();
            let pending = world.see(move |tx| crate::pending_before(tx, now, 10));
            pending.iter().map(|one| one.entry).collect::<Vec<_>>()
        };
        assert_eq!(pending(&world), [first]);
        world.later(Span::minutes(1));
        assert_eq!(pending(&world), [first, second]);
        let error = Conclusion::new(Outcome::Error);
        assert_eq!(
            world.conclude(&world.admin(), first, &error),
            Ok(Concluded::Now)
        );
        assert_eq!(pending(&world), [second]);
        assert_eq!(world.entry(first).outcome, Outcome::Error);
    });
}

#[test]
fn effects_say_how_they_went_without_touching_the_chain() {
    each(|world| {
        let (done, failed) = (world.deletes(1, 77, "x"), world.deletes(1, 78, "x"));
        world.seals();
        let now = world.now();
        let settle = |owed, settled: Settled| {
            let settled = world.write(move |tx| crate::effect_settled(tx, owed, &settled, now));
            settled.is_some()
        };
        let error = "Missing Permissions ".repeat(50);
        assert!(settle(770, Settled::Done(Some(message(500)))));
        assert!(!settle(
            770,
            Settled::Failed {
                error: String::new()
            }
        ));
        assert!(settle(780, Settled::Failed { error }));
        assert!(!settle(5, Settled::Done(None)));
        assert_eq!(world.entry(done).effects[0].state, EffectState::Done);
        let EffectState::Failed { error } = world.entry(failed).effects[0].state.clone() else {
            panic!("the effect failed");
        };
        assert!(error.starts_with("Missing Permissions") && error.chars().count() == 300);
        // One that failed may be tried again, and one that is done may not.
        for owed in [770, 780] {
            world.write(move |tx| crate::effect_again(tx, owed, now));
        }
        assert_eq!(world.entry(done).effects[0].state, EffectState::Done);
        assert_eq!(world.entry(failed).effects[0].state, EffectState::Pending);
        assert!(settle(780, Settled::Done(None)));
        assert_eq!(world.entry(failed).effects[0].state, EffectState::Done);
        world.is_sound();
        // The message that an effect made leads to the entry as well.
        let about =
            |number| world.see(move |tx| crate::by_message(tx, guild(GUILD), message(number), 5));
        assert_eq!(about(500)[0].id, done);
        assert_eq!(about(77)[0].id, done);
        world.write(move |tx| crate::message_made(tx, guild(GUILD), failed, message(501)));
        assert_eq!(about(501)[0].id, failed);
        assert_eq!(about(502), []);
    });
}

#[test]
fn a_question_without_an_answer_yet_says_so() {
    each(|world| {
        let new = asked(1, 77, "x");
        assert_eq!(new.outcome, Outcome::Pending);
        let id = world.asks(1, 77, "x");
        let entry = world.entry(id);
        assert_eq!((entry.answer, entry.conclusion_link), (None, None));
    });
}
