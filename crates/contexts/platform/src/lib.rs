//! A guild's configuration as revisions, the policy guard, sealed secrets, tokens, and who is signed in.
//!
//! U1  A revision is never changed; the same settings have the same text and digest.
//! U2  A difference applied to the old settings gives the new ones.
//! U3  The history moves forward: a rollback is a new revision with the content of an old one.
//! U4  The same cause writes once: a retry is told what the first run did, other content is a conflict.
//! U5  What the policy guard refuses says its rule, where that stands, and the place in the document.
//! U6  What is sealed opens in its own row alone, and nowhere stands in plain text or a mere encoding of it.
//! U7  Whoever asks for changes after a mark misses none, and gets nothing of another guild's.
//! U8  After a rotation the old master key opens nothing.
//! U9  A sign-in is finished once, soon, and only in the browser that began it.
//! U10  A session that ended or is over opens nothing from that moment on; of what a browser holds only digests are kept.
//! U11  A token opens its own guild and scopes alone, nothing once it is revoked, and only its digest is kept.
//!
//! Words: a *document* is all settings of a guild as canonical JSON. A *revision* is an immutable version of it, with
//! its author, moment, note and cause; the *head* is the one in force. A *mark* orders the changes of all guilds. An
//! *owner* of secrets is a guild or the operator; their *data key* is wrapped by the *master key*. A *ticket* is the
//! secret that a browser holds.
//!
//! ```text
//! ada:  /settings                        Guildhall (only to ada): Settings, revision 4 · Persona: On, Sage · …
//! ada:  presses Turn Economy off         Settings, revision 5 · Saved as revision 5. `/economy/enabled` `true` → `false`
//! ada:  presses Undo this change         Settings, revision 6 · Saved as revision 6. `/economy/enabled` `false` → `true`
//! bob:  presses Undo this change (old)   Somebody has changed the settings since: you saw revision 5, now it is 6. …
//! ```
//!
//! A flow that changes settings: `commands::asked` → `config_fetch` → `Setting::applied` → every context checks its
//! section → `policy_check` → `config_put` → the audit entry with `Written::changes` → `commands::overview_card`.
//!
//! Not here: what the sections mean (each context owns its own), who may write, audit entries, and the clock. No
//! network, no async.

mod diff;
mod document;
mod revision;

mod config;
mod history;
mod member;
mod rollback;

mod dashboard;
mod policy;
mod setup;

mod session;
mod sign_in;
mod ticket;
mod token;
mod tour;

mod keys;
mod seal;
mod secret;
mod text_seal;

pub mod commands;

mod store;

#[cfg(test)]
mod tests;

pub use self::store::STATEMENTS;
pub use config::{
    CHANGED_LIMIT_MAX, Changed, ConfigError, NOTE_LENGTH_MAX, Novelty, Put, Written, changed_since,
    config_at, config_caused, config_diff, config_fetch, config_put, config_start, guilds,
};
pub use dashboard::{Dashboard, DashboardError};
pub use diff::{ApplyError, Change, apply, diff};
pub use document::{DOCUMENT_BYTES_MAX, DOCUMENT_DEPTH_MAX, Document, DocumentError};
pub use history::{
    CHANGES_SHOWN_MAX, HISTORY_LIMIT_MAX, History, HistoryCursor, HistoryCursorError, HistoryItem,
    PAGE_BYTES_MAX, VALUE_SHOWN_MAX, history,
};
pub use keys::{KeysTried, ROTATE_CHUNK_MAX, Rotated, keys_rotate, keys_try};
pub use member::{erase, export};
pub use policy::{PolicyFacts, PolicyRule, RETENTION_DAYS_MAX, Refusal, policy_check};
pub use revision::{Author, Entry, Mark, Revision, RevisionError, Snapshot};
pub use rollback::{
    DocumentCheck, Left, LeftRefused, REFUSED_SHOWN_MAX, Rollback, RollbackOne, RolledBack, Run,
    Scope, Target, rollback, rollback_one,
};
pub use seal::{Entropy, EntropyError, Keyring, MasterKey};
pub use secret::{
    Owner, SECRET_BYTES_MAX, SECRETS_MAX, SecretError, SecretLine, SecretName, SecretPut,
    secret_delete, secret_fetch, secret_put, secrets_forget, secrets_list,
};
pub use session::{
    NewSession, SESSION_IDLE, SESSION_LIFE, SESSIONS_MAX, Session, SessionId, session_end,
    session_fetch, session_open, session_seen, sessions_end_others, sessions_list, sessions_prune,
};
pub use setup::{Feature, Finding, Need, RankedRole, Setting, Standing, Switch, findings};
pub use sign_in::{RETURN_LENGTH_MAX, SIGN_IN_LIFE, SIGN_INS_MAX, sign_in_begin, sign_in_take};
pub use text_seal::TextSeal;
pub use ticket::{Purpose, Ticket, TicketDigest, challenge};
pub use token::{
    ApiToken, Area, Right, TOKEN_NAME_MAX, TOKEN_SCOPES, TOKENS_LIMIT_MAX, TOKENS_MAX, TokenCreate,
    TokenError, TokenId, TokenScope, TokenScopeError, token_create, token_digest, token_fetch,
    token_named, token_revoke, token_text, token_used, tokens_list,
};
pub use tour::tour_taken;

/// The tables of the platform.
pub const MIGRATIONS: &[::store::Migration] = &[
    ::store::Migration {
        number: 4,
        name: "platform",
        up: include_str!("../migrations/0004_platform.up.sql"),
        down: include_str!("../migrations/0004_platform.down.sql"),
    },
    ::store::Migration {
        number: 10,
        name: "sessions",
        up: include_str!("../migrations/0010_sessions.up.sql"),
        down: include_str!("../migrations/0010_sessions.down.sql"),
    },
    ::store::Migration {
        number: 11,
        name: "tokens",
        up: include_str!("../migrations/0011_tokens.up.sql"),
        down: include_str!("../migrations/0011_tokens.down.sql"),
    },
    ::store::Migration {
        number: 19,
        name: "tours",
        up: include_str!("../migrations/0019_tours.up.sql"),
        down: include_str!("../migrations/0019_tours.down.sql"),
    },
];

/// The tables that erasing a person takes words or names out of.
pub const ERASED: &[&str] = &["platform_revisions", "platform_tours"];

/// The messages of the platform, by language.
pub const WORDS: &[(&str, &str)] = &[("en", include_str!("../words/en.ftl"))];
