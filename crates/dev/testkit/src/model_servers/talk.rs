//! Turns put into bytes: whole or streamed, well or badly.

use std::{io, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{Response, StatusCode, header},
};
use futures_util::{Stream, StreamExt, stream};

use super::{
    Turn,
    format::{Ending, Shape},
};

const JSON: &str = "application/json";
const EVENTS: &str = "text/event-stream";

/// Answers so.
pub(super) async fn answer(shape: &Shape, turn: Turn) -> Response<Body> {
    let shape = *shape;
    match turn {
        Turn::Text(text) => well(shape, &text, Ending::Done, None),
        Turn::Length(text) => well(shape, &text, Ending::Length, None),
        Turn::Filtered => well(shape, "", Ending::Filtered, None),
        Turn::Counted {
            text,
            input,
            output,
        } => well(shape, &text, Ending::Done, Some((input, output))),
        Turn::Huge(bytes) => {
            let word = "x".repeat(999) + " ";
            well(
                shape,
                &word.repeat(bytes.div_ceil(word.len())),
                Ending::Done,
                None,
            )
        }
        Turn::Status { code, retry_after } => status(shape, code, retry_after),
        Turn::Raw { code, kind, body } => response(code, kind, Body::from(body)),
        Turn::Hang => std::future::pending().await,
        Turn::Redirect(to) => redirect(&to),
        Turn::Nonsense if shape.streamed => response(
            200,
            EVENTS,
            Body::from("data: <html>what?</html>\n\ndata: {{{\n\n"),
        ),
        Turn::Nonsense => response(
            200,
            JSON,
            Body::from("<html><body>Bad gateway</body></html>"),
        ),
        Turn::BrokenJson => broken(shape),
        Turn::HangAfter(text) => partly(shape, &text, stream::pending().boxed()),
        Turn::CutAfter(text) => {
            // What was written goes out before the connection is torn down, as it would from afar.
            let cut = stream::once(async {
                tokio::time::sleep(Duration::from_millis(30)).await;
                Err(io::Error::other("cut"))
            });
            partly(shape, &text, cut.boxed())
        }
        Turn::StopAfter(text) => partly(shape, &text, stream::empty().boxed()),
        Turn::ErrorAfter(text, code) => {
            let error = Ok(Bytes::from(shape.error_event(code)));
            partly(shape, &text, stream::once(async { error }).boxed())
        }
        Turn::Slow { text, gap } => slow(shape, &text, gap),
        Turn::Endless => {
            let words = stream::repeat_with(move || Ok(Bytes::from(shape.word("more "))));
            partly(shape, "", words.boxed())
        }
    }
}

fn response(code: u16, kind: &str, body: Body) -> Response<Body> {
    let status = StatusCode::from_u16(code).expect("the test names a status");
    let response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, kind);
    response.body(body).expect("the test's answer is one")
}

fn words(text: &str) -> Vec<String> {
    text.split_inclusive(' ').map(str::to_owned).collect()
}

fn counts(text: &str) -> (u64, u64) {
    (25, words(text).len() as u64)
}

fn well(shape: Shape, text: &str, ending: Ending, usage: Option<(u64, u64)>) -> Response<Body> {
    let usage = usage.unwrap_or_else(|| counts(text));
    if !shape.streamed {
        let body = shape.whole(text, ending, usage).to_string();
        return response(200, JSON, Body::from(body));
    }
    let begin = shape.begin(usage.0);
    let spoken = words(text).into_iter().map(move |word| shape.word(&word));
    let parts = [begin]
        .into_iter()
        .chain(spoken)
        .chain([shape.end(ending, usage)]);
    let parts: Vec<io::Result<Bytes>> = parts.map(|part| Ok(Bytes::from(part))).collect();
    response(200, EVENTS, Body::from_stream(stream::iter(parts)))
}

fn status(shape: Shape, code: u16, retry_after: Option<u32>) -> Response<Body> {
    let name = match code {
        401 => "authentication_error",
        429 => "rate_limit_error",
        529 => "overloaded_error",
        400..=499 => "invalid_request_error",
        _ => "api_error",
    };
    let mut response = response(code, JSON, Body::from(shape.error(name).to_string()));
    if let Some(seconds) = retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

fn redirect(to: &str) -> Response<Body> {
    let mut response = response(307, JSON, Body::empty());
    let to = to.parse().expect("the test names an address");
    response.headers_mut().insert(header::LOCATION, to);
    response
}

fn broken(shape: Shape) -> Response<Body> {
    if shape.streamed {
        let word = shape.word("half");
        let half: String = word.chars().take(word.len() / 2).collect();
        return response(200, EVENTS, Body::from(half + "\n\n"));
    }
    let whole = shape.whole("{}", Ending::Done, (1, 1)).to_string();
    let half: String = whole.chars().take(whole.len() / 2).collect();
    response(200, JSON, Body::from(half))
}

/// Words, and then whatever comes; not streamed, only what comes after half of the body.
fn partly(
    shape: Shape,
    text: &str,
    then: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
) -> Response<Body> {
    if !shape.streamed {
        let whole = shape.whole(text, Ending::Done, (1, 1)).to_string();
        let half: String = whole.chars().take(whole.len() / 2).collect();
        let half = stream::once(async { Ok(Bytes::from(half)) });
        return response(200, JSON, Body::from_stream(half.chain(then)));
    }
    let begin = [shape.begin(25)].into_iter();
    let parts = begin.chain(words(text).into_iter().map(move |word| shape.word(&word)));
    let parts: Vec<io::Result<Bytes>> = parts.map(|part| Ok(Bytes::from(part))).collect();
    response(
        200,
        EVENTS,
        Body::from_stream(stream::iter(parts).chain(then)),
    )
}

fn slow(shape: Shape, text: &str, gap: Duration) -> Response<Body> {
    let usage = counts(text);
    let parts: Vec<String> = if shape.streamed {
        let spoken = words(text).into_iter().map(|word| shape.word(&word));
        [shape.begin(usage.0)]
            .into_iter()
            .chain(spoken)
            .chain([shape.end(Ending::Done, usage)])
            .collect()
    } else {
        vec![shape.whole(text, Ending::Done, usage).to_string()]
    };
    let parts = stream::iter(parts).then(move |part| async move {
        tokio::time::sleep(gap).await;
        Ok::<_, io::Error>(Bytes::from(part))
    });
    let kind = if shape.streamed { EVENTS } else { JSON };
    response(200, kind, Body::from_stream(parts))
}
