//! What several contexts do together: each flow reads top to bottom.

pub mod configure;
pub(crate) mod deeds;
pub mod grant;
pub(crate) mod moderate;
pub(crate) mod noting;
pub(crate) mod sanction;
pub(crate) mod setup;
