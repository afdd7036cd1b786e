//! `/auth`: to Discord and back, and out again.
//!
//! W3  Nobody is sent anywhere but to Discord's page and back to a page of this dashboard.
//! W4  What comes back counts once, in the browser that left, and gives a session under a name that nobody knew before.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use app::flows::enter::{self, Came};
use axum::{
    Form,
    extract::{ConnectInfo, FromRequestParts, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use platform::SessionId;
use serde::Deserialize;

use crate::{
    Hints, Web,
    cookies::Cookie,
    pages::{self, Trouble},
    query::Wanted,
    visit::Visit,
};

/// Where whoever names no other place goes.
pub(crate) const HOME: &str = "/dashboard";
/// The longest name of a browser that is looked at.
const AGENT_MAX: usize = 500;

/// Which way through the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    Login,
    Callback,
}

/// What a sign-in is asked with.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    return_to: Option<String>,
    member: Option<String>,
    moved: Option<String>,
}

/// What Discord sends back.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Back {
    state: Option<String>,
    code: Option<String>,
}

/// Where one's sessions are.
const SESSIONS: &str = "/dashboard/sessions";

/// A session to end.
#[derive(Debug, Deserialize)]
pub(crate) struct Ended {
    session: Option<i64>,
    /// Where they go on.
    back: Option<String>,
}

/// Who asks, as an address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Client(IpAddr);

impl FromRequestParts<Web> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Self::Rejection> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        // Only a listener without addresses leaves it out; its clients count as one.
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
        Ok(Self(web.site().client(&parts.headers, peer)))
    }
}

/// `GET /auth/login`: to Discord.
pub(crate) async fn login(
    State(web): State<Web>,
    client: Client,
    headers: HeaderMap,
    Wanted(asked): Wanted<Asked>,
) -> Result<Response, Trouble> {
    let return_to = checked(asked.return_to.as_deref());
    let hint = hint(&web, &headers, asked.member.as_deref());
    if asked.moved.is_none()
        && let Some(to) = web.site().own_name(&headers, &moved(return_to, hint))
    {
        return Ok(see(&to, &[]));
    }
    counted(&web, Door::Login, client)?;
    let begun = enter::begin(web.core(), return_to).await;
    let begun = begun.map_err(|error| Trouble::of_fault(&web, &error))?;
    let url = match hint {
        Some(member) => format!("{}&login_hint={member}", begun.url),
        None => begun.url,
    };
    Ok(see(&url, &[Cookie::SignIn.keep(web.site(), &begun.ticket)]))
}

/// `GET /auth/callback`: back from Discord.
pub(crate) async fn callback(
    State(web): State<Web>,
    client: Client,
    headers: HeaderMap,
    Wanted(back): Wanted<Back>,
) -> Result<Response, Trouble> {
    counted(&web, Door::Callback, client)?;
    let site = web.site();
    let came = Came {
        ticket: Cookie::SignIn.text(site, &headers),
        state: back.state.as_deref(),
        code: back.code.as_deref(),
        former: Cookie::Session.text(site, &headers),
        agent: agent(&headers),
    };
    let entered = enter::finish(web.core(), came).await;
    let entered = entered.map_err(|error| Trouble::of_fault(&web, &error))?;
    let to = site.link(checked(Some(&entered.return_to)));
    let kept = Cookie::Session.keep(site, &entered.ticket);
    Ok(see(&to, &[kept, Cookie::SignIn.forget(site)]))
}

/// `POST /auth/logout`: out.
pub(crate) async fn logout(State(web): State<Web>, visit: Visit) -> Result<Response, Trouble> {
    let id = visit.viewer.session.id;
    let ended = enter::leave(web.core(), &visit.viewer, id).await;
    ended.map_err(|error| Trouble::of_fault(&web, &error))?;
    let site = web.site();
    Ok(see(
        &site.link("/auth/out"),
        &[Cookie::Session.forget(site)],
    ))
}

