//! Charts: a line over its area, columns, and the hours of a week.
//!
//! Each says its highest figure in digits, so that nothing depends on measuring; an area that does not begin at zero
//! says its lowest too.

use chat::{Chart, Marks, POINTS_MAX, Series, WEEK_SQUARES};

use crate::{
    canvas::{Area, Canvas, Side, Type},
    letters::{Weight, width},
    tokens,
};

const SMALL: f64 = 11.0;

pub(crate) fn draw(canvas: &mut Canvas, chart: &Chart, area: Area) {
    let plot = Area::new(
        area.left,
        area.top + 20.0,
        area.width,
        area.height - 20.0 - 16.0,
    );
    match &chart.marks {
        Marks::Area(points) => {
            title(canvas, chart, area, &[]);
            area_chart(canvas, last_of(points), plot);
            ends(canvas, chart, area);
        }
        Marks::Bars(series) => {
            title(canvas, chart, area, series);
            bars(canvas, series, plot);
            ends(canvas, chart, area);
        }
        Marks::Week { counts, days } => {
            let half = Area {
                width: area.width / 2.0,
                ..area
            };
            title(canvas, chart, half, &[]);
            legend_of_heat(canvas, chart, area);
            week(canvas, counts, days, area);
        }
    }
}

/// The title, and at the other end of its line the names of the series beside their colours.
fn title(canvas: &mut Canvas, chart: &Chart, area: Area, series: &[Series]) {
    let line = area.top + 11.0;
    let mut right = area.right();
    let look = Type::regular(SMALL, tokens::INK_SOFT);
    for (one, colour) in series.iter().zip(tokens::SERIES).rev() {
        let wide = width(&one.name, SMALL, Weight::Regular).min(area.width / 3.0) + 1.0;
        // The title keeps a fifth of the line; names that do not fit beside it are left out.
        if right - wide - 21.0 < area.left + area.width / 5.0 {
            break;
        }
        canvas.text((right, line), &one.name, look, Side::Left, wide);
        right -= wide + 11.0;
        canvas.rect(Area::new(right, line - 7.5, 7.0, 7.0), 2.0, colour);
        right -= 10.0;
    }
    let room = (right - area.left).max(0.0);
    let title_look = Type::semibold(12.0, tokens::INK);
    canvas.text(
        (area.left, line),
        &chart.title,
        title_look,
        Side::Right,
        room,
    );
}

fn ends(canvas: &mut Canvas, chart: &Chart, area: Area) {
    let look = Type::regular(SMALL, tokens::INK_FAINT);
    let (line, room) = (area.bottom() - 1.0, area.width / 2.0 - 4.0);
    canvas.text((area.left, line), &chart.ends.0, look, Side::Right, room);
    canvas.text((area.right(), line), &chart.ends.1, look, Side::Left, room);
}

fn last_of<T>(points: &[T]) -> &[T] {
    &points[points.len().saturating_sub(POINTS_MAX)..]
}

/// Lines at the top and the bottom of a plot with their figures; gives what is left of it for the marks.
fn scale(canvas: &mut Canvas, plot: Area, (low, high): (i128, i128)) -> Area {
    let look = Type::regular(SMALL, tokens::INK_FAINT);
    let (low, high) = (low.to_string(), high.to_string());
    let wide = width(&low, SMALL, Weight::Regular).max(width(&high, SMALL, Weight::Regular));
    let wide = wide.min(plot.width / 2.0) + 1.0;
    let inner = Area {
        width: plot.width - wide - 6.0,
        ..plot
    };
    for (at, figure) in [(plot.top, &high), (plot.bottom(), &low)] {
        canvas.rect(
            Area::new(plot.left, at - 0.5, inner.width, 1.0),
            0.0,
            tokens::LINE,
        );
        canvas.text((plot.right(), at + 4.0), figure, look, Side::Left, wide);
    }
    inner
}

fn area_chart(canvas: &mut Canvas, points: &[i64], plot: Area) {
    let low = points.iter().copied().min().unwrap_or(0);
    let high = points.iter().copied().max().unwrap_or(0);
    // What varies little would be a flat line over zero.
    let floor = if low > high / 2 && low < high {
        low
    } else {
        low.min(0)
    };
    let plot = scale(canvas, plot, (floor.into(), high.into()));
    let span = (high as f64 - floor as f64).max(1.0);
    let steps = points.len().saturating_sub(1).max(1) as f64;
    let mut places: Vec<(f64, f64)> = Vec::with_capacity(points.len() + 1);
    for (at, value) in points.iter().enumerate() {
        let x = plot.left + plot.width * at as f64 / steps;
        let y = plot.bottom() - plot.height * (*value as f64 - floor as f64) / span;
        places.push((x, y));
    }
    if let [only] = places.as_slice() {
        places.push((plot.right(), only.1));
    }
    canvas.fading(&places, plot.bottom());
    canvas.line(&places, tokens::SERIES[0]);
    if let Some(last) = places.last() {
        canvas.circle(*last, 5.0, tokens::GROUND);
        canvas.circle(*last, 3.0, tokens::SERIES[0]);
    }
}

