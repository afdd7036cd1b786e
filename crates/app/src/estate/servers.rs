//! All guilds at a glance: which need somebody, what they cost, how much is decided in them, and which are slow.
//!
//! Guilds go by their ids, the newest first, as the database has them in order. Names are Discord's, and known of the
//! guilds that the bot is in: a search by name looks through those, in memory.

use std::{collections::BTreeMap, sync::Arc};

use audit::{Outcome, Tally};
use chat::GuildView;
use kernel::{GuildId, Span, Timestamp};
use moderation::SwitchState;
use store::{
    DbError, Tx,
    letters::{self, OwedTrouble},
};

use crate::{Core, GuildConfig, KnownGuild, Pace};

/// The longest text that guilds are looked for by.
pub const SEARCH_LENGTH_MAX: usize = 100;
/// Over which time decisions are counted.
const LATELY: Span = Span::days(1);

/// Which guilds are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GuildsAsked {
    /// A part of the name, or an id; everything where it is empty.
    pub search: String,
    /// Those behind this one.
    pub after: Option<GuildId>,
    /// How many.
    pub limit: u32,
}

/// Some guilds.
#[derive(Debug, Clone, Default)]
pub struct GuildPage {
    /// The newest first.
    pub guilds: Vec<GuildState>,
    /// Behind which one there are more.
    pub next: Option<GuildId>,
}

/// How a guild is.
#[derive(Debug, Clone)]
pub struct GuildState {
    /// The guild.
    pub id: GuildId,
    /// Its name and size; nothing where the bot is not in it, or Discord has not said so yet.
    pub known: Option<KnownGuild>,
    /// What needs somebody, the gravest first.
    pub ailments: Vec<Ailment>,
    /// What models cost since the month began in UTC, in millionths of a dollar.
    pub month_micros: i64,
    /// What they cost today.
    pub today_micros: i64,
    /// What they may cost in a day.
    pub day_max_micros: i64,
    /// How many decisions there were within a day.
    pub decisions: u64,
    /// What it took of the application's time; nothing where it was quiet.
    pub pace: Option<Pace>,
}

/// Something that needs somebody in a guild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ailment {
    /// Coins stand still, for this reason and since then.
    CoinsStandStill {
        /// Why.
        reason: String,
        /// Since when.
        since: Timestamp,
    },
    /// So many decisions failed within a day.
    Failed(u64),
    /// So many effects were given up.
    Dead(u64),
    /// So many effects were tried again and again.
    Retried(u64),
    /// The bot's role lacks what rules need.
    Lacks(Vec<&'static str>),
    /// Rules are switched off since then.
    RulesOff(Timestamp),
    /// Rules act, and no log channel is chosen.
    Unseen,
    /// The settings are those that every guild begins with, for none are written down.
    NoSettings,
}

/// What the database knows of a guild.
struct Stored {
    tallies: Vec<Tally>,
    month_micros: i64,
    today_micros: i64,
    off_since: Option<Timestamp>,
    frozen: Option<(String, Timestamp)>,
}

