//! The history: newest first, page by page, with what each revision changed.

use serde_json::{Value, json};

use super::world::{GUILD, OTHER_GUILD, World, daily, document, each, guild, of, revision};
use crate::{CHANGES_SHOWN_MAX, History, HistoryCursor, Target, VALUE_SHOWN_MAX, history};

fn page(world: &World, from: Option<HistoryCursor>, limit: u32) -> History {
    world.see(move |tx| history(tx, guild(GUILD), from, limit))
}

/// Each revision with the places it changed.
fn told(page: &History) -> Vec<(i64, Vec<&str>)> {
    let items = page.items.iter().map(|item| {
        let paths = item.changes.iter().map(|change| change.path.as_str());
        (item.entry.revision.get(), paths.collect())
    });
    items.collect()
}

#[test]
fn the_history_is_newest_first_with_what_changed() {
    each(|world| {
        world.start(&[GUILD, OTHER_GUILD]);
        world.put(OTHER_GUILD, &daily(9));
        world.put(GUILD, &daily(200));
        world.put(GUILD, &daily(200));
        let rules = json!([{"id": "links", "mode": "act"}, {"id": "spam", "mode": "shadow"}]);
        let ruled = daily(200).with("/moderation/rules", rules).unwrap();
        world.put(GUILD, &ruled);
        let back = of(&[GUILD], Target::Revision(revision(1)));
        world.back(&world.op(5), &back).unwrap();
        let page = page(&world, None, 50);
        let expected: Vec<(i64, Vec<&str>)> = vec![
            (
                5,
                vec![
                    "/economy/daily/amount",
                    "/moderation/rules/0",
                    "/moderation/rules/0/mode",
                ],
            ),
            (4, vec!["/moderation/rules/0", "/moderation/rules/1/mode"]),
            (3, vec![]),
            (2, vec!["/economy/daily/amount"]),
            (1, vec![]),
        ];
        assert_eq!(told(&page), expected);
        assert_eq!(page.next, None);
        assert_eq!(page.items[0].entry.restores, Some(revision(1)));
        let first = &page.items[3].changes[0];
        assert_eq!(
            (&first.old, &first.new),
            (&Some(json!(100)), &Some(json!(200)))
        );
    });
}

#[test]
fn pages_go_on_where_they_ended() {
    each(|world| {
        world.start(&[GUILD]);
        for amount in 0..6 {
            world.put(GUILD, &daily(amount));
        }
        let mut from = None;
        let mut seen = Vec::new();
        loop {
            let page = page(&world, from, 3);
            assert!(page.items.len() <= 3);
            let last_changes = page.items.last().unwrap();
            let is_first = last_changes.entry.revision.get() == 1;
            assert_eq!(last_changes.changes.is_empty(), is_first);
            seen.extend(page.items.iter().map(|item| item.entry.revision.get()));
            let Some(next) = page.next else { break };
            from = Some(next.to_string().parse().unwrap());
        }
        assert_eq!(seen, [7, 6, 5, 4, 3, 2, 1]);
    });
}

#[test]
fn a_page_is_bounded_in_changes_and_text() {
    each(|world| {
        world.start(&[GUILD]);
        let many: Value = (0..150)
            .map(|key| (format!("k{key:03}"), json!(key)))
            .collect();
        let long = json!({"many": {"inner": many}, "long": "é".repeat(4_000)});
        world.put(GUILD, &document(json!({"many": {"inner": {}}, "long": ""})));
        world.put(GUILD, &document(long));
        let page = page(&world, None, 1);
        let item = &page.items[0];
        assert_eq!(item.changes.len(), CHANGES_SHOWN_MAX);
        assert_eq!(item.changes_left_off, 51);
        let shown = item.changes[0].new.as_ref().unwrap().as_str().unwrap();
        assert!(
            shown.ends_with("(8000 bytes in all)") && shown.len() < 1_000,
            "{shown}"
        );
    });
}

#[test]
fn a_page_ends_before_its_changes_grow_too_large_and_the_next_one_goes_on() {
    each(|world| {
        world.start(&[GUILD]);
        for number in 0..8 {
            let texts = (0..100).map(|key| {
                let text = format!("{number}{}", "x".repeat(VALUE_SHOWN_MAX - 3));
                (format!("k{key:03}"), json!(text))
            });
            world.put(GUILD, &document(texts.collect()));
        }
        let first = page(&world, None, 50);
        // A hundred texts of a kilobyte, old and new: five and a bit of them fit.
        assert_eq!(told(&first).len(), 5);
        let rest = page(&world, first.next, 50);
        let seen: Vec<i64> = first
            .items
            .iter()
            .chain(&rest.items)
            .map(|item| item.entry.revision.get())
            .collect();
        assert_eq!((seen, rest.next), ((1..=9).rev().collect(), None));
    });
}
