//! The program `guildhall` itself, as an operator meets it: exit codes, messages, files and signals.

#[cfg(test)]
#[path = "it/alerts.rs"]
mod alerts;
#[cfg(test)]
#[path = "it/audit.rs"]
mod audit_verb;
#[cfg(test)]
#[path = "it/backups.rs"]
mod backups;
#[cfg(test)]
#[path = "it/bots.rs"]
mod bots;
#[cfg(test)]
#[path = "it/commands.rs"]
mod commands;
#[cfg(test)]
#[path = "it/crash.rs"]
mod crash;
#[cfg(test)]
#[path = "it/documents.rs"]
mod documents;
#[cfg(test)]
#[path = "it/door.rs"]
mod door;
#[cfg(test)]
#[path = "it/keys.rs"]
mod keys;
#[cfg(test)]
#[path = "it/ledger.rs"]
mod ledger;
#[cfg(test)]
#[path = "it/newcomer.rs"]
mod newcomer;
#[cfg(test)]
#[path = "it/pages.rs"]
mod pages;
#[cfg(test)]
#[path = "it/process.rs"]
mod process;
#[cfg(test)]
#[path = "it/refusals.rs"]
mod refusals;
#[cfg(test)]
#[path = "it/running.rs"]
mod running;
#[cfg(test)]
#[path = "it/secrets.rs"]
mod secrets;
#[cfg(test)]
#[path = "it/settings.rs"]
mod settings;
#[cfg(test)]
#[path = "it/setup.rs"]
mod setup;
#[cfg(test)]
#[path = "it/tokens.rs"]
mod tokens;

#[cfg(test)]
#[path = "journeys/converse.rs"]
mod journey_converse;
#[cfg(test)]
#[path = "journeys/economy.rs"]
mod journey_economy;
#[cfg(test)]
#[path = "journeys/faults.rs"]
mod journey_faults;
#[cfg(test)]
#[path = "journeys/moderation.rs"]
mod journey_moderation;
#[cfg(test)]
#[path = "journeys/providers.rs"]
mod journey_providers;
#[cfg(test)]
#[path = "journeys/settings.rs"]
mod journey_settings;
#[cfg(test)]
#[path = "journeys/summaries.rs"]
mod journey_summaries;
#[cfg(test)]
#[path = "journeys/stage.rs"]
mod stage;
