//! A part of a page with its heading, and the page's own heading.

use maud::{Markup, html};

/// The heading of a page: its one question.
pub(crate) fn page_head(title: &str, lead: &str, actions: &Markup) -> Markup {
    html! {
        header.page-head {
            div.row.apart {
                h1 { (title) }
                div.row { (actions) }
            }
            @if !lead.is_empty() { p { (lead) } }
        }
    }
}

/// A section; `id` names it, for links and for what is live in it.
pub(crate) fn section(id: &str, title: &str, beside: &Markup, body: &Markup) -> Markup {
    html! {
        section.section aria-labelledby={ (id) "-title" } {
            header {
                h2 id={ (id) "-title" } { (title) }
                (beside)
            }
            (body)
        }
    }
}

/// A part that is fetched anew when something happens. Its id must be on the page once.
pub(crate) fn live(id: &str, body: &Markup) -> Markup {
    html! { div id={ "live-" (id) } data-live { (body) } }
}
