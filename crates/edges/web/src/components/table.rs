//! A table: sorted and filtered in place where it stands whole, else in pages by cursor; with the states *empty*,
//! *failed* and *loading*. On narrow screens each row becomes a card.

use maud::{Markup, html};

use super::{
    empty::{Empty, empty},
    notice::{Notice, notice},
};

/// A column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) title: &'static str,
    pub(crate) kind: ColumnKind,
}

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnKind {
    Text,
    Number,
}

/// What there is to show.
#[derive(Debug)]
pub(crate) enum Rows<'a> {
    /// Cells in the order of the columns.
    Here(Vec<Vec<Markup>>),
    Empty(Empty<'a>),
    Failed(Notice),
    Loading,
}

/// A table.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    pub(crate) id: &'a str,
    /// What it lists, for those who don't see it.
    pub(crate) caption: &'a str,
    pub(crate) columns: &'a [Column],
    pub(crate) rows: Rows<'a>,
    /// Whether these are all rows, so that the browser may sort and filter them.
    pub(crate) is_whole: bool,
    /// Where the first and the next page are, in a list of pages.
    pub(crate) first: Option<String>,
    pub(crate) next: Option<String>,
}

/// A column of words.
pub(crate) const fn text(title: &'static str) -> Column {
    Column {
        title,
        kind: ColumnKind::Text,
    }
}

/// A column of numbers.
pub(crate) const fn number(title: &'static str) -> Column {
    Column {
        title,
        kind: ColumnKind::Number,
    }
}

/// The table.
pub(crate) fn table(table: &Table<'_>) -> Markup {
    match &table.rows {
        Rows::Empty(nothing) => empty(nothing),
        Rows::Failed(failure) => notice(failure),
        Rows::Here(rows) => html! {
            div.table.cards {
                @if table.is_whole && rows.len() > 8 {
                    input.input.filter type="search" hidden data-filters=(table.id) placeholder="Filter these rows"
                        aria-label={ "Filter: " (table.caption) };
                }
                (frame(table, &html! { @for row in rows { (line(table, row)) } }))
                (pager(table))
            }
        },
        Rows::Loading => html! {
            div.table aria-busy="true" {
                (frame(table, &html! {
                    @for _ in 0..3 { tr { @for _ in table.columns { td { span.loading-bar {} } } } }
                }))
                span.unseen role="status" { "Loading" }
            }
        },
    }
}

fn frame(table: &Table<'_>, body: &Markup) -> Markup {
    html! {
        // It may scroll sideways, so the keyboard must reach it.
        div.table-scroll tabindex="0" role="group" aria-label=(table.caption) {
            table id=(table.id) data-whole[table.is_whole] {
                caption.unseen { (table.caption) }
                thead {
                    tr {
                        @for column in table.columns {
                            th.end[column.kind == ColumnKind::Number] scope="col" { (column.title) }
                        }
                    }
                }
                tbody { (body) }
            }
        }
    }
}

fn line(table: &Table<'_>, row: &[Markup]) -> Markup {
    html! {
        tr {
            @for (column, cell) in table.columns.iter().zip(row) {
                td.end[column.kind == ColumnKind::Number] data-label=(column.title) { (cell) }
            }
        }
    }
}

fn pager(table: &Table<'_>) -> Markup {
    html! {
        @if table.first.is_some() || table.next.is_some() {
            nav.pager aria-label={ "Pages: " (table.caption) } {
                @if let Some(first) = &table.first { a href=(first) { "Newest" } } @else { span {} }
                @if let Some(next) = &table.next { a.button.slim href=(next) rel="next" { "Older" } }
            }
        }
    }
}
