//! What several contexts do together: each flow reads top to bottom.

pub(crate) mod adjudge;
pub(crate) mod chat;
pub mod configure;
pub(crate) mod converse;
pub(crate) mod deeds;
pub mod enter;
pub mod grant;
pub mod keys;
pub(crate) mod learn;
pub(crate) mod listen;
pub mod memories;
pub(crate) mod moderate;
pub(crate) mod noting;
pub mod persona;
pub(crate) mod privacy;
pub(crate) mod remember;
pub mod rules;
pub(crate) mod sanction;
pub mod secrets;
pub(crate) mod setup;
pub(crate) mod summarise;
pub mod tokens;
pub mod trial;
pub mod undo;
pub(crate) mod voice;
