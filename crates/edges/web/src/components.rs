//! What pages are made of: one function each, plain values in, markup out.
//!
//! Nothing here reads anything, and nothing holds a style of its own: classes alone, and the tokens behind them. Each
//! component is shown with all its states on the component page.

pub(crate) mod avatar;
pub(crate) mod chart;
pub(crate) mod code;
pub(crate) mod dialog;
pub(crate) mod diff;
pub(crate) mod empty;
pub(crate) mod figure;
pub(crate) mod filter;
pub(crate) mod form;
pub(crate) mod icon;
pub(crate) mod key;
pub(crate) mod notice;
pub(crate) mod receipt;
pub(crate) mod section;
pub(crate) mod shell;
pub(crate) mod table;
pub(crate) mod tag;
pub(crate) mod timeline;
pub(crate) mod to_do;
pub(crate) mod toast;
pub(crate) mod tour;
pub(crate) mod wizard;
