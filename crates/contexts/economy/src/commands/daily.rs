//! `/daily`: the reward of the day, the streak, and when the next one can be claimed.

use ::store::Tx;
use chat::{ButtonStyle, Colour, Embed, Reply, Visibility};
use kernel::{Told, UserId};

use super::{Answer, CommandError, Talk, card::mention};
use crate::{
    account::AccountName,
    daily::{Claim, DailyError, claim, seconds},
    member::{Enrolment, enrol},
    reverse::repay,
    transfer::{Receipt, TransferError},
};

pub(crate) fn answer(tx: &mut Tx<'_>, talk: &Talk<'_>) -> Result<Answer, CommandError> {
    let user = talk.asker();
    let (claim, start) = claimed(tx, talk, user)?;
    let repaid = repay(tx, talk.op, talk.ids, user)?;
    let mut receipts: Vec<&Receipt> = start.as_deref().into_iter().collect();
    receipts.push(&claim.receipt);
    receipts.extend(&repaid);
    let standings = receipts
        .iter()
        .flat_map(|receipt| receipt.standings.clone())
        .collect();
    let reply = card(talk, user, &claim, repaid.as_ref());
    Ok(Answer { reply, standings })
}

/// Claims; somebody who asks for the first time gets a purse before.
fn claimed(
    tx: &mut Tx<'_>,
    talk: &Talk<'_>,
    user: UserId,
) -> Result<(Claim, Option<Box<Receipt>>), CommandError> {
    let unknown = DailyError::Transfer(TransferError::UnknownAccount {
        name: AccountName::Purse(user),
    });
    match claim(tx, talk.op, talk.ids, talk.settings, user) {
        Err(error) if error == unknown => {}
        Err(DailyError::Transfer(error)) => return Err(CommandError::personal(error, user)),
        other => return Ok((other?, None)),
    }
    let start = match enrol(tx, talk.op, talk.ids, talk.settings, talk.pseudonyms, user)? {
        Enrolment::New(start) => start,
        Enrolment::Known => None,
    };
    let claim = claim(tx, talk.op, talk.ids, talk.settings, user)?;
    Ok((claim, start))
}

fn card(talk: &Talk<'_>, user: UserId, claim: &Claim, repaid: Option<&Receipt>) -> Reply {
    let reward = claim.receipt.record.amount.get();
    let title = Told::new("economy-daily-title").with("coins", talk.coins(reward));
    let about = Told::new("economy-daily-about").with("user", mention(user));
    let streak = Told::new("economy-days").with("days", claim.streak);
    let purse = AccountName::Purse(user);
    let last = repaid.unwrap_or(&claim.receipt);
    let mut embed = Embed::new(Colour::Good, talk.say(&title), talk.say(&about))
        .with_field(talk.word("economy-streak"), talk.say(&streak));
    if let Some(standing) = last.standing(&purse) {
        let balance = talk.coins(standing.balance.get());
        embed = embed.with_field(talk.word("economy-balance"), balance);
    }
    if let Some(repaid) = repaid {
        let coins = talk.coins(repaid.record.amount.get());
        embed = embed.with_field(talk.word("economy-repaid"), coins);
    }
    if let Some(next_at) = claim.next_at {
        let moment = format!("<t:{}:R>", seconds(next_at));
        embed = embed.with_field(talk.word("economy-next"), moment);
    }
    Reply::card(Visibility::Public, embed).with_buttons(vec![
        talk.opens("balance", "economy-button-balance", ButtonStyle::Primary),
        talk.opens(
            "leaderboard",
            "economy-button-leaderboard",
            ButtonStyle::Secondary,
        ),
    ])
}
