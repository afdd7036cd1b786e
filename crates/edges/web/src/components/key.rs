//! A key hint, and the list of keys that `?` opens.

use maud::{Markup, html};

/// A key as it is pressed.
pub(crate) fn key(name: &str) -> Markup {
    html! { kbd { (name) } }
}

/// Keys that are pressed one after the other.
pub(crate) fn keys(names: &[&str]) -> Markup {
    html! {
        span {
            @for (place, name) in names.iter().enumerate() {
                @if place > 0 { " " span.faint { "then" } " " }
                (key(name))
            }
        }
    }
}
