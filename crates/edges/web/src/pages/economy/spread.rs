//! How evenly coins are spread, as the background last found it.

use economy::{Spread, SpreadSeen};
use maud::{Markup, html};

use crate::{
    components::{
        chart::{Lorenz, lorenz},
        empty::Empty,
        icon::Icon,
        shell::Frame,
    },
    numbers::{WHOLE, counted, share},
};

/// Two at least, else there is nothing to compare.
const HOLDERS_MIN: u64 = 2;

/// Since when the figures are, for the head of the section.
pub(super) fn seen_at(frame: &Frame, seen: Option<&SpreadSeen>) -> Markup {
    html! { @if let Some(seen) = seen { span.soft { "as of " (frame.now.short(seen.at)) } } }
}

/// The curve, and what it says in words.
pub(super) fn spread(seen: Option<&SpreadSeen>) -> Markup {
    let told = seen.filter(|seen| seen.spread.holders >= HOLDERS_MIN);
    let shares = told.map_or(&[][..], |seen| &seen.spread.shares);
    html! {
        @if let Some(seen) = told { p { (in_words(&seen.spread)) } }
        (lorenz(&Lorenz {
            id: "coin-spread",
            title: "What the poorest have together",
            who: "Members, poorest first",
            what: "Their share of all coins in purses",
            shares,
            empty: nothing(seen),
        }))
        @if let Some(seen) = told { p.soft.small { (gini(&seen.spread)) } }
    }
}

fn nothing(seen: Option<&SpreadSeen>) -> Empty<'static> {
    let (title, text) = match seen.map(|seen| seen.spread.holders) {
        None => (
            "Not looked at yet",
            "The curve is drawn about ten minutes after the first coins moved, and again when more have.",
        ),
        Some(0) => (
            "Nobody has coins",
            "The curve begins with the second member who has any.",
        ),
        Some(_) => (
            "One member has all coins",
            "The curve begins with the second member who has any.",
        ),
    };
    Empty {
        icon: Icon::Coins,
        title,
        text,
        actions: Vec::new(),
    }
}

/// What the curve says: how it is as a whole, the poorer half, and the richest twentieth.
fn in_words(spread: &Spread) -> String {
    let how = match spread.gini {
        0..2_000 => "Spread almost evenly",
        2_000..4_000 => "Spread fairly evenly",
        4_000..6_000 => "Spread unevenly",
        6_000..8_000 => "Spread very unevenly",
        _ => "In very few hands",
    };
    let at = |part: usize| spread.shares.get(part).copied().unwrap_or(WHOLE);
    let parts = usize::from(economy::SPREAD_PARTS);
    let last = WHOLE.saturating_sub(at(parts - 1));
    let richest = match u32::try_from(spread.holders) {
        // Then the last part lies within what one member has.
        Ok(few) if few < u32::from(economy::SPREAD_PARTS) => {
            let theirs = last * u32::from(economy::SPREAD_PARTS) / few.max(1);
            format!("the richest member has {}", share(theirs))
        }
        _ => format!("the richest 5 % have {}", share(last)),
    };
    format!(
        "{how}: the poorer half has {} of the coins, {richest}.",
        share(at(parts / 2))
    )
}

/// The figure, and how it is read.
fn gini(spread: &Spread) -> String {
    let holders = i64::try_from(spread.holders).unwrap_or(i64::MAX);
    let hundredths = (spread.gini + 50) / 100;
    format!(
        "Gini {}.{:02} over {} with coins in the purse: 0 is the same for everybody, 1 is all for one.",
        hundredths / 100,
        hundredths % 100,
        counted(holders, "member", "members")
    )
}

#[cfg(test)]
mod tests {
    use economy::Spread;

    use super::{gini, in_words};

    #[test]
    fn what_the_curve_says_stands_beside_it_in_words() {
        let even = Spread::of(&[5; 20]);
        assert_eq!(
            in_words(&even),
            "Spread almost evenly: the poorer half has 50 % of the coins, the richest 5 % have 5 %."
        );
        let three = Spread::of(&[60, 30, 10]);
        assert_eq!(
            in_words(&three),
            "Spread fairly evenly: the poorer half has 25 % of the coins, the richest member has 60 %."
        );
        let mut amounts = vec![1; 200];
        amounts[0] = 10_000;
        let one = Spread::of(&amounts);
        assert_eq!(
            in_words(&one),
            "In very few hands: the poorer half has 0.9 % of the coins, the richest 5 % have 98.1 %."
        );
        assert_eq!(
            gini(&one),
            "Gini 0.98 over 200 members with coins in the purse: 0 is the same for everybody, 1 is all for one."
        );
    }
}
