//! What somebody sees in place of a page: that they are to sign in, that they may not, or that something failed.

use axum::{
    extract::{FromRequestParts, Request},
    http::{HeaderValue, Method, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use kernel::{Correlation, Fault, FaultKind, Locale};
use maud::{Markup, html};

use super::plain;
use crate::{
    Site, Web,
    components::{
        section::page_head,
        shell::{self, Frame, Head},
    },
    console::Console,
    lobby::Lobby,
    room::Room,
    visit::{self, Place},
};

/// Why there is no page.
#[derive(Debug, Clone)]
pub(crate) enum Trouble {
    /// Nobody is signed in, and this is where they wanted to go.
    NotSignedIn { wanted: String },
    /// Nobody is signed in any more.
    SignedOut,
    /// There is no such page, or not for this person.
    NoPage,
    /// The page is there, and not for this person.
    NotAllowed,
    /// The request came from elsewhere than a page of this session.
    Forged,
    /// The form is too large.
    TooLarge,
    /// The address tried too often.
    TooOften { wait_s: u64 },
    /// As many of the kind go on for this person as may at once.
    TooMany { wait_s: u64 },
    /// Something refused or failed, in words.
    Told {
        kind: FaultKind,
        words: String,
        correlation: Correlation,
    },
}

impl Trouble {
    /// What a fault is to the person; what the operator should know of it stands in the log.
    pub(crate) fn of_fault(web: &Web, fault: &dyn Fault) -> Self {
        let core = web.core();
        let correlation = core.admission().correlation();
        if !fault.kind().is_refusal() {
            tracing::error!(%correlation, error = %fault, "a page failed");
        }
        Self::Told {
            kind: fault.kind(),
            words: core.words().say(&Locale::english(), &fault.told()),
            correlation,
        }
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::NotSignedIn { .. } | Self::SignedOut => StatusCode::UNAUTHORIZED,
            Self::NoPage => StatusCode::NOT_FOUND,
            Self::NotAllowed | Self::Forged => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooOften { .. } | Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Told { kind, .. } => match kind {
                FaultKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
                FaultKind::NotFound => StatusCode::NOT_FOUND,
                FaultKind::Conflict => StatusCode::CONFLICT,
                FaultKind::Forbidden => StatusCode::FORBIDDEN,
                FaultKind::Exhausted => StatusCode::TOO_MANY_REQUESTS,
                FaultKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
                FaultKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            },
        }
    }

    /// The page by itself, for whoever is not known.
    fn plain_page(&self, site: &Site) -> Response {
        let (title, words) = self.said();
        let main = html! {
            p { (words) }
            (self.way_on(site))
        };
        (self.status(), plain::page(site, title, &main)).into_response()
    }

    /// The page with what stands around every page of this viewer's; `again` is what they asked for, where that can be
    /// asked for once more.
    pub(crate) fn framed(&self, frame: &Frame, again: Option<&str>) -> Markup {
        let (title, words) = self.said();
        let head = Head {
            title,
            ..Head::default()
        };
        let again = again.filter(|_| matches!(self, Self::Told { .. }));
        let main = html! {
            (page_head(title, &words, &html! {}))
            div.row {
                @if let Some(again) = again { a.button.main href=(again) { "Try again" } }
                @if frame.server.is_some() {
                    a.button.main[again.is_none()] href=(frame.at("")) { "Overview of this server" }
                }
                a.button.main[again.is_none() && frame.server.is_none()] href=(frame.root) { "Your servers" }
            }
        };
        shell::page(frame, &head, &main)
    }

    /// Whether it is about being signed in itself, and has its place at the door.
    const fn is_of_the_door(&self) -> bool {
        matches!(
            self,
            Self::NotSignedIn { .. } | Self::SignedOut | Self::TooOften { .. }
        )
    }

    fn said(&self) -> (&'static str, String) {
        match self {
            Self::NotSignedIn { .. } => (
                "Sign in",
                "The dashboard shows you what is yours to see, so it must know who you are. Discord tells it your \
                name and which servers you are in, and nothing else.".to_owned(),
            ),
            Self::SignedOut => (
                "You are signed out",
                "You signed out, or your session is over. Sign in again, then repeat what you were doing.".to_owned(),
            ),
            Self::NoPage => (
                "Nothing here",
                "There is no such page, or Guildhall is not in that server, or you are not.".to_owned(),
            ),
            Self::NotAllowed => (
                "Not for you",
                "Your role in that server does not open this page. Ask somebody who manages the server.".to_owned(),
            ),
            Self::Forged => (
                "That came from elsewhere",
                "Nothing was changed: the request did not come from an open page of your session. Reload the page, \
                then try again.".to_owned(),
            ),
            Self::TooLarge => (
                "Too large",
                "Nothing was changed: the form is too large.".to_owned(),
            ),
            Self::TooOften { wait_s } => (
                "Too often",
                format!("Somebody at your address tried to sign in too often. Wait {wait_s} seconds, then try again."),
            ),
            Self::TooMany { wait_s } => (
                "Too many at once",
                format!("As many files or open pages are on their way to you as may be at once. Let one end, or wait {wait_s} \
                seconds, then try again."),
            ),
            Self::Told {
                words, correlation, ..
            } => (
                "That did not work",
                format!("{words} ({correlation})"),
            ),
        }
    }

    fn way_on(&self, site: &Site) -> Markup {
        let wanted = match self {
            Self::NotSignedIn { wanted } => wanted.as_str(),
            Self::SignedOut | Self::Told { .. } | Self::TooOften { .. } => crate::door::HOME,
            Self::NoPage
            | Self::NotAllowed
            | Self::Forged
            | Self::TooLarge
            | Self::TooMany { .. } => {
                return html! { p { a.button href=(site.link(crate::door::HOME)) { "Your servers" } } };
            }
        };
        html! { p { a.button href=(sign_in(site, wanted)) { "Sign in with Discord" } } }
    }
}

/// Where a person signs in who wants to go somewhere.
pub(crate) fn sign_in(site: &Site, wanted: &str) -> String {
    let wanted: String = form_urlencoded::byte_serialize(wanted.as_bytes()).collect();
    site.link(&format!("/auth/login?return_to={wanted}"))
}

/// A trouble goes out bare and is dressed at the rim, where the site is known.
impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Puts the page of a trouble in its place.
pub(crate) async fn finished(
    axum::extract::State(web): axum::extract::State<Web>,
    request: Request,
    next: axum::middleware::Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let asked = parts.clone();
    let response = next.run(Request::from_parts(parts, body)).await;
    let Some(trouble) = response.extensions().get::<Trouble>().cloned() else {
        return response;
    };
    let mut page = page(&web, &trouble, asked).await;
    if let Trouble::TooOften { wait_s } | Trouble::TooMany { wait_s } = trouble {
        let headers = page.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
    }
    page
}

/// A trouble's page: whoever is signed in keeps what stands around every page of theirs.
async fn page(web: &Web, trouble: &Trouble, mut asked: Parts) -> Response {
    let site = web.site();
    let frame = match trouble.is_of_the_door() {
        true => None,
        false => surroundings(web, &mut asked).await,
    };
    let Some(frame) = frame else {
        return trouble.plain_page(site);
    };
    let path = asked.uri.path_and_query().map(|path| path.as_str());
    let path = path.filter(|_| asked.method == Method::GET);
    let again = path.map(|path| site.link(site.inner(path)));
    let page = trouble.framed(&frame, again.as_deref()).into_string();
    (trouble.status(), Html(page)).into_response()
}

/// What stands around the page, as far as it can be known who asks.
async fn surroundings(web: &Web, asked: &mut Parts) -> Option<Frame> {
    let place = visit::recognised(web, asked).await?;
    Some(match place {
        Place::Server => Room::from_request_parts(asked, web).await.ok()?.frame(),
        Place::Console => Console::from_request_parts(asked, web).await.ok()?.frame(),
        Place::Own => Lobby::from_request_parts(asked, web).await.ok()?.frame(),
    })
}
