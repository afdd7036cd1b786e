//! The built-in model in conversation, finding facts, and judging.

use std::task::{Context, Poll, Waker};

use expect_test::{Expect, expect};

use super::Offline;
use crate::{
    Decided, End, Fact, Judgement, Known, Message, Model, Persona, Piece, Purpose, Request, Subject,
};

/// Runs a future that never waits.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = Box::pin(future);
    match future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the built-in model waits for nothing"),
    }
}

fn decided(request: &Request) -> Decided {
    now(Offline.decide(request)).unwrap()
}

fn said(text: &str, memories: &[&str], preset: &str) -> String {
    let mut request = Request::answer("You are a bot.", text);
    request.memories = memories.iter().map(|memory| (*memory).to_owned()).collect();
    request.persona = Some(Persona {
        name: "Wick".to_owned(),
        preset: preset.to_owned(),
    });
    request.known = vec![
        Known::new("server", "Lantern Bay"),
        Known::new("members", "42"),
        Known::new("asker", "Alice"),
        Known::new("channel", "general"),
        Known::new("rules", "Be kind. No spoilers"),
    ];
    decided(&request).text
}

fn facts(text: &str) -> Vec<(String, Subject)> {
    let answer = decided(&Request::facts(text));
    let facts = Fact::read_all(&answer.text).unwrap();
    facts
        .into_iter()
        .map(|fact| (fact.text, fact.subject))
        .collect()
}

fn judged(rules: &str, text: &str) -> Judgement {
    let answer = decided(&Request::judgement(rules, text));
    Judgement::read(&answer.text).unwrap()
}

#[test]
fn q7_the_cat_is_known_by_memory_alone() {
    let question = "what is my cat called?";
    assert_eq!(
        facts("remember that my cat is called Miso"),
        [("Their cat is called Miso.".to_owned(), Subject::Member)]
    );
    assert_eq!(
        said(question, &["Their cat is called Miso."], "plain"),
        "Your cat is called Miso."
    );
    let mut request = Request::answer("My cat is called Miso.", question);
    request
        .messages
        .insert(0, Message::user("remember that my cat is called Miso"));
    request
        .messages
        .insert(1, Message::model("Noted: your cat is called Miso."));
    assert!(
        !decided(&request).text.contains("Miso"),
        "history is no memory"
    );
    assert!(!said(question, &["Their dog is called Rex."], "plain").contains("Rex"));
}

#[test]
fn memories_are_found_by_their_telling_words() {
    let memories = [
        "Their dog is called Rex.",
        "Their cat is called Miso.",
        "They live in Oslo.",
        "my favourite colour is teal",
        "Their name is Ada.",
        "Movie night is on Friday.",
    ];
    for (asked, answer) in [
        ("What's my cat's name?", "Your cat is called Miso."),
        (
            "do you remember what my dog is called",
            "Your dog is called Rex.",
        ),
        (
            "Which favorite color do I have?",
            "Your favourite colour is teal.",
        ),
        ("what is my name?", "Your name is Ada."),
        ("when is movie night?", "Movie night is on Friday."),
    ] {
        assert_eq!(said(asked, &memories, "plain"), answer, "{asked}");
    }
    let all = said("What do you know about me?", &memories, "plain");
    assert!(all.contains("You live in Oslo."), "{all}");
    let unknown = said("what is my favourite fish?", &memories[..3], "plain");
    assert!(unknown.starts_with("I don't know that yet."), "{unknown}");
}

#[test]
fn conversations_sound_like_their_preset() {
    let check =
        |text: &str, preset: &str, expected: Expect| expected.assert_eq(&said(text, &[], preset));
    check("hello!", "plain", expect!["Hello, Alice. Good to see you."]);
    check(
        "hello!",
        "pirate",
        expect!["Ahoy, Alice! What news from the horizon?"],
    );
    check(
        "how many members are there?",
        "butler",
        expect!["Certainly. There are 42 members here."],
    );
    check(
        "what are the rules?",
        "plain",
        expect!["The rules here: Be kind. No spoilers."],
    );
    check(
        "what is this server about?",
        "scholar",
        expect!["According to my notes: This is Lantern Bay, with 42 members."],
    );
    check(
        "are you an AI?",
        "warm",
        expect![
            "I'm Wick, a bot. Right now I answer with Guildhall's built-in offline model: a small set of rules without a network. It remembers, judges and chats a little; for real conversation an operator connects a provider."
        ],
    );
    check("thanks", "plain", expect!["Glad to help."]);
    check(
        "I built a birdhouse yesterday",
        "sage",
        expect!["Birdhouse, then. There is a story in that. Tell it."],
    );
    check(
        "what do you think of quantum gravity?",
        "dry",
        expect![
            "I can't say much about gravity with the built-in model I run on. Go on, I have all day. Literally."
        ],
    );
    check(
        "how do I get coins?",
        "coach",
        expect![
            "Got it: Claim coins once a day with `/daily`, look with `/balance`, give with `/pay`, and see who has the most with `/leaderboard`."
        ],
    );
    check(
        "Please remember that my birthday is on 3 May!",
        "warm",
        expect!["Noted: your birthday is on 3 May."],
    );
}

