//! One module for each service of `proto/guildhall/v1/`, and the list of all of them.

mod audit;
mod config;
mod economy;
mod memory;
mod moderation;

use prost_types::Timestamp;
use tonic::service::Routes;

use crate::{
    entrance::Entrance,
    generated::guildhall_v1::{
        audit_server::AuditServer, config_server::ConfigServer, economy_server::EconomyServer,
        memory_server::MemoryServer, moderation_server::ModerationServer,
    },
};

/// The largest request, in bytes: REST's.
pub(crate) const REQUEST_MAX: usize = 64 * 1024;

/// The largest request that holds a whole configuration or a rule of it, and what stands around that.
const DOCUMENT_REQUEST_MAX: usize = REQUEST_MAX + platform::DOCUMENT_BYTES_MAX;

/// The largest answer, in bytes: what clients take when nothing else is said to them. No list comes near it.
pub(crate) const ANSWER_MAX: usize = 4 * 1024 * 1024;

/// The largest answer with entries of the audit: one alone may hold almost as much.
const ENTRIES_MAX: usize = 8 * 1024 * 1024;

/// The names of the services, as health and reflection know them.
pub(crate) const NAMES: [&str; 5] = [
    "guildhall.v1.Audit",
    "guildhall.v1.Config",
    "guildhall.v1.Economy",
    "guildhall.v1.Memory",
    "guildhall.v1.Moderation",
];

/// All services behind this entrance, each with its bounds.
pub(crate) fn routes(entrance: &Entrance) -> Routes {
    let audit = AuditServer::new(audit::Audit::behind(entrance.clone()))
        .max_decoding_message_size(REQUEST_MAX)
        .max_encoding_message_size(ENTRIES_MAX);
    let config = ConfigServer::new(config::Config::behind(entrance.clone()))
        .max_decoding_message_size(DOCUMENT_REQUEST_MAX)
        .max_encoding_message_size(ANSWER_MAX);
    let economy = EconomyServer::new(economy::Economy::behind(entrance.clone()))
        .max_decoding_message_size(REQUEST_MAX)
        .max_encoding_message_size(ANSWER_MAX);
    let memory = MemoryServer::new(memory::Memory::behind(entrance.clone()))
        .max_decoding_message_size(REQUEST_MAX)
        .max_encoding_message_size(ANSWER_MAX);
    let moderation = ModerationServer::new(moderation::Moderation::behind(entrance.clone()))
        .max_decoding_message_size(DOCUMENT_REQUEST_MAX)
        .max_encoding_message_size(ANSWER_MAX);
    Routes::new(audit)
        .add_service(config)
        .add_service(economy)
        .add_service(memory)
        .add_service(moderation)
}

/// A moment as the wire has it.
fn moment(at: kernel::Timestamp) -> Timestamp {
    let micros = at.micros();
    Timestamp {
        seconds: micros.div_euclid(1_000_000),
        // Below a thousand million, so it always fits.
        nanos: i32::try_from(micros.rem_euclid(1_000_000) * 1_000).unwrap_or_default(),
    }
}

/// An id as the wire has it, where there is one.
fn named(id: Option<impl ToString>) -> Option<String> {
    id.map(|id| id.to_string())
}
