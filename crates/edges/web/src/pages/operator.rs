//! The operator's console: how the installation is as a whole, over all servers.

pub(crate) mod bots;
pub(crate) mod home;
pub(crate) mod jobs;
pub(crate) mod letter;
pub(crate) mod providers;
pub(crate) mod servers;
pub(crate) mod storage;
pub(crate) mod versions;

use crate::components::shell::{Frame, Head, Section};

/// The head of a page of the console.
fn head<'a>(frame: &Frame, title: &'a str, section: Section) -> Head<'a> {
    let crumbs = match section {
        Section::Installation => Vec::new(),
        _ => vec![("Operator", frame.at(Section::Installation.place()))],
    };
    Head {
        title,
        section: Some(section),
        crumbs,
        is_live: false,
    }
}
