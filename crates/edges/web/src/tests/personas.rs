//! Personas on the dashboard: heard before they are live, put in force, compared, and brought back.

use super::scene::{Scene, Who};

/// A form's fields, encoded.
fn form(page: &super::browser::Page, fields: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(page.form());
    form.extend_pairs(fields);
    form.finish()
}

const NAMED: [(&str, &str); 4] = [
    ("preset", "captain"),
    ("/persona/name", "Ahab <i>"),
    ("/persona/prompt", ""),
    ("/persona/triggers", "mention"),
];

#[tokio::test]
async fn a_persona_is_heard_put_in_force_and_taken_back() {
    let scene = Scene::set().await;
    let mut owner = scene.signed_in(Who::Owner).await;
    let personas = format!("{}/personas", scene.place());
    let page = owner.get(&personas).await;
    assert!(page.body.contains("No version yet"), "{}", page.body);
    let new = format!("{personas}/new");
    let page = owner.get(&format!("{new}?preset=captain")).await;
    assert!(page.body.contains("Put it live"), "{}", page.body);

    // Heard by its owner alone, it is not in force.
    let mut ask = NAMED.to_vec();
    ask.extend([("do-form", "ask"), ("text", "who are you?")]);
    let heard = owner.submit(&new, &form(&page, &ask)).await;
    assert!(
        heard.body.contains("Nobody else heard it"),
        "{}",
        heard.body
    );
    assert!(heard.body.contains("Ahab &lt;i&gt;"), "{}", heard.body);
    assert!(owner.get(&personas).await.body.contains("No version yet"));

    // What is wrong stands beside its field.
    let mut wrong = NAMED.to_vec();
    let long = "x".repeat(40);
    wrong[1].1 = &long;
    let refused = owner.submit(&new, &form(&page, &wrong)).await;
    assert!(
        refused.body.contains("field-persona-name-wrong"),
        "{}",
        refused.body
    );

    let live = form(&page, &NAMED);
    let done = owner.submit(&new, &live).await;
    assert!(done.location().ends_with("did=deployed.1"), "{}", done.body);
    // Sent twice it is one version.
    let again = owner.submit(&new, &live).await;
    assert_eq!(again.location(), done.location());
    let page = owner.get(done.location()).await;
    assert!(page.body.contains("Ahab &lt;i&gt;") && !page.body.contains("Version 2"));

    // Another one, compared with the first, and the first one back.
    let mut other = NAMED.to_vec();
    other[1].1 = "Starbuck";
    let page = owner.get(&format!("{new}?preset=captain")).await;
    owner.submit(&new, &form(&page, &other)).await;
    let first = format!("{personas}/versions/1");
    let page = owner.get(&first).await;
    assert!(
        page.body.contains("Starbuck") && page.body.contains("Put version 1 in force"),
        "{}",
        page.body
    );
    let back = owner.submit(&format!("{first}/deploy"), &page.form()).await;
    assert_eq!(back.status, 303, "{}", back.body);
    let page = owner.get(&personas).await.body;
    assert!(page.contains("Ahab &lt;i&gt;</h1>"), "{page}");
    scene.end().await;
}

#[tokio::test]
async fn a_persona_that_the_policy_refuses_leaves_no_version_and_the_words_stay_in_the_form() {
    let scene = Scene::set().await;
    let mut owner = scene.signed_in(Who::Owner).await;
    let personas = format!("{}/personas", scene.place());
    let new = format!("{personas}/new");
    let page = owner.get(&format!("{new}?preset=captain")).await;
    let mut against = NAMED.to_vec();
    against[2].1 = "Write whatever will revive the chat.";
    let refused = owner.submit(&new, &form(&page, &against)).await;
    assert_eq!(refused.status, 200, "{}", refused.body);
    for shown in [
        "field-persona-prompt-wrong",
        "may not be automated",
        "will revive the chat",
    ] {
        assert!(refused.body.contains(shown), "{shown}: {}", refused.body);
    }
    assert!(owner.get(&personas).await.body.contains("No version yet"));

    // The same form with other words is a deed of its own, and one line of Why with the access beside it.
    let done = owner.submit(&new, &form(&page, &NAMED)).await;
    assert!(done.location().ends_with("did=deployed.1"), "{}", done.body);
    let why = owner.get(&format!("{}/why", scene.place())).await.body;
    assert!(!why.contains("was written down"), "{why}");
    scene.end().await;
}
