//! Tokens of programs: made by who may give what they open, shown once, and revoked after a look.

use super::scene::{Scene, Who};

fn shown(body: &str) -> String {
    let (_, rest) = body.split_once("<code>gh_").unwrap();
    format!("gh_{}", rest.split('<').next().unwrap())
}

#[tokio::test]
async fn a_token_is_made_shown_once_and_revoked_after_a_look() {
    let scene = Scene::set().await;
    let place = format!("{}/access", scene.place());
    let mut owner = scene.signed_in(Who::Owner).await;
    let page = owner.get(&format!("{place}/new-token")).await;
    assert!(
        page.body.contains("Give, take and move coins"),
        "{}",
        page.body
    );
    let form = format!(
        "{}&name=shop-bot&scope=economy:write&scope=config:read",
        page.form()
    );
    let made = owner.submit(&format!("{place}/new-token"), &form).await;
    assert_eq!(
        (made.status, &made.headers["cache-control"]),
        (200, &"no-store".parse().unwrap())
    );
    let text = shown(&made.body);
    let digest = platform::token_digest(&text).unwrap();
    let core = scene.app.core();
    let read = move |tx: &mut store::Tx<'_>| platform::token_fetch(tx, digest);
    let kept = core
        .database()
        .read::<_, store::DbError, _>("token", read)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((kept.name.as_str(), kept.scopes.len()), ("shop-bot", 2));
    // It stands on no page any more, and the same form makes no second one.
    let again = owner.submit(&format!("{place}/new-token"), &form).await;
    assert!(
        again.body.contains("already") && !again.body.contains("gh_"),
        "{}",
        again.body
    );
    let listed = owner.get(&place).await.body;
    assert!(
        listed.contains("shop-bot") && !listed.contains(&text),
        "{listed}"
    );
    let one = format!("{place}/tokens/{}", kept.id);
    let page = owner.get(&one).await;
    assert!(
        page.body.contains("Revoke shop-bot?") && page.body.contains("never"),
        "{}",
        page.body
    );
    let done = owner.submit(&format!("{one}/revoke"), &page.form()).await;
    assert_eq!(done.status, 303, "{}", done.body);
    let after = owner.get(done.location()).await.body;
    assert!(
        after.contains("opens nothing any more") && after.contains("No program has a token"),
        "{after}"
    );
    assert_eq!(owner.get(&one).await.status, 404);
    let mut operator = scene.signed_in(Who::Operator).await;
    let why = operator
        .get(&format!("{}/why?kind=access", scene.place()))
        .await
        .body;
    assert!(
        why.contains("the token `shop-bot`") || why.contains("the token shop-bot"),
        "{why}"
    );
    scene.end().await;
}

#[tokio::test]
async fn nobody_gives_a_program_what_they_do_not_see_themselves() {
    let scene = Scene::set().await;
    let place = format!("{}/access/new-token", scene.place());
    let mut manager = scene.signed_in(Who::Manager).await;
    let page = manager.get(&place).await;
    // They manage the server, and may neither ban nor time out.
    let withheld = [
        "memory:read",
        "memory:write",
        "audit:read",
        "moderation:write",
    ];
    for scope in withheld {
        assert!(!page.body.contains(scope), "{scope}: {}", page.body);
    }
    for scope in withheld.into_iter().chain(["everything"]) {
        let form = format!("{}&name=spy&scope={scope}", page.form());
        assert_eq!(manager.submit(&place, &form).await.status, 403, "{scope}");
    }
    let mut operator = scene.signed_in(Who::Operator).await;
    let page = operator.get(&place).await;
    let form = format!("{}&name=archive&scope=audit:read", page.form());
    let made = operator.submit(&place, &form).await;
    assert!(made.body.contains("gh_"), "{}", made.body);
    scene.end().await;
}

#[tokio::test]
async fn a_name_that_is_none_is_refused_beside_what_was_chosen() {
    let scene = Scene::set().await;
    let place = format!("{}/access/new-token", scene.place());
    let mut owner = scene.signed_in(Who::Owner).await;
    let page = owner.get(&place).await;
    for name in ["", "%3Cscript%3Ealert(1)%3C/script%3E", "operator", "UPPER"] {
        let form = format!("{}&name={name}&scope=bots:read", page.form());
        let refused = owner.submit(&place, &form).await;
        assert_eq!(refused.status, 200);
        assert!(
            refused.body.contains("No token was made.")
                && refused.body.contains("value=\"bots:read\" checked"),
            "{}",
            refused.body
        );
        assert!(!refused.body.contains("<script>alert"), "{}", refused.body);
    }
    let none = owner
        .submit(&place, &format!("{}&name=fine", page.form()))
        .await;
    assert!(none.body.contains("at least one scope"), "{}", none.body);
    scene.end().await;
}
