//! Order as the dashboard keeps it: rules written, tried and watched; held messages decided; cases noted.

use serde_json::json;
use sim::{MakeChannel, Overwrite, Say};

use super::{
    browser::{Browser, Page},
    scene::{SOON, Scene, Who},
};

/// Discord's permission to see a channel.
const VIEW_CHANNEL: u64 = 1 << 10;

/// A form of a rule for words, as a browser sends it.
fn rule_form(page: &Page, fields: &[(&str, &str)]) -> String {
    let mut form = page.form();
    for name in ["base", "kind"] {
        let (_, rest) = page
            .body
            .split_once(&format!("name=\"{name}\" value=\""))
            .unwrap();
        let value = rest.split('"').next().unwrap();
        form.push_str(&format!("&{name}={value}"));
    }
    for (name, value) in fields {
        let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
        let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
        form.push_str(&format!("&{name}={value}"));
    }
    form
}

const FIELDS: [(&str, &str); 9] = [
    ("/name", "No scams"),
    ("/mode", "shadow"),
    ("/enabled", "true"),
    ("/trigger/words", "free nitro\r\nscam*"),
    ("/do/message", "hold"),
    ("/do/member", "warn"),
    ("/do/points", "2"),
    ("/do/minutes", "0"),
    ("note", "a first rule"),
];

/// The fields with some of them changed.
fn fields<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = FIELDS.to_vec();
    for (name, value) in changes {
        match fields.iter_mut().find(|(known, _)| known == name) {
            Some(field) => field.1 = value,
            None => fields.push((name, value)),
        }
    }
    fields
}

async fn body(browser: &mut Browser, path: &str) -> String {
    browser.get(path).await.body
}

#[tokio::test]
async fn a_rule_is_tried_and_corrected_before_it_is_written() {
    let scene = Scene::set().await;
    let mut owner = scene.signed_in(Who::Owner).await;
    let at = |place: &str| format!("{}/moderation{place}", scene.place());
    let new = at("/new-rule");
    let page = owner.get(&format!("{new}?kind=words")).await;
    // Tried before it is saved, it says what it would do and nothing is written.
    let tried = rule_form(
        &page,
        &fields(&[("do-form", "try"), ("text", "get FREE n1tro <b>")]),
    );
    let answer = owner.submit(&new, &tried).await;
    for said in [
        "What it says of the message",
        "shadow: nothing is done",
        "holds the message for review",
    ] {
        assert!(answer.body.contains(said), "{said}: {}", answer.body);
    }
    assert!(
        body(&mut owner, &at("/rules"))
            .await
            .contains("No rule yet")
    );
    // What is wrong stands beside its field.
    let wrong = rule_form(
        &page,
        &fields(&[("/trigger/words", ""), ("/do/points", "99999")]),
    );
    let answer = owner.submit(&new, &wrong).await;
    assert!(answer.body.contains("the list is empty"), "{}", answer.body);
    assert!(
        answer.body.contains("field-do-points-wrong"),
        "{}",
        answer.body
    );
    scene.end().await;
}

#[tokio::test]
async fn a_rule_is_held_against_what_was_written_and_shows_what_the_asker_may_read() {
    let scene = Scene::set().await;
    let control = scene.control();
    let everyone = Overwrite {
        id: scene.guild,
        kind: 0,
        allow: 0,
        deny: VIEW_CHANNEL,
    };
    let member = Overwrite {
        id: scene.of(Who::Member),
        kind: 1,
        allow: VIEW_CHANNEL,
        deny: 0,
    };
    let make = MakeChannel {
        guild: scene.guild,
        name: "staff".to_owned(),
        overwrites: vec![everyone, member],
        ..MakeChannel::default()
    };
    let staff = control.channel(make).unwrap();
    scene.say(Who::Member, "free nitro <b>");
    scene.say(Who::Member, "good morning");
    let secret = Say {
        channel: staff,
        user: scene.of(Who::Member),
        content: "free nitro under the doormat".to_owned(),
        ..Say::default()
    };
    control.say(secret).unwrap();
    let mut manager = scene.signed_in(Who::Manager).await;
    let new = format!("{}/moderation/new-rule", scene.place());
    let page = manager.get(&format!("{new}?kind=words")).await;
    let form = rule_form(&page, &fields(&[("do-form", "look-back")]));
    // The bot may hear of the channel a moment later.
    let both = async {
        loop {
            let answer = manager.submit(&new, &form).await.body;
            if answer.contains("it would have hit <strong>2</strong> by 1 person") {
                return answer;
            }
        }
    };
    let answer = tokio::time::timeout(SOON, both)
        .await
        .expect("both are hit");
    assert!(answer.contains("free nitro &lt;b&gt;"), "{answer}");
    assert!(
        answer.contains("1 of the hits stand in channels"),
        "{answer}"
    );
    assert!(
        !answer.contains("doormat") && !answer.contains("good morning"),
        "{answer}"
    );
    let rules = format!("{}/moderation/rules", scene.place());
    assert!(body(&mut manager, &rules).await.contains("No rule yet"));
    let mut owner = scene.signed_in(Who::Owner).await;
    let page = owner.get(&format!("{new}?kind=words")).await;
    let form = rule_form(&page, &fields(&[("do-form", "look-back")]));
    let answer = owner.submit(&new, &form).await.body;
    assert!(answer.contains("doormat"), "{answer}");
    scene.end().await;
}