#[test]
fn an_answer_comes_word_by_word_and_ends() {
    let request = Request::answer("", "who are you?");
    let mut answer = now(Offline.ask(&request)).unwrap();
    let (mut text, mut words, mut end) = (String::new(), 0, None);
    while let Some(piece) = now(answer.pieces.next()) {
        match piece.unwrap() {
            Piece::Text(more) => {
                words += 1;
                text.push_str(&more);
            }
            Piece::Usage(usage) => assert!(usage.output > 0),
            Piece::End(why) => end = Some(why),
        }
    }
    assert_eq!(end, Some(End::Done));
    assert_eq!(words, text.split(' ').count());
    let mut short = request.clone();
    short.tokens_max = 3;
    let short = decided(&short);
    assert_eq!(
        (short.end, short.text.split_whitespace().count()),
        (End::Length, 3)
    );
}

#[test]
fn facts_are_statements_and_not_questions() {
    assert_eq!(facts("what is my cat called?"), []);
    assert_eq!(facts("I don't remember that my cat is called Miso"), []);
    assert_eq!(facts("lol nice"), []);
    assert_eq!(
        facts("Hey Wick, please remember that movie night is on Friday."),
        [("Movie night is on Friday.".to_owned(), Subject::Guild)]
    );
    assert_eq!(
        facts("I live in Oslo. I was born in May. And you?"),
        [
            ("They live in Oslo.".to_owned(), Subject::Member),
            ("They were born in May.".to_owned(), Subject::Member)
        ]
    );
    assert_eq!(
        facts("Can you remember that I'm allergic to nuts"),
        [("They're allergic to nuts.".to_owned(), Subject::Member)]
    );
}

#[test]
fn judgements_follow_the_plain_words_of_the_rules() {
    let rules = "Be kind, no insults.\n- No talk about pineapple pizza\nNo advertising. No shouting in caps.";
    let insult = judged(rules, "you are an IDIOT");
    assert!(insult.violates && insult.confidence >= 0.8);
    assert_eq!(insult.rule.as_deref(), Some("Be kind, no insults"));
    assert!(insult.reasoning.contains("idiot"), "{}", insult.reasoning);
    let pizza = judged(rules, "Pineapple pizza is the best");
    assert_eq!(pizza.rule.as_deref(), Some("No talk about pineapple pizza"));
    assert!(judged(rules, "click here for free nitro").violates);
    assert!(judged(rules, "STOP DOING THAT NOW").violates);
    for fine in [
        "good morning everyone",
        "I had pizza",
        "what a kind thing to say",
        "",
        "IDK",
    ] {
        assert!(!judged(rules, fine).violates, "{fine}");
    }
    assert!(!judged("", "you idiot").violates);
}

#[test]
fn summaries_keep_what_people_said() {
    let mut request = Request::answer("Sum up.", "I fed the cat.");
    request.purpose = Purpose::Summary;
    request
        .messages
        .insert(0, Message::user("The boat is blue!"));
    assert_eq!(
        decided(&request).text,
        "They spoke of: The boat is blue; I fed the cat."
    );
}

#[test]
fn hostile_texts_get_an_answer_like_any_other() {
    let long = "a ".repeat(60_000);
    for text in [
        "",
        "\0\0",
        "?",
        "remember that",
        "İİİ remember that İ is İ",
        &long,
        "my 🐈 is called 🍜",
        "''' my",
    ] {
        let _ = said(text, &["\u{202e}x", ""], "");
        let _ = facts(text);
        let _ = judged(text, text);
    }
}
