//! One module for each page.

pub(crate) mod start;
