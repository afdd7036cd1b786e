//! The words that every part of Guildhall shares: ids, coins, time, the operation, faults and language.
//!
//! K1  Coins are whole numbers, and every sum of them is checked.
//! K2  Time, ids and randomness come in through a trait; only [`SystemClock`] and [`Stopwatch`] read the clocks of the machine.
//! K3  Whoever holds an [`Op`] was admitted: it says who acts, where, when, why, and under which correlation id.
//! K4  A failure has two readers: `Display` is for the operator's log, [`Told`] is all that a person may see.
//!
//! Not here: storage, networks, Discord's shapes, any rule of a context.

mod coins;
mod fault;
mod id;
mod mint;
mod op;
mod time;
mod words;

pub use coins::{Amount, Coins, CoinsError};
pub use fault::{Fault, FaultKind, Told, ToldArg};
pub use id::{
    ApplicationId, ChannelId, CommandId, GuildId, Id, IdError, InteractionId, MessageId, RoleId,
    UserId, kinds,
};
pub use mint::{Chance, IdSource, SeededChance, Snowflakes};
pub use op::{Actor, Cause, CauseKind, Correlation, Op};
pub use time::{Clock, Span, Stopwatch, SystemClock, Timestamp, TimestampError};
pub use words::{Locale, Words, WordsError};
