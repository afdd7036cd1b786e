//! One module for each page, a view of plain values and a function from it to markup; and what a page says where it
//! cannot be shown.

pub(crate) mod access;
pub(crate) mod case;
pub(crate) mod cases;
pub(crate) mod door;
pub(crate) mod economy;
pub(crate) mod entry;
pub(crate) mod files;
pub(crate) mod history;
pub(crate) mod legal;
pub(crate) mod member;
pub(crate) mod memories;
pub(crate) mod mine;
pub(crate) mod movement;
pub(crate) mod operator;
pub(crate) mod order;
pub(crate) mod overview;
pub(crate) mod people;
pub(crate) mod persona;
pub(crate) mod personas;
pub(crate) mod plain;
pub(crate) mod receipt;
pub(crate) mod reference;
pub(crate) mod review;
pub(crate) mod rule;
pub(crate) mod rules;
pub(crate) mod servers;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod start;
pub(crate) mod statement;
pub(crate) mod token;
pub(crate) mod transfer;
pub(crate) mod transfers;
mod trouble;
pub(crate) mod undo;
pub(crate) mod why;

pub(crate) use plain::style;
pub(crate) use trouble::{Trouble, finished};

/// What no route is for.
pub(crate) async fn none() -> Trouble {
    Trouble::NoPage
}
