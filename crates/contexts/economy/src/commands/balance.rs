//! `/balance`: what a member has, to be seen by the asker alone.

use ::store::Tx;
use chat::{ButtonStyle, Colour, Embed, Page, Reply, Visibility};
use kernel::{Told, UserId};

use super::{
    Answer, CommandError, Talk,
    card::{escaped, mention},
};
use crate::member::{AccountView, account};

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
    let view = account(tx, talk.op.guild, user, talk.op.at)?;
    Ok(Answer {
        reply: card(talk, &view),
        standings: Vec::new(),
    })
}

fn card(talk: &Talk<'_>, view: &AccountView) -> Reply {
    let title = talk.coins(view.balance.get());
    let about = if view.user == talk.asker() {
        talk.word("economy-balance-own")
    } else {
        talk.say(&Told::new("economy-balance-of").with("user", mention(view.user)))
    };
    let colour = if view.frozen {
        Colour::Warning
    } else {
        Colour::Neutral
    };
    let mut embed = Embed::new(colour, title, about);
    let coins = [
        ("economy-bank", view.bank),
        ("economy-held", view.held),
        ("economy-owed", view.owed),
    ];
    for (key, coins) in coins.iter().filter(|(_, coins)| coins.get() > 0) {
        embed = embed.with_field(talk.word(key), talk.coins(coins.get()));
    }
    if view.streak > 0 {
        let streak = Told::new("economy-days").with("days", view.streak);
        embed = embed.with_field(talk.word("economy-streak"), talk.say(&streak));
    }
    if view.frozen {
        embed = embed.with_footer(talk.word("economy-balance-frozen"));
    } else {
        embed = embed.with_footer(escaped_name(talk));
    }
    let reply = Reply::card(Visibility::Private, embed).with_buttons(vec![
        talk.opens("daily", "economy-button-daily", ButtonStyle::Primary),
        talk.opens(
            "leaderboard",
            "economy-button-leaderboard",
            ButtonStyle::Secondary,
        ),
    ]);
    if view.user != talk.asker() {
        return reply;
    }
    let page = Page::Statement(talk.guild(), view.user);
    reply.leading_to(page, talk.word("economy-link-statement"))
}

/// How the guild calls its coins.
fn escaped_name(talk: &Talk<'_>) -> String {
    escaped(&talk.settings.currency.name)
}
