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
        avatar::Named,
        shell::{Frame, OPERATOR_SECTIONS},
        toast::Toast,
        tour::Tour,
    },
    did::{DID, Did},
    moment::Now,
    pages::Trouble,
    room::{Answer, asked, nonce_of, present, servers, toast, troubles},
    sent::{Proof, Sent},
    shield::nonce,
    visit::Visit,
};

/// The operator at a page of theirs.
#[derive(Debug, Clone)]
pub(crate) struct Console {
    pub(crate) web: Web,
    pub(crate) now: Now,
    /// What was just done, as the page says it.
    toast: Option<Toast>,
    visit: Visit,
    nonce: String,
}

impl FromRequestParts<Web> for Console {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Trouble> {
        let visit = Visit::from_request_parts(parts, web).await?;
        let did = asked(parts, DID).and_then(|text| Did::read(&text));
        Ok(Self {
            web: web.clone(),
            now: present(parts, web),
            toast: did.map(toast),
            visit,
            nonce: nonce_of(parts),
        })
    }
}

impl Console {
    pub(crate) const fn core(&self) -> &Core {
        self.web.core()
    }

    /// What is known of the installation itself.
    pub(crate) fn installation(&self) -> &dyn Installation {
        self.web.installation()
    }

    /// Who asks.
    pub(crate) const fn viewer(&self) -> &Viewer {
        &self.visit.viewer
    }

    /// A fault as the operator reads it.
    pub(crate) fn trouble(&self, fault: &dyn Fault) -> Trouble {
        Trouble::of_fault(&self.web, fault)
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
        self.web.site().link(&format!("/dashboard/operator{place}"))
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
        let session = &self.viewer().session;
        Frame {
            root: self.web.site().link("/dashboard"),
            now: self.now.clone(),
            viewer: Some(Named {
                id: session.user.get(),
                name: session.name.clone(),
            }),
            role: Some("operator"),
            servers: servers(&self.web, self.viewer()),
            server: None,
            operates: true,
            proof: Proof {
                csrf: self.visit.csrf.clone(),
                once: nonce(&self.web),
            },
            may_write: true,
            keeps_cases: false,
            sections: OPERATOR_SECTIONS.to_vec(),
            has_member_pages: false,
            range: None,
            troubles: troubles(&self.web, self.viewer(), &self.now),
            toast: self.toast.clone(),
            tour: Tour::Closed,
            nonce: self.nonce.clone(),
            pulse: None,
        }
    }
}
