//! A persona is written down and put in force by one deed: both happen, or neither does.

use bots::{Settings, VersionError};
use kernel::Op;
use store::Tx;

use super::{Chosen, Deployment, PersonaError, configured, put_in_force};
use crate::Core;

/// Writes a persona down and puts it in force. Where it is in force already, nothing is written.
///
/// # Errors
/// When it makes no sense, the configuration that it would become is refused, the key was used before, or the database
/// fails; then no version is left behind.
pub async fn take_on(
    core: &Core,
    op: Op,
    persona: Settings,
    note: String,
) -> Result<Deployment, PersonaError> {
    let said = serde_json::to_string(&persona).unwrap_or_default();
    let asked = format!("take on {said} {note}");
    let choose = move |tx: &mut Tx<'_>, op: &Op| chosen(tx, op, &persona, &note);
    put_in_force(core, op, asked, "persona_deploy", choose).await
}

fn chosen(
    tx: &mut Tx<'_>,
    op: &Op,
    persona: &Settings,
    note: &str,
) -> Result<Option<Chosen>, PersonaError> {
    let wrong = persona.check();
    if !wrong.is_empty() {
        return Err(VersionError::Invalid(wrong).into());
    }
    let deployed = bots::deployed(tx, op.guild)?;
    let before = deployed.as_ref().map(|version| version.persona.clone());
    let version = match bots::record(tx, op, persona, note)? {
        Some(version) => Some(version),
        // The configuration may be ahead of the versions for a moment, after many servers were taken back at once.
        None if configured(tx, op.guild)?.as_ref() != Some(persona) => deployed,
        None => None,
    };
    Ok(version.map(|version| Chosen { version, before }))
}
