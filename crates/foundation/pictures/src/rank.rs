//! Where one member stands: the place, a few figures, and how it came to that.

use chat::{FIGURES_MAX, Figure, RankCard};

use crate::{
    canvas::{Area, Canvas, EDGE, ROOM, Side, Svg, Type},
    charts,
    letters::{Weight, width},
    mark, tokens,
};

const FIGURES_TOP: f64 = 80.0;
const FIGURE_HIGH: f64 = 44.0;
const TREND: Area = Area::new(EDGE, 136.0, ROOM, 100.0);

pub(crate) fn draw(card: &RankCard) -> Svg {
    let mut canvas = Canvas::card(if card.trend.is_some() { 248 } else { 140 });
    head(&mut canvas, card);
    figures(&mut canvas, &card.figures, FIGURES_TOP);
    if let Some(trend) = &card.trend {
        charts::draw(&mut canvas, trend, TREND);
    }
    canvas.finish()
}

fn head(canvas: &mut Canvas, card: &RankCard) {
    mark::draw(canvas, &card.who, (EDGE + 24.0, 40.0), 24.0);
    let place_look = Type::semibold(28.0, tokens::ACCENT_STRONG);
    let place_room = width(&card.place, 28.0, Weight::Semibold).min(160.0) + 1.0;
    canvas.text(
        (EDGE + ROOM, 50.0),
        &card.place,
        place_look,
        Side::Left,
        place_room,
    );
    let begins = EDGE + 60.0;
    let room = EDGE + ROOM - place_room - 12.0 - begins;
    let name_look = Type::semibold(20.0, tokens::INK);
    canvas.text(
        (begins, 37.0),
        &mark::name(&card.who),
        name_look,
        Side::Right,
        room,
    );
    let about_look = Type::regular(13.0, tokens::INK_SOFT);
    canvas.text((begins, 57.0), &card.about, about_look, Side::Right, room);
}

/// Figures beside each other, each on a ground of its own.
pub(crate) fn figures(canvas: &mut Canvas, figures: &[Figure], top: f64) {
    let count = figures.len().min(FIGURES_MAX);
    if count == 0 {
        return;
    }
    let gap = 8.0;
    let columns = count as f64;
    let wide = (ROOM - gap * (columns - 1.0)) / columns;
    let mut left = EDGE;
    for figure in figures.iter().take(FIGURES_MAX) {
        let tile = Area::new(left, top, wide, FIGURE_HIGH);
        canvas.rect(tile, 6.0, tokens::GROUND_RAISED);
        let room = wide - 20.0;
        let name_look = Type::regular(11.0, tokens::INK_FAINT);
        canvas.text(
            (left + 10.0, top + 17.0),
            &figure.name,
            name_look,
            Side::Right,
            room,
        );
        let value_look = Type::semibold(15.0, tokens::INK);
        canvas.text(
            (left + 10.0, top + 35.0),
            &figure.value,
            value_look,
            Side::Right,
            room,
        );
        left += wide + gap;
    }
}
