//! Coins as the dashboard shows them: followed to where they came from, and taken back after a look.

use app::flows::grant;
use economy::{Leg, Receipt, Transfer, TransferKind};
use kernel::{Amount, Cause, CauseKind};

use super::{
    browser::Browser,
    scene::{Scene, Who, guild},
};

/// Moves coins as the operator.
async fn moves(scene: &Scene, from: &str, to: &str, amount: i64) -> Receipt {
    let core = scene.app.core();
    let cause = Cause::new(CauseKind::Api, core.ids().next());
    let op = core
        .admission()
        .token(guild(scene.guild), "operator", cause);
    let (from, to) = (from.parse().unwrap(), to.parse().unwrap());
    let command = Transfer {
        leg: Leg::named("transfer"),
        kind: TransferKind::between(&from, &to),
        from,
        to,
        amount: Amount::new(amount).unwrap(),
        reason: "<b>why not</b>".to_owned(),
    };
    grant::transfer(core, op, command).await.unwrap()
}

fn purse(scene: &Scene, who: Who) -> String {
    format!("purse:{}", scene.of(who))
}

/// Somebody who was granted 100 and paid 30 of it; gives the payment's place.
async fn paid(scene: &Scene) -> i64 {
    let (member, moderator) = (purse(scene, Who::Member), purse(scene, Who::Moderator));
    moves(scene, "faucet:grant", &member, 100).await;
    let paid = moves(scene, &member, &moderator, 30).await;
    paid.record.seq
}

async fn body(browser: &mut Browser, path: &str) -> String {
    browser.get(path).await.body
}

#[tokio::test]
async fn a_statement_explains_every_coin_and_is_for_its_member_and_managers() {
    let scene = Scene::set().await;
    let place = paid(&scene).await;
    let member = scene.of(Who::Member);
    let statement = format!("{}/members/{member}/statement", scene.place());
    for who in [Who::Member, Who::Reader, Who::Operator] {
        let mut browser = scene.signed_in(who).await;
        let page = body(&mut browser, &statement).await;
        for said in [
            "<strong>0</strong> before, <strong>+100</strong> came, <strong>−30</strong> went",
            "explained by 2 movements",
            "Grants by staff",
            "&lt;b&gt;why not&lt;/b&gt;",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
    }
    // Both sides look at the payment; nobody else does, and a member takes nothing back.
    let payment = format!("{}/economy/transfers/{place}", scene.place());
    let mut own = scene.signed_in(Who::Member).await;
    let page = own.get(&payment).await;
    assert!(page.status == 200 && !page.body.contains("Take it back"));
    assert!(!page.body.contains("/economy/transfers\""), "{}", page.body);
    let mut other = scene.signed_in(Who::FormerManager).await;
    assert_eq!(other.get(&payment).await.status, 403);
    assert_eq!(other.get(&statement).await.status, 403);
    scene.end().await;
}

#[tokio::test]
async fn a_movement_is_taken_back_once_after_a_look_at_what_that_does() {
    let scene = Scene::set().await;
    let place = paid(&scene).await;
    let moderator = purse(&scene, Who::Moderator);
    moves(&scene, &moderator, "sink:revoke", 10).await;
    let mut owner = scene.signed_in(Who::Owner).await;
    let payment = format!("{}/economy/transfers/{place}", scene.place());
    let page = owner.get(&payment).await;
    for said in [
        "Take this movement back?",
        "100 afterwards",
        "They have spent 10",
    ] {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    // A look changes nothing.
    assert!(body(&mut owner, &payment).await.contains("Take it back"));
    let form = format!("{}&reason=a+mistake", page.form());
    let done = owner.submit(&format!("{payment}/revert"), &form).await;
    assert_eq!(done.status, 303, "{}", done.body);
    let back = body(&mut owner, done.location()).await;
    assert!(
        back.contains("It takes back") && back.contains("a mistake"),
        "{back}"
    );
    // The same form sent twice is one deed, another one is refused.
    let again = owner.submit(&format!("{payment}/revert"), &form).await;
    assert_eq!(again.location(), done.location());
    let other = format!("{}&reason=once+more", owner.get(&payment).await.form());
    let refused = owner.submit(&format!("{payment}/revert"), &other).await;
    assert!(
        refused.body.contains("It was not taken back."),
        "{}",
        refused.body
    );
    let page = body(&mut owner, &payment).await;
    assert!(page.contains("taken back") && !page.contains("Take this movement back?"));
    let statement = format!(
        "{}/members/{}/statement",
        scene.place(),
        scene.of(Who::Member)
    );
    let page = body(&mut owner, &statement).await;
    assert!(page.contains("<strong>100 🪙</strong> now"), "{page}");
    let why = body(&mut owner, &format!("{}/why?kind=money", scene.place())).await;
    assert!(why.contains("a mistake"), "{why}");
    scene.end().await;
}

#[tokio::test]
async fn the_economy_says_how_many_coins_there_are_and_that_the_books_agree() {
    let scene = Scene::set().await;
    let mut owner = scene.signed_in(Who::Owner).await;
    let economy = format!("{}/economy", scene.place());
    let empty = body(&mut owner, &economy).await;
    assert!(empty.contains("Nobody has coins"), "{empty}");
    paid(&scene).await;
    let page = body(&mut owner, &economy).await;
    for said in [
        "100 🪙 in circulation, 100 more in 7 days",
        "none lost or made",
        "30 🪙 changed hands between members in 1 payment",
        "Grants by staff",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let found = [
        ("kind=grant", 1),
        ("kind=transfer", 1),
        ("kind=daily", 0),
        ("", 2),
    ];
    for (query, count) in found {
        let list = body(&mut owner, &format!("{economy}/transfers?{query}")).await;
        let rows = list.matches("data-label=\"Coins\"").count();
        assert_eq!(rows, count, "{query}: {list}");
    }
    scene.end().await;
}
