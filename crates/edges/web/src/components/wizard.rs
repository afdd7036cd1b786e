//! A wizard's progress: what is done, where one is, what is still to come.

use maud::{Markup, html};

/// The steps, and which of them is the present one, from zero.
pub(crate) fn wizard(label: &str, steps: &[&str], at: usize) -> Markup {
    html! {
        nav.wizard aria-label=(label) {
            ol.plain {
                @for (place, step) in steps.iter().enumerate() {
                    li class=[(place < at).then_some("done")] aria-current=[(place == at).then_some("step")] {
                        span {
                            (step)
                            @if place < at { span.unseen { ", done" } }
                        }
                    }
                }
            }
        }
    }
}
