//! The dashboard of a server that holds something, page by page over a socket, as `guildhall bench page` visits it.

use std::path::Path;

use bench::page::{Size, Visit, visit};
use testkit::servers::PrivatePostgres;

async fn every_page_is_visited(database: Option<String>) {
    let asked = Visit {
        program: Path::new(env!("CARGO_BIN_EXE_guildhall")).to_owned(),
        database,
        size: Size::SMALL,
        times: 2,
        seed: 4,
    };
    let seen = visit(asked, &mut |line: &str| println!("{line}"))
        .await
        .unwrap();
    assert_eq!(seen.wrong, Vec::<String>::new());
    assert!(seen.pages.len() >= 35, "{seen:#?}");
    for page in &seen.pages {
        assert!(page.statements > 0, "{page:?}");
        // Compressed on its way, and light enough for a first look. A page of a few lines has little to give.
        let is_short = page.raw < 4_000;
        assert!(is_short || page.compressed < page.raw / 2, "{page:?}");
        assert!(page.compressed < 150_000, "{page:?}");
    }
    assert!(seen.first_visit < 150_000, "{} bytes", seen.first_visit);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_visited_on_the_embedded_database() {
    every_page_is_visited(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_visited_on_postgresql() {
    let server = PrivatePostgres::shared().unwrap();
    let database = server.fresh_database().await.unwrap();
    every_page_is_visited(Some(database.clone())).await;
    server.drop_database(&database).unwrap();
}
