//! `/leaderboard`: pages of ten, turned in place by buttons that say which page comes next.

use ::store::Tx;
use chat::{Button, ButtonStyle, Colour, Embed, Reply, Visibility};
use kernel::Told;

use super::{Answer, CUSTOM_ID_PREFIX, CommandError, Talk, card::mention};
use crate::leaderboard::{RankBy, Ranked, Ranking, leaderboard};

/// Lines on a page.
const PAGE_LINES: u32 = 10;

pub(crate) fn answer(
    tx: &mut Tx<'_>,
    talk: &Talk<'_>,
    by: RankBy,
    page: u32,
) -> Result<Answer, CommandError> {
    let after = page.saturating_sub(1).saturating_mul(PAGE_LINES);
    let ranking = leaderboard(tx, talk.op.guild, by, (after, PAGE_LINES), talk.op.at)?;
    Ok(Answer {
        reply: card(talk, by, page, &ranking),
        standings: Vec::new(),
    })
}

fn card(talk: &Talk<'_>, by: RankBy, page: u32, ranking: &Ranking) -> Reply {
    let title = match by {
        RankBy::Balance => "economy-board-balance",
        RankBy::Streak => "economy-board-streak",
    };
    let lines: Vec<String> = ranking
        .lines
        .iter()
        .map(|one| line(talk, by, one))
        .collect();
    let about = match (lines.is_empty(), page) {
        (true, 1) => talk.word("economy-board-empty"),
        (true, _) => talk.word("economy-board-beyond"),
        (false, _) => lines.join("\n"),
    };
    let footer = Told::new("economy-board-page").with("page", page);
    let embed = Embed::new(Colour::Neutral, talk.word(title), about).with_footer(talk.say(&footer));
    let turn = |to: u32, label, enabled| Button {
        custom_id: format!("{CUSTOM_ID_PREFIX}leaderboard:{}:{to}", by.name()),
        label: talk.word(label),
        style: ButtonStyle::Secondary,
        enabled,
    };
    Reply::card(Visibility::Public, embed).with_buttons(vec![
        turn(page.saturating_sub(1), "economy-button-previous", page > 1),
        turn(
            page.saturating_add(1),
            "economy-button-next",
            ranking.next.is_some(),
        ),
    ])
}

fn line(talk: &Talk<'_>, by: RankBy, ranked: &Ranked) -> String {
    let value = match by {
        RankBy::Balance => talk.coins(ranked.value),
        RankBy::Streak => talk.say(&Told::new("economy-days").with("days", ranked.value)),
    };
    format!("`{}.` {} · **{value}**", ranked.rank, mention(ranked.user))
}
