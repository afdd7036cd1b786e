//! Reads the overview: numbers of one moment, and what follows from them for whoever manages the server.

use app::{Role, Survey};

use super::{Coins, DAYS, View, needs::Needs, page};
use crate::{
    pages::{Trouble, entry, mine},
    range::Range,
    room::{Answer, Room},
};

/// How many of the latest decisions are shown.
const LATEST: usize = 8;
/// How many are read for that: some only say through what another one was written.
const LATEST_READ: u32 = 16;

/// `GET /dashboard/guilds/{guild_id}`
pub(crate) async fn show(room: Room) -> Answer {
    match room.standing().role {
        Role::Member => room.page(mine::load(&room), mine::page).await,
        _ => room.page(load(&room), page).await,
    }
}

async fn load(room: &Room) -> Result<View, Trouble> {
    let range = room.range.unwrap_or(Range::Today);
    let survey = Survey {
        viewer: room.eyes(),
        since: range.since(&room.now).min(room.now.midnight(DAYS - 1)),
        today: room.now.midnight(0),
        latest: LATEST_READ,
    };
    let core = room.core();
    let config = core.config(room.guild).await;
    let config = config.map_err(|error| room.trouble(&error))?;
    let found = core.survey(room.guild, survey).await;
    let mut found = found.map_err(|error| room.trouble(&error))?;
    let mut latest = entry::without_echoes(std::mem::take(&mut found.latest));
    latest.truncate(LATEST);
    let names = room.names(entry::people(&latest)).await;
    let view = core.guild_view(room.guild);
    let needs = Needs {
        room,
        config: &config,
        found: &found,
        view: view.as_deref(),
    };
    Ok(View {
        members: (room.seat.known.members > 0).then_some(room.seat.known.members),
        range,
        needs: needs.all(),
        cost_max: core.budget(&config.settings.ai).guild_day_micros,
        coins: found.coins.map(|coinage| Coins {
            circulating: coinage.supply.circulating.get(),
            symbol: config.settings.economy.currency.symbol.clone(),
            flows: coinage.flows,
        }),
        tallies: found.tallies,
        costs: found.costs,
        latest,
        names,
    })
}
