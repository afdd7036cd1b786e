//! SVG text to PNG, with the typefaces that are in the binary and nothing from the system.

use std::sync::{Arc, OnceLock};

use chat::Drawing;
use resvg::{
    render,
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree, fontdb},
};

use crate::{SCALE, letters, svg};

/// Why a drawing did not become a picture. Each is a defect of this crate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaintError {
    /// The SVG text does not parse.
    #[error("the drawing's SVG text does not parse: {0}")]
    Svg(String),
    /// There is no surface of that size.
    #[error("there is no surface of {0} by {1} pixels")]
    Surface(u32, u32),
    /// The PNG was not written.
    #[error("the picture was not written as PNG: {0}")]
    Png(String),
}

/// A drawing as a PNG file.
///
/// # Errors
/// When it can't be drawn, which is a defect of this crate: no drawing is wrong by what stands in it.
pub fn png(drawing: &Drawing) -> Result<Vec<u8>, PaintError> {
    let svg = svg(drawing);
    let options = Options {
        font_family: "Inter".to_owned(),
        fontdb: typefaces(),
        ..Options::default()
    };
    let tree =
        Tree::from_str(&svg.text, &options).map_err(|error| PaintError::Svg(error.to_string()))?;
    let (width, height) = (svg.width * SCALE, svg.height * SCALE);
    let mut surface = Pixmap::new(width, height).ok_or(PaintError::Surface(width, height))?;
    let scale = f32::from(u8::try_from(SCALE).unwrap_or(1));
    render(
        &tree,
        Transform::from_scale(scale, scale),
        &mut surface.as_mut(),
    );
    surface
        .encode_png()
        .map_err(|error| PaintError::Png(error.to_string()))
}

fn typefaces() -> Arc<fontdb::Database> {
    static TYPEFACES: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut database = fontdb::Database::new();
        for face in [letters::REGULAR, letters::SEMIBOLD] {
            database.load_font_source(fontdb::Source::Binary(Arc::new(face)));
        }
        Arc::new(database)
    };
    TYPEFACES.get_or_init(load).clone()
}
