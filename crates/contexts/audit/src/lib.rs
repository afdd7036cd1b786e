//! Why the bot did what it did: one entry for each decision, chained, signed, searchable, and told to whom it concerns.
//!
//! Y1   A decision makes one entry, in its own transaction: the same cause, action and ordinal again adds nothing.
//! Y2   Records are never changed or deleted; how something pending ended is a record of its own, and once only.
//! Y3   The chain holds every column of a record, and of its texts a salted digest alone.
//! Y4   Records are linked in the order of commits, none twice and none left out.
//! Y5   Any edited, deleted, turned round, cut off or foreign record is found.
//! Y6   What is erased is gone with its salt, and the chain still holds.
//! Y7   A member sees decisions about themselves, of words their own, and of rules the one that decided; moderators see
//!      all but others' memories.
//! Y8   A guild's entries never reach another guild.
//!
//! Words: a *decision* is made once; what was *pending* gets a *conclusion*. Both are *records*; joined they are an
//! *entry*. A *sealer* gives each record a *link* in its guild's *chain*, and the end of a chain, its *head*, is signed.
//! A *receipt* is an entry as a card.
//!
//! ```text
//! bob: free nitro at evil.example       (the message is deleted)
//! bob: /why                             Guildhall (only to bob): A message deleted. Why: the rule "No spam" matched …
//! alice: /why case:1                    Guildhall (only to alice): There is no case 1 that you may see. …
//! ```
//!
//! Not here: cases and sanctions, who is a moderator, the key's keeping, when the sealer comes, and files. No clock, no
//! network, no async.

mod canon;
mod entry;

mod draft;
mod people;
mod row;

mod kept;

mod pending;
mod record;

mod heads;
mod seal;
mod verify;

mod erase;

mod assemble;
mod search;
mod tally;
mod view;

pub mod commands;
pub mod json;

mod store;

#[cfg(test)]
mod tests;

pub use self::store::STATEMENTS;
pub use canon::Hash;
pub use draft::{
    Conclusion, EFFECTS_MAX, LABEL_LENGTH_MAX, NewEffect, NewEntry, NewInput, RULES_MAX,
    Remembered, Said, TEXT_LENGTH_MAX, TEXTS_MAX,
};
pub use entry::{
    ActorSeen, Confidence, Cost, EffectSeen, EffectState, Entry, EntryId, EntryIdError, Input,
    Kept, Kind, Link, Outcome, RuleSeen, Trigger, TriggerKind, Words,
};
pub use erase::{ERASE_CHUNK_MAX, EXPORT_ENTRIES_MAX, Erased, erase, export, prune_texts};
pub use heads::{HEADS_LIMIT_MAX, PublicKey, SignedHead, Signer, guilds, sign_heads, signed_heads};
pub use pending::{
    PENDING_LIMIT_MAX, Pending, Settled, effect_again, effect_settled, message_made, pending_before,
};
pub use record::{ConcludeError, Concluded, RecordError, conclude, record, record_all};
pub use seal::{SEAL_LIMIT_MAX, SEALING_COUNT_MAX, Sealed, Sealing, seal, sealing};
pub use search::{
    Cursor, CursorError, Filter, LIMIT_MAX, PAGE_BYTES_MAX, Page, SCAN_MAX, by_case, by_message,
    fetch, last_touching, newest, sealed_after, search, search_seen,
};
pub use tally::{
    RuleTally, SUM_UP_CHUNK_MAX, SummedUp, TALLY_SLOT, TALLY_SPAN_MAX, Tally, rule_tally, sum_up,
    tally,
};
pub use verify::{
    BREAKS_MAX, Break, Trust, VERIFY_CHUNK_MAX, Verification, Verified, VerifyCursor, Wrong, verify,
};
pub use view::{Rank, View, Viewer, concerns, visible_to};

/// The tables of the audit.
pub const MIGRATIONS: &[::store::Migration] = &[
    ::store::Migration {
        number: 5,
        name: "audit",
        up: include_str!("../migrations/0005_audit.up.sql"),
        down: include_str!("../migrations/0005_audit.down.sql"),
    },
    ::store::Migration {
        number: 15,
        name: "tallies",
        up: include_str!("../migrations/0015_tallies.up.sql"),
        down: include_str!("../migrations/0015_tallies.down.sql"),
    },
];

/// The tables that erasing a person takes words or names out of.
pub const ERASED: &[&str] = &["audit_texts", "audit_people"];

/// The messages of the audit, by language.
pub const WORDS: &[(&str, &str)] = &[("en", include_str!("../words/en.ftl"))];
