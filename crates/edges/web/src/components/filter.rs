//! A choice among the filters of a list.

use maud::{Markup, html};

/// The choice, of values with their words; `all` stands for no choice.
pub(crate) fn select(
    id: &str,
    name: &str,
    label: &str,
    all: &str,
    options: &[(&str, &str)],
    chosen: &str,
) -> Markup {
    html! {
        div.field {
            label for=(id) { (label) }
            select.input id=(id) name=(name) {
                option value="" { (all) }
                @for (value, words) in options { option value=(value) selected[*value == chosen] { (words) } }
            }
        }
    }
}
