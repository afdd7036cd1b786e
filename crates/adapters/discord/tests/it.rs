//! The adapter against the simulated Discord, over real sockets.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails where its stage can't be set"
)]

mod it {
    pub(crate) mod answers;
    pub(crate) mod deeds;
    pub(crate) mod faults;
    pub(crate) mod lookups;
    pub(crate) mod names;
    pub(crate) mod probes;
    pub(crate) mod sessions;
    pub(crate) mod sign_in;
    pub(crate) mod stage;
}
