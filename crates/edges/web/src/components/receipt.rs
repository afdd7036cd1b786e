//! A receipt: one decision from what it saw to what it did, in steps that read top to bottom.

use maud::{Markup, html};

/// A step of a receipt.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) title: &'static str,
    pub(crate) body: Markup,
}

/// Words of somebody, or what is left of them.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) who: Markup,
    /// The words, or why they are not there.
    pub(crate) text: Result<String, &'static str>,
    /// Whether these set the decision off.
    pub(crate) is_trigger: bool,
}

/// The receipt.
pub(crate) fn receipt(title: &str, beside: &Markup, steps: &[Step]) -> Markup {
    html! {
        article.receipt {
            header {
                h2 { (title) }
                div.row { (beside) }
            }
            @for step in steps {
                section.step {
                    h3 { (step.title) }
                    div { (step.body) }
                }
            }
        }
    }
}

/// Somebody's words.
pub(crate) fn said(said: &Said) -> Markup {
    html! {
        blockquote.said.trigger[said.is_trigger] {
            span.who { (said.who) }
            @match &said.text {
                Ok(text) => span dir="auto" { (text) },
                Err(why) => span.gone { (why) },
            }
        }
    }
}
