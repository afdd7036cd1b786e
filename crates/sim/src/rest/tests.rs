//! The API through its router: what is answered to whom, what is refused how, and what each answer looks like.

mod guilds;
mod messages;
mod oauth;
mod plumbing;
