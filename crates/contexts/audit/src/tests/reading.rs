//! Searching: every filter, page by page, in one guild alone.

use kernel::{Span, Timestamp};

use super::world::{GUILD, OTHER_GUILD, World, asked, deleted, each, guild, message, user};
use crate::{
    Conclusion, EntryId, Filter, Kind, NewEntry, Outcome, Rank, Said, TEXT_LENGTH_MAX, TEXTS_MAX,
    Trigger, TriggerKind, Viewer, search_seen,
};

struct Told {
    first: EntryId,
    talk: EntryId,
    shadow: EntryId,
    warning: EntryId,
    config: EntryId,
    moments: Vec<Timestamp>,
}

/// Five decisions, a minute apart.
fn told(world: &World) -> Told {
    let mut moments = vec![world.now()];
    let tick = |moments: &mut Vec<Timestamp>| {
        world.later(Span::minutes(1));
        moments.push(world.now());
    };
    let first = world.deletes(1, 77, "Free NITRO here");
    tick(&mut moments);
    let talk = world.asks(1, 78, "what is my cat called?");
    let end = Conclusion {
        answer: Some("Miso, of course".to_owned()),
        ..Conclusion::new(Outcome::Executed)
    };
    world.conclude(&world.op(1), talk, &end).unwrap();
    tick(&mut moments);
    let mut shadow = deleted(1, 79, "nitro again");
    (shadow.outcome, shadow.case, shadow.effects) = (Outcome::Suppressed, None, Vec::new());
    let shadow = world.record(&world.message_op(1, 79), &shadow).unwrap();
    tick(&mut moments);
    let warning = NewEntry {
        subject: Some(user(2)),
        reasoning: Some(Said::by(user(9), "Be kind")),
        case: Some(77),
        ..NewEntry::new(
            Kind::Human,
            "warn",
            Outcome::Executed,
            Trigger {
                user: Some(user(9)),
                ..Trigger::of(TriggerKind::Command)
            },
        )
    };
    let warning = world.record(&world.op(9), &warning).unwrap();
    tick(&mut moments);
    let config = NewEntry::new(
        Kind::Config,
        "config",
        Outcome::Executed,
        Trigger::of(TriggerKind::Api),
    );
    let config = world.record(&world.admin(), &config).unwrap();
    world
        .record(&world.elsewhere(1), &deleted(1, 80, "elsewhere"))
        .unwrap();
    Told {
        first,
        talk,
        shadow,
        warning,
        config,
        moments,
    }
}

/// Filters as text, and which of the five they find.
const FILTERS: [(&str, &str); 25] = [
    ("", "config warning shadow talk first"),
    ("kind=moderation", "shadow first"),
    ("action=delete", "shadow first"),
    ("action=del\0ete", ""),
    ("user=1", "shadow talk first"),
    ("user=2", "warning"),
    ("user=9", "warning"),
    ("user=5", ""),
    ("message=78", "talk"),
    ("message=80", ""),
    ("case=77", "warning first"),
    ("case=77 user=1", "first"),
    ("case=77 message=77", "first"),
    ("rule=spam", "shadow first"),
    ("rule=r9", ""),
    ("outcome=suppressed", "shadow"),
    ("outcome=pending", ""),
    ("outcome=executed kind=ai", "talk"),
    ("since=3", "config warning"),
    ("until=1", "first"),
    ("since=1 until=3 user=1", "shadow talk"),
    ("text=nitro", "shadow first"),
    ("text=MISO", "talk"),
    ("text=miso user=2", ""),
    ("text=absent", ""),
];

fn filter(told: &Told, text: &str) -> Filter {
    let mut filter = Filter::default();
    for part in text.split_whitespace() {
        let (name, value) = part.split_once('=').unwrap();
        let number = || value.parse::<u64>().unwrap();
        let moment = || told.moments[value.parse::<usize>().unwrap()];
        match name {
            "kind" => filter.kind = Kind::of_name(value),
            "action" => filter.action = Some(value.to_owned()),
            "user" => filter.user = Some(user(number())),
            "message" => filter.message = Some(message(number())),
            "case" => filter.case = value.parse().ok(),
            "rule" => filter.rule = Some(value.to_owned()),
            "outcome" => filter.outcome = Outcome::of_name(value),
            "since" => filter.since = Some(moment()),
            "until" => filter.until = Some(moment()),
            "text" => filter.text = Some(value.to_owned()),
            other => panic!("there is no filter {other}"),
        }
    }
    filter
}