#[tokio::test]
async fn a_rule_is_written_watches_and_is_then_let_act() {
    let scene = Scene::set().await;
    let mut owner = scene.signed_in(Who::Owner).await;
    let at = |place: &str| format!("{}/moderation{place}", scene.place());
    let new = at("/new-rule");
    let page = owner.get(&format!("{new}?kind=words")).await;
    let created = owner.submit(&new, &rule_form(&page, &fields(&[]))).await;
    let rule = at("/rules/no-scams");
    assert!(created.location().starts_with(&rule), "{}", created.body);
    // In the shadow it notes whom it would have hit, and the message stays.
    scene.say(Who::Member, "free nitro for all");
    scene
        .until_said(
            &mut owner,
            &rule,
            "would have acted <strong>1 time</strong>",
        )
        .await;
    assert!(body(&mut owner, &at("")).await.contains("No cases"));
    let page = owner.get(&rule).await;
    assert!(page.body.contains("scam*"), "{}", page.body);
    let act = rule_form(
        &page,
        &fields(&[("/mode", "act"), ("/name", "No scams <i>")]),
    );
    let saved = owner.submit(&rule, &act).await;
    assert_eq!(saved.status, 303, "{}", saved.body);
    // Who looked at an older revision is told.
    let stale = owner
        .submit(&rule, &rule_form(&page, &fields(&[("/mode", "shadow")])))
        .await;
    assert!(
        stale.body.contains("Somebody saved meanwhile"),
        "{}",
        stale.body
    );
    scene.say(Who::Member, "free nitro again");
    scene
        .until_said(&mut owner, &at("/review"), "free nitro again")
        .await;
    let list = body(&mut owner, &at("/rules")).await;
    assert!(
        list.contains("No scams &lt;i&gt;") && list.contains("data-label=\"Acted, 7 days\">1<"),
        "{list}"
    );
    let form = owner.get(&rule).await.form();
    let removed = owner.submit(&format!("{rule}/remove"), &form).await;
    assert_eq!(removed.status, 303, "{}", removed.body);
    assert_eq!(owner.get(&rule).await.status, 404);
    scene.end().await;
}

#[tokio::test]
async fn a_message_is_tried_on_the_rules_in_force_by_moderators_too() {
    let scene = Scene::set().await;
    held(&scene, &[]).await;
    let mut moderator = scene.signed_in(Who::Moderator).await;
    let console = format!("{}/moderation/try", scene.place());
    let page = moderator.get(&console).await;
    let form = format!("{}&text=a+SPÄM+%3Cb%3E&channel=&member=", page.form());
    let answer = moderator.submit(&console, &form).await;
    for said in [
        "Together: holds the message for review",
        "<mark dir=\"auto\">SPÄM</mark>",
    ] {
        assert!(answer.body.contains(said), "{said}: {}", answer.body);
    }
    let nothing = format!("{}&text=good+morning", page.form());
    let answer = moderator.submit(&console, &nothing).await;
    assert!(answer.body.contains("nothing hits"), "{}", answer.body);
    scene.end().await;
}

