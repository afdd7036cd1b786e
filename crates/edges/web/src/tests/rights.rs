//! W5: who sees what, on every route, and how soon a right that is lost is gone.

mod guild;
mod operator;

use super::{
    browser::Browser,
    scene::{Scene, Who},
};
use crate::routes;

/// What a route answers: to the operator, the owner, a manager, a reader, a moderator, a member, a former manager, a
/// manager of another guild, somebody in no guild, and nobody.
type Expected = [u16; 10];

const EVERYBODY: Expected = [200; 10];
const SIGNED_IN: Expected = [200, 200, 200, 200, 200, 200, 200, 200, 200, 401];
const DONE: Expected = [303, 303, 303, 303, 303, 303, 303, 303, 303, 401];
const NOTED: Expected = [204, 204, 204, 204, 204, 204, 204, 204, 204, 401];
const MEMBERS: Expected = [200, 200, 200, 200, 200, 200, 200, 404, 404, 401];

/// Whoever sees what managers see.
const MANAGERS: Expected = [200, 200, 200, 200, 403, 403, 403, 404, 404, 401];
/// Whoever may change the settings, with a form that asks for something that is refused.
const CHANGERS: Expected = [200, 200, 200, 403, 403, 403, 403, 404, 404, 401];
/// The same, where what it asks for is not there.
const SOUGHT_TO_CHANGE: Expected = [404, 404, 404, 403, 403, 403, 403, 404, 404, 401];
/// What nobody finds who may look for it.
const SOUGHT: Expected = [404, 404, 404, 404, 404, 404, 404, 404, 404, 401];
/// Keepers of cases, of a case that is not there.
const KEEPERS: Expected = [404, 404, 403, 403, 404, 403, 403, 404, 404, 401];

const MATRIX: [(&str, &str, Expected); 32] = [
    ("GET", "/auth/login", [303; 10]),
    ("GET", "/auth/callback", [403; 10]),
    ("GET", "/auth/out", EVERYBODY),
    ("POST", "/auth/logout", DONE),
    ("GET", "/terms", EVERYBODY),
    ("GET", "/privacy", EVERYBODY),
    ("GET", "/door.css", EVERYBODY),
    ("GET", "/api/docs", EVERYBODY),
    ("GET", "/dashboard", SIGNED_IN),
    ("GET", "/dashboard/sessions", SIGNED_IN),
    ("POST", "/dashboard/sessions/end", DONE),
    ("POST", "/dashboard/tour", NOTED),
    ("GET", "/dashboard/{*rest}", [404; 10]),
    ("GET", "/dashboard/guilds/{guild_id}", MEMBERS),
    ("GET", "/dashboard/guilds/{guild_id}/why", MEMBERS),
    ("GET", "/dashboard/guilds/{guild_id}/why.csv", MEMBERS),
    ("GET", "/dashboard/guilds/{guild_id}/why/{entry_id}", SOUGHT),
    ("GET", "/dashboard/guilds/{guild_id}/live", MEMBERS),
    ("GET", "/dashboard/guilds/{guild_id}/settings", MANAGERS),
    ("GET", "/dashboard/guilds/{guild_id}/access", MANAGERS),
    (
        "GET",
        "/dashboard/guilds/{guild_id}/access/new-token",
        CHANGERS,
    ),
    (
        "POST",
        "/dashboard/guilds/{guild_id}/access/new-token",
        CHANGERS,
    ),
    (
        "GET",
        "/dashboard/guilds/{guild_id}/access/tokens/{token_id}",
        SOUGHT_TO_CHANGE,
    ),
    (
        "POST",
        "/dashboard/guilds/{guild_id}/access/tokens/{token_id}/revoke",
        SOUGHT_TO_CHANGE,
    ),
    (
        "GET",
        "/dashboard/guilds/{guild_id}/settings/{section}",
        MANAGERS,
    ),
    (
        "POST",
        "/dashboard/guilds/{guild_id}/settings/{section}",
        CHANGERS,
    ),
    (
        "POST",
        "/dashboard/guilds/{guild_id}/settings/ai/key",
        CHANGERS,
    ),
    (
        "GET",
        "/dashboard/guilds/{guild_id}/settings/history",
        MANAGERS,
    ),
    (
        "GET",
        "/dashboard/guilds/{guild_id}/settings/history/{revision}",
        MANAGERS,
    ),
    (
        "POST",
        "/dashboard/guilds/{guild_id}/settings/restore",
        SOUGHT_TO_CHANGE,
    ),
    (
        "GET",
        "/dashboard/guilds/{guild_id}/cases/{number}/undo",
        KEEPERS,
    ),
    (
        "POST",
        "/dashboard/guilds/{guild_id}/cases/{number}/undo",
        KEEPERS,
    ),
];

