//! Members in the order of a figure: a row each, over a bar as long as the figure is large.

use chat::{Board, BoardRow, ROWS_MAX};

use crate::{
    canvas::{Area, Canvas, EDGE, ROOM, Side, Svg, Type},
    letters::{Weight, width},
    mark, tokens,
};

const TOP: f64 = 42.0;
const ROW: u32 = 27;
const BAR: f64 = 24.0;
/// Where bars and names begin.
const INDENT: f64 = 30.0;

pub(crate) fn draw(board: &Board) -> Svg {
    let rows = board.rows.len().min(ROWS_MAX);
    let rows_high = u32::try_from(rows).unwrap_or(0) * ROW;
    let mut canvas = Canvas::card(42 + rows_high + 12);
    canvas.heading(&board.title, &board.note);
    let shown = board.rows.iter().take(ROWS_MAX);
    let most = shown.clone().map(|row| row.value).max().unwrap_or(0).max(1);
    let mut top = TOP;
    for row in shown {
        draw_row(&mut canvas, row, top, most);
        top += f64::from(ROW);
    }
    canvas.finish()
}

fn draw_row(canvas: &mut Canvas, row: &BoardRow, top: f64, most: i64) {
    let line = top + BAR / 2.0 + 4.5;
    let place_ink = if row.place <= 3 {
        tokens::ACCENT_STRONG
    } else {
        tokens::INK_FAINT
    };
    let place_look = Type::semibold(12.0, place_ink);
    let places = (EDGE + INDENT - 8.0, line);
    canvas.text(
        places,
        &row.place.to_string(),
        place_look,
        Side::Left,
        INDENT,
    );

    let whole = ROOM - INDENT;
    let track = Area::new(EDGE + INDENT, top, whole, BAR);
    canvas.rect(track, 6.0, tokens::GROUND_RAISED);
    let share = row.value.clamp(0, most) as f64 / most as f64;
    let bar = Area {
        width: (whole * share).max(BAR),
        ..track
    };
    canvas.rect(bar, 6.0, fill(row));

    let figure_look = Type::semibold(13.0, tokens::INK);
    let figure_room = width(&row.figure, 13.0, Weight::Semibold).min(whole / 2.0);
    let ends = (track.right() - 8.0, line);
    canvas.text(
        ends,
        &row.figure,
        figure_look,
        Side::Left,
        figure_room + 1.0,
    );

    let middle = (track.left + BAR / 2.0, top + BAR / 2.0);
    mark::draw(canvas, &row.who, middle, 9.0);
    let begins = track.left + BAR + 4.0;
    let room = track.right() - 8.0 - figure_room - 10.0 - begins;
    let weight = if row.own {
        Type::semibold(13.0, tokens::INK)
    } else {
        Type::regular(13.0, tokens::INK)
    };
    canvas.text(
        (begins, line),
        &mark::name(&row.who),
        weight,
        Side::Right,
        room,
    );
}

/// The asker's own bar is the brighter one; their name is stronger too, for colour alone tells not everybody.
fn fill(row: &BoardRow) -> &'static str {
    if row.own {
        tokens::HEAT[2]
    } else {
        tokens::ACCENT_SOFT
    }
}
