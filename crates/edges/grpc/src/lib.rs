//! gRPC under `guildhall.v1`: the use cases of REST, with the same tokens, the same keys and the same refusals.
//!
//! G1  Without the right token there is no answer but `UNAUTHENTICATED`, the health apart; a guild that the bot is
//!     not in is `NOT_FOUND`.
//! G2  A write sent again with its key has no second effect and gets the first answer, also where that went by REST.
//! G3  What is not understood is refused with the field it stands in; nothing is guessed.
//! G4  Every call ends: at its deadline, at a bound on its size, and a panic ends its own call alone.
//! G5  What stands in `proto/` is what is served, and the committed code is made from it.
//!
//! A service is one file in `proto/guildhall/v1/` and one in `calls/`; CONTRIBUTING.md says how to add one.
//! Not here: rules of a context, SQL, how an operation is admitted (`app`), and what else is served (`rest`).

mod calls;
mod details;
mod entrance;
mod fields;
mod gate;
mod generated;
mod methods;
mod page;
mod refusal;
mod serving;
#[cfg(test)]
mod tests;

pub use serving::Grpc;