/// Everybody whom the matrix knows.
async fn everybody(scene: &Scene) -> Vec<Browser> {
    let mut all = Vec::new();
    for who in [
        Who::Operator,
        Who::Owner,
        Who::Manager,
        Who::Reader,
        Who::Moderator,
        Who::Member,
        Who::FormerManager,
        Who::ManagerElsewhere,
        Who::Stranger,
    ] {
        all.push(scene.signed_in(who).await);
    }
    all.push(scene.browser());
    all
}

#[tokio::test]
async fn w5_every_route_answers_everybody_as_the_matrix_says() {
    let scene = Scene::set().await;
    let all = everybody(&scene).await;
    // What ends sessions comes last, with sessions of its own.
    let leaves = |route: &routes::Route| {
        ["/logout", "/end"]
            .iter()
            .any(|end| route.path.ends_with(end))
    };
    let mut routes = routes::list();
    routes.sort_by_key(leaves);
    for route in routes {
        let found = MATRIX
            .iter()
            .find(|(method, path, _)| route.method == *method && route.path == *path);
        let found = found.map(|(.., expected)| *expected);
        let found = found.or_else(|| guild::expected(route.method.as_str(), route.path));
        let found = found.or_else(|| operator::expected(route.method.as_str(), route.path));
        let Some(expected) = found else {
            panic!("{} {} has no row in the matrix", route.method, route.path);
        };
        let path = route
            .path
            .replace("{guild_id}", &scene.guild.to_string())
            .replace("{entry_id}", "1")
            .replace("{number}", "999")
            .replace("{section}", "economy")
            .replace("{revision}", "1")
            .replace("{place}", "999")
            .replace("{rule_id}", "none")
            .replace("{memory_id}", "999")
            .replace("{version}", "999")
            .replace("{token_id}", "999")
            .replace("{member_id}", &scene.of(Who::Member).to_string())
            .replace("{queue}", "jobs")
            .replace("{letter_id}", "999")
            .replace("{*rest}", "nowhere");
        let visitors = match leaves(&route) {
            true => everybody(&scene).await,
            false => all.clone(),
        };
        for (at, mut browser) in visitors.into_iter().enumerate() {
            let page = if route.method == "POST" {
                let token = match browser.cookies.is_empty() {
                    true => String::new(),
                    false => browser.get("/dashboard").await.token(),
                };
                browser.submit(&path, &format!("csrf={token}&once=k")).await
            } else {
                browser.get(&path).await
            };
            assert_eq!(page.status, expected[at], "{} {path}, {at}", route.method);
        }
    }
    scene.end().await;
}

#[tokio::test]
async fn w5_a_role_that_is_taken_away_opens_nothing_any_more() {
    let scene = Scene::set().await;
    let mut manager = scene.signed_in(Who::Manager).await;
    let place = scene.place();
    scene
        .until_said(&mut manager, &place, "You are manager here")
        .await;
    scene.give_roles(Who::Manager, &[]);
    scene
        .until_said(&mut manager, &place, "You are member here")
        .await;
    scene.give_roles(Who::Manager, &[scene.role(Who::Reader)]);
    scene
        .until_said(&mut manager, &place, "You are reader here")
        .await;
    scene.give_roles(Who::Manager, &[scene.role(Who::Moderator)]);
    scene
        .until_said(&mut manager, &place, "You are moderator here")
        .await;
    scene
        .control()
        .leave(scene.guild, scene.of(Who::Manager))
        .unwrap();
    scene.until_said(&mut manager, &place, "Nothing here").await;
    assert_eq!(manager.get(&place).await.status, 404);
    let servers = manager.get("/dashboard").await;
    assert!(!servers.body.contains(&place), "{}", servers.body);
    scene.end().await;
}

#[tokio::test]
async fn w5_another_guild_s_page_is_as_if_it_were_not_there() {
    let scene = Scene::set().await;
    let mut owner = scene.signed_in(Who::Owner).await;
    let theirs = format!("/dashboard/guilds/{}", scene.elsewhere);
    let missing = owner.get("/dashboard/guilds/123456").await;
    let foreign = owner.get(&theirs).await;
    assert_eq!((missing.status, foreign.status), (404, 404));
    assert_eq!(missing.without_draws(), foreign.without_draws());
    // Whoever is signed in keeps what stands around every page.
    assert!(
        missing.body.contains("data-theme-choice"),
        "{}",
        missing.body
    );
    let mut nobody = scene.browser();
    let plain = nobody.get("/dashboard/nowhere").await;
    assert!(plain.status == 404 && !plain.body.contains("data-theme-choice"));
    for id in ["0", "-1", "x", "99999999999999999999999", "%2e%2e", "1%00"] {
        let page = owner.get(&format!("/dashboard/guilds/{id}")).await;
        assert_eq!(page.status, 404, "{id}");
    }
    let mut operator = scene.signed_in(Who::Operator).await;
    let servers = operator.get("/dashboard").await;
    assert!(servers.body.contains("Elsewhere") && servers.body.contains("Hall"));
    scene.end().await;
}
