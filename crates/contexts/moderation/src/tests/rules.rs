//! Rules against messages: what hits, what is left alone, and in which of a message's texts.

use kernel::{RoleId, Span};

use super::world::{channel, content, message, rule, said, settings, user, verdict, words};
use crate::{
    Action, Answer, Compiled, FloodState, Mode, Part, Settings, Text, Trigger, judge, judgement,
};

fn found(settings: &Settings, text: &str) -> Vec<String> {
    let verdict = verdict(settings, text);
    let matched = verdict.hits.iter().flat_map(|hit| &hit.matched);
    matched.map(|matched| matched.text.clone()).collect()
}

#[test]
fn m1_the_matched_text_is_the_originals() {
    let rules = settings(vec![rule("w", words(&["bad*"]))]);
    let text = "👩‍🚀 so b\u{200b}Ａ\u{301}d\u{202e}ly, ok";
    let verdict = verdict(&rules, text);
    let matched = &verdict.hits[0].matched[0];
    let place: String = text
        .chars()
        .skip(matched.start)
        .take(matched.end - matched.start)
        .collect();
    assert_eq!(place, matched.text);
    assert_eq!(matched.text, "b\u{200b}Ａ\u{301}d\u{202e}ly");
    assert_eq!(verdict.hits[0].confidence.to_bits(), 1.0_f64.to_bits());
    assert!(verdict.hits[0].reasoning.contains("“w”"));
}

#[test]
fn every_text_that_a_message_carries_is_read() {
    let rules = Compiled::of(&settings(vec![rule("w", words(&["bad"]))]));
    let parts = [
        Part::Content,
        Part::Embed,
        Part::Poll,
        Part::Forward,
        Part::FileName,
        Part::FileDescription,
        Part::Sticker,
        Part::ThreadName,
        Part::Component,
    ];
    for part in parts {
        let texts = [
            content("fine"),
            Text {
                part,
                text: "a BAD one",
            },
        ];
        for edited_at in [None, Some("2026-11-20T11:00:00Z".parse().unwrap())] {
            let mut message = said(&texts);
            message.edited_at = edited_at;
            let verdict = judge(&rules, &mut FloodState::default(), &message);
            let matched = &verdict.hits[0].matched[0];
            assert_eq!((matched.part, matched.start, matched.end), (part, 2, 5));
        }
    }
}

