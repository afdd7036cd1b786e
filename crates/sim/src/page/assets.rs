//! The page's own files, and the files of messages, from this server alone.
//! What always holds: the browser may load scripts, styles, pictures and fonts from here only, and run nothing inline;
//! a file that did not change is not sent twice.

use std::sync::{Arc, LazyLock};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::Page;

/// What the browser may do with this page: the tables of what is allowed are short on purpose.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PAGE: &str = include_str!("../../assets/page/page.html");

const JS: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const FONT: &str = "font/woff2";

/// Every file by its name.
const FILES: [(&str, &str, &[u8]); 45] = [
    (
        "actors.js",
        JS,
        include_bytes!("../../assets/page/actors.js"),
    ),
    ("api.js", JS, include_bytes!("../../assets/page/api.js")),
    ("app.js", JS, include_bytes!("../../assets/page/app.js")),
    (
        "colour.js",
        JS,
        include_bytes!("../../assets/page/colour.js"),
    ),
    (
        "command_bar.js",
        JS,
        include_bytes!("../../assets/page/command_bar.js"),
    ),
    (
        "components.js",
        JS,
        include_bytes!("../../assets/page/components.js"),
    ),
    (
        "composer.js",
        JS,
        include_bytes!("../../assets/page/composer.js"),
    ),
    (
        "controls.css",
        CSS,
        include_bytes!("../../assets/page/controls.css"),
    ),
    ("dom.js", JS, include_bytes!("../../assets/page/dom.js")),
    (
        "drawers.js",
        JS,
        include_bytes!("../../assets/page/drawers.js"),
    ),
    (
        "embeds.js",
        JS,
        include_bytes!("../../assets/page/embeds.js"),
    ),
    ("emoji.js", JS, include_bytes!("../../assets/page/emoji.js")),
    (
        "emoji_picker.js",
        JS,
        include_bytes!("../../assets/page/emoji_picker.js"),
    ),
    (
        "events.js",
        JS,
        include_bytes!("../../assets/page/events.js"),
    ),
    ("face.js", JS, include_bytes!("../../assets/page/face.js")),
    ("field.js", JS, include_bytes!("../../assets/page/field.js")),
    ("form.js", JS, include_bytes!("../../assets/page/form.js")),
    ("group.js", JS, include_bytes!("../../assets/page/group.js")),
    (
        "icon.svg",
        "image/svg+xml",
        include_bytes!("../../assets/page/icon.svg"),
    ),
    ("keys.js", JS, include_bytes!("../../assets/page/keys.js")),
    ("layer.js", JS, include_bytes!("../../assets/page/layer.js")),
    (
        "layout.css",
        CSS,
        include_bytes!("../../assets/page/layout.css"),
    ),
    ("main.js", JS, include_bytes!("../../assets/page/main.js")),
    (
        "markdown.js",
        JS,
        include_bytes!("../../assets/page/markdown.js"),
    ),
    (
        "markdown_view.js",
        JS,
        include_bytes!("../../assets/page/markdown_view.js"),
    ),
    (
        "members.js",
        JS,
        include_bytes!("../../assets/page/members.js"),
    ),
    (
        "memory.js",
        JS,
        include_bytes!("../../assets/page/memory.js"),
    ),
    (
        "mentions.js",
        JS,
        include_bytes!("../../assets/page/mentions.js"),
    ),
    (
        "message.js",
        JS,
        include_bytes!("../../assets/page/message.js"),
    ),
    (
        "message_menu.js",
        JS,
        include_bytes!("../../assets/page/message_menu.js"),
    ),
    (
        "messages.css",
        CSS,
        include_bytes!("../../assets/page/messages.css"),
    ),
    (
        "options.js",
        JS,
        include_bytes!("../../assets/page/options.js"),
    ),
    (
        "picker.js",
        JS,
        include_bytes!("../../assets/page/picker.js"),
    ),
    (
        "sidebar.js",
        JS,
        include_bytes!("../../assets/page/sidebar.js"),
    ),
    (
        "sign_in.css",
        CSS,
        include_bytes!("../../assets/page/sign_in.css"),
    ),
    ("steps.js", JS, include_bytes!("../../assets/page/steps.js")),
    ("store.js", JS, include_bytes!("../../assets/page/store.js")),
    (
        "theme_early.js",
        JS,
        include_bytes!("../../assets/page/theme_early.js"),
    ),
    (
        "timeline.js",
        JS,
        include_bytes!("../../assets/page/timeline.js"),
    ),
    ("when.js", JS, include_bytes!("../../assets/page/when.js")),
    ("words.js", JS, include_bytes!("../../assets/page/words.js")),
    (
        "tokens.css",
        CSS,
        include_bytes!("../../../../assets/tokens.css"),
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

static MARKS: LazyLock<Vec<String>> =
    LazyLock::new(|| FILES.iter().map(|(_, _, bytes)| mark(bytes)).collect());

/// A mark that changes with the content.
fn mark(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let text: String = digest
        .iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"{text}\"")
}

/// The page itself, with the addresses of its files under a prefix.
pub(super) fn page(prefix: &str) -> impl IntoResponse + Clone + use<> {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, PAGE.replace("{{base}}", prefix))
}

