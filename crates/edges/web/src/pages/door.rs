//! What is said at the door.

use axum::response::Html;
use maud::html;

use super::{plain, trouble::sign_in};
use crate::{Site, door::HOME};

/// After signing out.
pub(crate) fn signed_out(site: &Site) -> Html<String> {
    let main = html! {
        p { "This browser is signed out. What others see of the dashboard has not changed." }
        p { a.button href=(sign_in(site, HOME)) { "Sign in with Discord" } }
    };
    plain::page(site, "You are signed out", &main)
}
