//! Where an event becomes a decision: admission, the router, delivery, the schedule, and flows over several contexts.
//!
//! A1  Only this crate makes an [`kernel::Op`], so whoever holds one was admitted.
//! A2  A reply leaves after the commit that decided it, and is owed until it is delivered or accounted for.
//! A3  The same event delivered again has no second effect.
//! A4  A panic or a fault ends its own event, with words to the asker; everything else goes on.
//! A5  A lane never waits for a network, and every queue has a bound.
//! A6  The token of an interaction is written down sealed, for its own row alone.
//!
//! Not here: Discord's wire (`discord`), SQL (each context's `store`), rules of a context.

mod admission;
mod answer;
mod condition;
mod configs;
mod core;
mod delivery;
mod door;
mod effect_seal;
mod estate;
mod floods;
pub mod flows;
mod guilds;
mod jobs;
mod keys;
mod lanes;
mod once;
mod outcome;
mod pace;
mod parked;
mod people;
mod promise;
mod pulse;
mod registry;
mod rehearsal;
mod relay;
mod rights;
mod router;
mod schedule;
mod sealing;
mod settings;
mod settle;
mod surroundings;
mod survey;
mod talks;
#[cfg(test)]
mod tests;
mod tripwire;

pub use admission::{Admission, NotAdmitted};
pub use configs::{Configs, GuildConfig};
pub use core::{Core, Parts};
pub use delivery::Delivery;
pub use door::{Door, Holder, KEY_MAX, NotLetIn, Visitor};
pub use effect_seal::{EffectSeal, EffectSealError};
pub use estate::{
    Ailment, Books, GuildPage, GuildState, GuildsAsked, Letters, LettersAsked, Providers,
    SEARCH_LENGTH_MAX, SeenLetter, installation,
};
pub use flows::enter::Entrance;
pub use guilds::{Guilds, KnownGuild};
pub use once::KeyReused;
pub use pace::{Pace, Paces};
pub use people::NAMES_MAX;
pub use pulse::{Pulse, PulseError};
pub use registry::{MIGRATIONS, catalogue, command_specs, words};
pub use rights::{
    Access, GUILDS_LISTED_MAX, RightsError, Role, SeenGuild, SeenGuilds, Standing, Viewer,
};
pub use router::App;
pub use settings::{GuildSettings, Problem};
pub use survey::{Coinage, Survey, Surveyed};
pub use tripwire::Tripwire;
