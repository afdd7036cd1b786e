//! SVG text, piece by piece. Whatever is set goes through [`escaped`].

use std::fmt::Write as _;

use crate::{
    WIDTH,
    letters::{Weight, fitted, width},
    tokens,
};

/// A drawing as SVG text, and its size in the pixels of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Svg {
    /// The text.
    pub text: String,
    /// How wide.
    pub width: u32,
    /// How high.
    pub height: u32,
}

/// A rectangle: left, top, width, height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Area {
    pub(crate) const fn new(left: f64, top: f64, width: f64, height: f64) -> Self {
        Self {
            left,
            top,
            width,
            height,
        }
    }

    pub(crate) fn right(self) -> f64 {
        self.left + self.width
    }

    pub(crate) fn bottom(self) -> f64 {
        self.top + self.height
    }
}

/// Where a text stands beside its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Right,
    Middle,
    Left,
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Type {
    pub(crate) size: f64,
    pub(crate) weight: Weight,
    pub(crate) ink: &'static str,
}

impl Type {
    pub(crate) const fn regular(size: f64, ink: &'static str) -> Self {
        Self {
            size,
            weight: Weight::Regular,
            ink,
        }
    }

    pub(crate) const fn semibold(size: f64, ink: &'static str) -> Self {
        Self {
            size,
            weight: Weight::Semibold,
            ink,
        }
    }
}

/// What is drawn on.
#[derive(Debug)]
pub(crate) struct Canvas {
    body: String,
    height: u32,
}

/// The room between the card's edge and what stands on it.
pub(crate) const EDGE: f64 = 16.0;
/// How wide what stands on a card may be.
pub(crate) const ROOM: f64 = WIDTH as f64 - 2.0 * EDGE;

impl Canvas {
    /// A card of this height.
    pub(crate) fn card(height: u32) -> Self {
        let mut card = Self {
            body: String::new(),
            height,
        };
        let (width, height) = (f64::from(WIDTH), f64::from(height));
        card.rect(Area::new(0.0, 0.0, width, height), 10.0, tokens::LINE);
        let inside = Area::new(1.0, 1.0, width - 2.0, height - 2.0);
        card.rect(inside, 9.0, tokens::GROUND);
        card
    }

    pub(crate) fn rect(&mut self, area: Area, radius: f64, fill: &str) {
        let Area {
            left,
            top,
            width,
            height,
        } = area;
        let radius = radius.min(width / 2.0).min(height / 2.0);
        self.put(&format!(
            "<rect x=\"{left:.2}\" y=\"{top:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" rx=\"{radius:.2}\" \
             fill=\"{fill}\"/>"
        ));
    }

    pub(crate) fn circle(&mut self, (x, y): (f64, f64), radius: f64, fill: &str) {
        self.put(&format!(
            "<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"{radius:.2}\" fill=\"{fill}\"/>"
        ));
    }

    /// A line through points.
    pub(crate) fn line(&mut self, points: &[(f64, f64)], ink: &str) {
        let path = path(points);
        self.put(&format!(
            "<path d=\"{path}\" fill=\"none\" stroke=\"{ink}\" stroke-width=\"2\" stroke-linejoin=\"round\" \
             stroke-linecap=\"round\"/>"
        ));
    }

    /// The area between points and a floor, fading towards it.
    pub(crate) fn fading(&mut self, points: &[(f64, f64)], floor: f64) {
        let (Some(first), Some(last)) = (points.first(), points.last()) else {
            return;
        };
        let (path, from, to) = (path(points), first.0, last.0);
        self.put(&format!(
            "<path d=\"{path}L{to:.2} {floor:.2}L{from:.2} {floor:.2}Z\" fill=\"url(#fade)\"/>"
        ));
    }

    /// A text that begins, centres or ends at a place on its line, cut to this room.
    pub(crate) fn text(
        &mut self,
        (x, y): (f64, f64),
        text: &str,
        look: Type,
        side: Side,
        room: f64,
    ) {
        let text = fitted(text, look.size, look.weight, room);
        if text.is_empty() {
            return;
        }
        let anchor = match side {
            Side::Right => "start",
            Side::Middle => "middle",
            Side::Left => "end",
        };
        let weight = match look.weight {
            Weight::Regular => 400,
            Weight::Semibold => 600,
        };
        let (size, ink, text) = (look.size, look.ink, escaped(&text));
        self.put(&format!(
            "<text x=\"{x:.2}\" y=\"{y:.2}\" font-size=\"{size}\" font-weight=\"{weight}\" fill=\"{ink}\" \
             text-anchor=\"{anchor}\">{text}</text>"
        ));
    }

    /// A title with a small word at the other end of its line.
    pub(crate) fn heading(&mut self, title: &str, note: &str) {
        let look = Type::regular(12.0, tokens::INK_FAINT);
        let note_room = ROOM / 2.0;
        let taken = width(
            &fitted(note, 12.0, look.weight, note_room),
            12.0,
            look.weight,
        );
        self.text((EDGE + ROOM, 28.0), note, look, Side::Left, note_room);
        let title_look = Type::semibold(16.0, tokens::INK);
        self.text(
            (EDGE, 28.0),
            title,
            title_look,
            Side::Right,
            ROOM - taken - 12.0,
        );
    }

    fn put(&mut self, piece: &str) {
        self.body.push_str(piece);
        self.body.push('\n');
    }

    pub(crate) fn finish(self) -> Svg {
        let (width, height) = (WIDTH, self.height);
        let accent = tokens::SERIES[0];
        let mut text = String::with_capacity(self.body.len() + 600);
        // Writing into a text never fails.
        let _ = write!(
            text,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"Inter\" font-variant-numeric=\"tabular-nums\">\n\
             <defs><linearGradient id=\"fade\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\">\
             <stop offset=\"0\" stop-color=\"{accent}\" stop-opacity=\"0.42\"/>\
             <stop offset=\"1\" stop-color=\"{accent}\" stop-opacity=\"0.04\"/></linearGradient></defs>\n{}</svg>\n",
            self.body
        );
        Svg {
            text,
            width,
            height,
        }
    }
}

fn path(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (at, (x, y)) in points.iter().enumerate() {
        let step = if at == 0 { 'M' } else { 'L' };
        // Writing into a text never fails.
        let _ = write!(path, "{step}{x:.2} {y:.2}");
    }
    path
}

/// A text that forms no mark of its own.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            other => out.push(other),
        }
    }
    out
}
