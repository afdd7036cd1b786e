//! One module for each page, and what a page says where it cannot be shown.

pub(crate) mod door;
pub(crate) mod legal;
pub(crate) mod plain;
pub(crate) mod servers;
pub(crate) mod sessions;
pub(crate) mod start;
mod trouble;

pub(crate) use plain::style;
pub(crate) use trouble::{Trouble, finished};

/// What no route is for.
pub(crate) async fn none() -> Trouble {
    Trouble::NoPage
}
