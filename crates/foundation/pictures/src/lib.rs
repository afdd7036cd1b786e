//! Pictures for replies: a drawing becomes SVG text, and that a PNG, in the colours of the dashboard.
//!
//! Pure: the same drawing gives the same bytes, nothing is read from anywhere, and the typefaces are in the binary.
//!
//! J1  Whatever a person wrote is escaped, cut to its place, and set only in letters that the typeface has: no picture
//!     shows a box instead of a letter.
//! J2  A picture has the size that its drawing says, at most [`WIDTH`] by [`HEIGHT_MAX`], each twice in pixels.
//! J3  Too many rows, points or figures are left out; none is a reason to draw nothing.
//!
//! The colours are those of the dark theme on a card of their own, so they stay as they are on light grounds too.
//!
//! Not here: what is worth showing, the words around it, and what members are called.

mod tokens;

mod canvas;
mod letters;

mod charts;
mod mark;

mod board;
mod rank;
mod sheet;

mod paint;

pub use canvas::Svg;
pub use letters::legible;
pub use paint::{PaintError, png};

use chat::Drawing;

/// How wide a picture is, in the pixels of a page.
pub const WIDTH: u32 = 440;
/// How high one may be: beyond four to three, Discord shows it smaller.
pub const HEIGHT_MAX: u32 = 330;
/// Pixels of the file for each pixel of a page.
pub const SCALE: u32 = 2;

/// A drawing as SVG text.
#[must_use]
pub fn svg(drawing: &Drawing) -> Svg {
    match drawing {
        Drawing::Rank(card) => rank::draw(card),
        Drawing::Board(board) => board::draw(board),
        Drawing::Sheet(sheet) => sheet::draw(sheet),
    }
}

#[cfg(test)]
mod tests;
