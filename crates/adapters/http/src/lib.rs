//! The one outbound HTTP client: every call has a deadline, a bound on its answer, and a typed failure.
//!
//! H1  A call ends within its deadline, whatever the peer does.
//! H2  No more of an answer is read than its bound allows.
//! H3  Redirects are not followed: an answer is the answer of the address that was asked.
//! H4  A failure says whether the request may have reached the peer, for only then is a repeat a risk.
//! H5  A client for owners' addresses connects to public addresses alone, over https.
//!
//! Not here: limits of a peer, retries, and what answers mean. Addresses and headers may hold secrets, so errors
//! name the host alone.

mod address;
mod client;
mod error;
mod stream;

pub use address::{AddressError, Lookup, SystemLookup, is_public};
pub use client::{Answer, Call, Client, Reach, Settings};
pub use error::{BuildError, CallError};
pub use reqwest::{
    Method, StatusCode,
    header::{self, HeaderMap, HeaderName, HeaderValue},
};
pub use stream::Streamed;
