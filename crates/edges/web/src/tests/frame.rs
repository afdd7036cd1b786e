//! What stands around every page of a guild: for whom, over which time, and what is wrong at the moment.

use app::installation::{Bot, Connection};
use axum::http::Method;
use chat::Page;
use kernel::{GuildId, UserId};

use crate::{
    Ailing,
    routes::{Route, list},
};

use super::scene::{Scene, Who};

/// What stands only where the tour is offered.
const OFFER: &str = "New here?";

#[tokio::test]
async fn w5_the_sections_are_those_that_are_open_to_the_viewer() {
    let scene = Scene::set().await;
    let place = scene.place();
    let mut owner = scene.signed_in(Who::Owner).await;
    let page = owner.get(&place).await.body;
    assert!(page.contains("Hall &lt;b&gt;&amp;"), "{page}");
    assert!(page.contains(r#"data-place="Overview""#), "{page}");
    // The switcher leads to no server that they are not in.
    assert!(!page.contains("Elsewhere"), "{page}");
    let mut operator = scene.signed_in(Who::Operator).await;
    let page = operator.get(&place).await.body;
    assert!(page.contains("Elsewhere"), "{page}");
    scene.end().await;
}

#[test]
fn every_page_that_a_reply_leads_to_is_there() {
    let (guild, user) = (GuildId::new(7).unwrap(), UserId::new(8).unwrap());
    let pages = [
        Page::Overview(guild),
        Page::Settings(guild),
        Page::Receipt(guild, 12),
        Page::Case(guild, 3),
        Page::Statement(guild, user),
    ];
    let shown: Vec<Route> = list()
        .into_iter()
        .filter(|route| route.method == Method::GET)
        .collect();
    for page in pages {
        let path = page.path();
        let fits = |pattern: &str| {
            let parts = || pattern.split('/').zip(path.split('/'));
            pattern.split('/').count() == path.split('/').count()
                && parts().all(|(wanted, given)| wanted == given || wanted.starts_with('{'))
        };
        assert!(shown.iter().any(|route| fits(route.path)), "{path}");
    }
}

#[tokio::test]
async fn the_time_that_was_chosen_is_kept_from_page_to_page() {
    let scene = Scene::set().await;
    let mut owner = scene.signed_in(Who::Owner).await;
    let place = scene.place();
    let page = owner.get(&format!("{place}?range=week")).await.body;
    let kept = format!(r#"href="{place}?range=week" data-go="o""#);
    assert!(page.contains(&kept), "{page}");
    let page = owner.get(&format!("{place}?range=%3Cb%3E")).await.body;
    assert!(!page.contains("range=%3C") && !page.contains("<b>"));
    assert!(page.contains(&format!(r#"href="{place}" data-go="o""#)));
    scene.end().await;
}

#[tokio::test]
async fn times_are_the_viewer_s_own() {
    let scene = Scene::set().await;
    let mut owner = scene.signed_in(Who::Owner).await;
    let zone = ("zone".to_owned(), "Asia%2FTokyo".to_owned());
    owner.cookies.extend([zone]);
    let page = owner.get(&scene.place()).await.body;
    assert!(page.contains(r#"data-zone="Asia/Tokyo""#), "{page}");
    scene.end().await;
}

#[tokio::test]
async fn what_is_wrong_is_said_on_every_page_and_why_to_the_operator_alone() {
    let scene = Scene::set().await;
    scene.vitals.0.lock().unwrap().push(Ailing {
        part: "models".to_owned(),
        reason: "https://10.0.0.7 refuses".to_owned(),
        since: "2026-11-20T09:58:00Z".parse().unwrap(),
    });
    let place = scene.place();
    let mut owner = scene.signed_in(Who::Owner).await;
    let page = owner.get(&place).await.body;
    assert!(page.contains("The model provider does not answer."));
    assert!(page.contains("Since 09:58.") && !page.contains("10.0.0.7"));
    let mut operator = scene.signed_in(Who::Operator).await;
    assert!(operator.get(&place).await.body.contains("10.0.0.7 refuses"));
    scene.end().await;
}

#[tokio::test]
async fn a_member_sees_their_own_coins_and_no_number_of_decisions() {
    let scene = Scene::set().await;
    let mut member = scene.signed_in(Who::Member).await;
    let page = member.get(&scene.place()).await.body;
    assert!(page.contains("Your purse") && page.contains("Decisions about you"));
    assert!(!page.contains("Decisions today"), "{page}");
    scene.end().await;
}

#[tokio::test]
async fn the_tour_is_offered_to_whoever_keeps_the_server_once_and_in_every_browser() {
    let scene = Scene::set().await;
    let place = scene.place();
    for (who, offers, may_ask) in [
        (Who::Owner, true, true),
        (Who::Moderator, true, true),
        (Who::Member, false, false),
    ] {
        let mut browser = scene.signed_in(who).await;
        let page = browser.get(&place).await.body;
        assert_eq!(page.contains(OFFER), offers, "{who:?}");
        assert_eq!(page.contains("Take the tour"), may_ask, "{who:?}");
    }
    let mut owner = scene.signed_in(Who::Owner).await;
    let form = owner.get(&place).await.form();
    // Nobody else says it for them.
    let forged = owner.submit("/dashboard/tour", "csrf=x&once=k").await;
    assert_eq!(forged.status, 403);
    assert!(owner.get(&place).await.body.contains(OFFER));
    for _ in 0..2 {
        assert_eq!(owner.submit("/dashboard/tour", &form).await.status, 204);
    }
    for mut browser in [owner, scene.signed_in(Who::Owner).await] {
        let page = browser.get(&place).await.body;
        assert!(
            !page.contains(OFFER) && page.contains("Take the tour"),
            "{page}"
        );
    }
    let mut moderator = scene.signed_in(Who::Moderator).await;
    assert!(moderator.get(&place).await.body.contains(OFFER));
    scene.end().await;
}

#[tokio::test]
async fn w5_who_gets_no_page_keeps_what_stands_around_theirs_and_no_more() {
    let scene = Scene::set().await;
    let place = scene.place();
    let mut moderator = scene.signed_in(Who::Moderator).await;
    let closed = moderator.get(&format!("{place}/settings")).await;
    assert_eq!(closed.status, 403);
    for said in [
        "Not for you",
        "You are moderator here",
        r#"data-place="Why""#,
    ] {
        assert!(closed.body.contains(said), "{said}: {}", closed.body);
    }
    assert!(!closed.body.contains(r#"data-place="Settings""#));
    let missing = moderator
        .get(&format!("{place}/moderation/cases/999"))
        .await;
    assert!(missing.status == 404 && missing.body.contains("Overview of this server"));
    let nowhere = moderator.get(&format!("{place}/nowhere")).await;
    assert!(nowhere.status == 404 && nowhere.body.contains(r#"data-place="Why""#));
    // A server that is not theirs is no more than a wrong address.
    let theirs = format!("/dashboard/guilds/{}/why", scene.elsewhere);
    let foreign = moderator.get(&theirs).await;
    assert!(foreign.status == 404 && !foreign.body.contains("data-place"));
    assert!(foreign.body.contains("data-theme-choice") && !foreign.body.contains("Elsewhere"));
    let mut operator = scene.signed_in(Who::Operator).await;
    let console = operator.get("/dashboard/operator/jobs/jobs/999").await;
    assert!(console.status == 404 && console.body.contains(r#"data-place="Jobs""#));
    // Who is not signed in sees the page by itself.
    let stranger = scene.browser().get(&place).await;
    assert!(stranger.status == 401 && !stranger.body.contains("data-theme-choice"));
    scene.end().await;
}

#[tokio::test]
async fn an_address_that_makes_no_sense_is_answered_by_a_page_of_ours() {
    let scene = Scene::set().await;
    let (place, owners) = (scene.place(), scene.of(Who::Owner));
    let mut owner = scene.signed_in(Who::Owner).await;
    for missing in [
        "/economy/transfers/abc",
        "/economy/transfers/99999999999999999999",
        "/economy/transfers/%FF",
        "/moderation/cases/%FF",
        "/personas/new?preset=a&preset=b",
        "/moderation/new-rule?kind=a&kind=b",
    ] {
        let page = owner.get(&format!("{place}{missing}")).await;
        assert_eq!(page.status, 404, "{missing}");
        assert!(page.body.contains("Overview of this server"), "{missing}");
    }
    let form = owner.get(&place).await.form();
    let path = format!("{place}/economy/transfers/abc/revert");
    assert_eq!(owner.submit(&path, &form).await.status, 404);
    for (list, name) in [
        ("/economy/transfers", "kind"),
        ("/economy/transfers.csv", "kind"),
        ("/moderation", "kind"),
        ("/moderation/cases.csv", "member"),
        ("/memory", "member"),
        (&format!("/members/{owners}/statement"), "cursor"),
        ("/people", "named"),
        ("/why", "kind"),
    ] {
        let page = owner.get(&format!("{place}{list}?{name}=a&{name}=b")).await;
        assert_eq!(page.status, 200, "{list}: {}", page.body);
    }
    let mut operator = scene.signed_in(Who::Operator).await;
    for list in ["servers?text=a&text=b", "jobs?list=a&list=b"] {
        let page = operator.get(&format!("/dashboard/operator/{list}")).await;
        assert_eq!(page.status, 200, "{list}: {}", page.body);
    }
    let page = operator.get("/dashboard/operator/jobs/jobs/%FF").await;
    assert!(page.status == 404 && page.body.contains(r#"data-place="Jobs""#));
    scene.end().await;
}

#[tokio::test]
async fn who_is_in_no_server_is_told_what_to_do_next() {
    let scene = Scene::set().await;
    let mut stranger = scene.signed_in(Who::Stranger).await;
    let page = stranger.get("/dashboard").await.body;
    for said in ["No server yet", "Sign in again", "data-theme-choice"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("Invite Guildhall</a>"), "{page}");
    scene.vitals.2.lock().unwrap().push(Bot {
        application: kernel::Id::new(77).ok(),
        name: "Guildhall".to_owned(),
        state: Connection::Live,
        since: "2026-11-20T09:30:00Z".parse().unwrap(),
        troubles: Vec::new(),
        has_commands: true,
        unread: 0,
        sessions_left: None,
        shards: Vec::new(),
    });
    let page = stranger.get("/dashboard").await.body;
    let invite = r#"href="https://discord.test/invite?client_id=77">Invite Guildhall</a>"#;
    assert!(page.contains(invite), "{page}");
    scene.end().await;
}