#[test]
fn m4_bots_exempt_roles_channels_and_moderators_are_left_alone() {
    let role = RoleId::new(44).unwrap();
    let mut own = rule("own", words(&["bad"]));
    own.include_moderators = true;
    let mut with = settings(vec![rule("w", words(&["bad"])), own]);
    with.exempt_role_ids = vec![role];
    with.exempt_channel_ids = vec![channel(71)];
    let compiled = Compiled::of(&with);
    let texts = [content("bad")];
    let hits = |change: &dyn Fn(&mut crate::Message<'_>)| {
        let mut message = said(&texts);
        change(&mut message);
        let verdict = judge(&compiled, &mut FloodState::default(), &message);
        let ids = verdict.hits.iter().map(|hit| hit.rule_id.clone());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(hits(&|_| {}), ["w", "own"]);
    assert_eq!(hits(&|message| message.is_moderator = true), ["own"]);
    assert_eq!(hits(&|message| message.is_bot = true), Vec::<String>::new());
    assert_eq!(
        hits(&|message| message.channel = channel(71)),
        Vec::<String>::new()
    );
    assert_eq!(
        hits(&|message| message.thread_of = Some(channel(71))),
        Vec::<String>::new()
    );
    let roles = [role];
    let mut message = said(&texts);
    message.roles = &roles;
    assert!(
        judge(&compiled, &mut FloodState::default(), &message)
            .hits
            .is_empty()
    );
    with.enabled = false;
    let off = judge(
        &Compiled::of(&with),
        &mut FloodState::default(),
        &said(&texts),
    );
    assert!(off.hits.is_empty());
}

#[test]
fn links_are_allowed_denied_and_unmasked() {
    let links = |allow: &[&str], deny: &[&str], disguised| {
        let list = |hosts: &[&str]| hosts.iter().map(|host| (*host).to_owned()).collect();
        settings(vec![rule(
            "l",
            Trigger::Links {
                allow: list(allow),
                deny: list(deny),
                disguised,
            },
        )])
    };
    let any = links(&[], &[], false);
    assert_eq!(
        found(&any, "see https://Example.com/a?b, ok"),
        ["https://Example.com/a?b"]
    );
    assert!(found(&any, "no link here: 1:2, a.b").is_empty());
    let allowed = links(&["example.com"], &[], false);
    assert!(found(&allowed, "https://docs.example.com/x").is_empty());
    assert_eq!(found(&allowed, "https://notexample.com").len(), 1);
    assert_eq!(found(&allowed, "https://example.com@evil.test/").len(), 1);
    assert_eq!(
        found(&allowed, "https://ехample.com").len(),
        1,
        "a look-alike is another host"
    );
    let denied = links(&["ok.bad.test"], &["bad.test"], false);
    assert_eq!(found(&denied, "http://www.bad.test:80/").len(), 1);
    assert_eq!(found(&denied, "https://bad。test/").len(), 1);
    assert!(found(&denied, "https://ok.bad.test https://good.test").is_empty());
    assert_eq!(
        found(&denied, "https://good.test/?to=https%3A%2F%2Fbad.test%2Fx").len(),
        1
    );
    let masked = links(&[], &[], true);
    assert_eq!(
        found(&masked, "[https://bank.test](https://evil.test/bank)").len(),
        1
    );
    assert_eq!(found(&masked, "[bank.test](<https://evil.test>)").len(), 1);
    assert!(
        found(
            &masked,
            "[click](https://evil.test) [bank.test](https://www.bank.test/a)"
        )
        .is_empty()
    );
}

#[test]
fn invitations_are_found_however_they_are_written() {
    let rules = settings(vec![rule(
        "i",
        Trigger::Invites {
            allow: vec!["ours".to_owned()],
        },
    )]);
    for text in [
        "discord.gg/abc",
        "https://discord.gg/abc",
        "DISCORD.COM/invite/abc",
        "https://discordapp.com/invite/abc",
        "discord . gg / abc",
        "ｄｉｓｃｏｒｄ．ｇｇ/abc",
        "dis\u{200b}cord.gg/abc",
        "[x](https://discord.gg/abc)",
    ] {
        assert_eq!(found(&rules, text).len(), 1, "{text}");
    }
    for text in [
        "discord.gg/ours",
        "discord.com/channels/1",
        "mydiscord.gg/x y",
        "discord is good",
    ] {
        assert!(found(&rules, text).is_empty(), "{text}");
    }
}

#[test]
fn m3_patterns_find_what_they_say_and_stay_linear() {
    let patterns = |patterns: &[&str]| Trigger::Regex {
        patterns: patterns
            .iter()
            .map(|pattern| (*pattern).to_owned())
            .collect(),
    };
    let rules = settings(vec![rule(
        "r",
        patterns(&[r"free\s+n\w+o", r"^\d{4}-\d{4}$"]),
    )]);
    assert_eq!(found(&rules, "get FREE  nitro"), ["FREE  nitro"]);
    assert_eq!(found(&rules, "fr\u{200d}ee nitro"), ["fr\u{200d}ee nitro"]);
    assert_eq!(found(&rules, "1234-5678"), ["1234-5678"]);
    assert!(found(&rules, "free time").is_empty());
    // With backtracking each of these would take longer than the universe has.
    let hostile = settings(vec![rule(
        "h",
        patterns(&[r"(a+)+$b", r"(a|aa)+$b", r"(x+x+)+y", r"(.*a){12}b"]),
    )]);
    assert!(found(&hostile, &"a".repeat(8_000)).is_empty());
}

#[test]
fn m5_a_flood_is_counted_over_messages_and_once_each() {
    let mut flood = rule(
        "f",
        Trigger::Flood {
            messages: 5,
            seconds: 5,
        },
    );
    flood.actions = vec![Action::Timeout { minutes: 10 }];
    let compiled = Compiled::of(&settings(vec![flood]));
    let mut state = FloodState::default();
    let texts = [content("hi")];
    let mut wrote = |id: u64, millis: u32| {
        let mut one = said(&texts);
        one.id = message(id);
        one.at = one.at + Span::millis(millis);
        judge(&compiled, &mut state, &one)
    };
    for id in 1..=4 {
        assert!(wrote(id, 10).hits.is_empty());
        assert!(
            wrote(id, 10).hits.is_empty(),
            "a second delivery counts no more"
        );
    }
    let verdict = wrote(5, 20);
    let counted = verdict.hits[0].messages.iter();
    let counted: Vec<_> = counted.map(|counted| counted.message).collect();
    assert_eq!(counted, (1..=5).map(message).collect::<Vec<_>>());
    assert_eq!(verdict.actions, [Action::Timeout { minutes: 10 }]);
}

fn ids(compiled: &Compiled, message: &crate::Message<'_>, state: &mut FloodState) -> Vec<String> {
    let verdict = judge(compiled, state, message);
    verdict.hits.into_iter().map(|hit| hit.rule_id).collect()
}

#[test]
fn the_same_text_again_and_again_hits_however_it_is_written() {
    let duplicates = Trigger::Duplicates {
        messages: 3,
        seconds: 60,
    };
    let compiled = Compiled::of(&settings(vec![rule("d", duplicates)]));
    let mut state = FloodState::default();
    let mut seen = Vec::new();
    for (id, text) in ["Buy now", "other", "buy  NOW", "b\u{200b}uy now"]
        .iter()
        .enumerate()
    {
        let texts = [content(text)];
        let mut one = said(&texts);
        one.id = message(u64::try_from(id).unwrap() + 1);
        seen.push(ids(&compiled, &one, &mut state).len());
    }
    assert_eq!(seen, [0, 0, 0, 1]);
}

/// Three times the same text, in these channels; what the third sets off.
fn thrice(rule: &crate::Rule, channels: [u64; 3]) -> Vec<crate::Hit> {
    let compiled = Compiled::of(&settings(vec![rule.clone()]));
    let mut state = FloodState::default();
    let texts = [content("buy now")];
    let mut wrote = |(id, at): (u64, u64)| {
        let mut one = said(&texts);
        (one.id, one.channel) = (message(id), channel(at));
        judge(&compiled, &mut state, &one).hits
    };
    let [first, second, third] = channels;
    assert_eq!(wrote((1, first)), []);
    assert_eq!(wrote((2, second)), []);
    wrote((3, third))
}

#[test]
fn a_flood_over_channels_names_where_each_message_stands() {
    let duplicates = Trigger::Duplicates {
        messages: 3,
        seconds: 60,
    };
    let mut one = rule("d", duplicates);
    let hits = thrice(&one, [71, 72, 73]);
    let places: Vec<_> = hits[0]
        .messages
        .iter()
        .map(|counted| (counted.channel, counted.message))
        .collect();
    let expected = [(71, 1), (72, 2), (73, 3)];
    let expected = expected.map(|(at, id)| (Some(channel(at)), message(id)));
    assert_eq!(places, expected);
    one.exempt_channel_ids = vec![channel(72)];
    assert_eq!(
        thrice(&one, [71, 72, 73]),
        [],
        "what stands where the rule does not hold is left alone, and counts for nothing"
    );
}

#[test]
fn mentions_capitals_young_accounts_and_files_hit() {
    let names = vec!["*.exe".to_owned(), "in*ice*.zip".to_owned()];
    let compiled = Compiled::of(&settings(vec![
        rule("m", Trigger::Mentions { max: 4 }),
        rule(
            "c",
            Trigger::Caps {
                percent: 70,
                letters_min: 10,
            },
        ),
        rule("n", Trigger::NewAccount { days: 7 }),
        rule("a", Trigger::Attachments { names }),
    ]));
    let ids = |message: &crate::Message<'_>| ids(&compiled, message, &mut FloodState::default());
    let (quiet, loud) = (
        [content("hello there")],
        [content("WHY ARE YOU SHOUTING, bob")],
    );
    let mut one = said(&quiet);
    one.mentions = 4;
    assert!(ids(&one).is_empty());
    one.mentions = 5;
    assert_eq!(ids(&one), ["m"]);
    assert_eq!(ids(&said(&loud)), ["c"]);
    let mut young = said(&quiet);
    let millis = u64::try_from(young.at.millis()).unwrap() - 1_420_070_400_000;
    young.author = user(millis << 22);
    assert_eq!(ids(&young), ["n"]);
    for (name, hit) in [
        ("Setup.EXE", true),
        ("invoice-3.zip", true),
        ("notes.txt", false),
    ] {
        let texts = [Text {
            part: Part::FileName,
            text: name,
        }];
        assert_eq!(!ids(&said(&texts)).is_empty(), hit, "{name}");
    }
}

#[test]
fn what_follows_is_merged_and_shadow_rules_add_nothing() {
    let mut first = rule("one", words(&["bad"]));
    first.actions = vec![Action::Warn { points: 1 }, Action::Timeout { minutes: 5 }];
    let mut second = rule("two", words(&["bad"]));
    second.actions = vec![
        Action::Delete {},
        Action::Timeout { minutes: 60 },
        Action::Points { points: 2 },
    ];
    let mut shadow = rule("three", words(&["bad"]));
    shadow.mode = Mode::Shadow;
    shadow.actions = vec![Action::Timeout { minutes: 999 }];
    let verdict = verdict(&settings(vec![first, second, shadow]), "bad");
    assert_eq!(verdict.hits.len(), 3);
    assert_eq!(
        verdict.actions,
        [
            Action::Delete {},
            Action::Timeout { minutes: 60 },
            Action::Warn { points: 3 }
        ]
    );
}

#[test]
fn m7_a_model_is_asked_and_removes_nothing_for_good() {
    let mut kind = rule(
        "kind",
        Trigger::Model {
            rules: "Be kind.".to_owned(),
            threshold: 0.8,
        },
    );
    kind.actions = vec![Action::Delete {}, Action::Timeout { minutes: 5 }];
    let rules = settings(vec![kind]);
    let verdict = verdict(&rules, "you fool");
    assert!(verdict.hits.is_empty());
    assert_eq!(verdict.asks[0].rules, "Be kind.");
    let answer = |violates, confidence| Answer {
        violates,
        rule: Some("1".to_owned()),
        confidence,
        reasoning: "an insult\nreally".to_owned(),
    };
    let hit = judgement(&rules, "kind", &answer(true, 0.9)).unwrap();
    assert_eq!(
        hit.actions,
        [Action::Hold {}, Action::Timeout { minutes: 5 }]
    );
    assert_eq!(hit.reasoning, "Rule “kind” (model), 1: an insult really");
    for (violates, confidence) in [(false, 1.0), (true, 0.79), (true, f64::NAN), (true, 7.0)] {
        assert_eq!(
            judgement(&rules, "kind", &answer(violates, confidence)),
            None
        );
    }
    assert_eq!(judgement(&rules, "other", &answer(true, 1.0)), None);
}
