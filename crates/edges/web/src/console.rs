//! A page of the operator's: who asks, and everything that stands around the page. It belongs to no server.
//!
//! It is to these pages what a [`crate::room::Room`] is to a server's. Its route asks that whoever comes operates this
//! installation; nothing here asks again.

use app::{Core, Viewer, installation::Installation};
use axum::{
    extract::FromRequestParts,
    http::request::Parts,
    response::{Html, IntoResponse},
};
use kernel::{Fault, Op};
use maud::Markup;

use crate::{
    Web,
    components::{
        shell::{Frame, OPERATOR_SECTIONS},
        toast::Toast,
    },
    did::{DID, Did},
    lobby::Lobby,
    pages::Trouble,
    room::{Answer, asked, toast},
    sent::Sent,
};

/// The operator at a page of theirs.
#[derive(Debug, Clone)]
pub(crate) struct Console {
    /// Who asks, and what stands around every page that belongs to no server.
    pub(crate) lobby: Lobby,
    /// What was just done, as the page says it.
    toast: Option<Toast>,
}

impl FromRequestParts<Web> for Console {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Trouble> {
        let lobby = Lobby::from_request_parts(parts, web).await?;
        let did = asked(parts, DID).and_then(|text| Did::read(&text));
        Ok(Self {
            lobby,
            toast: did.map(toast),
        })
    }
}

impl Console {
    pub(crate) const fn core(&self) -> &Core {
        self.lobby.web.core()
    }

    /// What is known of the installation itself.
    pub(crate) fn installation(&self) -> &dyn Installation {
        self.lobby.web.installation()
    }

    /// Who asks.
    pub(crate) const fn viewer(&self) -> &Viewer {
        &self.lobby.visit.viewer
    }

    /// A fault as the operator reads it.
    pub(crate) fn trouble(&self, fault: &dyn Fault) -> Trouble {
        Trouble::of_fault(&self.lobby.web, fault)
    }

    /// The operation that a form asks for under a path of the console; the same form sent again is the same operation.
    pub(crate) fn op(&self, path: &str, form: &Sent) -> Result<Op, Trouble> {
        let admission = self.core().admission();
        let key = form.key().ok_or(Trouble::Forged)?;
        let op = admission.console(self.viewer(), path, &key);
        op.ok_or(Trouble::Forged)
    }

    /// The address of a place of the console.
    pub(crate) fn at(&self, place: &str) -> String {
        self.lobby
            .web
            .site()
            .link(&format!("/dashboard/operator{place}"))
    }

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
        Frame {
            role: Some("operator"),
            may_write: true,
            sections: OPERATOR_SECTIONS.to_vec(),
            toast: self.toast.clone(),
            ..self.lobby.frame()
        }
    }
}
