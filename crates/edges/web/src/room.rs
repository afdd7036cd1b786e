//! A page of a guild: who asks, what they may there, and everything that stands around the page.
//!
//! A handler takes a [`Room`] and gives [`Room::page`] what reads its view, and the function that draws it. Whatever
//! fails becomes a trouble with words. A write takes its operation from [`Room::op`].
//!
//! ```text
//! async fn show(room: Room) -> Answer {
//!     room.page(load(&room), page).await
//! }
//! ```

use std::collections::BTreeSet;

use app::{Access, Core, Role, Standing, Viewer};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use kernel::{Fault, GuildId, Op, UserId};
use maud::Markup;
use store::{DbError, Tx};

use crate::{
    Web,
    components::{
        avatar::Named,
        shell::{self, Frame},
        tag::Tone,
        toast::Toast,
        tour::Tour,
    },
    did::{DID, Did},
    moment::Now,
    pages::{Trouble, entry::Names},
    range::{RANGE, Range},
    routes,
    sent::{Proof, Sent},
    shield::{Nonce, nonce},
    visit::{Seat, Visit, word},
    vitals::{Ear, told},
};

/// The cookie in which a browser says its time zone.
const ZONE: &str = "zone";
/// The name of a pulse in addresses.
pub(crate) const SINCE: &str = "since";
/// The servers that the switcher offers.
const SERVERS_OFFERED_MAX: usize = 30;

/// What a handler of a page gives.
pub(crate) type Answer = Result<Response, Trouble>;

/// Somebody at a page of a guild.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    pub(crate) web: Web,
    pub(crate) guild: GuildId,
    /// What is known of the guild.
    pub(crate) seat: Seat,
    pub(crate) now: Now,
    /// The time that they chose to look over.
    pub(crate) range: Option<Range>,
    /// What was just done.
    pub(crate) did: Option<Did>,
    /// The same as the page says it.
    pub(crate) toast: Option<Toast>,
    /// How far the guild was when the page that now follows it was made.
    pub(crate) since: Option<String>,
    visit: Visit,
    nonce: String,
}

impl FromRequestParts<Web> for Room {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Trouble> {
        let visit = Visit::from_request_parts(parts, web).await?;
        let seat = Seat::from_request_parts(parts, web).await?;
        let asked = |name| asked(parts, name);
        let did = asked(DID).and_then(|text| Did::read(&text));
        Ok(Self {
            web: web.clone(),
            guild: seat.guild,
            seat,
            now: present(parts, web),
            range: asked(RANGE).and_then(|name| Range::of_name(&name)),
            did,
            toast: did.map(toast),
            since: asked(SINCE),
            visit,
            nonce: nonce_of(parts),
        })
    }
}

/// A value of the address, where it stands there.
pub(crate) fn asked(parts: &Parts, wanted: &str) -> Option<String> {
    let query = parts.uri.query().unwrap_or_default();
    let mut asked = form_urlencoded::parse(query.as_bytes());
    asked.find_map(|(name, value)| (name == wanted).then(|| value.into_owned()))
}

/// The present, in the viewer's zone.
pub(crate) fn present(parts: &Parts, web: &Web) -> Now {
    Now::new(web.core().clock().now(), zone(&parts.headers).as_deref())
}

/// What the scripts of the page that answers carry.
pub(crate) fn nonce_of(parts: &Parts) -> String {
    let nonce = parts.extensions.get::<Nonce>();
    nonce.map(|nonce| nonce.0.clone()).unwrap_or_default()
}

/// The zone that a browser named.
fn zone(headers: &HeaderMap) -> Option<String> {
    let sent = headers.get_all(header::COOKIE).iter();
    let mut pairs = sent
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, text) = pairs.find(|(name, _)| *name == ZONE)?;
    let mut read = form_urlencoded::parse(text.as_bytes());
    read.next().map(|(zone, _)| zone.into_owned())
}

impl Room {
    pub(crate) const fn core(&self) -> &Core {
        self.web.core()
    }

    /// Who asks.
    pub(crate) const fn viewer(&self) -> &Viewer {
        &self.visit.viewer
    }

    pub(crate) const fn standing(&self) -> Standing {
        self.seat.standing
    }

    /// What they are in the guild by now, where their session is still on and both can be known.
    pub(crate) async fn standing_now(&self) -> Option<Standing> {
        let (core, viewer) = (self.core(), self.viewer());
        let is_on = app::flows::enter::is_on(core, viewer).await;
        if !is_on.unwrap_or(false) {
            return None;
        }
        core.standing(viewer, self.guild).await.ok().flatten()
    }

    /// How they see decisions: what they may not see is withheld, and of some they do not learn.
    pub(crate) fn eyes(&self) -> audit::Viewer {
        audit::Viewer {
            user: self.viewer().session.user,
            rank: match self.standing().role {
                Role::Member => audit::Rank::Member,
                Role::Moderator | Role::Manager => audit::Rank::Moderator,
                Role::Operator => audit::Rank::Operator,
            },
        }
    }

    /// Reads the database; a failure becomes a trouble.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        label: &'static str,
        read: impl FnMut(&mut Tx<'_>) -> Result<T, DbError> + Send + 'static,
    ) -> Result<T, Trouble> {
        let found = self.core().database().read(label, read).await;
        found.map_err(|error| self.trouble(&error))
    }

