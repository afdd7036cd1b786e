//! `guildhall run`: the server.

use crate::{
    failure::{Exit, Failure},
    running::{self, Kind, Start},
};

/// Runs the server until it is asked to end.
///
/// # Errors
/// Why it could not start, or could not go on.
pub async fn run(start: Start) -> Result<Exit, Failure> {
    running::serve(start, Kind::Run).await
}
