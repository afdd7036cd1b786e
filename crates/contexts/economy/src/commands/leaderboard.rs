//! `/leaderboard`: pages of ten, turned in place by buttons that say which page comes next.

use ::store::Tx;
use chat::{
    Board, BoardRow, Button, ButtonStyle, Colour, Drawing, Embed, Picture, Reply, Visibility,
};
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
    let embed =
        Embed::new(Colour::Neutral, talk.word(title(by)), about).with_footer(talk.say(&footer));
    let turn = |to: u32, label, enabled| Button {
        custom_id: format!("{CUSTOM_ID_PREFIX}leaderboard:{}:{to}", by.name()),
        label: talk.word(label),
        style: ButtonStyle::Secondary,
        enabled,
    };
    let reply = Reply::card(Visibility::Public, embed).with_buttons(vec![
        turn(page.saturating_sub(1), "economy-button-previous", page > 1),
        turn(
            page.saturating_add(1),
            "economy-button-next",
            ranking.next.is_some(),
        ),
    ]);
    if ranking.lines.is_empty() {
        return reply;
    }
    reply.with_picture(picture(talk, by, page, ranking))
}

fn title(by: RankBy) -> &'static str {
    match by {
        RankBy::Balance => "economy-board-balance",
        RankBy::Streak => "economy-board-streak",
    }
}

/// The same page as bars. The alt text says what each bar is.
fn picture(talk: &Talk<'_>, by: RankBy, page: u32, ranking: &Ranking) -> Picture {
    let figure = |ranked: &Ranked| match by {
        RankBy::Balance => ranked.value.to_string(),
        RankBy::Streak => talk.days(ranked.value),
    };
    let row = |ranked: &Ranked| BoardRow {
        place: ranked.rank,
        who: talk.shown(ranked.user),
        value: ranked.value,
        figure: figure(ranked),
        own: ranked.user == talk.asker(),
    };
    let words = |ranked: &Ranked| {
        let value = match by {
            RankBy::Balance => talk.named_coins(ranked.value),
            RankBy::Streak => talk.days(ranked.value),
        };
        format!("{}. {}: {value}", ranked.rank, mention(ranked.user))
    };
    let (title, lines) = (talk.word(title(by)), ranking.lines.iter());
    let all: Vec<String> = lines.clone().map(words).collect();
    let page = talk.say(&Told::new("economy-board-page").with("page", page));
    let note = match by {
        RankBy::Balance => format!("{} · {page}", talk.settings.currency.name),
        RankBy::Streak => page,
    };
    let alt = format!("{title}. {}", all.join(", "));
    let rows = lines.map(row).collect();
    let board = Board { title, note, rows };
    talk.picture("leaderboard.png", alt, Drawing::Board(board))
}

fn line(talk: &Talk<'_>, by: RankBy, ranked: &Ranked) -> String {
    let value = match by {
        RankBy::Balance => talk.coins(ranked.value),
        RankBy::Streak => talk.days(ranked.value),
    };
    format!("`{}.` {} · **{value}**", ranked.rank, mention(ranked.user))
}
