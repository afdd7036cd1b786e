//! One request over plain HTTP/1.1 to a server on this machine; as much of the protocol as that takes.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
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
    let exchange = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream
            .take(ANSWER_BYTES_MAX)
            .read_to_end(&mut answer)
            .await?;
        Ok::<_, std::io::Error>(answer)
    };
    let answer = timeout(WAIT_MAX, exchange)
        .await
        .context("no answer in time")??;
    parse(&String::from_utf8_lossy(&answer))
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
    use super::parse;

    #[test]
    fn a_status_and_a_body_are_read_and_noise_is_refused() {
        let answer = parse("HTTP/1.1 503 Service Unavailable\r\nX: y\r\n\r\n{}").unwrap();
        assert_eq!((answer.status, answer.body.as_str()), (503, "{}"));
        for noise in ["", "hello\r\n\r\n", "HTTP/1.1\r\n\r\n"] {
            assert!(parse(noise).is_err(), "{noise:?}");
        }
    }
}
