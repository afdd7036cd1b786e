//! The adapter against the simulated Discord, over real sockets.

mod it {
    pub(crate) mod answers;
    pub(crate) mod faults;
    pub(crate) mod sessions;
    pub(crate) mod stage;
}
