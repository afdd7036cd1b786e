//! `/pay`: coins from the asker to another member. Only the payee is pinged.
//!
//! Whether the payee is a bot or a member is what Discord says with the command; nobody else gets a purse.

use ::store::Tx;
use chat::{ButtonStyle, Colour, Embed, Reply, TargetUser, Visibility};
use kernel::{Amount, Told, UserId};

use super::{
    Answer, CommandError, NOTE_LENGTH_MAX, Talk,
    card::{escaped, mention},
};
use crate::{
    account::AccountName,
    journal::{Leg, TransferKind},
    member::enrol,
    transfer::{Receipt, Transfer, TransferError, transfer},
};

pub(crate) fn answer(
    tx: &mut Tx<'_>,
    talk: &Talk<'_>,
    payee: UserId,
    amount: i64,
    note: String,
) -> Result<Answer, CommandError> {
    let target = payable(talk, payee)?;
    let amount = bounded(talk, amount)?;
    let length = u16::try_from(note.chars().count()).unwrap_or(u16::MAX);
    if length > NOTE_LENGTH_MAX {
        return Err(CommandError::NoteTooLong);
    }
    let payment = Transfer {
        leg: Leg::named("pay"),
        from: AccountName::Purse(talk.asker()),
        to: AccountName::Purse(payee),
        amount,
        kind: TransferKind::PAY,
        reason: note,
    };
    let receipt = paid(tx, talk, &payment)?;
    Ok(Answer {
        reply: card(talk, payee, target, &payment),
        standings: receipt.standings,
    })
}

fn payable<'a>(talk: &Talk<'a>, payee: UserId) -> Result<&'a TargetUser, CommandError> {
    if payee == talk.asker() {
        return Err(CommandError::Oneself);
    }
    let target = talk.invocation.users.get(&payee);
    let target = target.ok_or(CommandError::NotMember { user: payee })?;
    if target.is_bot {
        return Err(CommandError::IsBot {
            user: payee,
            name: target.name.clone(),
        });
    }
    if !target.is_member {
        return Err(CommandError::NotMember { user: payee });
    }
    Ok(target)
}

fn bounded(talk: &Talk<'_>, amount: i64) -> Result<Amount, CommandError> {
    let (min, max) = (talk.settings.pay.amount_min, talk.settings.pay.amount_max);
    let fits = Amount::new(amount)
        .ok()
        .filter(|_| (min..=max).contains(&amount));
    fits.ok_or(CommandError::AmountOutOfBounds { amount, min, max })
}

/// Pays; a purse that one of the two lacks is opened first, for both are members.
fn paid(tx: &mut Tx<'_>, talk: &Talk<'_>, payment: &Transfer) -> Result<Receipt, CommandError> {
    let mut result = transfer(tx, talk.op, talk.ids, payment);
    if let Err(TransferError::UnknownAccount { .. }) = result {
        for user in [payment.from.user(), payment.to.user()]
            .into_iter()
            .flatten()
        {
            enrol(tx, talk.op, talk.ids, talk.settings, talk.pseudonyms, user)?;
        }
        result = transfer(tx, talk.op, talk.ids, payment);
    }
    result.map_err(|error| CommandError::personal(error, talk.asker()))
}

fn card(talk: &Talk<'_>, payee: UserId, target: &TargetUser, payment: &Transfer) -> Reply {
    let coins = talk.coins(payment.amount.get());
    let title = Told::new("economy-pay-title")
        .with("coins", coins)
        .with("name", escaped(&target.name));
    let about = Told::new("economy-pay-about")
        .with("payer", mention(talk.asker()))
        .with("payee", mention(payee));
    let mut embed = Embed::new(Colour::Good, talk.say(&title), talk.say(&about));
    if !payment.reason.trim().is_empty() {
        embed = embed.with_field(talk.word("economy-note"), escaped(&payment.reason));
    }
    let mut reply = Reply::card(Visibility::Public, embed)
        .with_buttons(vec![talk.opens(
            "balance",
            "economy-button-balance",
            ButtonStyle::Secondary,
        )])
        .pinging(payee);
    // A mention inside a card pings nobody, so it stands above.
    reply.text = mention(payee);
    reply
}
