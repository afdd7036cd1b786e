//! The page's own files: their policy, and that browsers keep them; and the tests of its scripts.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use tower::ServiceExt;

use super::stage;

#[tokio::test]
async fn the_page_comes_with_a_policy_and_its_files_are_not_sent_twice() {
    let stage = stage().await;
    for path in ["/chat", "/chat/"] {
        let response = stage
            .page
            .clone()
            .oneshot(Request::get(path).body(Body::empty()).unwrap())
            .await
            .unwrap();
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        let page = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        assert!(
            std::str::from_utf8(&page)
                .unwrap()
                .contains("/chat/assets/main.js")
        );
    }
    let file = |mark: Option<&str>| {
        let mut request = Request::get("/chat/assets/main.js");
        if let Some(mark) = mark {
            request = request.header(header::IF_NONE_MATCH, mark);
        }
        stage
            .page
            .clone()
            .oneshot(request.body(Body::empty()).unwrap())
    };
    let first = file(None).await.unwrap();
    let mark = first.headers()[header::ETAG].to_str().unwrap().to_owned();
    assert_eq!(
        file(Some(&mark)).await.unwrap().status(),
        StatusCode::NOT_MODIFIED
    );
    let missing = stage
        .page
        .clone()
        .oneshot(
            Request::get("/chat/assets/..%2Fpage.rs")
                .body(Body::empty())
                .unwrap(),
        )
        .await
        .unwrap();
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    let _ = stage.guild;
}

/// The scripts' own tests need Node; without it this says so and leaves them to a machine that has it.
#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "Cargo says there where a test's crate lies"
)]
async fn the_scripts_pass_their_own_tests() {
    // Asked for when the test runs: checkouts that share a build folder share this program.
    let own = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    let folder = format!("{own}/tests/page");
    let files = ["markdown", "options", "look"].map(|name| format!("{folder}/{name}.test.mjs"));
    let run = std::process::Command::new("node")
        .arg("--test")
        .args(files)
        .output();
    match run {
        Ok(output) => assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        ),
        Err(missing) => eprintln!("skipped: the scripts' tests need node ({missing})"),
    }
}
