//! One module for each page, a view of plain values and a function from it to markup; and what a page says where it
//! cannot be shown.

pub(crate) mod access;
pub(crate) mod door;
pub(crate) mod entry;
pub(crate) mod history;
pub(crate) mod legal;
pub(crate) mod mine;
pub(crate) mod overview;
pub(crate) mod plain;
pub(crate) mod receipt;
pub(crate) mod reference;
pub(crate) mod servers;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod start;
mod trouble;
pub(crate) mod undo;
pub(crate) mod why;

pub(crate) use plain::style;
pub(crate) use trouble::{Trouble, finished};

/// What no route is for.
pub(crate) async fn none() -> Trouble {
    Trouble::NoPage
}