/// A rule that holds, and what it held.
async fn held(scene: &Scene, messages: &[&str]) {
    let rule = json!({"id": "spam", "trigger": {"kind": "words", "words": ["spam"]}, "actions": [{"kind": "hold"}]});
    scene
        .configure(json!({"moderation": {"rules": [rule]}}))
        .await;
    let mut owner = scene.signed_in(Who::Owner).await;
    for message in messages {
        scene.say(Who::Member, message);
        let review = format!("{}/moderation/review", scene.place());
        scene.until_said(&mut owner, &review, message).await;
    }
}

#[tokio::test]
async fn held_messages_are_given_back_or_left_away_once() {
    let scene = Scene::set().await;
    held(&scene, &["spam one", "spam two"]).await;
    let mut moderator = scene.signed_in(Who::Moderator).await;
    let review = format!("{}/moderation/review", scene.place());
    let page = moderator.get(&review).await;
    assert!(
        page.body.contains("2 messages held by rules"),
        "{}",
        page.body
    );
    let away = moderator
        .submit(&format!("{review}/1/away"), &page.form())
        .await;
    assert!(away.location().contains("did=left-away.1"), "{}", away.body);
    let page = moderator.get(&review).await;
    assert!(!page.body.contains("spam one") && page.body.contains("spam two"));
    let back = moderator
        .submit(&format!("{review}/2/back"), &page.form())
        .await;
    assert_eq!(back.status, 303, "{}", back.body);
    assert!(
        body(&mut moderator, &review)
            .await
            .contains("Nothing to review")
    );
    // Both decisions are told, and what was left away can still be taken back.
    let case = body(
        &mut moderator,
        &format!("{}/moderation/cases/1", scene.place()),
    )
    .await;
    assert!(
        case.contains("spam one") && case.contains("Take it back"),
        "{case}"
    );
    let case = body(
        &mut moderator,
        &format!("{}/moderation/cases/2", scene.place()),
    )
    .await;
    assert!(
        case.contains("taken back") && !case.contains("Take it back"),
        "{case}"
    );
    // Readers look and decide nothing.
    let mut reader = scene.signed_in(Who::Reader).await;
    let token = reader.get("/dashboard").await.token();
    let form = format!("csrf={token}&once=k");
    let refused = reader.submit(&format!("{review}/1/back"), &form).await;
    assert_eq!(refused.status, 403);
    scene.end().await;
}

#[tokio::test]
async fn cases_are_found_and_noted() {
    let scene = Scene::set().await;
    held(&scene, &["spam one"]).await;
    let mut moderator = scene.signed_in(Who::Moderator).await;
    let cases = format!("{}/moderation", scene.place());
    for (query, found) in [
        ("", true),
        ("?kind=automod&state=open&rule=spam", true),
        ("?kind=ban", false),
        ("?state=undone", false),
        ("?rule=other", false),
        ("?kind=nonsense", true),
        ("?member=12", false),
        ("?member=moe", false),
        ("?member=%40%3Cscript%3Eada", true),
        // Two are called so, and nobody: said so, and nothing is left out.
        ("?member=m", true),
        ("?member=zoe", true),
    ] {
        let page = body(&mut moderator, &format!("{cases}{query}")).await;
        assert_eq!(
            page.contains("/moderation/cases/1\""),
            found,
            "{query}: {page}"
        );
    }
    let page = body(&mut moderator, &format!("{cases}?member=zoe")).await;
    assert!(page.contains("Nobody is called that"), "{page}");
    let found = body(&mut moderator, &format!("{}/people?named=m", scene.place())).await;
    let names: Vec<&str> = found
        .split("\"name\":\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert_eq!(names, ["mia", "moe"], "{found}");
    let case = format!("{cases}/cases/1");
    let page = moderator.get(&case).await;
    let noted = format!("{}&text=watch+%3Cthis%3E+one", page.form());
    let done = moderator.submit(&format!("{case}/note"), &noted).await;
    assert_eq!(done.status, 303, "{}", done.body);
    moderator.submit(&format!("{case}/note"), &noted).await;
    let page = moderator.get(&case).await;
    assert_eq!(
        page.body.matches("watch &lt;this&gt; one").count(),
        1,
        "{}",
        page.body
    );
    let empty = format!("{}&text=+", page.form());
    let refused = moderator.submit(&format!("{case}/note"), &empty).await;
    assert!(
        refused.body.contains("It was not noted."),
        "{}",
        refused.body
    );
    scene.end().await;
}
