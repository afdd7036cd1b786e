//! Tables and properties of cleaning, cutting and comparing texts.

use proptest::prelude::{any, prop_assert, proptest};

use super::{is_near, key_phrase, line, lines, looks_secret, stem, tokens, words};

#[test]
fn a_line_has_no_breaks_controls_or_hidden_letters() {
    assert_eq!(line("a\0b\n\n c\u{202E}\u{200B}d \t e", 50), "a b cd e");
    assert_eq!(line("abcdef", 4), "abc…");
    assert_eq!(lines("a\nb\u{0007}\r\n", 50), "a\nb");
    assert_eq!(line("👩‍👧", 50), "👩‍👧");
}

#[test]
fn questions_and_facts_share_their_words() {
    assert_eq!(words("What is my cat called?"), ["cat", "call"]);
    assert_eq!(words("My cat's name is Miso"), ["cat", "call", "miso"]);
    assert_eq!(words("猫の名前"), ["猫の", "の名", "名前"]);
    assert_eq!(words("is it the"), Vec::<String>::new());
}

#[test]
fn endings_are_dropped_alike() {
    let table = [
        ("cats", "cat"),
        ("calls", "call"),
        ("called", "call"),
        ("glass", "glass"),
        ("coding", "cod"),
        ("code", "cod"),
        ("is", "is"),
    ];
    for (word, stemmed) in table {
        assert_eq!(stem(word), stemmed, "{word}");
    }
}

#[test]
fn what_a_sentence_speaks_of_is_found() {
    let table = [
        ("My cat is called Miso", Some("cat call")),
        ("Alice's cat is named Tom", Some("cat call")),
        ("The user's cat's name is Tom", Some("cat call")),
        ("I live in Berlin", Some("live")),
        ("The user lives in Paris", Some("live")),
        ("My favorite color is red", Some("favourit colour is")),
        (
            "Alice's favourite colour is blue",
            Some("favourit colour is"),
        ),
        ("My name is Ann", Some("call is")),
        ("I am called Ann", Some("call is")),
        ("I like tea", None),
        ("I am a nurse", None),
        ("The raid is on Friday", Some("raid is")),
        ("", None),
    ];
    for (text, key) in table {
        assert_eq!(key_phrase(text, "Alice").as_deref(), key, "{text}");
    }
}

#[test]
fn near_duplicates_are_told_from_other_facts() {
    let near = |one: &str, other: &str| is_near(&words(one), &words(other));
    assert!(near("I like green tea", "The user likes green tea."));
    assert!(!near("I like green tea", "I like black tea"));
    assert!(!near("", ""));
}

#[test]
fn secrets_are_not_facts() {
    for secret in [
        "my card is 4111 1111 1111 1111",
        "key sk1234567890abcdefghijk",
        "My password is hunter2",
    ] {
        assert!(looks_secret(secret), "{secret}");
    }
    for plain in [
        "My cat is called Miso",
        "I was born in 1990 and moved in 2015",
        "Rules are in <#123456789012345678>",
        "Order 12 of 13 at https://example.org/a1b2c3d4e5f6",
    ] {
        assert!(!looks_secret(plain), "{plain}");
    }
}

proptest! {
    #[test]
    fn n9_any_text_is_cut_to_its_bounds(text in any::<String>(), max in 1_usize..200) {
        let cleaned = line(&text, max);
        prop_assert!(cleaned.chars().count() <= max);
        prop_assert!(!cleaned.chars().any(char::is_control));
        prop_assert!(lines(&text, max).chars().count() <= max);
        let found = words(&text);
        prop_assert!(found.len() <= 64);
        for word in &found {
            prop_assert!(!word.is_empty() && word.chars().all(char::is_alphanumeric), "{word:?}");
        }
        prop_assert!(tokens(&text) >= 0);
        let _ = (key_phrase(&text, "x"), looks_secret(&text));
    }
}
