//! Hours of the week as a table of heat.

use maud::{Markup, html};

use super::super::empty::{Empty, empty};
use crate::numbers::grouped;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Counts by weekday, from Monday, and hour.
#[derive(Debug, Clone)]
pub(crate) struct Heat<'a> {
    pub(crate) title: &'a str,
    /// What is counted, in the plural.
    pub(crate) of: &'a str,
    pub(crate) counts: [[i64; 24]; 7],
    pub(crate) empty: Empty<'a>,
}

/// The table.
pub(crate) fn heat(heat: &Heat<'_>) -> Markup {
    let most = heat.counts.iter().flatten().copied().max().unwrap_or(0);
    if most == 0 {
        return empty(&heat.empty);
    }
    html! {
        figure.chart data-chart="heat" {
            figcaption {
                span.title { (heat.title) }
                (scale(most))
            }
            div.heat tabindex="0" role="group" aria-label=(heat.title) {
                table {
                    caption.unseen { (heat.title) }
                    thead { tr {
                        th scope="col" { span.unseen { "Day" } }
                        @for hour in 0..24 {
                            th scope="col" { span.unseen[hour % 3 != 0] { (hour) } }
                        }
                    } }
                    tbody { @for (day, hours) in DAYS.iter().zip(&heat.counts) {
                        tr {
                            th scope="row" { (day) }
                            @for (hour, count) in hours.iter().enumerate() {
                                @let said = format!("{day} {hour}:00: {} {}", grouped(*count), heat.of);
                                td class={ "h" (level(*count, most)) } title=(said) { span.unseen { (grouped(*count)) } }
                            }
                        }
                    } }
                }
            }
        }
    }
}

fn scale(most: i64) -> Markup {
    html! {
        span.heat-scale {
            "0"
            svg viewBox="0 0 110 12" aria-hidden="true" {
                @for level in 0..5 { rect class={ "h" (level) } x=(level * 22) width="20" height="12" rx="3" {} }
            }
            (grouped(most))
        }
    }
}

/// The step of heat: zero is its own, the rest in quarters of the most.
fn level(count: i64, most: i64) -> i64 {
    if count <= 0 {
        return 0;
    }
    (count.saturating_mul(4) / most.max(1)).clamp(0, 3) + 1
}

#[cfg(test)]
mod tests {
    use super::level;

    #[test]
    fn heat_has_five_steps() {
        assert_eq!(
            [0, 1, 24, 25, 50, 75, 100].map(|count| level(count, 100)),
            [0, 1, 1, 2, 3, 4, 4]
        );
        assert_eq!(level(1, 1), 4);
    }
}
