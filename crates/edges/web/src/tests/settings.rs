//! Settings as managers change them: looked at, saved, refused, overtaken, and brought back.

use serde_json::json;

use super::{
    browser::{Browser, Page},
    scene::{Scene, Who},
};

/// The fields of a page's form, as a browser that changes nothing sends them.
fn fields(page: &Page) -> Vec<(String, String)> {
    let (_, form) = page.body.split_once("<form class=\"form\"").unwrap();
    let form = form.split("</form>").next().unwrap();
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        let text = rest.split('"').next()?;
        Some(text.replace("&quot;", "\"").replace("&amp;", "&"))
    };
    let inputs = form.split("<input").skip(1).filter_map(|rest| {
        let tag = rest.split('>').next()?;
        let is_off = tag.contains("type=\"checkbox\"") && !tag.contains(" checked");
        let value = attribute(tag, "value").unwrap_or_default();
        (!is_off).then(|| Some((attribute(tag, "name")?, value)))?
    });
    inputs.collect()
}

/// The page's form with these changes, as it is sent.
fn filled(page: &Page, changes: &[(&str, &str)]) -> String {
    let mut out = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields(page) {
        let changed = changes.iter().find(|(changed, _)| *changed == name);
        out.append_pair(&name, changed.map_or(value.as_str(), |(_, value)| value));
    }
    let known: Vec<String> = fields(page).into_iter().map(|(name, _)| name).collect();
    for (name, value) in changes {
        if !known.iter().any(|known| known == name) {
            out.append_pair(name, value);
        }
    }
    out.finish()
}

struct Settings<'s> {
    scene: &'s Scene,
    browser: Browser,
}

impl Settings<'_> {
    async fn get(&mut self, place: &str) -> Page {
        let path = format!("{}/settings{place}", self.scene.place());
        self.browser.get(&path).await
    }

    async fn send(&mut self, place: &str, form: &str) -> Page {
        let path = format!("{}/settings{place}", self.scene.place());
        self.browser.submit(&path, form).await
    }

    /// Sends a form that is taken; gives the page that follows.
    async fn saved(&mut self, place: &str, form: &str) -> Page {
        let done = self.send(place, form).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let to = self.browser.path_of(done.location());
        self.browser.get(&to).await
    }
}

async fn opened(scene: &Scene, who: Who) -> Settings<'_> {
    let browser = scene.signed_in(who).await;
    Settings { scene, browser }
}

const AMOUNT: &str = "/economy/daily/amount";

