//! What waits for a person, the gravest first, each with the place where it is put right.

use maud::{Markup, html};

use super::{
    icon::{Icon, toned},
    tag::Tone,
};

/// Something that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Need {
    pub(crate) tone: Tone,
    pub(crate) text: String,
    /// Where it is put right.
    pub(crate) action: Option<(String, String)>,
}

/// How all is, in a sentence.
pub(crate) fn verdict(needs: &[Need]) -> String {
    let grave = needs.iter().filter(|need| need.tone == Tone::Danger);
    match (grave.count(), needs.len()) {
        (0, 0) => "All is well: nothing needs you.".to_owned(),
        (0, count) => format!("All is running. {} when you have time.", things(count)),
        (_, 1) => "One thing needs your attention.".to_owned(),
        (_, count) => format!("{count} things need your attention."),
    }
}

fn things(count: usize) -> String {
    if count == 1 {
        "One thing to look at".to_owned()
    } else {
        format!("{count} things to look at")
    }
}

/// The list; nothing where nothing waits.
pub(crate) fn to_do(needs: &[Need]) -> Markup {
    html! {
        @if !needs.is_empty() {
            ul.plain.to-do aria-label="What needs you" {
                @for need in needs {
                    li {
                        (toned(need.tone.sign().unwrap_or(Icon::Note), need.tone.class()))
                        span { (need.text) }
                        @if let Some((words, href)) = &need.action { a.button.slim href=(href) data-stop { (words) } }
                    }
                }
            }
        }
    }
}
