//! Who comes to a page, and what they may there: known before the page runs.

use std::sync::Arc;

use app::{Access, Core, KnownGuild, Role, Standing, Viewer, installation::Installation};
use axum::{
    extract::{FromRequestParts, RawPathParams, Request, State},
    http::request::Parts,
    middleware::Next,
    response::{IntoResponse, Response},
};
use kernel::{Chance, GuildId};
use platform::{Purpose, Ticket};

use crate::{
    Door, Site, Vitals,
    cookies::Cookie,
    csv,
    live::{self, Tempo},
    pages::Trouble,
    places::Places,
    shield::Nonce,
    turnstile::Turnstile,
};

/// The parameter of a path that names a guild.
pub(crate) const GUILD: &str = "guild_id";

/// What the pages work with.
#[derive(Debug, Clone)]
pub struct Web {
    core: Core,
    parts: Arc<Own>,
    tempo: Tempo,
    description: Option<Arc<serde_json::Value>>,
}

/// What is the pages' own.
#[derive(Debug)]
struct Own {
    site: Site,
    chance: Arc<dyn Chance>,
    vitals: Arc<dyn Vitals>,
    installation: Arc<dyn Installation>,
    hints: Hints,
    logins: Turnstile,
    callbacks: Turnstile,
    followers: Places,
    downloads: Places,
}

/// Whether a link may say beforehand as whom somebody signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hints {
    /// It may: in the demo, where whoever asks may be anybody.
    Passed,
    /// It may not.
    Ignored,
}

/// What a route asks of whoever comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Nothing.
    Open,
    /// To be signed in.
    SignedIn,
    /// To operate this installation; to others it is as if there were no such page.
    Operator,
    /// To be this in the guild that the path names, with this access.
    Guild(Role, Access),
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(crate) viewer: Viewer,
    /// What forms and scripts send to prove that they come from a page of this session.
    pub(crate) csrf: String,
}

/// Somebody in a guild in which they may see the page that they asked for.
#[derive(Debug, Clone)]
pub(crate) struct Seat {
    pub(crate) guild: GuildId,
    pub(crate) known: KnownGuild,
    pub(crate) standing: Standing,
}

/// What somebody is, in a word.
pub(crate) const fn word(standing: Standing) -> &'static str {
    match (standing.role, standing.access) {
        (Role::Operator, _) => "operator",
        (Role::Manager, Access::Manage) => "manager",
        (Role::Manager, Access::Read) => "reader",
        (Role::Moderator, _) => "moderator",
        (Role::Member, _) => "member",
    }
}

impl Web {
    /// The pages of this application at this site.
    #[must_use]
    pub fn new(
        core: Core,
        site: Site,
        chance: Arc<dyn Chance>,
        (vitals, installation): (Arc<dyn Vitals>, Arc<dyn Installation>),
        hints: Hints,
    ) -> Self {
        let parts = Arc::new(Own {
            site,
            chance,
            vitals,
            installation,
            hints,
            logins: Turnstile::default(),
            callbacks: Turnstile::default(),
            followers: live::places(),
            downloads: csv::places(),
        });
        Self {
            core,
            parts,
            tempo: Tempo::USUAL,
            description: None,
        }
    }

    /// The same with the description of REST (OpenAPI), to be read at `/api/docs`.
    #[must_use]
    pub fn describing(self, description: serde_json::Value) -> Self {
        Self {
            description: Some(Arc::new(description)),
            ..self
        }
    }

    pub(crate) fn description(&self) -> Option<&serde_json::Value> {
        self.description.as_deref()
    }

    /// The same with streams that make haste.
    #[cfg(test)]
    pub(crate) fn hurried(self) -> Self {
        Self {
            tempo: Tempo::HURRIED,
            ..self
        }
    }

    pub(crate) const fn tempo(&self) -> Tempo {
        self.tempo
    }

    pub(crate) const fn core(&self) -> &Core {
        &self.core
    }

    pub(crate) fn site(&self) -> &Site {
        &self.parts.site
    }

    pub(crate) fn chance(&self) -> &dyn Chance {
        self.parts.chance.as_ref()
    }

    pub(crate) fn vitals(&self) -> &dyn Vitals {
        self.parts.vitals.as_ref()
    }

    pub(crate) fn installation(&self) -> &dyn Installation {
        self.parts.installation.as_ref()
    }

    pub(crate) fn followers(&self) -> &Places {
        &self.parts.followers
    }

    pub(crate) fn downloads(&self) -> &Places {
        &self.parts.downloads
    }

    pub(crate) fn hints(&self) -> Hints {
        self.parts.hints
    }

    pub(crate) fn turnstile(&self, door: Door) -> &Turnstile {
        match door {
            Door::Login => &self.parts.logins,
            Door::Callback => &self.parts.callbacks,
        }
    }
}

