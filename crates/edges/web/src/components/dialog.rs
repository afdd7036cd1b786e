//! A dialog: says whom a step touches before it is taken.

use maud::{Markup, html};

use crate::sent::Proof;

/// A step that is asked about first.
#[derive(Debug, Clone)]
pub(crate) struct Dialog<'a> {
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    /// What happens, and to whom.
    pub(crate) body: Markup,
    /// Where it is posted.
    pub(crate) action: String,
    pub(crate) fields: Vec<(&'a str, String)>,
    pub(crate) proof: &'a Proof,
    /// What the button says that does it.
    pub(crate) does: &'a str,
    /// Whether something is taken away.
    pub(crate) is_destructive: bool,
}

/// The dialog; a button with `data-opens` opens it.
pub(crate) fn dialog(dialog: &Dialog<'_>) -> Markup {
    html! {
        dialog.dialog id=(dialog.id) aria-labelledby={ (dialog.id) "-title" } {
            form.dialog-body method="post" action=(dialog.action) {
                (dialog.proof.fields())
                @for (name, value) in &dialog.fields { input type="hidden" name=(name) value=(value); }
                h2 id={ (dialog.id) "-title" } { (dialog.title) }
                (dialog.body)
                div.row {
                    button.button type="submit" formmethod="dialog" formnovalidate { "Cancel" }
                    button.button.main.danger[dialog.is_destructive] type="submit" { (dialog.does) }
                }
            }
        }
    }
}

/// The button that opens a dialog.
pub(crate) fn opener(dialog: &str, words: &Markup, class: &str) -> Markup {
    html! { button class={ "button " (class) } type="button" data-opens=(dialog) aria-haspopup="dialog" { (words) } }
}
