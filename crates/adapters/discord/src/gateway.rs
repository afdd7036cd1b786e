//! The gateway: shards that connect, stay connected, and come back where they left off.
//!
//! G1  A connection that ends is never dialled again without a pause, and one that never becomes ready stops the shard.
//! G2  A session is taken up again wherever Discord allows it, over restarts too; a new one spends a bounded budget.
//! G3  The stored sequence is that of the last event before the first unfinished one: a crash replays what it lost.
//!     A new session is stored before anything of it is taken on.
//! G4  A frame, and what it unpacks to, is bounded; one that can't be read is counted and skipped.
//!
//! The protocol's numbers are twilight's. The connection is our own: twilight's shard takes messages of any size,
//! dials again without a pause, forgets where to resume when a dial fails, and resumes at the last event that came
//! in, not the last that was finished.

mod backoff;
mod beat;
mod connection;
mod identify;
mod inflate;
mod keeper;
mod pump;
mod session;
mod shard;
mod socket;
mod watermark;

pub(crate) use identify::Identifies;
pub(crate) use keeper::Keeper;
pub(crate) use pump::Pump;
pub(crate) use session::Slot;
pub(crate) use shard::{CONTENT_FLAGS, Intended, MEMBERS_FLAGS, Shard, features_of};
pub(crate) use socket::Dialler;
