//! Y6: what is erased is gone, and the chain holds.

use ::store::Statement;
use kernel::Span;

use super::world::{GUILD, OTHER_GUILD, World, asked, deleted, each, guild, trust, user};
use crate::{Conclusion, Filter, Kept, NewInput, Outcome, Remembered, Said};

const TEXTS: Statement = Statement::new(
    "test.texts",
    "SELECT text FROM audit_texts ORDER BY entry, part, field, place LIMIT 1000",
);

fn texts(world: &World) -> String {
    world.see(|tx| {
        let rows = tx.rows(&TEXTS, &[])?;
        let texts: Result<Vec<_>, _> = rows
            .iter()
            .map(|row| row.text(0).map(str::to_owned))
            .collect();
        texts.map(|texts| texts.join("|"))
    })
}

fn erase(world: &World, member: u64) -> crate::Erased {
    let op = world.admin();
    world.write(move |tx| crate::erase(tx, &op, guild(GUILD), user(member)))
}

#[test]
fn y6_a_members_words_go_and_the_chain_still_verifies() {
    each(|world| {
        let id = world.deletes(1, 77, "canary one");
        let mut talk = asked(2, 78, "something else");
        talk.input = NewInput {
            history: vec![Said::by(user(1), "canary two"), Said::by(user(2), "kept")],
            memories: vec![Remembered {
                id: "5".to_owned(),
                about: Some(user(1)),
                text: "canary three".to_owned(),
            }],
            ..talk.input
        };
        let talk = world.record(&world.message_op(2, 78), &talk).unwrap();
        let question = world.asks(1, 79, "canary four");
        let end = Conclusion {
            answer: Some("You said canary five.".to_owned()),
            ..Conclusion::new(Outcome::Executed)
        };
        world.conclude(&world.op(1), question, &end).unwrap();
        let elsewhere = world.elsewhere(1);
        world.record(&elsewhere, &deleted(1, 80, "heron")).unwrap();
        world.seals();
        assert_eq!(texts(&world).matches("canary").count(), 5);
        let erased = erase(&world, 1);
        assert!(!erased.more && erased.texts >= 5, "{erased:?}");
        assert!(!texts(&world).contains("canary"), "{}", texts(&world));
        // Others' words, and those of the same account elsewhere, stay.
        assert!(texts(&world).contains("something else") && texts(&world).contains("kept"));
        assert!(texts(&world).contains("heron"));
        world.is_sound();
        let entry = world.entry(id);
        assert_eq!((entry.subject, entry.trigger.user), (None, None));
        assert_eq!(entry.input.content.unwrap().text, Kept::Gone);
        assert_eq!(entry.reasoning.unwrap().text, Kept::Gone);
        assert_eq!(
            (entry.rule.as_deref(), entry.case),
            (Some("spam"), Some(77))
        );
        let input = world.entry(talk).input;
        let kept: Vec<_> = input
            .history
            .iter()
            .map(|words| words.text.clone())
            .collect();
        assert_eq!(kept, [Kept::Gone, Kept::Here("kept".to_owned())]);
        assert_eq!(input.memories[0].text, Kept::Gone);
        // Nobody is known by that name any more; coming back begins anew.
        let about = Filter {
            user: Some(user(1)),
            ..Filter::default()
        };
        assert_eq!(world.search(&about), []);
        let again = world.deletes(1, 81, "new words");
        assert_eq!(world.search(&about), [again]);
        world.seals();
        world.is_sound();
        assert_eq!(erase(&world, 5).texts, 0);
    });
}

#[test]
fn y6_an_answer_to_somebody_who_was_forgotten_keeps_no_words() {
    each(|world| {
        let question = world.asks(1, 77, "canary one");
        erase(&world, 1);
        let end = Conclusion {
            answer: Some("You said canary one.".to_owned()),
            reasoning: Some(Said::by(user(1), "canary one")),
            ..Conclusion::new(Outcome::Executed)
        };
        let op = world.op(1);
        world.conclude(&op, question, &end).unwrap();
        assert!(!texts(&world).contains("canary"));
        let about = Filter {
            user: Some(user(1)),
            ..Filter::default()
        };
        assert_eq!(world.search(&about), []);
        world.seals();
        world.is_sound();
        assert_eq!(world.entry(question).answer.unwrap().text, Kept::Gone);
    });
}

#[test]
fn texts_go_when_their_time_is_over_and_the_names_of_rules_stay() {
    each(|world| {
        let old = world.deletes(1, 77, "old words");
        world
            .record(&world.elsewhere(1), &deleted(1, 78, "elsewhere"))
            .unwrap();
        world.later(Span::days(31));
        let new = world.deletes(1, 79, "new words");
        world.seals();
        let before = world.now().before(Span::days(30));
        let prune = move |world: &World, limit| {
            world.write(move |tx| crate::prune_texts(tx, guild(GUILD), before, limit))
        };
        assert_eq!(prune(&world, 2), 2);
        assert_eq!(prune(&world, 100), 1);
        assert_eq!(prune(&world, 100), 0);
        let entry = world.entry(old);
        assert_eq!(entry.input.content.unwrap().text, Kept::Gone);
        assert_eq!(entry.active_rules[0].name, "No spam");
        assert!(matches!(
            world.entry(new).input.content.unwrap().text,
            Kept::Here(_)
        ));
        // Y8: another guild keeps its own time.
        assert!(texts(&world).contains("elsewhere"));
        world.is_sound();
    });
}

#[test]
fn a_members_copy_holds_their_entries_and_nobody_elses_words() {
    each(|world| {
        let mut talk = asked(1, 77, "my words");
        talk.input.history = vec![Said::by(user(2), "words of bob")];
        world.record(&world.message_op(1, 77), &talk).unwrap();
        world.deletes(2, 78, "more of bob");
        let copy = world.see(|tx| crate::export(tx, guild(GUILD), user(1)));
        let text = copy.to_string();
        assert_eq!(copy["entries"].as_array().unwrap().len(), 1);
        assert_eq!(copy["complete"], true);
        assert!(text.contains("my words") && !text.contains("bob"), "{text}");
        let nobody = world.see(|tx| crate::export(tx, guild(OTHER_GUILD), user(1)));
        assert_eq!(nobody["entries"].as_array().unwrap().len(), 0);
    });
}

#[test]
fn many_words_go_in_pieces() {
    each(|world| {
        let (op, ids, chance) = (world.op(1), world.ids.clone(), world.chance.clone());
        let filled: Result<(), crate::RecordError> = world.run(move |tx| {
            for number in 0..40_u32 {
                let mut new = deleted(1, 77, "canary");
                new.ordinal = number;
                new.effects = Vec::new();
                new.input.history = vec![Said::by(user(1), "canary"); 64];
                crate::record(tx, &op, ids.as_ref(), chance.as_ref(), &new)?;
            }
            Ok(())
        });
        filled.unwrap();
        world.seals();
        let first = erase(&world, 1);
        assert_eq!((first.texts, first.more), (2_000, true));
        world.is_sound();
        let second = erase(&world, 1);
        assert_eq!((second.texts, second.more), (40 * 67 - 2_000, false));
        assert!(!texts(&world).contains("canary"));
        let sound = world.verification(&trust());
        assert_eq!((sound.entries, sound.found), (40, 0));
    });
}
