//! What waits for whoever manages a server, with the place where it is put right.

use app::{GuildConfig, Surveyed};
use audit::Outcome;
use chat::GuildView;

use crate::{
    components::{tag::Tone, to_do::Need},
    numbers::{counted, dollars},
    room::Room,
};

/// What needs follow from.
pub(super) struct Needs<'a> {
    pub(super) room: &'a Room,
    pub(super) config: &'a GuildConfig,
    pub(super) found: &'a Surveyed,
    pub(super) view: Option<&'a GuildView>,
}

impl Needs<'_> {
    /// All of them, the gravest first.
    pub(super) fn all(&self) -> Vec<Need> {
        let mut all: Vec<Need> = [
            self.coins_stand_still(),
            self.failed(),
            self.lacking(),
            self.spent(),
            self.rules_off(),
            self.no_log_channel(),
        ]
        .into_iter()
        .flatten()
        .collect();
        all.sort_by_key(|need| need.tone != Tone::Danger);
        all
    }

    /// A way to the settings, for those who may change them.
    fn settings(&self, words: &str, section: &str) -> Option<(String, String)> {
        let frame_opens = crate::routes::opens("/settings/{section}", self.room.standing());
        let href = self.room.at(&format!("/settings/{section}"));
        frame_opens.then(|| (words.to_owned(), href))
    }

    fn coins_stand_still(&self) -> Option<Need> {
        let (reason, since) = self.found.coins.as_ref()?.frozen.as_ref()?;
        let since = self.room.now.short(*since);
        Some(Need {
            tone: Tone::Danger,
            text: format!("Coins stand still since {since}: {reason}."),
            action: None,
        })
    }

    fn failed(&self) -> Option<Need> {
        let today = self.room.now.midnight(0);
        let tallies = self.found.tallies.iter();
        let failed = tallies.filter(|tally| tally.outcome == Outcome::Error && tally.from >= today);
        let count: u64 = failed.map(|tally| tally.count).sum();
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let href = self.room.at("/why?outcome=error&range=today");
        (count > 0).then(|| Need {
            tone: Tone::Danger,
            text: format!("{} failed today.", counted(count, "decision", "decisions")),
            action: Some(("See why".to_owned(), href)),
        })
    }

    /// What rules are to do and the bot may not.
    fn lacking(&self) -> Option<Need> {
        let lacking = self.config.lacks(self.view?).join(", ");
        (!lacking.is_empty()).then(|| Need {
            tone: Tone::Danger,
            text: format!(
                "Rules can't do what they should: the bot's role lacks {lacking}. Give it that in the server's role \
                 settings in Discord."
            ),
            action: None,
        })
    }

    fn spent(&self) -> Option<Need> {
        let settings = &self.config.settings.ai;
        let cap = self.room.core().budget(settings).guild_day_micros;
        let today = self.found.costs.last().copied().unwrap_or(0);
        (cap > 0 && today >= cap).then(|| Need {
            tone: Tone::Warning,
            text: format!(
                "Today's {} for AI are spent. The persona rests until midnight UTC.",
                dollars(cap)
            ),
            // Where whoever hosts this sets the limit, a higher one in the settings would change nothing.
            action: (settings.caps.guild_day_micros == cap)
                .then(|| self.settings("Raise the limit", "ai"))
                .flatten(),
        })
    }

    fn rules_off(&self) -> Option<Need> {
        let since = self.room.now.short(self.found.rules_off?);
        Some(Need {
            tone: Tone::Warning,
            text: format!(
                "Rules are switched off since {since}. /automod on in Discord switches them on again."
            ),
            action: None,
        })
    }

    fn no_log_channel(&self) -> Option<Need> {
        self.config.acts_unseen().then(|| Need {
            tone: Tone::Warning,
            text: "No log channel is chosen, so moderators don't see what rules do.".to_owned(),
            action: self.settings("Choose one", "moderation"),
        })
    }
}
