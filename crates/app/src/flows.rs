//! Uses that take more than one step, each read from top to bottom in its own file.

pub mod grant;
