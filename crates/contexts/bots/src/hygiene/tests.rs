//! The worst that a model can write, and what is posted of it.

use kernel::{GuildId, UserId};
use proptest::prelude::{any, prop_assert, proptest};

use super::{ANSWER_LENGTH_MAX, Change, Stage, polished, polished_part};

fn stage() -> Stage<'static> {
    Stage {
        guild: GuildId::new(900).unwrap(),
        asker: UserId::new(1).unwrap(),
        asker_name: "alice",
    }
}

#[track_caller]
fn check(answer: &str, expected: &str) {
    assert_eq!(polished(answer, &stage()).text, expected);
}

#[test]
fn t3_mentions_become_words() {
    check(
        "hi @everyone and @here",
        "hi @\u{200B}everyone and @\u{200B}here",
    );
    check("hi @EVERYONE", "hi @\u{200B}EVERYONE");
    check(
        "<@1> and <@!1> and <@2> and <@&3>",
        "alice and alice and somebody and a role",
    );
    check("<@<@2>>", "<@somebody>");
    check("@<@2>", "@somebody");
    check(
        "see </daily:12345> and <id:customize>",
        "see /daily and customize",
    );
    check("<a:party:55> <:cat:66>", ":party: :cat:");
    check("<t:1700000000:R> a < b > c", "<t:1700000000:R> a < b > c");
    check("mail me@example.org", "mail me@example.org");
}

#[test]
fn links_show_where_they_lead() {
    check(
        "[docs](https://example.org/a)",
        "docs (example.org: <https://example.org/a>)",
    );
    check(
        "[https://bank.example](https://bank.example@evil.example/x) end",
        "https://bank.example (evil.example: <https://bank.example@evil.example/x>) end",
    );
    check(
        "[x](<https://e.example> \"t\")",
        "x (e.example: <https://e.example>)",
    );
    check(
        "[x](javascript:alert)",
        "x (javascript: <javascript:alert>)",
    );
    check("a[i](x) and [a] (b)", "a[i](x) and [a] (b)");
    check("](https://e.example)", "](https://e.example)");
}

#[test]
fn other_servers_are_out_of_reach() {
    check("join discord.gg/abc now", "join (an invite, left out) now");
    check(
        "join discord.gg</abc:5> now",
        "join (an invite, left out) now",
    );
    check(
        "https://discord.com/channels/901/2/3 https://discord.com/channels/900/2/3",
        "(a link to another server, left out) https://discord.com/channels/900/2/3",
    );
}

#[test]
fn what_is_too_long_hidden_or_empty_is_dealt_with() {
    let long = polished(&"x".repeat(10_000_000), &stage());
    assert_eq!(long.text.chars().count(), ANSWER_LENGTH_MAX + 1);
    assert_eq!(long.changes, [Change::Cut]);
    let hidden = polished("a\u{202E}b\0c", &stage());
    assert_eq!(
        (hidden.text.as_str(), hidden.changes),
        ("abc", vec![Change::Hidden])
    );
    let empty = polished(" \n ", &stage());
    assert_eq!(empty.text, "");
    let reply = empty.reply("I have no answer.");
    assert_eq!(reply.text, "I have no answer.");
    assert!(reply.pings.is_empty());
    assert_eq!(polished("plain words", &stage()).changes, []);
}

#[test]
fn half_a_mark_is_not_shown_while_it_streams() {
    let part = |text: &str| polished_part(text, &stage()).text;
    assert_eq!(part("hello <@12"), "hello");
    assert_eq!(part("hello @every"), "hello");
    assert_eq!(part("see [the long words](htt"), "see");
    assert_eq!(part("see [the long"), "see");
    assert_eq!(part("one"), "");
}

proptest! {
    #[test]
    fn t3_nothing_that_a_model_writes_pings(text in any::<String>(), marks in "[<@&!>0-9a-z\\[\\]():/ .\u{200B}]{0,60}") {
        for written in [text.clone(), marks.clone(), format!("{text}@everyone{marks}<@&5>@here")] {
            for posted in [polished(&written, &stage()), polished_part(&written, &stage())] {
                let small = posted.text.to_lowercase();
                prop_assert!(!small.contains("@everyone") && !small.contains("@here"), "{posted:?}");
                let pings = small.match_indices("<@").any(|(at, _)| {
                    let rest = small[at + 2..].trim_start_matches(['!', '&']);
                    let digits = rest.chars().take_while(char::is_ascii_digit).count();
                    digits > 0 && rest[digits..].starts_with('>')
                });
                prop_assert!(!pings, "{posted:?}");
                prop_assert!(posted.text.chars().count() <= ANSWER_LENGTH_MAX + 1);
                prop_assert!(posted.reply("x").pings.is_empty());
            }
        }
    }
}