#[test]
fn y8_every_filter_finds_its_entries_newest_first_in_one_guild() {
    each(|world| {
        let told = told(&world);
        let named = |name: &str| match name {
            "first" => told.first,
            "talk" => told.talk,
            "shadow" => told.shadow,
            "warning" => told.warning,
            "config" => told.config,
            other => panic!("there is no entry {other}"),
        };
        for (text, names) in FILTERS {
            let expected: Vec<EntryId> = names.split_whitespace().map(named).collect();
            assert_eq!(world.search(&filter(&told, text)), expected, "{text}");
        }
        let first = told.first;
        let elsewhere = world.see(move |tx| crate::fetch(tx, guild(OTHER_GUILD), first));
        assert_eq!(elsewhere, None);
    });
}

#[test]
fn decisions_are_counted_by_slot_kind_and_what_became_of_them() {
    each(|world| {
        let told = told(&world);
        let (since, until) = (told.moments[0], world.now());
        let counted = world.see(move |tx| crate::tally(tx, guild(GUILD), since, until));
        let total = |kind: Kind, outcome: Outcome| -> u64 {
            let of = counted
                .iter()
                .filter(|one| (one.kind, one.outcome) == (kind, outcome));
            of.map(|one| one.count).sum()
        };
        assert_eq!(total(Kind::Moderation, Outcome::Executed), 1);
        assert_eq!(total(Kind::Moderation, Outcome::Suppressed), 1);
        // What was pending counts as what it came to.
        assert_eq!(total(Kind::Ai, Outcome::Executed), 1);
        assert_eq!(total(Kind::Ai, Outcome::Pending), 0);
        let slots = counted.iter().map(|one| one.from);
        assert!(slots.is_sorted() && counted.iter().all(|one| one.from <= until));
        let later = world.see(move |tx| crate::tally(tx, guild(GUILD), until, until));
        let elsewhere = world.see(move |tx| crate::tally(tx, guild(OTHER_GUILD), since, until));
        assert!(later.is_empty() && elsewhere.iter().all(|one| one.count < 4));
    });
}

#[test]
fn hits_are_counted_by_rule_and_whether_it_acted() {
    each(|world| {
        let told = told(&world);
        let (since, now) = (told.moments[0], world.now());
        let counted = |number: u64, since| {
            let found = world.see(move |tx| crate::rule_tally(tx, guild(number), since, now));
            let lines = found.into_iter();
            let lines = lines.map(|one| (one.rule, one.outcome, one.count, one.last_at));
            lines.collect::<Vec<_>>()
        };
        let line = |outcome, place: usize| ("spam".to_owned(), outcome, 1, told.moments[place]);
        let (acted, held_back) = (line(Outcome::Executed, 0), line(Outcome::Suppressed, 2));
        assert_eq!(counted(GUILD, since), [acted, held_back.clone()]);
        assert_eq!(counted(GUILD, told.moments[1]), [held_back]);
        assert_eq!(counted(OTHER_GUILD, since).len(), 1);
    });
}

#[test]
fn pages_follow_one_another_without_gap_or_repeat() {
    each(|world| {
        for number in 1..=23 {
            world.deletes(
                number % 2 + 1,
                number,
                if number % 5 == 0 { "wanted" } else { "x" },
            );
        }
        let walked = |filter: Filter, limit: u32| {
            let (mut seen, mut cursor, mut pages) = (Vec::new(), None, 0);
            loop {
                let filter = filter.clone();
                let page =
                    world.see(move |tx| crate::search(tx, guild(GUILD), &filter, cursor, limit));
                seen.extend(page.entries.iter().map(|entry| entry.id));
                pages += 1;
                cursor = page.next;
                if cursor.is_none() {
                    return (seen, pages);
                }
            }
        };
        let all = world.search(&Filter::default());
        assert_eq!(all.len(), 23);
        assert_eq!(walked(Filter::default(), 5), (all.clone(), 5));
        assert_eq!(walked(Filter::default(), 23), (all, 1));
        let about = Filter {
            user: Some(user(1)),
            ..Filter::default()
        };
        assert_eq!(walked(about.clone(), 4).0, world.search(&about));
        let wanted = Filter {
            text: Some("wanted".to_owned()),
            ..Filter::default()
        };
        assert_eq!(walked(wanted.clone(), 2), (world.search(&wanted), 2));
        assert_eq!(world.search(&wanted).len(), 4);
    });
}

