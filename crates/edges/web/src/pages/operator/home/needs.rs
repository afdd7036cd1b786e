//! What waits for the operator, with the page where it is put right.

use std::time::Duration;

use app::{Books, installation::Connection};

use super::View;
use crate::{
    Ailing,
    components::{shell::Section, tag::Tone, to_do::Need},
    console::Console,
    numbers::{counted, took},
    pages::operator::bots::{called, tone},
    vitals::{Ear, told},
};

/// An event that waited so long for its turn is worth a look at who takes the time.
const WAIT_LONG: Duration = Duration::from_secs(1);

/// All of them, the gravest first.
pub(super) fn all(console: &Console, view: &View, books: &Books) -> Vec<Need> {
    let found = Found {
        console,
        view,
        books,
    };
    let mut all = found.parts();
    all.extend(found.bots());
    all.extend(found.letters());
    all.extend(found.ledgers());
    all.extend(found.schema());
    all.extend(found.slow());
    all.sort_by_key(|need| need.tone != Tone::Danger);
    all
}

/// What needs follow from.
struct Found<'a> {
    console: &'a Console,
    view: &'a View,
    books: &'a Books,
}

impl Found<'_> {
    fn way(&self, words: &str, section: Section) -> Option<(String, String)> {
        let place = section.place().trim_start_matches("/operator");
        Some((words.to_owned(), self.console.at(place)))
    }

    /// The parts that are not as they should be. What ails a bot is told of the bot.
    fn parts(&self) -> Vec<Need> {
        let ailing = self.console.lobby.web.vitals().ailing();
        let told_of_bots = |ailing: &Ailing| ailing.part == "discord" && !self.view.bots.is_empty();
        let ailing = ailing.iter().filter(|ailing| !told_of_bots(ailing));
        let need = |ailing: &Ailing| Need {
            tone: Tone::Danger,
            text: told(ailing, Ear::Operator, &self.console.lobby.now),
            action: match ailing.part.as_str() {
                "discord" => self.way("Bots", Section::Bots),
                "models" => self.way("Providers", Section::Providers),
                "storage" | "backup" => self.way("Storage", Section::Storage),
                _ => None,
            },
        };
        ailing.map(need).collect()
    }

    fn bots(&self) -> Vec<Need> {
        let bots = self.view.bots.iter();
        let ailing = bots.filter_map(|bot| match &bot.state {
            Connection::Degraded(reason) | Connection::Failed(reason) => Some((bot, reason)),
            Connection::Live | Connection::Starting => None,
        });
        ailing
            .map(|(bot, reason)| Need {
                tone: tone(&bot.state),
                text: format!(
                    "{}, since {}: {reason}.",
                    called(bot),
                    self.console.lobby.now.short(bot.since)
                ),
                action: self.way("What to do", Section::Bots),
            })
            .collect()
    }

    fn letters(&self) -> Option<Need> {
        let (jobs, effects) = self.view.counts;
        let dead = i64::try_from(jobs.dead + effects.dead).unwrap_or(i64::MAX);
        (dead > 0).then(|| Need {
            tone: Tone::Danger,
            text: format!(
                "{} for good. Try it again, or give it up.",
                counted(dead, "effect or job failed", "effects and jobs failed")
            ),
            action: self.way("Decide", Section::Jobs),
        })
    }

    fn ledgers(&self) -> Option<Need> {
        let (guild, repair) = self.books.ledger.repairs.first()?;
        let when = self.console.lobby.now.short(repair.at);
        let is_grave = repair.contradictions > 0;
        Some(Need {
            tone: if is_grave {
                Tone::Danger
            } else {
                Tone::Warning
            },
            text: if is_grave {
                format!(
                    "The journal of server {guild} contradicts itself since {when}, so its coins stand still."
                )
            } else {
                format!("The check of the ledgers put balances of server {guild} right, {when}.")
            },
            action: self.way("Storage", Section::Storage),
        })
    }

    fn schema(&self) -> Option<Need> {
        let text = match &self.view.storage.schema {
            Ok(schema) if schema.lacking == 0 => return None,
            Ok(_) => "The database lacks steps of the schema.".to_owned(),
            Err(reason) => format!("The schema does not fit this program: {reason}."),
        };
        Some(Need {
            tone: Tone::Warning,
            text,
            action: self.way("Storage", Section::Storage),
        })
    }

    fn slow(&self) -> Option<Need> {
        let busiest = self.view.busiest.as_ref()?;
        let waited = busiest.pace?.waited_max;
        let known = busiest.known.as_ref();
        let name = known.map_or("the busiest server", |known| known.name.as_str());
        (waited >= WAIT_LONG).then(|| Need {
            tone: Tone::Warning,
            text: format!(
                "Events of {name} waited up to {} for their turn within the last hour.",
                took(waited)
            ),
            action: Some((
                "Busiest servers".to_owned(),
                self.console.at("/servers?order=busiest"),
            )),
        })
    }
}
