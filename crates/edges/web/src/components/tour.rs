//! The tour: a few steps for somebody's first visit, each beside a real place of the shell.
//!
//! It is offered in the flow of the page, so it covers nothing and moves nothing; a step shows once it is asked for. The
//! page stays usable under it. Without scripts the offer does not show, as nothing would come of it.

use maud::{Markup, html};

use super::{
    icon::{Icon, icon},
    key::key,
    shell::{Frame, Section},
};

/// Whether the viewer is shown around.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tour {
    /// It is not for them, or not here.
    Closed,
    /// They may ask for it.
    Open,
    /// They were never asked, and are.
    Offered,
}

/// A step: what stands somewhere, and what it is good for.
struct Step {
    title: &'static str,
    text: Markup,
    /// Where it points: the first of these that is seen. On a narrow screen most sections are behind the menu.
    at: &'static str,
}

/// What all steps point to at last.
const MENU: &str = "[popovertarget=rail]";

/// The steps, of what is open to the viewer.
fn steps(frame: &Frame) -> Vec<Step> {
    let mut all = vec![Step {
        title: "What needs you",
        text: html! { "The overview begins with what waits for you, the gravest first, each with the way to put it right. When nothing does, it says so." },
        at: "[data-place=Overview]",
    }];
    if frame.opens(Section::Why) {
        all.push(Step {
            title: "Why something happened",
            text: html! { "Each decision of a rule, a model or a person stands here: what set it off, who decided, and what came of it." },
            at: "[data-place=Why]",
        });
    }
    if frame.opens(Section::Moderation) {
        all.push(Step {
            title: "How to undo it",
            text: html! { "A case has “Undo” on its page, a setting in its history, a payment on its receipt. You see whom it touches before." },
            at: "[data-place=Moderation]",
        });
    }
    if !frame.sections.is_empty() {
        all.push(Step {
            title: "Search for anything",
            text: html! { "A page, a member, or words out of a decision. " (key("/")) " brings you here from everywhere." },
            at: ".search-field",
        });
    }
    all.push(Step {
        title: "Keys, theme, and this tour",
        text: html! { (key("?")) " lists all keys. They are in this menu as well, with the theme, and the tour to take again." },
        at: ".account > summary",
    });
    all
}

/// The offer, where it is to be made: in the flow, above the page.
pub(crate) fn offer(frame: &Frame) -> Markup {
    html! { @if frame.tour == Tour::Offered { (offered(frame, "tour-offer")) } }
}

/// The offer itself.
pub(crate) fn offered(frame: &Frame, id: &str) -> Markup {
    html! {
        section.tour-offer id=(id) aria-label="A tour" {
            (icon(Icon::Spark))
            p { strong { "New here?" } " A tour of one minute shows where things are." }
            form method="post" action={ (frame.root) "/tour" } {
                (frame.proof.fields())
                button.button.slim.main type="button" data-tour { "Show me" }
                button.button.slim.quiet type="submit" { "Not now" }
            }
        }
    }
}

/// The steps, unseen until they are asked for.
pub(crate) fn tour(frame: &Frame) -> Markup {
    html! { @if frame.tour != Tour::Closed { (card(frame, "tour", None)) } }
}

/// The card, with one of its steps shown where it is not left to a script.
pub(crate) fn card(frame: &Frame, id: &str, shown: Option<usize>) -> Markup {
    let steps = steps(frame);
    let last = steps.len().saturating_sub(1);
    html! {
        section.tour.still[shown.is_some()] id=(id) role="dialog" aria-labelledby={ (id) "-title" } tabindex="-1" hidden[shown.is_none()] {
            h2.unseen id={ (id) "-title" } { "Tour" }
            @for (place, step) in steps.iter().enumerate() {
                div.tour-step data-step data-at={ (step.at) ", " (MENU) } hidden[shown != Some(place)] {
                    h3 { (step.title) }
                    p { (step.text) }
                }
            }
            div.row {
                span.soft.small data-place-of-step { @if let Some(shown) = shown { (shown + 1) " of " (steps.len()) } }
                button.button.slim.quiet type="button" data-tour-ends { "End" }
                button.button.slim type="button" data-tour-back disabled[shown == Some(0)] { "Back" }
                button.button.slim.main type="button" data-tour-next { @if shown == Some(last) { "Done" } @else { "Next" } }
            }
        }
    }
}

/// The button that brings it back.
pub(crate) fn again(frame: &Frame) -> Markup {
    html! { @if frame.tour != Tour::Closed { button type="button" data-tour hidden { "Take the tour" } } }
}

#[cfg(test)]
mod tests {
    use super::{Tour, card, offer, tour};
    use crate::{
        components::shell::{Frame, Section},
        gallery::{State, frame},
    };

    fn at(tour: Tour) -> Frame {
        Frame {
            tour,
            ..frame(State::Full)
        }
    }

    #[test]
    fn it_is_offered_once_and_can_be_asked_for_by_whom_it_is_for() {
        for (state, offers, shows) in [
            (Tour::Closed, false, false),
            (Tour::Open, false, true),
            (Tour::Offered, true, true),
        ] {
            let frame = at(state);
            let (offer, tour) = (offer(&frame).into_string(), tour(&frame).into_string());
            assert_eq!(
                (offer.contains("New here"), tour.contains("data-step")),
                (offers, shows)
            );
        }
    }

    #[test]
    fn it_points_to_nothing_that_is_not_open_to_the_viewer() {
        let all = card(&at(Tour::Open), "tour", Some(4)).into_string();
        assert!(all.contains("5 of 5") && all.contains("Done"), "{all}");
        let frame = Frame {
            sections: vec![Section::Overview],
            ..at(Tour::Open)
        };
        let few = card(&frame, "tour", Some(0)).into_string();
        assert!(
            few.contains("1 of 3") && !few.contains("data-place=Why"),
            "{few}"
        );
    }
}
