//! Reads the page of the economy, at one moment.

use economy::{RankBy, Search};
use kernel::Span;
use store::Tx;

use super::{View, page};
use crate::{
    pages::{Trouble, movement},
    range::Range,
    room::{Answer, Room},
};

/// How many of those who have the most are shown.
const HOLDERS: u32 = 10;
/// How many movements are shown.
const LATEST: u32 = 10;

/// `GET /dashboard/guilds/{guild_id}/economy`
pub(crate) async fn show(room: Room) -> Answer {
    room.page(load(&room), page).await
}

async fn load(room: &Room) -> Result<View, Trouble> {
    let range = room.range.unwrap_or(Range::Week);
    let config = room.core().config(room.guild).await;
    let config = config.map_err(|error| room.trouble(&error))?;
    let (guild, now, since) = (room.guild, room.now.at, range.since(&room.now));
    let read = move |tx: &mut Tx<'_>| {
        // What happens in this very moment counts.
        let flows = economy::flows(tx, guild, since, now + Span::millis(1))?;
        let holders = economy::leaderboard(tx, guild, RankBy::Balance, (0, HOLDERS), now)?;
        let latest = economy::search(tx, guild, &Search::default(), None, LATEST)?;
        Ok(View {
            range,
            is_on: true,
            symbol: String::new(),
            supply: economy::supply_summed(tx, guild)?,
            flows,
            holders: holders.lines,
            spread: economy::spread(tx, guild)?,
            latest: latest.records,
            watched: economy::watched(tx, guild)?,
            frozen: economy::frozen(tx, guild)?,
            names: crate::pages::entry::Names::default(),
        })
    };
    let found = room.read("dashboard.economy", read).await?;
    let holders = found.holders.iter().map(|line| line.user);
    let people = holders.chain(movement::people(&found.latest));
    Ok(View {
        is_on: config.settings.economy.enabled,
        symbol: config.settings.economy.currency.symbol.clone(),
        names: room.names(people).await,
        ..found
    })
}
