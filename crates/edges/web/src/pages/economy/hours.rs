//! At which hours of the week coins move, on the viewer's clock.

use economy::Flow;
use maud::{Markup, html};

use super::View;
use crate::{
    components::{
        chart::{Heat, heat},
        empty::Empty,
        icon::Icon,
        section::{live, section},
        shell::Frame,
    },
    moment::Now,
    range::Range,
};

/// The section; nothing over a single day, which has no week.
pub(super) fn hours(frame: &Frame, view: &View) -> Markup {
    if view.range == Range::Today {
        return html! {};
    }
    let chart = heat(&Heat {
        title: "Movements by the hour of the week",
        of: "movements",
        counts: counts(&frame.now, &view.flows),
        empty: Empty {
            icon: Icon::Coins,
            title: "Nothing moved in this time",
            text: "The busiest hours show here as soon as coins move.",
            actions: Vec::new(),
        },
    });
    section(
        "hours",
        "When coins move",
        &html! {},
        &live("hours", &html! { div.card { (chart) } }),
    )
}

/// Transfers by weekday, from Monday, and hour.
fn counts(now: &Now, flows: &[Flow]) -> [[i64; 24]; 7] {
    let mut counts = [[0_i64; 24]; 7];
    for flow in flows {
        let (hour, weekday) = now.hour_and_weekday(flow.slot);
        let day = counts.get_mut(weekday);
        if let Some(count) = day.and_then(|day| day.get_mut(hour)) {
            let transfers = i64::try_from(flow.transfers).unwrap_or(i64::MAX);
            *count = count.saturating_add(transfers);
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use economy::{Flow, FlowEnd};
    use kernel::Coins;

    use super::counts;
    use crate::moment::Now;

    #[test]
    fn movements_are_counted_at_the_hour_of_the_viewers_week() {
        let at = |text: &str| text.parse().unwrap();
        let flow = |slot: &str, transfers| Flow {
            slot: at(slot),
            from: FlowEnd::Members,
            to: FlowEnd::Treasury,
            coins: Coins::new(1),
            transfers,
        };
        // A Sunday's last hour in UTC is a Monday's sixth in Kathmandu, a quarter to.
        let flows = [
            flow("2026-11-29T23:15:00Z", 3),
            flow("2026-11-22T23:15:00Z", 4),
        ];
        let now = |zone| Now::new(at("2026-11-30T12:00:00Z"), zone);
        assert_eq!(counts(&now(None), &flows)[6][23], 7);
        let there = counts(&now(Some("Asia/Kathmandu")), &flows);
        assert_eq!((there[0][5], there[6][23]), (7, 0));
    }
}
