//! Each page in each state: what it says, what it says when there is nothing, and that nobody's words become markup.

use super::super::{State, samples::HOSTILE};
use super::{PAGES, page};

fn shown(name: &str, state: State) -> String {
    page(name, state).unwrap().into_string()
}

#[test]
fn w2_whatever_people_wrote_is_text_on_every_page() {
    for name in PAGES {
        let page = shown(name, State::Hostile);
        assert!(!page.contains("<script>alert"), "{name}");
        assert!(!page.contains("<img src=x"), "{name}");
        // Quotes of theirs would end an attribute.
        assert!(
            page.contains("&quot;&gt;&lt;script&gt;") && !page.contains(HOSTILE),
            "{name}"
        );
    }
}

#[test]
fn w1_no_page_has_inline_style_or_script_or_another_host() {
    for (name, state) in PAGES
        .iter()
        .flat_map(|name| State::ALL.map(|state| (name, state)))
    {
        let page = shown(name, state);
        assert!(
            !page.contains("style=\"") && !page.contains("<style"),
            "{name}"
        );
        assert!(
            !page.contains(" onclick") && !page.contains("http://") && !page.contains("https://"),
            "{name}"
        );
        for script in page.split("<script").skip(1) {
            assert!(
                script.starts_with(" src=\"/dashboard/assets/"),
                "{name}: {script:.60}"
            );
        }
    }
}

#[test]
fn every_page_has_one_heading_and_every_id_once() {
    for (name, state) in PAGES
        .iter()
        .flat_map(|name| State::ALL.map(|state| (name, state)))
    {
        let page = shown(name, state);
        assert_eq!(page.matches("<h1>").count(), 1, "{name}");
        let mut ids: Vec<&str> = page
            .split(" id=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "{name}: an id stands twice");
    }
}

#[test]
fn the_overview_says_what_needs_its_owner_and_where_each_number_leads() {
    let page = shown("overview", State::Full);
    for said in [
        "2 things need your attention",
        "48,210",
        "today +2,440 −120",
        "$0.42",
        "of $1.00 a day",
        "1,284",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert!(page.contains(r#"href="/dashboard/guilds/100/why?range=today""#));
    let empty = shown("overview", State::Empty);
    assert!(
        empty.contains("All is well: nothing needs you.")
            && empty.contains("Nothing was decided yet")
    );
}

#[test]
fn the_timeline_goes_by_day_and_each_line_leads_to_its_receipt() {
    let page = shown("why", State::Full);
    for said in [
        "<h3>Today</h3>",
        "<h3>Yesterday</h3>",
        "Removed a message of Mallory",
        "Held back: removed a message of Tomás Rey",
        "1 of 3 effects failed",
        "Failed: timed out Mallory",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert!(
        page.contains(r#"href="/dashboard/guilds/100/why/1042""#) && page.contains("cursor=5.6")
    );
    assert!(shown("why", State::Empty).contains("Nothing was decided yet"));
    assert!(
        shown("why", State::Hostile).contains("Show all decisions")
            || shown("why", State::Hostile).contains("Clear")
    );
}

#[test]
fn pages_about_people_say_what_is_theirs_and_what_a_deed_touches() {
    let mine = shown("mine", State::Full);
    for said in ["1,240", "of which 50 are held back", "4 days"] {
        assert!(mine.contains(said), "{said}");
    }
    assert!(shown("mine", State::Empty).contains("Nothing was decided about you"));
    let undo = shown("undo", State::Full);
    for said in [
        "Take case 17 back?",
        "free nitro at evil.example, hurry up",
        "may write again.",
        "Case 18 (a time-out) goes with it",
        "Its points count no longer: 2.",
    ] {
        assert!(undo.contains(said), "{said}");
    }
    assert!(shown("undo", State::Empty).contains("It was taken back before."));
    let access = shown("access", State::Full);
    for said in ["Harbour masters", "Firefox on Linux", "End all others"] {
        assert!(access.contains(said), "{said}");
    }
    assert!(!shown("access", State::Empty).contains("End all others"));
}

#[test]
fn a_receipt_tells_what_it_saw_why_and_what_it_did() {
    let page = shown("receipt", State::Full);
    for said in [
        "free nitro at evil.example",
        "1 earlier message",
        "Shouting · shadow",
        "The rule “No spam” matched",
        "100 %",
        "Message removed",
        "the member takes no direct messages",
        "revision 12",
        "Place in the chain",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert!(shown("receipt", State::Empty).contains("Nothing in Discord."));
}

#[test]
fn settings_show_what_is_in_force_and_what_is_wrong_beside_its_field() {
    let page = shown("settings", State::Full);
    for said in [
        "In force is revision 12",
        "-1 is not a whole number from 0 to 1000000000",
        r#"name="base" value="12""#,
        r#"name="csrf" value="sample""#,
        "Nothing was saved yet.",
    ] {
        assert!(page.contains(said), "{said}");
    }
    let as_stored = shown("settings", State::Empty);
    assert!(as_stored.contains(r#"value="100""#) && !as_stored.contains("aria-invalid"));
    let persona = shown("persona", State::Full);
    assert!(persona.contains("You keep the harbour light.") && persona.contains("#harbour-talk"));
    // Who was overtaken is told of the newer revision, and saves against it.
    assert!(persona.contains("now it is 13") && persona.contains(r#"name="base" value="13""#));
    assert!(shown("document", State::Empty).contains("&quot;streak_bonus&quot;: 10"));
}

#[test]
fn the_history_leads_to_each_revision_and_a_revision_back_into_force() {
    let page = shown("history", State::Full);
    for said in [
        "Revision 12 by Bram de Vries",
        "in force",
        "brings back revision 9",
        "3 changes",
        "More for the winter festival.",
        "cursor=1",
    ] {
        assert!(page.contains(said), "{said}");
    }
    let revision = shown("revision", State::Full);
    for said in [
        "Restore revision 10?",
        "3 places change",
        "<del>calm",
        "Daily reward",
        r#"name="to" value="10""#,
    ] {
        assert!(revision.contains(said), "{said}");
    }
    assert!(shown("history", State::Empty).contains("No revision yet"));
}
