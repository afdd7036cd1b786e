//! A notice: something about the page as a whole, with what to do about it.

use maud::{Markup, html};

use super::{
    icon::{Icon, icon},
    tag::Tone,
};

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) tone: Tone,
    pub(crate) title: String,
    pub(crate) text: String,
    /// A link's words and address.
    pub(crate) action: Option<(String, String)>,
}

/// The notice. What is wrong is read out at once, the rest when its turn comes.
pub(crate) fn notice(notice: &Notice) -> Markup {
    let role = if notice.tone == Tone::Danger {
        "alert"
    } else {
        "status"
    };
    html! {
        div class={ "notice " (notice.tone.class()) } role=(role) {
            (icon(notice.tone.sign().unwrap_or(Icon::Note)))
            div {
                strong { (notice.title) }
                p { (notice.text) }
            }
            @if let Some((words, href)) = &notice.action {
                a.button.slim href=(href) { (words) }
            }
        }
    }
}