/// One of its files.
pub(super) async fn file(Path(name): Path<String>, asked: HeaderMap) -> Response {
    let Some(at) = FILES.iter().position(|(known, ..)| *known == name) else {
        return (StatusCode::NOT_FOUND, "There is no such file.").into_response();
    };
    let (_, kind, bytes) = FILES[at];
    let mark = HeaderValue::from_str(&MARKS[at]).expect("hexadecimal digits in quotes");
    let known = asked
        .get(header::IF_NONE_MATCH)
        .is_some_and(|given| *given == mark);
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        bytes.into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::ETAG, mark);
    // Kept, but asked about each time: the page and its files never disagree after an upgrade.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}

/// A file of a message: kept by the API, shown from the page's own place.
pub(super) async fn attachment(
    State(page): State<Arc<Page>>,
    path: Path<(String, String, String)>,
) -> Response {
    crate::rest::serve_file(State(Arc::clone(&page.core.rest)), path).await
}

#[cfg(test)]
mod tests {
    use super::{CSS, FILES, JS, PAGE};

    #[test]
    fn nothing_in_the_page_is_inline_or_from_elsewhere() {
        assert!(!PAGE.contains("<style") && !PAGE.contains("style=") && !PAGE.contains(" onclick"));
        assert!(!PAGE.contains("http://") && !PAGE.contains("https://") && !PAGE.contains("//cdn"));
        for part in PAGE.split("<script").skip(1) {
            assert!(part.starts_with(" src=\"{{base}}/assets/"), "{part}");
        }
    }

    #[test]
    fn every_file_that_the_page_names_is_served() {
        let named = PAGE
            .split("{{base}}/assets/")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap());
        for name in named {
            assert!(FILES.iter().any(|(known, ..)| *known == name), "{name}");
        }
    }

    #[test]
    fn every_import_of_a_script_and_picture_of_a_style_is_served() {
        for (name, kind, bytes) in FILES
            .iter()
            .filter(|(_, kind, _)| *kind == JS || *kind == CSS)
        {
            let text = std::str::from_utf8(bytes).unwrap();
            let marks: &[&str] = if *kind == JS {
                &["from \"./", "import \"./"]
            } else {
                &["url(\""]
            };
            for mark in marks {
                for rest in text.split(mark).skip(1) {
                    let wanted = rest.split('"').next().unwrap();
                    assert!(
                        FILES.iter().any(|(known, ..)| *known == wanted),
                        "{name} wants {wanted}"
                    );
                }
            }
        }
    }

    #[test]
    fn no_script_writes_markup() {
        for (name, _, bytes) in FILES.iter().filter(|(_, kind, _)| *kind == JS) {
            let text = std::str::from_utf8(bytes).unwrap();
            for banned in [
                "innerHTML",
                "outerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                "new Function",
            ] {
                assert!(!text.contains(banned), "{name} uses {banned}");
            }
        }
    }
}