/// `POST /dashboard/sessions/end`: ends one of one's own sessions, or all the others.
pub(crate) async fn end(
    State(web): State<Web>,
    visit: Visit,
    Form(ended): Form<Ended>,
) -> Result<Response, Trouble> {
    let (core, viewer) = (web.core(), &visit.viewer);
    let done = match ended.session {
        Some(id) => enter::leave(core, viewer, SessionId::new(id))
            .await
            .map(drop),
        None => enter::leave_elsewhere(core, viewer).await.map(drop),
    };
    done.map_err(|error| Trouble::of_fault(&web, &error))?;
    let back = ended.back.as_deref().unwrap_or(SESSIONS);
    Ok(see(&web.site().link(checked(Some(back))), &[]))
}

/// `POST /dashboard/tour`: shown around, or would rather not be. The page stays as it is.
pub(crate) async fn shown_around(
    State(web): State<Web>,
    visit: Visit,
) -> Result<StatusCode, Trouble> {
    let noted = enter::shown_around(web.core(), &visit.viewer).await;
    noted.map_err(|error| Trouble::of_fault(&web, &error))?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /auth/out`: signed out.
pub(crate) async fn out(State(web): State<Web>) -> Response {
    pages::door::signed_out(web.site()).into_response()
}

fn counted(web: &Web, door: Door, Client(client): Client) -> Result<(), Trouble> {
    let passed = web.turnstile(door).pass(client);
    passed.map_err(|wait| Trouble::TooOften {
        wait_s: wait.as_secs().saturating_add(1),
    })
}

/// A page of the dashboard, or its first one: nothing that leads anywhere else.
fn checked(return_to: Option<&str>) -> &str {
    let fits = |path: &&str| {
        let rest = path.strip_prefix(HOME);
        let is_ours = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
        let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
        is_ours && !path.contains("//") && !path.contains("/.") && path.bytes().all(plain)
    };
    return_to.filter(fits).unwrap_or(HOME)
}

/// As whom to sign in, where a link of ours may say it.
fn hint(web: &Web, headers: &HeaderMap, member: Option<&str>) -> Option<u64> {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    let is_ours = matches!(site, None | Some(b"same-origin" | b"none"));
    let member = member.filter(|_| web.hints() == Hints::Passed && is_ours)?;
    member.parse().ok()
}

/// The same request under this site's own name; once, for a proxy may hide the name for good.
fn moved(return_to: &str, hint: Option<u64>) -> String {
    let return_to: String = form_urlencoded::byte_serialize(return_to.as_bytes()).collect();
    let member = hint.map(|member| format!("&member={member}"));
    let member = member.unwrap_or_default();
    format!("/auth/login?moved=1&return_to={return_to}{member}")
}

fn agent(headers: &HeaderMap) -> &str {
    let agent = headers.get(header::USER_AGENT);
    let agent = agent.and_then(|agent| agent.to_str().ok());
    agent
        .filter(|agent| agent.len() <= AGENT_MAX)
        .unwrap_or_default()
}

fn see(to: &str, cookies: &[HeaderValue]) -> Response {
    let Ok(to) = HeaderValue::from_str(to) else {
        return Trouble::NoPage.into_response();
    };
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response();
    for cookie in cookies {
        let headers = response.headers_mut();
        headers.append(header::SET_COOKIE, cookie.clone());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::checked;

    #[test]
    fn w3_only_pages_of_the_dashboard_can_be_returned_to() {
        for fine in [
            "/dashboard",
            "/dashboard/guilds/900",
            "/dashboard?range=7d",
            "/dashboard/guilds/900/why?kind=money&until=-30m",
        ] {
            assert_eq!(checked(Some(fine)), fine);
        }
        for bad in [
            "",
            "/",
            "//evil.test",
            "https://evil.test",
            "/\\evil.test",
            "/dashboard\\..\\..//evil.test",
            "/dashboard//evil.test",
            "/dashboard/../auth/logout",
            "/dashboardx",
            "/dashboard@evil.test",
            "/auth/logout",
            "/dashboard\r\nset-cookie: a=b",
            "/dashboard/\u{202e}",
            "javascript:alert(1)",
            "dashboard",
            " /dashboard",
        ] {
            assert_eq!(checked(Some(bad)), "/dashboard", "{bad}");
        }
        assert_eq!(checked(None), "/dashboard");
    }
}