#[tokio::test]
async fn a_change_is_looked_at_saved_and_taken_back_by_the_toast() {
    let scene = Scene::set().await;
    let mut manager = opened(&scene, Who::Manager).await;
    let page = manager.get("/economy").await;
    assert!(
        page.body.contains("In force is revision 2"),
        "{}",
        page.body
    );
    let looked = filled(&page, &[(AMOUNT, "150"), ("do", "preview")]);
    let shown = manager.send("/economy", &looked).await;
    for said in ["What saving would change", "Daily reward", "100", "150"] {
        assert!(shown.body.contains(said), "{said}: {}", shown.body);
    }
    assert!(
        shown.body.contains(r#"value="150""#),
        "what was written stays"
    );
    let form = filled(&page, &[(AMOUNT, "150"), ("note", "for the feast")]);
    let after = manager.saved("/economy", &form).await;
    assert!(
        after.body.contains("Saved as revision 3."),
        "{}",
        after.body
    );
    // Sent again it is the same deed, and finds nothing more to change.
    let again = manager.send("/economy", &form).await;
    assert_eq!(again.status, 200);
    assert!(again.body.contains("Somebody saved meanwhile."));
    // The toast takes it back.
    let (_, toast) = after.body.split_once("class=\"toasts\"").unwrap();
    assert!(toast.contains("/settings/restore") && toast.contains(r#"name="to" value="2""#));
    let undo = format!("{}&to=2&base=3", after.form());
    let undone = manager.saved("/restore", &undo).await;
    assert!(
        undone.body.contains("It is in force as revision 4."),
        "{}",
        undone.body
    );
    let page = manager.get("/economy").await;
    assert!(page.body.contains("In force is revision 4"));
    let history = manager.get("/history").await.body;
    for said in [
        "for the feast",
        "brings back revision 2",
        "Revision 3 by mia",
    ] {
        assert!(history.contains(said), "{said}: {history}");
    }
    scene.end().await;
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_nothing_is_saved() {
    let scene = Scene::set().await;
    let mut manager = opened(&scene, Who::Manager).await;
    let page = manager.get("/economy").await;
    for wrong in ["-1", "many", "1.5", "99999999999999999999"] {
        let refused = manager
            .send("/economy", &filled(&page, &[(AMOUNT, wrong)]))
            .await;
        assert_eq!(refused.status, 200, "{wrong}");
        assert!(refused.body.contains("Nothing was saved yet."), "{wrong}");
        assert!(
            refused.body.contains("field-economy-daily-amount-wrong"),
            "{wrong}"
        );
        assert!(
            refused.body.contains(&format!("value=\"{wrong}\"")),
            "{wrong}"
        );
    }
    let document = manager.get("/document").await;
    for (text, said) in [
        ("{", "this is no JSON"),
        (r#"{"economy": {"moons": 3}}"#, "moons"),
        (r#"{"privacy": {"retention_days": 90}}"#, "30"),
    ] {
        let form = filled(&document, &[("document", text)]);
        let refused = manager.send("/document", &form).await;
        assert!(refused.body.contains("Nothing was saved yet."), "{text}");
        assert!(refused.body.contains(said), "{text}: {}", refused.body);
    }
    let page = manager.get("/economy").await;
    assert!(
        page.body.contains("In force is revision 2"),
        "{}",
        page.body
    );
    scene.end().await;
}

#[tokio::test]
async fn who_was_overtaken_keeps_what_they_wrote_and_undoes_nothing() {
    let scene = Scene::set().await;
    let mut manager = opened(&scene, Who::Manager).await;
    let page = manager.get("/economy").await;
    scene
        .configure(json!({"economy": {"start_balance": 7}}))
        .await;
    let form = filled(&page, &[(AMOUNT, "150")]);
    let overtaken = manager.send("/economy", &form).await;
    assert!(overtaken.body.contains("Somebody saved meanwhile."));
    assert!(overtaken.body.contains(r#"name="base" value="3""#));
    let after = manager.saved("/economy", &filled(&overtaken, &[])).await;
    assert!(
        after.body.contains("Saved as revision 4."),
        "{}",
        after.body
    );
    let fields = fields(&after);
    let value = |name: &str| {
        let found = fields.iter().find(|(known, _)| known == name);
        found.unwrap().1.clone()
    };
    assert_eq!(value(AMOUNT), "150");
    assert_eq!(value("/economy/start_balance"), "7");
    scene.end().await;
}

#[tokio::test]
async fn what_was_in_force_at_a_moment_is_found_compared_and_restored() {
    let scene = Scene::set().await;
    scene.clock.advance(kernel::Span::hours(2));
    scene
        .configure(json!({"economy": {"start_balance": 7}}))
        .await;
    let mut manager = opened(&scene, Who::Manager).await;
    let found = manager.get("/history?at=2026-11-20T11:00").await;
    let place = format!("{}/settings/history/2", scene.place());
    assert_eq!((found.status, found.location()), (303, place.as_str()));
    let early = manager.get("/history?at=2020-01-01T00:00").await.body;
    assert!(early.contains("Nothing was set at"), "{early}");
    let nonsense = manager.get("/history?at=%3Cb%3E").await.body;
    assert!(nonsense.contains("Write a day and a time"));
    let page = manager.get("/history/2?against=3").await;
    for said in [
        "From revision 3 to revision 2:",
        "Start balance",
        "Restore it",
    ] {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    assert!(
        manager
            .get("/history/2?against=99")
            .await
            .body
            .contains("no such revision")
    );
    let form = format!("{}&to=2&base=3", page.form());
    let back = manager.saved("/restore", &form).await;
    assert!(
        back.body.contains("It is in force as revision 4."),
        "{}",
        back.body
    );
    // Somebody else's revision is not run over.
    let stale = format!("{}&to=1&base=3", page.form());
    let refused = manager.send("/restore", &stale).await;
    assert!(
        refused.body.contains("It was not restored."),
        "{}",
        refused.body
    );
    assert_eq!(manager.get("/history/99").await.status, 404);
    scene.end().await;
}

#[tokio::test]
async fn a_reader_sees_settings_and_gets_no_button() {
    let scene = Scene::set().await;
    let mut reader = opened(&scene, Who::Reader).await;
    for place in ["/economy", "/document", "/history", "/history/1"] {
        let page = reader.get(place).await;
        assert_eq!(page.status, 200, "{place}");
        assert!(
            !page.body.contains("data-save") && !page.body.contains("Restore it"),
            "{place}"
        );
    }
    scene.end().await;
}

#[tokio::test]
async fn a_provider_s_key_is_kept_replaced_and_forgotten_and_never_shown() {
    let scene = Scene::set().await;
    let mut manager = opened(&scene, Who::Manager).await;
    let page = manager.get("/ai").await;
    assert!(page.body.contains("no key"), "{}", page.body);
    let form = format!("{}&key=sk-very-secret", page.form());
    let after = manager.saved("/ai/key", &form).await;
    assert!(after.body.contains("The key is kept."), "{}", after.body);
    assert!(after.body.contains("a key is kept") && !after.body.contains("sk-very-secret"));
    scene
        .configure(json!({"ai": {"kind": "openai", "base_url": "https://other.example/v1"}}))
        .await;
    let elsewhere = manager.get("/ai").await;
    assert!(
        elsewhere.body.contains("another provider or address"),
        "{}",
        elsewhere.body
    );
    let empty = format!("{}&key=", after.form());
    let refused = manager.send("/ai/key", &empty).await;
    assert!(
        refused.body.contains("Nothing was saved."),
        "{}",
        refused.body
    );
    let forget = format!("{}&key=&forget=yes", refused.form());
    let after = manager.saved("/ai/key", &forget).await;
    assert!(
        after.body.contains("The key was forgotten."),
        "{}",
        after.body
    );
    assert!(after.body.contains("no key"));
    scene.end().await;
}