impl Core {
    /// Guilds and how they are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn guild_states(&self, asked: GuildsAsked) -> Result<GuildPage, DbError> {
        let ids = match asked.search.trim() {
            "" => self.guilds_stored(&asked).await?,
            text => self.guilds_named(text, &asked),
        };
        let limit = usize::try_from(asked.limit).unwrap_or(usize::MAX);
        let more = ids.len() > limit;
        let ids: Vec<GuildId> = ids.into_iter().take(limit).collect();
        Ok(GuildPage {
            next: ids.last().copied().filter(|_| more),
            guilds: self.states_of(ids).await?,
        })
    }

    /// The guilds that took most of the application's time within the last hour, and how they are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn guilds_busiest(&self, limit: usize) -> Result<Vec<GuildState>, DbError> {
        let busiest = self.paces.busiest(self.clock.now(), limit);
        let ids = busiest.into_iter().map(|(guild, _)| guild).collect();
        self.states_of(ids).await
    }

    /// One more than is wanted, so that it shows whether there are more.
    async fn guilds_stored(&self, asked: &GuildsAsked) -> Result<Vec<GuildId>, DbError> {
        let (after, limit) = (asked.after, asked.limit.saturating_add(1));
        let read = move |tx: &mut Tx<'_>| platform::guilds(tx, after, limit);
        self.database.read("estate.guilds", read).await
    }

    /// The guilds of this id, or with this in their names.
    fn guilds_named(&self, text: &str, asked: &GuildsAsked) -> Vec<GuildId> {
        let text: String = text.chars().take(SEARCH_LENGTH_MAX).collect();
        if let Ok(id) = text.parse::<GuildId>() {
            return vec![id];
        }
        let mut found = self.guilds.named(&text);
        found.retain(|guild| asked.after.is_none_or(|after| *guild < after));
        found.sort_by(|one, other| other.cmp(one));
        found.truncate(
            usize::try_from(asked.limit)
                .unwrap_or(usize::MAX)
                .saturating_add(1),
        );
        found
    }

    async fn states_of(&self, ids: Vec<GuildId>) -> Result<Vec<GuildState>, DbError> {
        let (now, wanted) = (self.clock.now(), ids.clone());
        let read = move |tx: &mut Tx<'_>| {
            let stored = wanted.iter().map(|guild| stored(tx, *guild, now));
            let stored = stored.collect::<Result<Vec<_>, _>>()?;
            Ok::<_, DbError>((stored, letters::owed_troubles(tx)?))
        };
        let (stored, troubles) = self.database.read("estate.states", read).await?;
        let mut states = Vec::with_capacity(ids.len());
        for (guild, stored) in ids.into_iter().zip(stored) {
            let config = self.configs.of(self, guild).await?;
            // An id that somebody typed is no guild for that.
            if config.revision.is_none() && !self.guilds.has(guild) {
                continue;
            }
            states.push(self.state(guild, &config, stored, &troubles));
        }
        Ok(states)
    }

    fn state(
        &self,
        guild: GuildId,
        config: &GuildConfig,
        stored: Stored,
        troubles: &BTreeMap<GuildId, OwedTrouble>,
    ) -> GuildState {
        let decided = stored.tallies.iter().map(|tally| tally.count);
        GuildState {
            id: guild,
            known: self.guilds.known(guild),
            decisions: decided.sum(),
            month_micros: stored.month_micros,
            today_micros: stored.today_micros,
            day_max_micros: self.budget(&config.settings.ai).guild_day_micros,
            pace: self.paces.of(guild, self.clock.now()),
            ailments: ailments(
                config,
                self.guild_view(guild),
                stored,
                troubles.get(&guild).copied().unwrap_or_default(),
            ),
        }
    }
}

fn stored(tx: &mut Tx<'_>, guild: GuildId, now: Timestamp) -> Result<Stored, DbError> {
    let (month, today) = (ai::month_of(now), ai::day_of(now));
    let days = ai::spent_days(tx, guild, month, today)?;
    let of_today = days.iter().find(|(day, _)| *day == today);
    let switch = moderation::switch(tx, guild)?;
    let off = switch.filter(|switch| switch.state == SwitchState::Off);
    Ok(Stored {
        tallies: audit::tally(tx, guild, now.before(LATELY), now + Span::millis(1))?,
        today_micros: of_today.map_or(0, |(_, spent)| spent.micros),
        month_micros: days.iter().map(|(_, spent)| spent.micros).sum(),
        off_since: off.map(|switch| switch.at),
        frozen: economy::frozen(tx, guild)?,
    })
}

fn ailments(
    config: &GuildConfig,
    view: Option<Arc<GuildView>>,
    stored: Stored,
    trouble: OwedTrouble,
) -> Vec<Ailment> {
    let failed = stored.tallies.iter();
    let failed = failed.filter(|tally| tally.outcome == Outcome::Error);
    let failed: u64 = failed.map(|tally| tally.count).sum();
    let lacks = view.map(|view| config.lacks(&view)).unwrap_or_default();
    let frozen = stored.frozen.filter(|_| config.settings.economy.enabled);
    let some = |count: u64| Some(count).filter(|count| *count > 0);
    [
        frozen.map(|(reason, since)| Ailment::CoinsStandStill { reason, since }),
        some(failed).map(Ailment::Failed),
        some(trouble.dead).map(Ailment::Dead),
        (!lacks.is_empty()).then_some(Ailment::Lacks(lacks)),
        some(trouble.retried).map(Ailment::Retried),
        stored.off_since.map(Ailment::RulesOff),
        config.acts_unseen().then_some(Ailment::Unseen),
        config.revision.is_none().then_some(Ailment::NoSettings),
    ]
    .into_iter()
    .flatten()
    .collect()
}
