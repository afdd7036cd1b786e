//! Who gets in, who did what, and one's own sessions.

use super::scene::{Scene, Who};

#[tokio::test]
async fn roles_changes_and_sessions_stand_on_one_page() {
    let scene = Scene::set().await;
    let path = format!("{}/access", scene.place());
    let mut owner = scene.signed_in(Who::Owner).await;
    let mut other = scene.signed_in(Who::Owner).await;
    let page = owner.get(&path).await;
    for said in [
        "managers",
        "Everything, to look at",
        "All decisions, and may take cases back",
        "Settings changed",
        "this one",
        "End all others",
    ] {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    // Who wrote what from outside is the operator's to see.
    assert!(!page.body.contains("over the API"), "{}", page.body);
    let mut operator = scene.signed_in(Who::Operator).await;
    let theirs = operator.get(&path).await.body;
    assert!(theirs.contains("Settings written over the API"), "{theirs}");
    let form = format!("{}&back={path}", page.form());
    let done = owner.submit("/dashboard/sessions/end", &form).await;
    assert_eq!((done.status, done.location()), (303, path.as_str()));
    assert_eq!(other.get(&path).await.status, 401);
    let away = format!("{}&back=https://evil.test", page.form());
    let done = owner.submit("/dashboard/sessions/end", &away).await;
    assert_eq!(done.location(), "/dashboard");
    scene.end().await;
}