#[test]
fn a_page_is_bounded_in_text_and_the_next_one_goes_on() {
    each(|world| {
        for number in 1..=5 {
            let mut entry = deleted(1, number, "x");
            let long = Said::by(user(1), "é".repeat(TEXT_LENGTH_MAX));
            entry.input.history = vec![long; TEXTS_MAX / 2];
            world.record(&world.message_op(1, number), &entry).unwrap();
        }
        let (mut seen, mut cursor, mut sizes) = (Vec::new(), None, Vec::new());
        loop {
            let all = Filter::default();
            let page = world.see(move |tx| crate::search(tx, guild(GUILD), &all, cursor, 200));
            sizes.push(page.entries.len());
            seen.extend(page.entries.iter().map(|entry| entry.trigger.message));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(sizes, [2, 2, 1], "half a mebibyte each");
        let expected: Vec<_> = (1..=5).rev().map(|number| Some(message(number))).collect();
        assert_eq!(seen, expected);
    });
}

#[test]
fn the_last_action_that_touched_somebody_is_no_shadow_and_no_action_of_theirs() {
    each(|world| {
        let told = told(&world);
        let last = |member| {
            let last = world.see(move |tx| crate::last_touching(tx, guild(GUILD), user(member)));
            last.map(|entry| entry.id)
        };
        assert_eq!(last(1), Some(told.talk));
        assert_eq!(last(2), Some(told.warning));
        assert_eq!(last(9), None);
        assert_eq!(last(5), None);
        let case = world.see(|tx| crate::by_case(tx, guild(GUILD), 77, 10));
        let case: Vec<_> = case.iter().map(|entry| entry.id).collect();
        assert_eq!(case, [told.warning, told.first]);
    });
}

#[test]
fn an_export_goes_along_the_chain_in_pieces() {
    each(|world| {
        let told = told(&world);
        world.seals();
        let (first, next) = world.see(|tx| crate::sealed_after(tx, guild(GUILD), 0, 3));
        let ids: Vec<_> = first.iter().map(|entry| entry.id).collect();
        assert_eq!(ids, [told.first, told.talk, told.shadow]);
        let after = next.unwrap();
        let (rest, next) = world.see(move |tx| crate::sealed_after(tx, guild(GUILD), after, 3));
        let ids: Vec<_> = rest.iter().map(|entry| entry.id).collect();
        assert_eq!((ids, next), (vec![told.warning, told.config], None));
    });
}

#[test]
fn an_entry_as_json_has_the_contracts_names() {
    each(|world| {
        let mut new = asked(1, 77, "hello");
        new.input.history = vec![Said::by(user(2), "before").in_message(message(76))];
        let id = world.record(&world.message_op(1, 77), &new).unwrap();
        world.seals();
        let json = crate::json::entry(&world.entry(id));
        let names = [
            "id",
            "seq",
            "at",
            "kind",
            "action",
            "outcome",
            "trigger",
            "input",
            "active_rules",
            "reasoning",
            "confidence",
            "model",
            "prompt_version",
            "config_revision",
            "cost",
            "effects",
            "case",
            "prev_hash",
            "hash",
        ];
        for name in names {
            assert!(json.get(name).is_some(), "{name} is missing in {json}");
        }
        assert_eq!(json["id"], id.to_string());
        assert_eq!(
            (&json["seq"], &json["kind"], &json["outcome"]),
            (&1.into(), &"ai".into(), &"pending".into())
        );
        assert_eq!(json["at"], "2026-11-20T10:00:00Z");
        assert_eq!(
            json["trigger"].to_string(),
            r#"{"channel_id":"50","kind":"message","message_id":"77","user_id":"1"}"#
        );
        assert_eq!(json["input"]["content"], "hello");
        assert_eq!(json["input"]["history"][0]["content"], "before");
        assert_eq!(
            json["active_rules"].to_string(),
            r#"[{"id":"spam","mode":"act","name":"No spam"}]"#
        );
        assert_eq!(
            json["cost"].to_string(),
            r#"{"currency":"USD","micros":250}"#
        );
        assert_eq!(json["hash"].as_str().map(str::len), Some(64));
        assert!(json["confidence"].is_null() && json["case"].is_null());
    });
}

#[test]
fn y7_a_search_finds_nothing_that_its_viewer_may_not_read() {
    each(|world| {
        let told = told(&world);
        let found = |user_number: u64, rank: Rank, filter: Filter| {
            let viewer = Viewer {
                user: user(user_number),
                rank,
            };
            let page =
                world.see(move |tx| search_seen(tx, guild(GUILD), &viewer, &filter, None, 10));
            let ids = page.entries.iter().map(|entry| entry.id);
            ids.collect::<Vec<_>>()
        };
        let text = |words: &str| Filter {
            text: Some(words.to_owned()),
            ..Filter::default()
        };
        let about = |member: u64| Filter {
            user: Some(user(member)),
            ..Filter::default()
        };
        let all = Filter::default;
        let mine = [told.shadow, told.talk, told.first];
        assert_eq!(found(1, Rank::Member, all()), mine);
        assert_eq!(
            found(1, Rank::Member, text("nitro")),
            [told.shadow, told.first]
        );
        assert_eq!(found(2, Rank::Member, all()), [told.warning]);
        assert_eq!(found(2, Rank::Member, about(1)), []);
        assert_eq!(found(3, Rank::Member, text("nitro")), []);
        assert_eq!(
            found(3, Rank::Moderator, text("nitro")),
            [told.shadow, told.first]
        );
        assert_eq!(found(3, Rank::Moderator, about(2)), [told.warning]);
    });
}
