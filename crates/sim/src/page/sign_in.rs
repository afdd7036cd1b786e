//! The page on which a person allows an application to know them: `/oauth2/authorize`, as Discord's own stands there.
//! What always holds: nobody is sent to an address that the application did not register; a choice counts only from
//! this page; what the application is told is a code, and its own `state` with it.
//!
//! Here nobody signs in with a password: a person says which member to be. `login_hint` with `prompt=none` says it
//! beforehand, as a browser that is signed in at Discord already would.

use std::fmt::Write;
use std::sync::Arc;

use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;

use crate::world::grants::{CodeDraft, Scope};
use crate::world::{Snowflake, World};

use super::fault::PageFault;
use super::{Page, guard, view};

const SHELL: &str = include_str!("../../assets/page/sign_in.html");

/// What the browser may do here; where a choice leads to is added to its forms.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
    base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

/// Discord's words for a person who would rather not.
const DENIED: &str = "The resource owner or authorization server denied the request";

/// What an application asks for, in the address.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Asked {
    response_type: Option<String>,
    client_id: Option<String>,
    redirect_uri: Option<String>,
    scope: Option<String>,
    state: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
    prompt: Option<String>,
    login_hint: Option<String>,
}

/// What a person chose.
#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    user: Option<String>,
}

/// A request that makes sense.
struct Sound {
    application: Snowflake,
    name: String,
    redirect_uri: String,
    scopes: Vec<Scope>,
    challenge: Option<String>,
    state: Option<String>,
}

