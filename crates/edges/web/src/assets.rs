//! The dashboard's own files: styles, scripts, fonts, from this server alone.
//!
//! They lie below a mark that changes with their content, so a browser keeps them for a year and never has a page of
//! one version with a script of another.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

const STYLE: &str = concat!(
    include_str!("../../../../assets/tokens.css"),
    include_str!("../assets/css/base.css"),
    include_str!("../assets/css/shell.css"),
    include_str!("../assets/css/parts.css"),
    include_str!("../assets/css/charts.css"),
);

const JS: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const FONT: &str = "font/woff2";
const SVG: &str = "image/svg+xml";

/// Every file by its name.
const FILES: [(&str, &str, &[u8]); 21] = [
    ("dashboard.css", CSS, STYLE.as_bytes()),
    ("charts.js", JS, include_bytes!("../assets/js/charts.js")),
    ("codes.js", JS, include_bytes!("../assets/js/codes.js")),
    ("dialogs.js", JS, include_bytes!("../assets/js/dialogs.js")),
    ("dom.js", JS, include_bytes!("../assets/js/dom.js")),
    ("forms.js", JS, include_bytes!("../assets/js/forms.js")),
    ("keys.js", JS, include_bytes!("../assets/js/keys.js")),
    ("live.js", JS, include_bytes!("../assets/js/live.js")),
    ("main.js", JS, include_bytes!("../assets/js/main.js")),
    ("people.js", JS, include_bytes!("../assets/js/people.js")),
    ("search.js", JS, include_bytes!("../assets/js/search.js")),
    ("tables.js", JS, include_bytes!("../assets/js/tables.js")),
    ("theme.js", JS, include_bytes!("../assets/js/theme.js")),
    (
        "theme_early.js",
        JS,
        include_bytes!("../assets/js/theme_early.js"),
    ),
    ("toasts.js", JS, include_bytes!("../assets/js/toasts.js")),
    ("tour.js", JS, include_bytes!("../assets/js/tour.js")),
    ("zone.js", JS, include_bytes!("../assets/js/zone.js")),
    (
        "icon.svg",
        SVG,
        include_bytes!("../../../../assets/icon.svg"),
    ),
    (
        "inter-latin-wght-normal.woff2",
        FONT,
        include_bytes!("../../../../assets/vendor/inter/inter-latin-wght-normal.woff2"),
    ),
    (
        "inter-latin-ext-wght-normal.woff2",
        FONT,
        include_bytes!("../../../../assets/vendor/inter/inter-latin-ext-wght-normal.woff2"),
    ),
    (
        "coin.woff2",
        FONT,
        include_bytes!("../../../../assets/coin/coin.woff2"),
    ),
];

/// The fonts among them.
pub(crate) const FONTS: [&str; 3] = [
    "inter-latin-wght-normal.woff2",
    "inter-latin-ext-wght-normal.woff2",
    "coin.woff2",
];

/// The mark of all files together.
static MARK: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    for (name, _, bytes) in FILES {
        digest.update(name);
        digest.update(bytes);
    }
    let digits = digest.finalize();
    digits
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
});

/// Where a file is, for a dashboard at `root`.
pub(crate) fn address(root: &str, name: &str) -> String {
    format!("{root}/assets/{}/{name}", *MARK)
}

/// One of the files. A page of another version asks for another mark; it gets today's file, and no browser keeps it.
pub(crate) async fn file(Path((mark, name)): Path<(String, String)>) -> Response {
    let keeps = if mark == *MARK {
        "public, max-age=31536000, immutable"
    } else {
        "no-store"
    };
    kept(&name, keeps)
}

/// One of the files under a name without a mark, kept for a day.
pub(crate) async fn plain(name: &'static str) -> Response {
    kept(name, "public, max-age=86400")
}

fn kept(name: &str, keeps: &'static str) -> Response {
    let Some((_, kind, bytes)) = FILES.iter().find(|(known, ..)| *known == name) else {
        return (StatusCode::NOT_FOUND, "There is no such file.").into_response();
    };
    let headers = [
        (header::CONTENT_TYPE, *kind),
        (header::CACHE_CONTROL, keeps),
    ];
    (headers, *bytes).into_response()
}

#[cfg(test)]
mod tests;
