//! A toast: what was just done, and the way back from it.

use maud::{Markup, html};

use super::{
    icon::{Icon, icon},
    tag::Tone,
};
use crate::sent::Proof;

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Toast {
    pub(crate) tone: Tone,
    pub(crate) text: String,
    /// Where a press on *Undo* is posted, with hidden fields.
    pub(crate) undo: Option<Undo>,
}

/// The way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Undo {
    pub(crate) action: String,
    pub(crate) fields: Vec<(String, String)>,
}

/// The toast itself; `proof` says that the press came from this page.
pub(crate) fn toast(toast: &Toast, proof: &Proof) -> Markup {
    html! {
        div class={ "toast " (toast.tone.class()) } {
            (icon(if toast.tone == Tone::Danger { Icon::Wrong } else { Icon::Check }))
            span { (toast.text) }
            @if let Some(undo) = &toast.undo {
                form method="post" action=(undo.action) {
                    (proof.fields())
                    @for (name, value) in &undo.fields { input type="hidden" name=(name) value=(value); }
                    button.button.slim type="submit" { (icon(Icon::Undo)) "Undo" }
                }
            }
            button.button.quiet.slim type="button" data-closes hidden { "Close" }
        }
    }
}

/// The place of toasts on a page.
pub(crate) fn toasts(shown: Option<&Toast>, proof: &Proof) -> Markup {
    html! {
        div.toasts role="status" aria-live="polite" {
            @if let Some(shown) = shown { (toast(shown, proof)) }
        }
    }
}
