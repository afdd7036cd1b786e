//! `/case`, *Moderation history*, and the buttons *Why* and *Undo*.

use ::store::Tx;
use chat::{Button, ButtonStyle, Colour, Embed, Reply, Visibility};
use kernel::{Told, UserId};

use super::{
    Answer, CUSTOM_ID_PREFIX, CommandError, Talk,
    card::{case_card, escaped, kind, mention, moment, named},
};
use crate::{
    cases::{Case, CaseKind, CaseState, Novelty, case_fetch, case_list, case_note, notes},
    deed::Deed,
    ranks::Power,
    undo::{Reach, case_undo},
};

/// The cases of one page.
const PAGE: usize = 10;

pub(super) fn show(tx: &mut Tx<'_>, talk: &Talk<'_>, number: i64) -> Result<Answer, CommandError> {
    talk.may(Power::Warn)?;
    let case = case_fetch(tx, talk.op.guild, number)?;
    let mut embed = case_card(talk.desk.words, &talk.op.locale, &case);
    for note in notes(tx, talk.op.guild, number)?.iter().take(5) {
        let line = format!(
            "{} · {}: {}",
            moment(note.at),
            named(&note.author),
            escaped(&note.text)
        );
        embed.description.push('\n');
        embed.description.push_str(&line);
    }
    let reply = Reply::card(Visibility::Private, embed);
    let reply = reply.with_buttons(vec![undo_button(talk, &case)]);
    Ok(Answer::only(reply))
}

fn undo_button(talk: &Talk<'_>, case: &Case) -> Button {
    Button {
        custom_id: format!("{CUSTOM_ID_PREFIX}undo:{}", case.number),
        label: talk.word("moderation-button-undo"),
        style: ButtonStyle::Danger,
        enabled: case.state != CaseState::Undone,
    }
}

pub(super) fn note(
    tx: &mut Tx<'_>,
    talk: &Talk<'_>,
    number: i64,
    text: &str,
) -> Result<Answer, CommandError> {
    talk.may(Power::Warn)?;
    let (_, case) = case_note(tx, talk.op, talk.ids, number, text)?;
    let told = Told::new("moderation-noted").with("number", number);
    let mut answer = Answer::only(Reply::private(talk.say(&told)));
    answer.case = Some(case);
    Ok(answer)
}

pub(super) fn undo(
    tx: &mut Tx<'_>,
    talk: &Talk<'_>,
    number: i64,
    reason: &str,
) -> Result<Answer, CommandError> {
    talk.may(Power::Warn)?;
    let reach = match talk.holds(Power::Ban.needs()) {
        true => Reach::Everything,
        false => Reach::NoBans,
    };
    let undone = case_undo(tx, talk.op, reach, number, reason)?;
    let key = match undone.novelty {
        Novelty::New => "moderation-undone",
        Novelty::Before => "moderation-undone-before",
    };
    let title = talk.say(&Told::new(key).with("number", number));
    let mut lines: Vec<String> = undone
        .deeds
        .iter()
        .filter_map(|deed| gives_back(talk, deed))
        .collect();
    if undone.case.kind == CaseKind::Kick && undone.novelty == Novelty::New {
        lines.push(talk.word("moderation-back-kick"));
    }
    for follower in &undone.followers {
        let told = Told::new("moderation-undone-follower").with("number", follower.number);
        lines.push(talk.say(&told));
    }
    let embed = Embed::new(Colour::Good, title, lines.join("\n"));
    Ok(Answer {
        reply: Reply::card(Visibility::Private, embed),
        deeds: undone.deeds,
        card: (undone.novelty == Novelty::New).then(|| talk.log_card(&undone.case)),
        case: Some(undone.case),
        switched: None,
    })
}

fn gives_back(talk: &Talk<'_>, deed: &Deed) -> Option<String> {
    let told = match deed {
        Deed::LiftTimeout { user } => {
            Told::new("moderation-back-timeout").with("user", mention(*user))
        }
        Deed::Unban { user } => Told::new("moderation-back-ban").with("user", mention(*user)),
        Deed::Repost { channel, .. } => {
            Told::new("moderation-back-message").with("channel", format!("<#{channel}>"))
        }
        _ => return None,
    };
    Some(talk.say(&told))
}

pub(super) fn list(
    tx: &mut Tx<'_>,
    talk: &Talk<'_>,
    user: Option<UserId>,
    before: Option<i64>,
) -> Result<Answer, CommandError> {
    talk.may(Power::Warn)?;
    let limit = u32::try_from(PAGE + 1).expect("a page is small");
    let mut cases = case_list(tx, talk.op.guild, user, before, limit)?;
    let more = cases.len() > PAGE;
    cases.truncate(PAGE);
    let title = match user {
        None => talk.word("moderation-list-all"),
        Some(_) => talk.word("moderation-list-of"),
    };
    let mut lines: Vec<String> = user.map(mention).into_iter().collect();
    if cases.is_empty() {
        lines.push(talk.word("moderation-list-empty"));
    }
    lines.extend(cases.iter().map(|case| line(talk, case)));
    let embed = Embed::new(Colour::Neutral, title, lines.join("\n"));
    let mut reply = Reply::card(Visibility::Private, embed);
    if let Some(last) = cases.last().filter(|_| more) {
        let whose = user.map_or_else(|| "all".to_owned(), |user| user.to_string());
        reply = reply.with_buttons(vec![Button {
            custom_id: format!("{CUSTOM_ID_PREFIX}list:{whose}:{}", last.number),
            label: talk.word("moderation-button-older"),
            style: ButtonStyle::Secondary,
            enabled: true,
        }]);
    }
    Ok(Answer::only(reply))
}

fn line(talk: &Talk<'_>, case: &Case) -> String {
    let kind = kind(talk.desk.words, &talk.op.locale, case.kind);
    let reason: String = case.reason.chars().take(80).collect();
    let text = format!(
        "`{}` {} · {} · {} · {}",
        case.number,
        moment(case.at),
        kind,
        mention(case.user),
        escaped(&reason)
    );
    match case.state {
        CaseState::Undone => format!("~~{text}~~"),
        CaseState::Open | CaseState::Expired => text,
    }
}

/// *Why*: for moderators, and for the member whom the case is about. Anyone else learns only that.
pub(super) fn why(tx: &mut Tx<'_>, talk: &Talk<'_>, number: i64) -> Result<Answer, CommandError> {
    let case = case_fetch(tx, talk.op.guild, number)?;
    if case.user != talk.invocation.asker.user {
        talk.may(Power::Warn)?;
    }
    let mut embed = case_card(talk.desk.words, &talk.op.locale, &case);
    for hit in case.hits.iter().take(5) {
        embed.description.push('\n');
        embed.description.push_str(&escaped(&hit.reasoning));
    }
    if let Some(parent) = case.parent {
        let told = Told::new("moderation-because-of").with("number", parent);
        embed.description.push('\n');
        embed.description.push_str(&talk.say(&told));
    }
    Ok(Answer::only(Reply::card(Visibility::Private, embed)))
}
