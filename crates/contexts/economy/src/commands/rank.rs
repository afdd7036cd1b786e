//! `/rank`: where one member stands, for everyone to see.

use ::store::Tx;
use chat::{ButtonStyle, Colour, Drawing, Embed, Marks, Picture, RankCard, Reply, Visibility};
use kernel::{Told, UserId};

use super::{Answer, CommandError, Talk, card::mention, pictured::percent};
use crate::{
    day::Zone,
    place::{Place, place},
};

pub(crate) fn answer(
    tx: &mut Tx<'_>,
    talk: &Talk<'_>,
    user: Option<UserId>,
) -> Result<Answer, CommandError> {
    let user = user.unwrap_or_else(|| talk.asker());
    if let Some(target) = talk.invocation.users.get(&user)
        && target.is_bot
    {
        return Err(CommandError::IsBot {
            user,
            name: target.name.clone(),
        });
    }
    let zone = Zone::first_of([talk.settings.daily.zone.as_deref(), None]);
    let found = place(tx, talk.op.guild, user, &zone, talk.op.at)?;
    Ok(Answer {
        reply: card(talk, &found),
        standings: Vec::new(),
    })
}

fn card(talk: &Talk<'_>, found: &Place) -> Reply {
    let user = mention(found.user);
    let (title, about) = match found.place {
        Some(place) => (
            Told::new("economy-rank-title")
                .with("place", place)
                .with("of", found.of),
            Told::new("economy-rank-about").with("user", user),
        ),
        None => (
            Told::new("economy-rank-none"),
            Told::new("economy-rank-none-about").with("user", user),
        ),
    };
    let mut embed = Embed::new(Colour::Neutral, talk.say(&title), talk.say(&about)).with_field(
        talk.word("economy-balance"),
        talk.coins(found.balance.get()),
    );
    if let Some(share) = found.share_mille() {
        embed = embed.with_field(talk.word("economy-share"), percent(share));
    }
    embed = embed.with_field(talk.word("economy-streak"), talk.days(found.streak));
    if let Some(change) = change(found) {
        let days = i64::try_from(found.trend.len()).unwrap_or(0);
        let name = Told::new("economy-change").with("days", talk.days(days));
        embed = embed.with_field(talk.say(&name), change);
    }
    Reply::card(Visibility::Public, embed)
        .with_picture(picture(talk, found))
        .with_buttons(vec![
            talk.opens(
                "leaderboard",
                "economy-button-leaderboard",
                ButtonStyle::Primary,
            ),
            talk.opens("daily", "economy-button-daily", ButtonStyle::Secondary),
        ])
}

/// How much more or less there is than on the first day of the trend.
fn change(found: &Place) -> Option<String> {
    let (first, last) = (found.trend.first()?, found.trend.last()?);
    Some(format!("{:+}", last.saturating_sub(*first)))
}

fn picture(talk: &Talk<'_>, found: &Place) -> Picture {
    let balance = talk.named_coins(found.balance.get());
    let streak = talk.days(found.streak);
    let mut figures = vec![talk.figure("economy-balance", balance.clone())];
    if let Some(share) = found.share_mille() {
        figures.push(talk.figure("economy-share", percent(share)));
    }
    figures.push(talk.figure("economy-streak", streak.clone()));
    let about = match found.place {
        Some(_) => Told::new("economy-rank-of").with("of", found.of),
        None => Told::new("economy-rank-none"),
    };
    let trend = (found.trend.len() > 1).then(|| {
        let marks = Marks::Area(found.trend.clone());
        talk.chart_of_days("economy-balance", found.trend.len(), marks)
    });
    let card = RankCard {
        who: talk.shown(found.user),
        place: found
            .place
            .map_or_else(String::new, |place| format!("#{place}")),
        about: talk.say(&about),
        figures,
        trend,
    };
    talk.picture(
        "rank.png",
        alt(talk, found, &balance, &streak),
        Drawing::Rank(card),
    )
}

fn alt(talk: &Talk<'_>, found: &Place, balance: &str, streak: &str) -> String {
    let told = Told::new("economy-rank-alt")
        .with("user", mention(found.user))
        .with("place", found.place.unwrap_or(0))
        .with("of", found.of)
        .with("balance", balance.to_owned())
        .with("share", percent(found.share_mille().unwrap_or(0)))
        .with("streak", streak.to_owned())
        .with("first", found.trend.first().copied().unwrap_or(0))
        .with("days", i64::try_from(found.trend.len()).unwrap_or(0));
    talk.say(&told)
}
