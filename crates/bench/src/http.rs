//! One request over plain HTTP/1.1 to a server on this machine; as much of the protocol as that takes.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use kernel::Stopwatch;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

const ANSWER_BYTES_MAX: u64 = 16 << 20;
/// Discord answers no bot that does not say who it is.
const USER_AGENT: &str = "DiscordBot (guildhall-bench, 1)";
const WAIT_MAX: Duration = Duration::from_secs(10);

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Everything after the head, as it came.
    pub(crate) body: String,
}

/// A page as it came, and how long it took.
#[derive(Debug, Clone)]
pub(crate) struct Fetched {
    pub(crate) status: u16,
    /// The body without the frames of its transfer, still compressed where it was.
    pub(crate) body: Vec<u8>,
    /// From the first byte of the request until the last one of the answer.
    pub(crate) took: Duration,
}

/// Asks for a page at `HOST:PORT` as a browser with this cookie, which reads this encoding.
pub(crate) async fn fetch(
    address: &str,
    path: &str,
    cookie: &str,
    encoding: &str,
) -> Result<Fetched> {
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: {USER_AGENT}\r\nCookie: {cookie}\r\n\
         Accept-Encoding: {encoding}\r\nConnection: close\r\n\r\n"
    );
    let (answer, took) = exchange(address, &head).await?;
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    let (head, body) = answer.split_at(end.context("an answer without an end of its head")? + 4);
    let head = String::from_utf8_lossy(head);
    let is_chunked = head
        .to_ascii_lowercase()
        .contains("transfer-encoding: chunked");
    Ok(Fetched {
        status: parse(&head)?.status,
        body: if is_chunked {
            joined(body)?
        } else {
            body.to_vec()
        },
        took,
    })
}

/// What stands in the chunks of a body.
fn joined(mut body: &[u8]) -> Result<Vec<u8>> {
    let mut whole = Vec::with_capacity(body.len());
    loop {
        let line = body.windows(2).position(|bytes| bytes == b"\r\n");
        let (size, rest) = body.split_at(line.context("a chunk without a size")?);
        let size = usize::from_str_radix(std::str::from_utf8(size)?.trim(), 16)?;
        if size == 0 {
            return Ok(whole);
        }
        let chunk = rest.get(2..2 + size).context("a chunk that was cut")?;
        whole.extend_from_slice(chunk);
        body = rest.get(4 + size..).context("a chunk without an end")?;
    }
}

/// Asks for a path at `HOST:PORT`.
pub(crate) async fn get(address: &str, path: &str) -> Result<Answer> {
    let head = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    ask(address, &head).await
}

/// Puts JSON to a path at `HOST:PORT`, as the bot with this token.
pub(crate) async fn put(address: &str, path: &str, token: &str, body: &str) -> Result<Answer> {
    let length = body.len();
    let request = format!(
        "PUT {path} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: {USER_AGENT}\r\nAuthorization: Bot {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    ask(address, &request).await
}

/// Sends a request, and reads until the server hangs up.
async fn ask(address: &str, request: &str) -> Result<Answer> {
    let (answer, _) = exchange(address, request).await?;
    parse(&String::from_utf8_lossy(&answer))
}

/// The bytes of an answer, and how long they took once there was a connection.
async fn exchange(address: &str, request: &str) -> Result<(Vec<u8>, Duration)> {
    let exchange = async {
        let mut stream = TcpStream::connect(address).await?;
        let watch = Stopwatch::start();
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream
            .take(ANSWER_BYTES_MAX)
            .read_to_end(&mut answer)
            .await?;
        Ok::<_, std::io::Error>((answer, watch.elapsed()))
    };
    Ok(timeout(WAIT_MAX, exchange)
        .await
        .context("no answer in time")??)
}

fn parse(answer: &str) -> Result<Answer> {
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .context("an answer without an end of its head")?;
    ensure!(head.starts_with("HTTP/1."), "what came back is not HTTP");
    let status = head
        .split(' ')
        .nth(1)
        .context("an answer without a status")?;
    Ok(Answer {
        status: status.parse()?,
        body: body.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::{joined, parse};

    #[test]
    fn the_chunks_of_a_body_are_joined_and_a_cut_one_is_refused() {
        assert_eq!(
            joined(b"3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n").unwrap(),
            b"abc0123456789"
        );
        for noise in [&b""[..], b"3\r\nab", b"x\r\nabc\r\n", b"3\r\nabc\r\n"] {
            assert!(joined(noise).is_err(), "{noise:?}");
        }
    }

    #[test]
    fn a_status_and_a_body_are_read_and_noise_is_refused() {
        let answer = parse("HTTP/1.1 503 Service Unavailable\r\nX: y\r\n\r\n{}").unwrap();
        assert_eq!((answer.status, answer.body.as_str()), (503, "{}"));
        for noise in ["", "hello\r\n\r\n", "HTTP/1.1\r\n\r\n"] {
            assert!(parse(noise).is_err(), "{noise:?}");
        }
    }
}
