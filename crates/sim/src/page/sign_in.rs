//! The page on which a person allows an application to know them, or adds its bot to a server: `/oauth2/authorize`, as
//! Discord's own stands there.
//! What always holds: nobody is sent to an address that the application did not register; a choice counts only from
//! this page; what the application is told is a code, and its own `state` with it.
//!
//! Here nobody signs in with a password: a person says which member to be. `login_hint` with `prompt=none` says it
//! beforehand, as a browser that is signed in at Discord already would. A bot's invitation needs no address to go back
//! to; with one, the code goes there as Discord sends it, with the server and the permissions.

mod drawing;
mod invite;

use std::fmt::Write;
use std::sync::Arc;

use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::world::grants::{CodeDraft, Scope};
use crate::world::{Snowflake, World};

use super::fault::PageFault;
use super::{Page, guard, view};

use invite::Invitation;

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
    permissions: Option<String>,
    guild_id: Option<String>,
}

/// What a person chose.
#[derive(Debug, Deserialize)]
pub(super) struct Choice {
    user: Option<String>,
    guild: Option<String>,
    cancel: Option<String>,
}

/// A request that makes sense.
struct Sound {
    application: Snowflake,
    name: String,
    scopes: Vec<Scope>,
    /// Where the browser goes at the end; an invitation may do without.
    way_back: Option<WayBack>,
    /// What a bot is to be added with, where one is.
    invitation: Option<Invitation>,
}

/// How the application hears what a person chose.
#[derive(Clone)]
struct WayBack {
    redirect_uri: String,
    challenge: Option<String>,
    state: Option<String>,
}

/// A request that does not make sense, or was refused.
enum Unsound {
    /// It is not known whose it is, so the person is told and sent nowhere.
    Here(&'static str),
    /// The application is told.
    There {
        way: WayBack,
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
        let scopes = Scope::read(self.scope.as_deref().unwrap_or_default());
        let adds_bot = scopes
            .as_ref()
            .is_some_and(|scopes| scopes.contains(&Scope::Bot));
        let way_back = match &self.redirect_uri {
            None if adds_bot => None,
            given => {
                let uri = given.clone().unwrap_or_default();
                Some(self.way_back(uri, &application.redirect_uris)?)
            }
        };
        let scopes = scopes.filter(|scopes| adds_bot || !scopes.contains(&Scope::Commands));
        let scopes = scopes.ok_or_else(|| match &way_back {
            Some(way) => way.refusal(
                "invalid_scope",
                "The requested scope is invalid, unknown, or malformed.",
            ),
            None => Unsound::Here("Invalid scope"),
        })?;
        let (permissions, guild) = (self.permissions.as_deref(), self.guild_id.as_deref());
        let invitation = adds_bot.then(|| Invitation::read(permissions, guild));
        Ok(Sound {
            application: application.id,
            name: application.name.clone(),
            scopes,
            way_back,
            invitation: invitation.transpose()?,
        })
    }

    /// The way back to an address, where the application registered it and can be answered as it asks.
    fn way_back(&self, uri: String, registered: &[String]) -> Result<WayBack, Unsound> {
        if !registered.contains(&uri) {
            return Err(Unsound::Here("Invalid OAuth2 redirect_uri"));
        }
        let way = WayBack {
            redirect_uri: uri,
            challenge: self.code_challenge.clone(),
            state: self.state.clone(),
        };
        if self.response_type.as_deref() != Some("code") {
            let words = "The authorization server does not support this response type";
            return Err(way.refusal("unsupported_response_type", words));
        }
        if self.code_challenge.is_some() && self.code_challenge_method.as_deref() != Some("S256") {
            let words = "Unsupported \"code_challenge_method\"";
            return Err(way.refusal("invalid_request", words));
        }
        Ok(way)
    }
}

impl WayBack {
    fn refusal(&self, error: &'static str, description: &'static str) -> Unsound {
        Unsound::There {
            way: self.clone(),
            error,
            description,
        }
    }

    /// Sends the browser back to the application.
    fn follow(&self, told: &[(&str, &str)]) -> Response {
        let mut to = self.redirect_uri.clone();
        let state = self.state.as_deref().map(|state| ("state", state));
        for (at, (name, value)) in told.iter().copied().chain(state).enumerate() {
            let joint = if at > 0 || self.redirect_uri.contains('?') {
                '&'
            } else {
                '?'
            };
            // Writing into a text does not fail.
            let _ = write!(to, "{joint}{name}={}", encoded(value));
        }
        match HeaderValue::from_str(&to) {
            Ok(to) => (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(),
            Err(_) => drawing::wrong("Invalid OAuth2 redirect_uri"),
        }
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
        Some(user) => known(&mut world, &sound, user),
        None => drawing::choosing(&sound, &view::people(&world)),
    }
}

/// `POST /oauth2/authorize`: somebody was chosen, a server was, or nobody.
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
    let Some(user) = choice.user.filter(|_| choice.cancel.is_none()) else {
        return match &sound.way_back {
            Some(way) => refused(way.refusal("access_denied", DENIED)),
            None => drawing::cancelled(),
        };
    };
    let Some(user) = person(&world, &user) else {
        return PageFault::NoMember.into_response();
    };
    match (sound.invitation, choice.guild) {
        (Some(invitation), Some(guild)) => added(&mut world, &sound, invitation, (user, &guild))
            .unwrap_or_else(IntoResponse::into_response),
        _ => known(&mut world, &sound, user),
    }
}

fn person(world: &World, text: &str) -> Option<Snowflake> {
    let user = world.user(text.parse().ok()?)?;
    (!user.bot).then_some(user.id)
}

/// Goes on with somebody who said who they are.
fn known(world: &mut World, sound: &Sound, user: Snowflake) -> Response {
    match (sound.invitation, &sound.way_back) {
        (Some(invitation), _) => {
            let places = invitation.places(world, sound.application, user);
            drawing::placing(sound, user, &places, &invitation.names())
        }
        (None, Some(way)) => {
            let code = code(world, sound, way, user);
            way.follow(&[("code", &code)])
        }
        (None, None) => drawing::wrong("Invalid OAuth2 redirect_uri"),
    }
}

/// Adds the bot to the server that somebody chose.
fn added(
    world: &mut World,
    sound: &Sound,
    invitation: Invitation,
    (user, guild): (Snowflake, &str),
) -> Result<Response, PageFault> {
    let guild = guild
        .parse()
        .map_err(|_| PageFault::NotAllowed("add a bot"))?;
    let server = invitation.accept(world, sound.application, (user, guild))?;
    Ok(match &sound.way_back {
        Some(way) => {
            let code = code(world, sound, way, user);
            way.follow(&[
                ("code", &code),
                ("guild_id", &guild.to_string()),
                ("permissions", &invitation.permissions.to_string()),
            ])
        }
        None => drawing::added(&sound.name, &server),
    })
}

fn code(world: &mut World, sound: &Sound, way: &WayBack, user: Snowflake) -> String {
    world.code_issue(CodeDraft {
        application: sound.application,
        user,
        scopes: sound.scopes.clone(),
        redirect_uri: way.redirect_uri.clone(),
        challenge: way.challenge.clone(),
    })
}

fn refused(unsound: Unsound) -> Response {
    match unsound {
        Unsound::Here(words) => drawing::wrong(words),
        Unsound::There {
            way,
            error,
            description,
        } => way.follow(&[("error", error), ("error_description", description)]),
    }
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