fn bars(canvas: &mut Canvas, series: &[Series], plot: Area) {
    let series = &series[..series.len().min(tokens::SERIES.len())];
    let columns = series.iter().map(|one| one.values.len()).max().unwrap_or(0);
    let columns = columns.min(POINTS_MAX);
    let value = |one: &Series, column: usize| one.values.get(column).copied().unwrap_or(0).max(0);
    let total = |column: usize| {
        let values = series.iter().map(|one| i128::from(value(one, column)));
        values.sum::<i128>()
    };
    let high = (0..columns).map(total).max().unwrap_or(0);
    let plot = scale(canvas, plot, (0, high));
    let step = plot.width / columns.max(1) as f64;
    let gap = (step * 0.25).min(3.0);
    for column in 0..columns {
        let mut bottom = plot.bottom();
        for (one, colour) in series.iter().zip(tokens::SERIES) {
            let tall = plot.height * value(one, column) as f64 / high.max(1) as f64;
            if tall > 0.0 {
                let left = plot.left + step * column as f64 + gap / 2.0;
                canvas.rect(
                    Area::new(left, bottom - tall, step - gap, tall),
                    1.5,
                    colour,
                );
            }
            bottom -= tall;
        }
    }
}

const DAY_WIDE: f64 = 34.0;
const SQUARE_HIGH: f64 = 9.0;

fn week(canvas: &mut Canvas, counts: &[i64], days: &[String], area: Area) {
    let most = counts.iter().take(WEEK_SQUARES).copied().max().unwrap_or(0);
    let wide = (area.width - DAY_WIDE) / 24.0;
    let look = Type::regular(SMALL, tokens::INK_FAINT);
    let top = area.top + 20.0;
    for day in 0..7_u8 {
        let y = top + f64::from(day) * (SQUARE_HIGH + 1.0);
        // Every second name, so that they do not touch.
        if day % 2 == 0 {
            let name = days.get(usize::from(day)).map_or("", String::as_str);
            canvas.text(
                (area.left, y + 8.5),
                name,
                look,
                Side::Right,
                DAY_WIDE - 4.0,
            );
        }
        for hour in 0..24_u8 {
            let count = counts.get(usize::from(day) * 24 + usize::from(hour));
            let left = area.left + DAY_WIDE + f64::from(hour) * wide;
            let square = Area::new(left + 0.5, y, wide - 1.0, SQUARE_HIGH);
            canvas.rect(square, 2.0, heat(count.copied().unwrap_or(0), most));
        }
    }
    let line = top + 7.0 * (SQUARE_HIGH + 1.0) + 10.0;
    for hour in [0_u8, 6, 12, 18] {
        let left = area.left + DAY_WIDE + f64::from(hour) * wide;
        canvas.text(
            (left, line),
            &format!("{hour:02}:00"),
            look,
            Side::Right,
            60.0,
        );
    }
}

/// A step of heat: none, then four from few to most.
fn heat(count: i64, most: i64) -> &'static str {
    if count <= 0 || most <= 0 {
        return tokens::HEAT[0];
    }
    let step = (i128::from(count) * 4 + i128::from(most) - 1) / i128::from(most);
    let step = usize::try_from(step).unwrap_or(4).clamp(1, 4);
    tokens::HEAT[step]
}

fn legend_of_heat(canvas: &mut Canvas, chart: &Chart, area: Area) {
    let look = Type::regular(SMALL, tokens::INK_FAINT);
    let line = area.top + 11.0;
    let more = width(&chart.ends.1, SMALL, Weight::Regular).min(50.0) + 1.0;
    canvas.text((area.right(), line), &chart.ends.1, look, Side::Left, more);
    let mut right = area.right() - more - 6.0;
    for colour in tokens::HEAT.iter().rev() {
        canvas.rect(Area::new(right - 10.0, line - 8.5, 9.0, 9.0), 2.0, colour);
        right -= 10.0;
    }
    canvas.text((right - 6.0, line), &chart.ends.0, look, Side::Left, 50.0);
}

#[cfg(test)]
mod tests {
    use super::{heat, last_of};
    use crate::tokens::HEAT;

    #[test]
    fn heat_grows_with_the_count_and_never_leaves_its_steps() {
        let steps = [0, 1, 25, 26, 50, 75, 76, 100].map(|count| heat(count, 100));
        assert_eq!(steps, [0, 1, 1, 2, 2, 3, 4, 4].map(|step| HEAT[step]));
        assert_eq!(heat(5, 0), HEAT[0]);
        assert_eq!(heat(-5, 9), HEAT[0]);
        assert_eq!(heat(i64::MAX, 1), HEAT[4]);
    }

    #[test]
    fn only_the_last_points_are_drawn() {
        let points: Vec<i64> = (0..1_000).collect();
        assert_eq!(last_of(&points).len(), 366);
        assert_eq!(last_of(&points).last(), Some(&999));
    }
}