/// Lets a request pass that fulfils what its route asks.
pub(crate) async fn admit(
    State((web, guard)): State<(Web, Guard)>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    if let Err(trouble) = admitted(&web, guard, &mut parts).await {
        return trouble.into_response();
    }
    next.run(Request::from_parts(parts, body)).await
}

async fn admitted(web: &Web, guard: Guard, parts: &mut Parts) -> Result<(), Trouble> {
    let visit = visit(web, parts).await?;
    if guard == Guard::Open {
        parts.extensions.insert(visit);
        return Ok(());
    }
    let visit = visit.ok_or_else(|| Trouble::NotSignedIn {
        wanted: wanted(web, parts),
    })?;
    if guard == Guard::Operator && !visit.viewer.is_operator {
        return Err(Trouble::NoPage);
    }
    if let Guard::Guild(role, access) = guard {
        let seat = seat(web, &visit, parts).await?;
        if !seat.standing.suffices(role, access) {
            return Err(Trouble::NotAllowed);
        }
        parts.extensions.insert(seat);
    }
    parts.extensions.insert(Some(visit));
    Ok(())
}

async fn visit(web: &Web, parts: &Parts) -> Result<Option<Visit>, Trouble> {
    let Some(ticket) = Cookie::Session.ticket(web.site(), &parts.headers) else {
        return Ok(None);
    };
    let viewer = app::flows::enter::viewer(web.core(), &ticket).await;
    let viewer = viewer.map_err(|error| Trouble::of_fault(web, &error))?;
    Ok(viewer.map(|viewer| Visit::of(viewer, &ticket)))
}

/// Where somebody is who gets no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a server that they may see.
    Server,
    /// In the operator's console, which is theirs.
    Console,
    /// At what is their own.
    Own,
}

/// Finds out who asked for a page that they don't get, and where they are, and notes it on the request; nothing where
/// nobody is signed in, or it can't be known. What they may not see is as if it were not there.
pub(crate) async fn recognised(web: &Web, parts: &mut Parts) -> Option<Place> {
    let path = web.site().inner(parts.uri.path()).to_owned();
    let below = path.strip_prefix(crate::door::HOME)?;
    let visit = visit(web, parts).await.ok()??;
    let guild = below.strip_prefix("/guilds/").and_then(|rest| {
        let named = rest.split('/').next()?;
        named.parse::<GuildId>().ok()
    });
    let seat = match guild {
        Some(guild) => seated(web, &visit, guild).await.ok(),
        None => None,
    };
    let place = match &seat {
        Some(_) => Place::Server,
        None if visit.viewer.is_operator && below.starts_with("/operator") => Place::Console,
        None => Place::Own,
    };
    if let Some(seat) = seat {
        parts.extensions.insert(seat);
    }
    parts.extensions.insert(Some(visit));
    Some(place)
}

/// The guild in the path, where the bot is in it and the person too; else it is as if there were none.
async fn seat(web: &Web, visit: &Visit, parts: &mut Parts) -> Result<Seat, Trouble> {
    let params = RawPathParams::from_request_parts(parts, &()).await;
    let params = params.map_err(|_| Trouble::NoPage)?;
    let mut named = params.iter().filter(|(name, _)| *name == GUILD);
    let guild = named.next().and_then(|(_, id)| id.parse::<GuildId>().ok());
    seated(web, visit, guild.ok_or(Trouble::NoPage)?).await
}

async fn seated(web: &Web, visit: &Visit, guild: GuildId) -> Result<Seat, Trouble> {
    let core = web.core();
    let standing = core.standing(&visit.viewer, guild).await;
    let standing = standing.map_err(|error| Trouble::of_fault(web, &error))?;
    let known = core.guilds().known(guild);
    let (standing, known) = standing.zip(known).ok_or(Trouble::NoPage)?;
    Ok(Seat {
        guild,
        known,
        standing,
    })
}

/// Where somebody wanted to go, as our own path; only pages that are looked at are worth coming back to.
fn wanted(web: &Web, parts: &Parts) -> String {
    let path = parts.uri.path_and_query();
    let path = path.map_or("/", |path| path.as_str());
    let inner = web.site().inner(path);
    match parts.method == axum::http::Method::GET {
        true => inner.to_owned(),
        false => "/dashboard".to_owned(),
    }
}

impl Visit {
    fn of(viewer: Viewer, ticket: &Ticket) -> Self {
        Self {
            viewer,
            csrf: ticket.text_for(Purpose::Form),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Trouble> {
        let visit = parts.extensions.get::<Option<Self>>().cloned().flatten();
        visit.ok_or(Trouble::SignedOut)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Seat {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Trouble> {
        let seat = parts.extensions.get::<Self>().cloned();
        seat.ok_or(Trouble::NoPage)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Nonce {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let nonce = parts.extensions.get::<Self>().cloned();
        Ok(nonce.unwrap_or_else(|| Self(String::new())))
    }
}
