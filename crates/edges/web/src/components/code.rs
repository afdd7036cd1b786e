//! A block of code or plain text as it is, with a button that copies it.

use maud::{Markup, html};

/// A block; `label` says what it is.
pub(crate) fn code(label: &str, text: &str) -> Markup {
    html! {
        div.code {
            // It may scroll, so the keyboard must reach it.
            pre tabindex="0" role="group" aria-label=(label) { code { (text) } }
            button.button.slim type="button" data-copies hidden { "Copy" }
        }
    }
}
