//! What was decided, as each may see it, and taking it back.

use kernel::{Cause, CauseKind};
use moderation::{CaseError, Measure, Sanction, Settings, Step, StepSanction, sanction};
use serde_json::json;
use store::Tx;

use super::{
    browser::Browser,
    scene::{Scene, Who, guild, user},
};

/// A rule, and a member who broke it: the message is gone, and case 1 says why.
async fn broken(scene: &Scene) {
    scene
        .configure(json!({"moderation": {"rules": [{
            "id": "no-scams", "name": "No scams",
            "trigger": {"kind": "words", "words": ["free nitro"]},
            "actions": [{"kind": "delete"}, {"kind": "warn", "points": 2}],
        }]}}))
        .await;
    scene.say(Who::Member, "free nitro <i>for</i> all");
    let mut owner = scene.signed_in(Who::Owner).await;
    let why = format!("{}/why?kind=moderation", scene.place());
    scene.until_said(&mut owner, &why, "case 1").await;
}

/// The address of the first receipt on a page.
fn receipt(scene: &Scene, body: &str) -> String {
    let before = format!("href=\"{}/why/", scene.place());
    let (_, rest) = body.split_once(&before).unwrap();
    let id = rest.split('"').next().unwrap();
    format!("{}/why/{id}", scene.place())
}

async fn body(browser: &mut Browser, path: &str) -> String {
    browser.get(path).await.body
}

