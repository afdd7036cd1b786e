//! What the operator sees of the installation as a whole: over all guilds, and of what belongs to none.
//!
//! Each list goes in pages by a key that the database has in order; nothing is read as a whole. Who may ask is the
//! edge's to know: these functions ask nobody's leave.

mod books;
pub mod installation;
mod letters;
mod providers;
mod servers;

use kernel::GuildId;

pub use books::Books;
pub use letters::{Letters, LettersAsked, SeenLetter};
pub use providers::Providers;
pub use servers::{Ailment, GuildPage, GuildState, GuildsAsked, SEARCH_LENGTH_MAX};

/// The chain of decisions that belong to the installation and to no guild, such as giving a job up. Discord's ids begin
/// with the time that has passed since 2015, so no guild has this one.
pub(crate) fn installation_chain() -> GuildId {
    GuildId::new(1).expect("one is an id")
}
