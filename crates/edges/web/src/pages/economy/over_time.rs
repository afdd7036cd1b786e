//! Flows of coins cut into hours or days, as the viewer's clock has them.

use economy::{Flow, FlowEnd};
use kernel::Timestamp;

use super::View;
use crate::{components::shell::Frame, pages::movement, range::Range};

/// A time in parts: what came in and went out in each, and how many coins there were at its end.
pub(super) struct Slots {
    range: Range,
    slots: Vec<Slot>,
}

struct Slot {
    label: String,
    came: i64,
    went: i64,
    /// At its end.
    circulating: i64,
}

impl Slots {
    /// The time that a page looks over, up to the present.
    pub(super) fn over(frame: &Frame, view: &View) -> Self {
        let mut slots: Vec<Slot> = begins(frame, view.range)
            .into_iter()
            .map(|(label, _)| Slot {
                label,
                came: 0,
                went: 0,
                circulating: 0,
            })
            .collect();
        let began: Vec<Timestamp> = begins(frame, view.range)
            .into_iter()
            .map(|(_, at)| at)
            .collect();
        for flow in &view.flows {
            let place = began.partition_point(|at| *at <= flow.slot);
            let Some(slot) = place.checked_sub(1).and_then(|place| slots.get_mut(place)) else {
                continue;
            };
            let (came, went) = crossing(flow);
            slot.came = slot.came.saturating_add(came);
            slot.went = slot.went.saturating_add(went);
        }
        let mut circulating = view.supply.circulating.get();
        for slot in slots.iter_mut().rev() {
            slot.circulating = circulating;
            circulating = circulating
                .saturating_sub(slot.came)
                .saturating_add(slot.went);
        }
        Self {
            range: view.range,
            slots,
        }
    }

    pub(super) fn labels(&self) -> Vec<String> {
        self.slots.iter().map(|slot| slot.label.clone()).collect()
    }

    /// What the labels are.
    pub(super) const fn across(&self) -> &'static str {
        match self.range {
            Range::Today => "Hour",
            Range::Week | Range::Month => "Day",
        }
    }

    /// How many coins there were at the end of each part.
    pub(super) fn circulating(&self) -> Vec<i64> {
        self.slots.iter().map(|slot| slot.circulating).collect()
    }

    /// What came in and went out over the whole time.
    pub(super) fn came_and_went(&self) -> (i64, i64) {
        self.slots.iter().fold((0, 0), |(came, went), slot| {
            (
                slot.came.saturating_add(came),
                slot.went.saturating_add(went),
            )
        })
    }

    /// How many more coins there are than at its beginning.
    pub(super) fn grown(&self) -> i64 {
        let (came, went) = self.came_and_went();
        came.saturating_sub(went)
    }
}

/// What of a flow came into circulation, and what went out; a correction of either counts on its own side.
fn crossing(flow: &Flow) -> (i64, i64) {
    let outside = |end: &FlowEnd| matches!(end, FlowEnd::Faucet(_) | FlowEnd::Sink(_));
    match (outside(&flow.from), outside(&flow.to)) {
        (true, false) => (flow.coins.get(), 0),
        (false, true) => (0, flow.coins.get()),
        (true, true) | (false, false) => (0, 0),
    }
}

/// When each part begins, with its label: hours of today up to now, or days.
fn begins(frame: &Frame, range: Range) -> Vec<(String, Timestamp)> {
    let now = &frame.now;
    if range == Range::Today {
        let midnight = now.midnight(0);
        let hours = now.at.since(midnight).as_micros() / kernel::Span::hours(1).as_micros();
        let hour = |hour: u32| {
            let at = midnight + kernel::Span::hours(hour);
            (now.clock(at), at)
        };
        return (0..=u32::try_from(hours).unwrap_or(23)).map(hour).collect();
    }
    let day = |back: i64| {
        let at = now.midnight(back);
        (now.day(at), at)
    };
    (0..range.days()).rev().map(day).collect()
}

/// Amounts by the name of a faucet or sink.
type Named = Vec<(String, i64)>;

/// What came in by faucet and went out by sink, in words. What a correction gave back to a faucet went out there.
pub(super) fn ends(view: &View) -> (Named, Named) {
    let (mut ins, mut outs) = (Named::new(), Named::new());
    for flow in &view.flows {
        let (came, went) = crossing(flow);
        if came > 0 {
            add(&mut ins, movement::end_name(&flow.from), came);
        }
        if went > 0 {
            add(&mut outs, movement::end_name(&flow.to), went);
        }
    }
    (ins, outs)
}

fn add(side: &mut Named, name: String, coins: i64) {
    match side.iter_mut().find(|(known, _)| *known == name) {
        Some((_, sum)) => *sum = sum.saturating_add(coins),
        None => side.push((name, coins)),
    }
}
