//! An empty state: why there is nothing here, and what to do so that there is.

use maud::{Markup, html};

use super::icon::{Icon, icon};

/// Nothing to show: its reason, and links to what would change that.
#[derive(Debug, Clone)]
pub(crate) struct Empty<'a> {
    pub(crate) icon: Icon,
    pub(crate) title: &'a str,
    pub(crate) text: &'a str,
    /// Words and addresses; the first is the main one.
    pub(crate) actions: Vec<(&'a str, String)>,
}

/// The empty state.
pub(crate) fn empty(empty: &Empty<'_>) -> Markup {
    html! {
        div.empty {
            (icon(empty.icon))
            h3 { (empty.title) }
            p { (empty.text) }
            @if !empty.actions.is_empty() {
                div.row {
                    @for (place, (words, href)) in empty.actions.iter().enumerate() {
                        a.button.main[place == 0] href=(href) { (words) }
                    }
                }
            }
        }
    }
}
