//! What somebody sees in place of a page: that they are to sign in, that they may not, or that something failed.

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{Correlation, Fault, FaultKind, Locale};
use maud::{Markup, html};

use super::plain;
use crate::{Site, Web};

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
            Self::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
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

    fn page(&self, site: &Site) -> Response {
        let (title, words) = self.said();
        let main = html! {
            p { (words) }
            (self.way_on(site))
        };
        (self.status(), plain::page(site, title, &main)).into_response()
    }

    fn said(&self) -> (&'static str, Markup) {
        match self {
            Self::NotSignedIn { .. } => (
                "Sign in",
                html! { "The dashboard shows you what is yours to see, so it must know who you are. Discord tells it your \
                name and which servers you are in, and nothing else." },
            ),
            Self::SignedOut => (
                "You are signed out",
                html! { "You signed out, or your session is over. Sign in again, then repeat what you were doing." },
            ),
            Self::NoPage => (
                "Nothing here",
                html! { "There is no such page, or Guildhall is not in that server, or you are not." },
            ),
            Self::NotAllowed => (
                "Not for you",
                html! { "Your role in that server does not open this page. Ask somebody who manages the server." },
            ),
            Self::Forged => (
                "That came from elsewhere",
                html! { "Nothing was changed: the request did not come from an open page of your session. Reload the page, \
                then try again." },
            ),
            Self::TooLarge => (
                "Too large",
                html! { "Nothing was changed: the form is too large." },
            ),
            Self::TooOften { wait_s } => (
                "Too often",
                html! { "Somebody at your address tried to sign in too often. Wait " (wait_s) " seconds, then try again." },
            ),
            Self::Told {
                words, correlation, ..
            } => (
                "That did not work",
                html! { (words) " (" (correlation) ")" },
            ),
        }
    }

    fn way_on(&self, site: &Site) -> Markup {
        let wanted = match self {
            Self::NotSignedIn { wanted } => wanted.as_str(),
            Self::SignedOut | Self::Told { .. } | Self::TooOften { .. } => crate::door::HOME,
            Self::NoPage | Self::NotAllowed | Self::Forged | Self::TooLarge => {
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
    let response = next.run(request).await;
    let Some(trouble) = response.extensions().get::<Trouble>().cloned() else {
        return response;
    };
    let mut page = trouble.page(web.site());
    if let Trouble::TooOften { wait_s } = trouble {
        let headers = page.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
    }
    page
}
