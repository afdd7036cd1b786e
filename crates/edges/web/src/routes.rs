//! Every route of the pages, with what it asks of whoever comes.
//!
//! The router is made of these rows alone, so there is no route without a guard; a test walks them all. A page begins
//! with a row here, takes a [`crate::visit::Visit`] or [`crate::visit::Seat`] as an argument, and is handed one.

use std::sync::LazyLock;

use app::{Access, Role, Standing};
use axum::{
    Router,
    http::Method,
    middleware::from_fn_with_state,
    routing::{MethodRouter, get, post},
};

mod guild;
mod operator;

use crate::{Guard, Web, door, live, pages, shield, visit};

/// Where the pages of a guild are.
const GUILD_PAGE: &str = "/dashboard/guilds/{guild_id}";

/// A route.
#[derive(Debug)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, without the site's prefix.
    pub path: &'static str,
    /// What it asks.
    pub guard: Guard,
}

type Row = (Route, MethodRouter<Web>);

/// All routes, with what answers them.
fn rows() -> Vec<Row> {
    let groups = [
        door_rows(),
        own_rows(),
        decision_rows(),
        setting_rows(),
        guild::rows(),
        operator::rows(),
    ];
    groups.into_iter().flatten().collect()
}

/// In and out, and what anybody may read.
fn door_rows() -> Vec<Row> {
    use Guard::{Open, SignedIn};
    vec![
        see("/auth/login", Open, get(door::login)),
        see("/auth/callback", Open, get(door::callback)),
        see("/auth/out", Open, get(door::out)),
        act("/auth/logout", SignedIn, post(door::logout)),
        see("/terms", Open, get(pages::legal::terms)),
        see("/privacy", Open, get(pages::legal::privacy)),
        see("/door.css", Open, get(pages::style)),
        see("/api/docs", Open, get(pages::reference::show)),
        see("/dashboard/{*rest}", Open, get(pages::none)),
    ]
}

/// What is somebody's own.
fn own_rows() -> Vec<Row> {
    use Guard::SignedIn;
    vec![
        see("/dashboard", SignedIn, get(pages::servers::show)),
        see("/dashboard/sessions", SignedIn, get(pages::sessions::show)),
        act("/dashboard/sessions/end", SignedIn, post(door::end)),
        act("/dashboard/tour", SignedIn, post(door::shown_around)),
    ]
}

/// How a guild is, and what was decided in it.
fn decision_rows() -> Vec<Row> {
    let seen = Guard::Guild(Role::Member, Access::Read);
    let kept = Guard::Guild(Role::Moderator, Access::Manage);
    vec![
        see(
            "/dashboard/guilds/{guild_id}",
            seen,
            get(pages::overview::show),
        ),
        see("/dashboard/guilds/{guild_id}/live", seen, get(live::follow)),
        see(
            "/dashboard/guilds/{guild_id}/why",
            seen,
            get(pages::why::show),
        ),
        see(
            "/dashboard/guilds/{guild_id}/why.csv",
            seen,
            get(pages::files::decisions),
        ),
        see(
            "/dashboard/guilds/{guild_id}/why/{entry_id}",
            seen,
            get(pages::receipt::show),
        ),
        see(
            "/dashboard/guilds/{guild_id}/cases/{number}/undo",
            kept,
            get(pages::undo::show),
        ),
        act(
            "/dashboard/guilds/{guild_id}/cases/{number}/undo",
            kept,
            post(pages::undo::take_back),
        ),
    ]
}

/// What is set in a guild, what was set before, and who did it.
fn setting_rows() -> Vec<Row> {
    let seen = Guard::Guild(Role::Manager, Access::Read);
    let changed = Guard::Guild(Role::Manager, Access::Manage);
    vec![
        see(
            "/dashboard/guilds/{guild_id}/settings",
            seen,
            get(pages::settings::first),
        ),
        see(
            "/dashboard/guilds/{guild_id}/settings/{section}",
            seen,
            get(pages::settings::show),
        ),
        act(
            "/dashboard/guilds/{guild_id}/settings/{section}",
            changed,
            post(pages::settings::save),
        ),
        act(
            "/dashboard/guilds/{guild_id}/settings/ai/key",
            changed,
            post(pages::settings::write_key),
        ),
        see(
            "/dashboard/guilds/{guild_id}/settings/history",
            seen,
            get(pages::history::show),
        ),
        see(
            "/dashboard/guilds/{guild_id}/settings/history/{revision}",
            seen,
            get(pages::history::show_one),
        ),
        act(
            "/dashboard/guilds/{guild_id}/settings/restore",
            changed,
            post(pages::history::restore),
        ),
        see(
            "/dashboard/guilds/{guild_id}/access",
            seen,
            get(pages::access::show),
        ),
        see(
            "/dashboard/guilds/{guild_id}/access/new-token",
            changed,
            get(pages::token::begin),
        ),
        act(
            "/dashboard/guilds/{guild_id}/access/new-token",
            changed,
            post(pages::token::make),
        ),
        see(
            "/dashboard/guilds/{guild_id}/access/tokens/{token_id}",
            changed,
            get(pages::token::show),
        ),
        act(
            "/dashboard/guilds/{guild_id}/access/tokens/{token_id}/revoke",
            changed,
            post(pages::token::revoke),
        ),
    ]
}

const fn see(path: &'static str, guard: Guard, answer: MethodRouter<Web>) -> Row {
    (row(Method::GET, path, guard), answer)
}

const fn act(path: &'static str, guard: Guard, answer: MethodRouter<Web>) -> Row {
    (row(Method::POST, path, guard), answer)
}

const fn row(method: Method, path: &'static str, guard: Guard) -> Route {
    Route {
        method,
        path,
        guard,
    }
}

/// The list of all routes.
#[must_use]
pub fn list() -> Vec<Route> {
    rows().into_iter().map(|(route, _)| route).collect()
}

/// Whether a page of a guild is there, at this place below it, and open to somebody of this standing.
pub(crate) fn opens(place: &str, standing: Standing) -> bool {
    static ALL: LazyLock<Vec<Route>> = LazyLock::new(list);
    let mut pages = ALL.iter().filter(|route| route.method == Method::GET);
    let found = pages.find(|route| route.path.strip_prefix(GUILD_PAGE) == Some(place));
    match found.map(|route| route.guard) {
        Some(Guard::Guild(role, access)) => standing.suffices(role, access),
        Some(Guard::Open | Guard::SignedIn | Guard::Operator) | None => false,
    }
}

/// The router, with its guards and headers.
pub(crate) fn router(web: &Web) -> Router {
    let guarded = rows()
        .into_iter()
        .fold(Router::new(), |router, (route, answer)| {
            let state = (web.clone(), route.guard);
            let answer = answer.layer(from_fn_with_state(state, visit::admit));
            router.route(route.path, answer)
        });
    guarded
        .layer(from_fn_with_state(web.clone(), shield::guard))
        .layer(from_fn_with_state(web.clone(), pages::finished))
        .layer(from_fn_with_state(web.clone(), shield::dress))
        .with_state(web.clone())
}
