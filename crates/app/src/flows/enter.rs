//! Signing in to the dashboard: there, back, who it is, and a session.
//!
//! Discord's pass is asked who it belongs to and which guilds they are in, and is given back; nothing of it is kept.
//! What the person may do is not decided here but at each request (`rights`).

use std::{collections::HashSet, sync::Arc};

use chat::{Pass, SignIn, SignInFailure};
use kernel::{Fault, FaultKind, Told, UserId};
use platform::{NewSession, Purpose, Session, SessionId, Ticket, TicketDigest, challenge};
use store::{DbError, Tx};

use crate::{Core, Viewer};

/// Longer codes than this no sign-in brings back.
const CODE_LENGTH_MAX: usize = 512;

/// The way in.
#[derive(Debug)]
pub struct Entrance {
    /// Who signs people in; without it nobody comes in.
    pub sign_in: Option<Arc<dyn SignIn>>,
    /// Who operates this installation.
    pub operators: HashSet<UserId>,
}

/// A sign-in that was begun.
#[derive(Debug)]
pub struct Begun {
    /// What the browser keeps until it comes back.
    pub ticket: Ticket,
    /// Where it goes.
    pub url: String,
}

/// A browser that came back, with whatever it brought.
#[derive(Debug, Clone, Copy, Default)]
pub struct Came<'a> {
    /// What it kept.
    pub ticket: Option<&'a str>,
    /// What Discord gave back of ours.
    pub state: Option<&'a str>,
    /// Discord's code.
    pub code: Option<&'a str>,
    /// The ticket of a session that it has already.
    pub former: Option<&'a str>,
    /// What it calls itself.
    pub agent: &'a str,
}

/// Somebody who is signed in now.
#[derive(Debug)]
pub struct Entered {
    /// What the browser keeps from now on.
    pub ticket: Ticket,
    /// Where it wanted to go.
    pub return_to: String,
    /// Who.
    pub session: Session,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum EnterError {
    /// It is not set up.
    #[error(
        "signing in is not set up: set GUILDHALL_DISCORD_CLIENT_ID and GUILDHALL_DISCORD_CLIENT_SECRET"
    )]
    NotSetUp,
    /// This browser began no such sign-in, finished it before, or took too long.
    #[error("this browser began no such sign-in, finished it before, or took too long")]
    Stale,
    /// The person would rather not.
    #[error("the person declined")]
    Declined,
    /// Discord did not say who it is.
    #[error(transparent)]
    Discord(#[from] SignInFailure),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Fault for EnterError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NotSetUp | Self::Discord(SignInFailure::Away { .. }) => FaultKind::Unavailable,
            Self::Stale | Self::Declined | Self::Discord(SignInFailure::Refused { .. }) => {
                FaultKind::Forbidden
            }
            Self::Discord(SignInFailure::Misconfigured { .. }) => FaultKind::Internal,
            Self::Store(error) => error.kind(),
        }
    }

    fn told(&self) -> Told {
        match self {
            Self::NotSetUp => Told::new("app-sign-in-not-set-up"),
            Self::Stale | Self::Discord(SignInFailure::Refused { .. }) => {
                Told::new("app-sign-in-stale")
            }
            Self::Declined => Told::new("app-sign-in-declined"),
            Self::Discord(SignInFailure::Misconfigured { .. }) => {
                Told::new("app-sign-in-misconfigured")
            }
            Self::Discord(SignInFailure::Away { .. }) => Told::new("app-sign-in-away"),
            Self::Store(error) => error.told(),
        }
    }
}

fn port(core: &Core) -> Result<&Arc<dyn SignIn>, EnterError> {
    let entrance = core.entrance().ok_or(EnterError::NotSetUp)?;
    entrance.sign_in.as_ref().ok_or(EnterError::NotSetUp)
}

/// Begins a sign-in that leads to `return_to`, which the caller has checked.
///
/// # Errors
/// When signing in is not set up, or the database fails.
pub async fn begin(core: &Core, return_to: &str) -> Result<Begun, EnterError> {
    let port = port(core)?;
    let ticket = Ticket::draw(core.chance.as_ref());
    let (kept, at, wanted) = (ticket.digest(), core.clock.now(), return_to.to_owned());
    let write = move |tx: &mut Tx<'_>| platform::sign_in_begin(tx, at, kept, &wanted);
    core.database.write("sign-in-begin", write).await?;
    let verifier = ticket.text_for(Purpose::Verifier);
    let url = port.authorize_url(&ticket.text_for(Purpose::State), &challenge(&verifier));
    Ok(Begun { ticket, url })
}

/// Finishes a sign-in: once, in the browser that began it, with the `state` that goes with it.
///
/// # Errors
/// When it is none of this browser's, the person declined, Discord does not say who it is, or the database fails.
pub async fn finish(core: &Core, came: Came<'_>) -> Result<Entered, EnterError> {
    let port = port(core)?;
    let ticket = came
        .ticket
        .and_then(Ticket::read)
        .ok_or(EnterError::Stale)?;
    let state = came.state.ok_or(EnterError::Stale)?;
    if !ticket.is_text_for(Purpose::State, state) {
        return Err(EnterError::Stale);
    }
    let return_to = take(core, ticket.digest())
        .await?
        .ok_or(EnterError::Stale)?;
    let code = came.code.ok_or(EnterError::Declined)?;
    if code.len() > CODE_LENGTH_MAX {
        return Err(EnterError::Stale);
    }
    let verifier = ticket.text_for(Purpose::Verifier);
    let pass = port.exchange(code, &verifier).await?;
    let asked = ask(port.as_ref(), &pass).await;
    give_back(port.as_ref(), pass).await;
    let new = asked?;
    open(core, came, new, return_to).await
}

