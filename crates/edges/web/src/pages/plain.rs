//! The frame of pages that stand for themselves: a title, a few sentences, a way on.

use axum::{
    http::header,
    response::{Html, IntoResponse, Response},
};
use maud::{DOCTYPE, Markup, html};

use crate::Site;

const STYLE: &str = concat!(
    include_str!("../../../../../assets/tokens.css"),
    include_str!("../../assets/door.css")
);

/// A whole page.
pub(crate) fn page(site: &Site, title: &str, main: &Markup) -> Html<String> {
    let markup = html! {
        (DOCTYPE)
        html lang="en" dir="ltr" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Guildhall" }
                link rel="stylesheet" href=(site.link("/door.css"));
            }
            body {
                main {
                    h1 { (title) }
                    (main)
                }
                footer {
                    a href=(site.link("/terms")) { "Terms" }
                    a href=(site.link("/privacy")) { "Privacy" }
                }
            }
        }
    };
    Html(markup.into_string())
}

/// `GET /door.css`
pub(crate) async fn style() -> Response {
    let kept = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=300"),
    ];
    (kept, STYLE).into_response()
}
