//! What a picture shows: plain figures and words, small enough to be owed, drawn where the reply leaves.
//!
//! Everything in it may come from a person. Whoever draws it cuts what is too long and more than [`ROWS_MAX`],
//! [`POINTS_MAX`] and their neighbours allow.

use kernel::{GuildId, UserId};
use serde::{Deserialize, Serialize};

/// The most rows of a board that are drawn.
pub const ROWS_MAX: usize = 10;
/// The most points of a line, and columns of bars, that are drawn.
pub const POINTS_MAX: usize = 366;
/// The most figures in a line that are drawn.
pub const FIGURES_MAX: usize = 4;
/// The most charts of a sheet that are drawn: two beside each other, the others below.
pub const CHARTS_MAX: usize = 3;
/// The squares of a week: seven days, Monday first, of 24 hours each.
pub const WEEK_SQUARES: usize = 7 * 24;

/// A picture that goes with a reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// The file's name, ending in `.png`.
    pub file_name: String,
    /// What it shows, in words; the figures it shows stand here as digits. A mention, `<@1>`, becomes a name.
    pub alt: String,
    /// The guild whose members it shows: what they are called is looked up when it is drawn.
    pub guild: GuildId,
    /// What is drawn.
    pub drawing: Drawing,
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Drawing {
    /// Where one member stands.
    Rank(RankCard),
    /// Members in the order of a figure.
    Board(Board),
    /// Figures and charts of a whole.
    Sheet(Sheet),
}

/// A member in a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The account, which also gives the colour.
    pub user: UserId,
    /// The name, where it is known already.
    pub name: Option<String>,
}

/// A figure and what it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// What it counts.
    pub name: String,
    /// The figure as it is read.
    pub value: String,
}

/// Where one member stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RankCard {
    /// The member.
    pub who: Shown,
    /// The place as it is read, such as `#3`; empty for who has none.
    pub place: String,
    /// A line under the name.
    pub about: String,
    /// What there is to know, at most [`FIGURES_MAX`].
    pub figures: Vec<Figure>,
    /// How it came to that, where that is known.
    pub trend: Option<Chart>,
}

/// Members in the order of a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// What it ranks.
    pub title: String,
    /// A small word beside the title.
    pub note: String,
    /// The rows, at most [`ROWS_MAX`].
    pub rows: Vec<BoardRow>,
}

/// A row of a board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardRow {
    /// The place, from 1.
    pub place: u32,
    /// The member.
    pub who: Shown,
    /// How long the bar is, beside the others.
    pub value: i64,
    /// The figure as it is read.
    pub figure: String,
    /// Whether it is the asker's own row.
    pub own: bool,
}

/// Figures and charts of a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// What it is about.
    pub title: String,
    /// A small word beside the title.
    pub note: String,
    /// What stands out, at most [`FIGURES_MAX`].
    pub figures: Vec<Figure>,
    /// The charts, at most [`CHARTS_MAX`].
    pub charts: Vec<Chart>,
}

/// A chart with the words around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// What stands at its beginning and its end.
    pub ends: (String, String),
    /// Its marks.
    pub marks: Marks,
}

/// The marks of a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Marks {
    /// A line over an area, one point for each step of time.
    Area(Vec<i64>),
    /// Columns, one for each step of time, in which the series stand on one another.
    Bars(Vec<Series>),
    /// How busy each hour of a week is: [`WEEK_SQUARES`] counts, and the names of the seven days.
    Week {
        /// The counts, Monday's midnight first.
        counts: Vec<i64>,
        /// The names of the days, Monday first.
        days: Vec<String>,
    },
}

/// One of several series of a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// Its values, none below zero.
    pub values: Vec<i64>,
}

impl Picture {
    /// The members in it, so that their names can be looked up.
    pub fn people(&mut self) -> impl Iterator<Item = &mut Shown> {
        let (one, many) = match &mut self.drawing {
            Drawing::Rank(card) => (Some(&mut card.who), None),
            Drawing::Board(board) => (None, Some(board.rows.iter_mut().take(ROWS_MAX))),
            Drawing::Sheet(_) => (None, None),
        };
        one.into_iter()
            .chain(many.into_iter().flatten().map(|row| &mut row.who))
    }
}
