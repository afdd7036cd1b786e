//! One module for each service of `proto/guildhall/v1/`, and the list of all of them.

mod economy;

use prost_types::Timestamp;
use tonic::service::Routes;

use crate::{entrance::Entrance, generated::guildhall_v1::economy_server::EconomyServer};

/// The largest request, in bytes: REST's.
pub(crate) const REQUEST_MAX: usize = 64 * 1024;

/// The largest answer, in bytes. No list comes near it.
pub(crate) const ANSWER_MAX: usize = 4 * 1024 * 1024;

/// The names of the services, as health and reflection know them.
pub(crate) const NAMES: [&str; 1] = ["guildhall.v1.Economy"];

/// All services behind this entrance, each with its bounds.
pub(crate) fn routes(entrance: &Entrance) -> Routes {
    let economy = EconomyServer::new(economy::Economy::behind(entrance.clone()))
        .max_decoding_message_size(REQUEST_MAX)
        .max_encoding_message_size(ANSWER_MAX);
    Routes::new(economy)
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