    /// A fault as the person reads it.
    pub(crate) fn trouble(&self, fault: &dyn Fault) -> Trouble {
        Trouble::of_fault(&self.web, fault)
    }

    /// The operation that a form asks for under a path of ours; the same form sent again is the same operation.
    pub(crate) fn op(&self, path: &str, form: &Sent) -> Result<Op, Trouble> {
        let admission = self.core().admission();
        let key = form.key().ok_or(Trouble::Forged)?;
        let op = admission.dashboard(self.guild, self.viewer(), path, &key);
        op.ok_or(Trouble::Forged)
    }

    /// The operation of a rehearsal, of which nothing stays.
    pub(crate) fn rehearsal(&self) -> Result<Op, Trouble> {
        let admission = self.core().admission();
        let op = admission.dashboard(self.guild, self.viewer(), "rehearsal", "rehearsal");
        op.ok_or(Trouble::Forged)
    }

    /// The address of a place of this guild.
    pub(crate) fn at(&self, place: &str) -> String {
        let inner = format!("/dashboard/guilds/{}{place}", self.guild);
        self.web.site().link(&inner)
    }

    /// What people and channels of this guild are called.
    pub(crate) async fn names(&self, people: impl IntoIterator<Item = UserId>) -> Names {
        let people: BTreeSet<UserId> = people.into_iter().collect();
        let view = self.core().guild_view(self.guild);
        let channels = view.iter().flat_map(|view| &view.channels);
        Names {
            channels: channels
                .map(|channel| (channel.id, channel.name.clone()))
                .collect(),
            people: self.core().member_names(self.guild, people).await,
        }
    }

    /// Draws a page out of a view.
    pub(crate) async fn page<V>(
        &self,
        view: impl Future<Output = Result<V, Trouble>>,
        page: impl FnOnce(&Frame, &V) -> Markup,
    ) -> Answer {
        // Read before the view, so that nothing is missed that happens meanwhile.
        let pulse = self.core().pulse(self.guild).await.ok();
        let view = view.await?;
        let frame = Frame {
            pulse: pulse.map(|pulse| pulse.to_string()),
            ..self.frame()
        };
        Ok(Html(page(&frame, &view).into_string()).into_response())
    }

    /// What stands around the page.
    pub(crate) fn frame(&self) -> Frame {
        let site = self.web.site();
        let session = &self.viewer().session;
        let may = |role, access| self.standing().suffices(role, access);
        Frame {
            root: site.link("/dashboard"),
            now: self.now.clone(),
            viewer: Some(Named {
                id: session.user.get(),
                name: session.name.clone(),
            }),
            role: Some(word(self.standing())),
            servers: servers(&self.web, self.viewer()),
            server: Some(named(self.guild, &self.seat.known.name)),
            operates: self.viewer().is_operator,
            proof: Proof {
                csrf: self.visit.csrf.clone(),
                once: nonce(&self.web),
            },
            may_write: may(Role::Manager, Access::Manage),
            keeps_cases: self.standing().keeps_cases && may(Role::Moderator, Access::Manage),
            sections: self.sections(),
            has_member_pages: routes::opens("/members/{member_id}", self.standing()),
            range: self.range,
            troubles: self.troubles(),
            toast: self.toast.clone(),
            tour: self.tour(),
            nonce: self.nonce.clone(),
            pulse: None,
        }
    }

    /// The sections that there are and that are open to them.
    fn sections(&self) -> Vec<shell::Section> {
        let all = shell::SECTIONS.into_iter();
        all.filter(|section| routes::opens(section.place(), self.standing()))
            .collect()
    }

    /// Whoever keeps the server is shown around once.
    fn tour(&self) -> Tour {
        let is_theirs = self.standing().suffices(Role::Moderator, Access::Read);
        match (is_theirs, self.viewer().session.was_shown_around) {
            (false, _) => Tour::Closed,
            (true, true) => Tour::Open,
            (true, false) => Tour::Offered,
        }
    }

    /// What is wrong with the server, in the words that are for them.
    pub(crate) fn troubles(&self) -> Vec<String> {
        troubles(&self.web, self.viewer(), &self.now)
    }
}

/// What is wrong at the moment, in the words that are for this viewer.
pub(crate) fn troubles(web: &Web, viewer: &Viewer, now: &Now) -> Vec<String> {
    let ear = if viewer.is_operator {
        Ear::Operator
    } else {
        Ear::Anybody
    };
    let ailing = web.vitals().ailing();
    let ailing = ailing.iter();
    ailing.map(|ailing| told(ailing, ear, now)).collect()
}

/// The servers that the switcher offers.
pub(crate) fn servers(web: &Web, viewer: &Viewer) -> Vec<Named> {
    let known = web.core().guilds_known_to(viewer).into_iter();
    let known = known.take(SERVERS_OFFERED_MAX);
    known
        .map(|(guild, known)| named(guild, &known.name))
        .collect()
}

pub(crate) fn toast(did: Did) -> Toast {
    Toast {
        tone: Tone::Good,
        text: did.words(),
        undo: None,
    }
}

fn named(guild: GuildId, name: &str) -> Named {
    Named {
        id: guild.get(),
        name: name.to_owned(),
    }
}
