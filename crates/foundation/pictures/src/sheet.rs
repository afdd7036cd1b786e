//! Figures and charts of a whole: the figures in a line, two charts beside each other, the others below.

use chat::{CHARTS_MAX, Sheet};

use crate::{
    canvas::{Area, Canvas, EDGE, ROOM, Svg},
    charts, rank,
};

const FIGURES_TOP: f64 = 40.0;
const CHARTS_TOP: f64 = 96.0;
const GAP: f64 = 16.0;
const CHART_HIGH: f64 = 104.0;

pub(crate) fn draw(sheet: &Sheet) -> Svg {
    let shown = &sheet.charts[..sheet.charts.len().min(CHARTS_MAX)];
    let height = match shown.len() {
        0 => 96,
        1 | 2 => 212,
        _ => 328,
    };
    let mut canvas = Canvas::card(height);
    canvas.heading(&sheet.title, &sheet.note);
    rank::figures(&mut canvas, &sheet.figures, FIGURES_TOP);
    for (chart, area) in shown.iter().zip(places(shown.len())) {
        charts::draw(&mut canvas, chart, area);
    }
    canvas.finish()
}

fn places(count: usize) -> Vec<Area> {
    let row = Area::new(EDGE, CHARTS_TOP, ROOM, CHART_HIGH);
    if count < 2 {
        return vec![row];
    }
    let half = (ROOM - GAP) / 2.0;
    vec![
        Area { width: half, ..row },
        Area {
            left: EDGE + half + GAP,
            width: half,
            ..row
        },
        Area {
            top: row.bottom() + 12.0,
            ..row
        },
    ]
}
