//! A page of somebody's own, which belongs to no server: who asks, and everything that stands around the page.
//!
//! It is to these pages what a [`crate::room::Room`] is to a server's.

use axum::{
    extract::FromRequestParts,
    http::request::Parts,
    response::{Html, IntoResponse},
};
use maud::Markup;

use crate::{
    Web,
    components::{avatar::Named, shell::Frame, tour::Tour},
    moment::Now,
    pages::Trouble,
    room::{Answer, nonce_of, present, servers, troubles},
    sent::Proof,
    shield::nonce,
    visit::Visit,
};

/// Somebody at a page of their own.
#[derive(Debug, Clone)]
pub(crate) struct Lobby {
    pub(crate) web: Web,
    pub(crate) now: Now,
    pub(crate) visit: Visit,
    nonce: String,
}

impl FromRequestParts<Web> for Lobby {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Trouble> {
        Ok(Self {
            visit: Visit::from_request_parts(parts, web).await?,
            web: web.clone(),
            now: present(parts, web),
            nonce: nonce_of(parts),
        })
    }
}

impl Lobby {
    /// Draws a page out of a view.
    pub(crate) async fn page<V>(
        &self,
        view: impl Future<Output = Result<V, Trouble>>,
        page: impl FnOnce(&Frame, &V) -> Markup,
    ) -> Answer {
        let view = view.await?;
        Ok(Html(page(&self.frame(), &view).into_string()).into_response())
    }

    /// What stands around the page.
    pub(crate) fn frame(&self) -> Frame {
        let viewer = &self.visit.viewer;
        Frame {
            root: self.web.site().link("/dashboard"),
            now: self.now.clone(),
            viewer: Some(Named {
                id: viewer.session.user.get(),
                name: viewer.session.name.clone(),
            }),
            role: None,
            servers: servers(&self.web, viewer),
            server: None,
            operates: viewer.is_operator,
            proof: Proof {
                csrf: self.visit.csrf.clone(),
                once: nonce(&self.web),
            },
            may_write: false,
            keeps_cases: false,
            sections: Vec::new(),
            has_member_pages: false,
            range: None,
            troubles: troubles(&self.web, viewer, &self.now),
            toast: None,
            tour: Tour::Closed,
            nonce: self.nonce.clone(),
            pulse: None,
        }
    }
}