async fn take(core: &Core, kept: TicketDigest) -> Result<Option<String>, DbError> {
    let at = core.clock.now();
    let take = move |tx: &mut Tx<'_>| platform::sign_in_take(tx, at, kept);
    core.database.write("sign-in-take", take).await
}

/// Who a pass belongs to, and the guilds that they are in.
async fn ask(
    port: &dyn SignIn,
    pass: &Pass,
) -> Result<(chat::Person, Vec<chat::OwnGuild>), SignInFailure> {
    tokio::try_join!(port.person(pass), port.guilds(pass))
}

/// A pass that can't be given back ends by itself, and stands nowhere.
async fn give_back(port: &dyn SignIn, pass: Pass) {
    if let Err(error) = port.give_back(pass).await {
        tracing::debug!(%error, "a pass could not be given back; it ends by itself");
    }
}

/// A session under a ticket that nobody had before; the one that the browser had ends.
async fn open(
    core: &Core,
    came: Came<'_>,
    (person, guilds): (chat::Person, Vec<chat::OwnGuild>),
    return_to: String,
) -> Result<Entered, EnterError> {
    let ticket = Ticket::draw(core.chance.as_ref());
    let new = NewSession {
        id: SessionId::new(core.ids.next()),
        ticket: ticket.digest(),
        user: person.user,
        name: person.name,
        guilds: guilds.into_iter().map(|guild| guild.id).collect(),
        agent: came.agent.to_owned(),
    };
    let former = came.former.and_then(Ticket::read);
    let (at, kept) = (core.clock.now(), new.ticket);
    let write = move |tx: &mut Tx<'_>| {
        if let Some(former) = &former
            && let Some(before) = platform::session_fetch(tx, at, former.digest())?
        {
            platform::session_end(tx, before.user, before.id)?;
        }
        platform::session_open(tx, at, &new)?;
        platform::session_fetch(tx, at, kept)
    };
    let session = core.database.write("session-open", write).await?;
    let session = session.ok_or(EnterError::Stale)?;
    tracing::info!(user = %session.user, session = session.id.get(), "somebody signed in");
    Ok(Entered {
        ticket,
        return_to,
        session,
    })
}

/// Who holds this ticket, if they are signed in; their request is noted.
///
/// # Errors
/// When the database fails.
pub async fn viewer(core: &Core, ticket: &Ticket) -> Result<Option<Viewer>, DbError> {
    let (at, kept) = (core.clock.now(), ticket.digest());
    let read = move |tx: &mut Tx<'_>| platform::session_fetch(tx, at, kept);
    let Some(session) = core.database.read("session", read).await? else {
        return Ok(None);
    };
    if session.is_to_be_noted(at) {
        let id = session.id;
        let note = move |tx: &mut Tx<'_>| platform::session_seen(tx, at, id);
        core.database.write("session-seen", note).await?;
    }
    let entrance = core.entrance();
    Ok(Some(Viewer {
        is_operator: entrance.is_some_and(|known| known.operators.contains(&session.user)),
        session,
    }))
}

/// Notes that a person was shown around, or would rather not be: they are not asked again, in whichever browser.
///
/// # Errors
/// When the database fails.
pub async fn shown_around(core: &Core, viewer: &Viewer) -> Result<(), DbError> {
    let (at, user) = (core.clock.now(), viewer.session.user);
    let note = move |tx: &mut Tx<'_>| platform::tour_taken(tx, at, user);
    core.database.write("shown-around", note).await
}

/// A person's sessions, the one used last first.
///
/// # Errors
/// When the database fails.
pub async fn sessions(core: &Core, viewer: &Viewer) -> Result<Vec<Session>, DbError> {
    let (at, user) = (core.clock.now(), viewer.session.user);
    let read = move |tx: &mut Tx<'_>| platform::sessions_list(tx, at, user);
    core.database.read("sessions", read).await
}

/// Whether a session is still on, without that counting as a request.
///
/// # Errors
/// When the database fails.
pub async fn is_on(core: &Core, viewer: &Viewer) -> Result<bool, DbError> {
    let on = sessions(core, viewer).await?;
    Ok(on.iter().any(|session| session.id == viewer.session.id))
}

/// Ends one of a person's own sessions; says whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn leave(core: &Core, viewer: &Viewer, session: SessionId) -> Result<bool, DbError> {
    let user = viewer.session.user;
    let end = move |tx: &mut Tx<'_>| platform::session_end(tx, user, session);
    core.database.write("session-end", end).await
}

/// Ends all of a person's sessions but the one that asks; gives how many there were.
///
/// # Errors
/// When the database fails.
pub async fn leave_elsewhere(core: &Core, viewer: &Viewer) -> Result<u64, DbError> {
    let (user, kept) = (viewer.session.user, viewer.session.id);
    let end = move |tx: &mut Tx<'_>| platform::sessions_end_others(tx, user, kept);
    core.database.write("sessions-end", end).await
}