/// One that does not.
enum Unsound {
    /// It is not known whose it is, so the person is told and sent nowhere.
    Here(&'static str),
    /// The application is told.
    There {
        redirect_uri: String,
        state: Option<String>,
        error: &'static str,
        description: &'static str,
    },
}

impl Asked {
    fn judged(self, world: &World) -> Result<Sound, Unsound> {
        let id = self.client_id.as_deref().and_then(|id| id.parse().ok());
        let application = id
            .and_then(|id| world.application(id))
            .ok_or(Unsound::Here("Unknown application"))?;
        let redirect_uri = self.redirect_uri.unwrap_or_default();
        if !application.redirect_uris.contains(&redirect_uri) {
            return Err(Unsound::Here("Invalid OAuth2 redirect_uri"));
        }
        let there = |error, description| Unsound::There {
            redirect_uri: redirect_uri.clone(),
            state: self.state.clone(),
            error,
            description,
        };
        if self.response_type.as_deref() != Some("code") {
            let words = "The authorization server does not support this response type";
            return Err(there("unsupported_response_type", words));
        }
        let scopes = Scope::read(self.scope.as_deref().unwrap_or_default()).ok_or_else(|| {
            there(
                "invalid_scope",
                "The requested scope is invalid, unknown, or malformed.",
            )
        })?;
        if self.code_challenge.is_some() && self.code_challenge_method.as_deref() != Some("S256") {
            let words = "Unsupported \"code_challenge_method\"";
            return Err(there("invalid_request", words));
        }
        Ok(Sound {
            application: application.id,
            name: application.name.clone(),
            scopes,
            challenge: self.code_challenge,
            state: self.state,
            redirect_uri,
        })
    }
}

/// `GET /oauth2/authorize`
pub(super) async fn show(State(page): State<Arc<Page>>, Query(asked): Query<Asked>) -> Response {
    let hinted = asked.prompt.as_deref() == Some("none");
    let hint = asked.login_hint.clone().filter(|_| hinted);
    let mut world = page.hub.world();
    let sound = match asked.judged(&world) {
        Ok(sound) => sound,
        Err(unsound) => return refused(unsound),
    };
    match hint.and_then(|hint| person(&world, &hint)) {
        Some(user) => allowed(&mut world, sound, user),
        None => {
            let people = view::people(&world);
            let policy = policy(&sound.redirect_uri);
            html(StatusCode::OK, &choosing(&sound, &people), &policy)
        }
    }
}

/// `POST /oauth2/authorize`: somebody was chosen, or nobody.
pub(super) async fn choose(
    State(page): State<Arc<Page>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    Form(choice): Form<Choice>,
) -> Response {
    if !guard::is_own(&headers) {
        return PageFault::OtherSite.into_response();
    }
    let mut world = page.hub.world();
    let sound = match asked.judged(&world) {
        Ok(sound) => sound,
        Err(unsound) => return refused(unsound),
    };
    let Some(user) = choice.user else {
        return refused(Unsound::There {
            redirect_uri: sound.redirect_uri,
            state: sound.state,
            error: "access_denied",
            description: DENIED,
        });
    };
    match person(&world, &user) {
        Some(user) => allowed(&mut world, sound, user),
        None => PageFault::NoMember.into_response(),
    }
}

fn person(world: &World, text: &str) -> Option<Snowflake> {
    let user = world.user(text.parse().ok()?)?;
    (!user.bot).then_some(user.id)
}

fn allowed(world: &mut World, sound: Sound, user: Snowflake) -> Response {
    let code = world.code_issue(CodeDraft {
        application: sound.application,
        user,
        scopes: sound.scopes,
        redirect_uri: sound.redirect_uri.clone(),
        challenge: sound.challenge,
    });
    back(
        &sound.redirect_uri,
        &[("code", &code)],
        sound.state.as_deref(),
    )
}

fn refused(unsound: Unsound) -> Response {
    match unsound {
        Unsound::Here(words) => {
            let body = format!("<h1>That did not work</h1><p class=\"lead\">{words}.</p>");
            html(StatusCode::BAD_REQUEST, &body, POLICY)
        }
        Unsound::There {
            redirect_uri,
            state,
            error,
            description,
        } => {
            let told = [("error", error), ("error_description", description)];
            back(&redirect_uri, &told, state.as_deref())
        }
    }
}

/// Sends the browser back to the application.
fn back(redirect_uri: &str, told: &[(&str, &str)], state: Option<&str>) -> Response {
    let mut to = redirect_uri.to_owned();
    let state = state.map(|state| ("state", state));
    for (at, (name, value)) in told.iter().copied().chain(state).enumerate() {
        let joint = if at > 0 || redirect_uri.contains('?') {
            '&'
        } else {
            '?'
        };
        // Writing into a text does not fail.
        let _ = write!(to, "{joint}{name}={}", encoded(value));
    }
    match HeaderValue::from_str(&to) {
        Ok(to) => (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(),
        Err(_) => refused(Unsound::Here("Invalid OAuth2 redirect_uri")),
    }
}

/// The policy under which a choice may lead to an application's address.
fn policy(redirect_uri: &str) -> String {
    let origin = redirect_uri.split_once("://").map(|(scheme, rest)| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        (scheme, host)
    });
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    match origin {
        Some((scheme @ ("http" | "https"), host)) if host.chars().all(plain) => {
            format!("{POLICY} {scheme}://{host}")
        }
        _ => POLICY.to_owned(),
    }
}

fn choosing(sound: &Sound, people: &[Value]) -> String {
    let (first, others): (Vec<_>, Vec<_>) =
        people.iter().partition(|person| person["featured"] == true);
    let mut body = format!(
        "<h1>Who are you?</h1><p class=\"lead\"><strong>{}</strong> would like to know {}. In this simulated Discord \
         nobody has a password: say which member you are.</p><form method=\"post\"><ul class=\"people\">",
        escaped(&sound.name),
        wanted(&sound.scopes),
    );
    for (at, person) in first.iter().enumerate() {
        body += &button(person, at == 0);
    }
    body += "</ul>";
    if !others.is_empty() {
        let count = others.len();
        let _ = write!(
            body,
            "<details><summary>Somebody else ({count})</summary><ul class=\"people others\">"
        );
        for person in others {
            body += &button(person, false);
        }
        body += "</ul></details>";
    }
    body += "<button class=\"cancel\">Cancel</button></form>";
    body
}

fn wanted(scopes: &[Scope]) -> &'static str {
    match scopes.contains(&Scope::Guilds) {
        true => "who you are and which servers you are in",
        false => "who you are",
    }
}

fn button(person: &Value, is_first: bool) -> String {
    let text = |name: &str| escaped(person[name].as_str().unwrap_or_default());
    let name = person["name"].as_str().unwrap_or_default();
    let initial: String = name.chars().take(1).flat_map(char::to_uppercase).collect();
    let (id, focus) = (&person["id"], if is_first { " autofocus" } else { "" });
    format!(
        "<li><button class=\"person\" name=\"user\" value=\"{}\"{focus}><span class=\"face\" aria-hidden=\"true\">{}\
         </span><span class=\"name\">{}</span><span class=\"label\">{}</span></button></li>",
        escaped(id.as_str().unwrap_or_default()),
        escaped(&initial),
        text("name"),
        text("label"),
    )
}

fn html(status: StatusCode, body: &str, policy: &str) -> Response {
    let policy = HeaderValue::from_str(policy).unwrap_or(HeaderValue::from_static(POLICY));
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CONTENT_SECURITY_POLICY, policy),
        (
            header::REFERRER_POLICY,
            // Without any, a browser would call the origin of the choice `null`, which does not count.
            HeaderValue::from_static("same-origin"),
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, SHELL.replace("{{body}}", body)).into_response()
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

/// Percent encoding of everything but what RFC 3986 leaves alone.
fn encoded(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            safe.push(char::from(byte));
        } else {
            // Writing into a text does not fail.
            let _ = write!(safe, "%{byte:02X}");
        }
    }
    safe
}
