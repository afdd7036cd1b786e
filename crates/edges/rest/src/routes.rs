//! One module for each context.

pub(crate) mod economy;
