//! What rules would have done to messages of the past.

use kernel::Span;

use super::world::{content, message, rule, said, settings, words};
use crate::{Compiled, Text, Trigger, would_hit};

#[test]
fn the_past_is_judged_as_it_was_written() {
    let rules = settings(vec![
        rule("w", words(&["bad"])),
        rule(
            "f",
            Trigger::Flood {
                messages: 3,
                seconds: 5,
            },
        ),
    ]);
    let texts: Vec<[Text<'_>; 1]> = ["fine", "bad", "ok", "ok"]
        .iter()
        .map(|text| [content(text)])
        .collect();
    let messages = texts.iter().zip(1_u32..).map(|(texts, place)| {
        let mut message = said(texts);
        message.id = super::world::message(u64::from(place));
        message.at = message.at + Span::seconds(if place == 4 { 60 } else { place });
        message
    });
    let seen: Vec<_> = would_hit(&Compiled::of(&rules), messages)
        .into_iter()
        .map(|(id, verdict)| (id, verdict.hits[0].rule_id.clone()))
        .collect();
    assert_eq!(
        seen,
        [(message(2), "w".to_owned()), (message(3), "f".to_owned())]
    );
}