#[tokio::test]
async fn a_decision_is_told_to_whom_it_concerns_and_to_nobody_else() {
    let scene = Scene::set().await;
    broken(&scene).await;
    let why = format!("{}/why?kind=moderation", scene.place());
    let mut moderator = scene.signed_in(Who::Moderator).await;
    let page = body(&mut moderator, &why).await;
    let receipt = receipt(&scene, &page);
    let page = body(&mut moderator, &receipt).await;
    for said in [
        "free nitro &lt;i&gt;for&lt;/i&gt; all",
        "No scams",
        "100 %",
        "/cases/1/undo",
        "&lt;script&gt;ada&lt;/script&gt;",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    // Who it is about sees it too, and has no button; others don't learn that it is there.
    let mut member = scene.signed_in(Who::Member).await;
    let page = body(&mut member, &receipt).await;
    assert!(page.contains("free nitro") && !page.contains("/cases/1/undo"));
    let mut other = scene.signed_in(Who::FormerManager).await;
    assert_eq!(other.get(&receipt).await.status, 404);
    for query in ["", "?text=nitro", "?case=1", "?kind=moderation"] {
        let path = format!("{}/why{query}", scene.place());
        let page = body(&mut other, &path).await;
        assert!(!page.contains("Removed a message of"), "{query}: {page}");
    }
    scene.end().await;
}

#[tokio::test]
async fn a_decision_is_made_again_by_the_rules_of_today_and_of_then() {
    let scene = Scene::set().await;
    broken(&scene).await;
    let mut moderator = scene.signed_in(Who::Moderator).await;
    let why = format!("{}/why?kind=moderation", scene.place());
    let receipt = receipt(&scene, &body(&mut moderator, &why).await);
    let page = body(&mut moderator, &format!("{receipt}?rules=today")).await;
    assert!(page.contains("the same rule hits"), "{page}");
    let (_, then) = page.split_once("those of then, revision ").unwrap();
    let then = then.split('<').next().unwrap().to_owned();
    scene
        .configure(json!({"moderation": {"rules": [{
            "id": "no-caps", "trigger": {"kind": "words", "words": ["shouting"]}, "actions": [{"kind": "delete"}],
        }]}}))
        .await;
    for (rules, said) in [
        ("today", "decided otherwise"),
        (then.as_str(), "the same rule hits"),
        ("999", "there is no revision 999"),
        ("%3Cb%3E", "A revision is a whole number above zero"),
    ] {
        let page = body(&mut moderator, &format!("{receipt}?rules={rules}")).await;
        assert!(page.contains(said), "{rules}: {page}");
    }
    // What rules would say is not for those whom they are about.
    let mut member = scene.signed_in(Who::Member).await;
    let page = body(&mut member, &format!("{receipt}?rules=today")).await;
    assert!(
        !page.contains("Judge it again") && !page.contains("same rule"),
        "{page}"
    );
    scene.end().await;
}

#[tokio::test]
async fn decisions_are_found_by_what_one_knows_of_them() {
    let scene = Scene::set().await;
    broken(&scene).await;
    let mut owner = scene.signed_in(Who::Owner).await;
    let member = scene.of(Who::Member);
    let table = [
        ("kind=moderation".to_owned(), true),
        ("kind=ai".to_owned(), false),
        ("kind=nonsense".to_owned(), true),
        ("action=delete".to_owned(), true),
        ("action=ban".to_owned(), false),
        (format!("user={member}"), true),
        ("user=12".to_owned(), false),
        ("case=1".to_owned(), true),
        ("case=2".to_owned(), false),
        ("text=NITRO".to_owned(), true),
        ("text=pizza".to_owned(), false),
        ("range=today".to_owned(), true),
        ("from=2026-11-20&to=2026-11-20".to_owned(), true),
        ("from=2026-11-21".to_owned(), false),
        ("to=2026-11-19".to_owned(), false),
        ("to=%3Cb%3E".to_owned(), true),
        ("outcome=error".to_owned(), false),
    ];
    for (query, found) in table {
        let page = body(&mut owner, &format!("{}/why?{query}", scene.place())).await;
        let shown = page.contains("Removed a message of");
        assert_eq!(shown, found, "{query}: {page}");
    }
    scene.end().await;
}

#[tokio::test]
async fn a_case_is_looked_at_before_it_is_taken_back_and_goes_once() {
    let scene = Scene::set().await;
    broken(&scene).await;
    let undo = format!("{}/cases/1/undo", scene.place());
    let mut moderator = scene.signed_in(Who::Moderator).await;
    let page = moderator.get(&undo).await;
    for said in [
        "Take case 1 back?",
        "is posted again in",
        "Its points count no longer: 2.",
    ] {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    let form = format!("{}&reason=a+mistake", page.form());
    for _ in 0..2 {
        let done = moderator.submit(&undo, &form).await;
        assert_eq!(done.status, 303, "{}", done.body);
        let page = moderator.get(&moderator.path_of(done.location())).await;
        assert!(
            page.body.contains("Case 1 was taken back."),
            "{}",
            page.body
        );
        assert_eq!(
            page.body.matches("Took back case 1").count(),
            1,
            "{}",
            page.body
        );
    }
    let page = moderator.get(&undo).await;
    assert!(page.body.contains("It was taken back before."));
    let too_long = format!("{}&reason={}", page.form(), "x".repeat(600));
    let page = moderator.submit(&undo, &too_long).await;
    assert!(
        page.body.contains("Nothing was taken back."),
        "{}",
        page.body
    );
    scene.end().await;
}

#[tokio::test]
async fn nobody_but_a_keeper_of_cases_takes_one_back() {
    let scene = Scene::set().await;
    broken(&scene).await;
    let undo = format!("{}/cases/1/undo", scene.place());
    let mut moderator = scene.signed_in(Who::Moderator).await;
    let theirs = moderator.get(&undo).await.form();
    for who in [Who::Member, Who::Reader, Who::Manager] {
        let mut browser = scene.signed_in(who).await;
        let token = browser.get("/dashboard").await.token();
        let form = format!("csrf={token}&once=k");
        assert_eq!(browser.submit(&undo, &form).await.status, 403, "{who:?}");
        assert_eq!(browser.submit(&undo, &theirs).await.status, 403, "{who:?}");
    }
    let page = moderator.get(&undo).await.body;
    assert!(page.contains("Take it back"), "{page}");
    scene.end().await;
}

/// Something was done to a member by who may do everything; gives its case, and the one that its points led to.
async fn sanctioned(scene: &Scene, who: Who, measure: Measure) -> (i64, Option<i64>) {
    let core = scene.app.core();
    let cause = Cause::new(CauseKind::Message, core.ids().next());
    let op = core.admission().event(guild(scene.guild), cause);
    let cmd = Sanction {
        measure,
        user: user(scene.of(who)),
        reason: "enough".to_owned(),
    };
    let mut settings = Settings::default();
    settings.points.steps = vec![Step {
        points: 3,
        sanction: StepSanction::Ban { days: None },
    }];
    let ids = core.ids().clone();
    let work = move |tx: &mut Tx<'_>| sanction(tx, &op, ids.as_ref(), &settings, &cmd);
    let done: Result<_, CaseError> = core.database().write("test", work).await;
    let done = done.unwrap();
    (done.case.number, done.step.map(|step| step.number))
}

const BAN: Measure = Measure::Ban {
    minutes: None,
    delete_seconds: 0,
};
const WARNING: Measure = Measure::Warn { points: 3 };

/// Regression: whoever could time members out lifted bans by taking their cases back, or the cases that had led there.
#[tokio::test]
async fn who_may_not_ban_takes_no_ban_back() {
    let scene = Scene::set().await;
    let (ban, _) = sanctioned(&scene, Who::FormerManager, BAN).await;
    let (warning, led_to) = sanctioned(&scene, Who::Member, WARNING).await;
    let mut moderator = scene.signed_in(Who::Moderator).await;
    let token = moderator.get("/dashboard").await.token();
    for case in [ban, warning, led_to.unwrap()] {
        let undo = format!("{}/cases/{case}/undo", scene.place());
        let form = format!("csrf={token}&once=k{case}");
        for page in [
            moderator.get(&undo).await,
            moderator.submit(&undo, &form).await,
        ] {
            assert_eq!(page.status, 403, "{case}: {}", page.body);
            assert!(page.body.contains("would lift a ban"), "{}", page.body);
        }
    }
    let mut owner = scene.signed_in(Who::Owner).await;
    let undo = format!("{}/cases/{warning}/undo", scene.place());
    let page = owner.get(&undo).await;
    assert!(page.body.contains("may join again"), "{}", page.body);
    let done = owner.submit(&undo, &page.form()).await;
    assert_eq!(done.status, 303, "{}", done.body);
    scene.end().await;
}

/// Regression: the queue of held messages took any case back, so that a moderator lifted a ban there.
#[tokio::test]
async fn the_queue_takes_no_case_back_but_of_what_waits() {
    let scene = Scene::set().await;
    broken(&scene).await;
    let (ban, _) = sanctioned(&scene, Who::Member, BAN).await;
    let mut moderator = scene.signed_in(Who::Moderator).await;
    let token = moderator.get("/dashboard").await.token();
    for case in [1, ban] {
        let back = format!("{}/moderation/review/{case}/back", scene.place());
        let form = format!("csrf={token}&once=k{case}");
        let refused = moderator.submit(&back, &form).await;
        assert_eq!(refused.status, 409, "{case}: {}", refused.body);
        let words = "does not wait for review";
        assert!(refused.body.contains(words), "{}", refused.body);
        let place = format!("{}/moderation/cases/{case}", scene.place());
        let page = moderator.get(&place).await.body;
        assert!(page.contains("Take it back"), "{page}");
    }
    scene.end().await;
}
