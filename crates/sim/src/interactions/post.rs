//! One POST over plain HTTP/1.1: how an application's own server is asked. Just enough of HTTP for that, bounded in time and size.
//! TLS is not here: the simulator and what it asks stand on the same machine.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longer answers are cut off.
const ANSWER_BYTES_MAX: u64 = 1024 * 1024;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum PostError {
    #[error("`{0}` is no address that can be asked: only http:// is spoken here")]
    Address(String),
    #[error("no connection, or it broke: {0}")]
    Connection(#[from] std::io::Error),
    #[error("no answer within {} ms", .0.as_millis())]
    TooLate(Duration),
    #[error("what came back is not HTTP")]
    NotHttp,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Posted {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// Sends a JSON body with extra headers, and reads the answer.
pub(super) async fn post(
    url: &str,
    headers: &[(&str, String)],
    body: &str,
    within: Duration,
) -> Result<Posted, PostError> {
    let (host, path) = split(url)?;
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Discord-Interactions/1.0 (+https://discord.com)\r\nContent-Type: application/json\r\nAccept: */*\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("\r\n");
    request.push_str(body);
    let address = if host.contains(':') {
        host.to_owned()
    } else {
        format!("{host}:80")
    };
    let exchange = async {
        let mut stream = TcpStream::connect(&address).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream
            .take(ANSWER_BYTES_MAX)
            .read_to_end(&mut answer)
            .await?;
        Ok::<_, std::io::Error>(answer)
    };
    let answer = tokio::time::timeout(within, exchange)
        .await
        .map_err(|_| PostError::TooLate(within))??;
    parse(&answer).ok_or(PostError::NotHttp)
}

/// Host (with its port) and path.
fn split(url: &str) -> Result<(&str, String), PostError> {
    let refuse = || PostError::Address(url.to_owned());
    let rest = url.strip_prefix("http://").ok_or_else(refuse)?;
    let (host, path) = rest
        .split_once('/')
        .map_or((rest, String::from("/")), |(host, path)| {
            (host, format!("/{path}"))
        });
    let clean = |text: &str| !text.chars().any(|c| c.is_control() || c.is_whitespace());
    if host.is_empty() || !clean(host) || !clean(&path) {
        Err(refuse())
    } else {
        Ok((host, path))
    }
}

fn parse(answer: &[u8]) -> Option<Posted> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines
        .next()?
        .strip_prefix("HTTP/1.")?
        .split(' ')
        .nth(1)?
        .parse()
        .ok()?;
    let chunked = lines.any(|line| {
        let line = line.to_ascii_lowercase();
        line.starts_with("transfer-encoding:") && line.contains("chunked")
    });
    let body = &answer[end + 4..];
    let body = if chunked {
        unchunked(body)?
    } else {
        body.to_vec()
    };
    Some(Posted { status, body })
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line_end = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = std::str::from_utf8(&rest[..line_end])
            .ok()?
            .split(';')
            .next()?
            .trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        rest = &rest[line_end + 2..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::{Posted, parse, split};

    #[test]
    fn whole_and_chunked_answers_are_read() {
        let whole = parse(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").unwrap();
        assert_eq!(
            whole,
            Posted {
                status: 200,
                body: b"{}".to_vec()
            }
        );
        let chunked = parse(b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{\"\r\n3;x=y\r\na\"}\r\n0\r\n\r\n").unwrap();
        assert_eq!(
            chunked,
            Posted {
                status: 202,
                body: b"{\"a\"}".to_vec()
            }
        );
    }

    #[test]
    fn garbage_is_no_answer() {
        for garbage in [
            &b""[..],
            b"hello",
            b"HTTP/1.1 abc\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        ] {
            assert_eq!(parse(garbage), None);
        }
    }

    #[test]
    fn only_plain_addresses_are_asked() {
        assert_eq!(
            split("http://127.0.0.1:80/a/b?c").unwrap(),
            ("127.0.0.1:80", "/a/b?c".to_owned())
        );
        assert_eq!(split("http://host").unwrap(), ("host", "/".to_owned()));
        for bad in [
            "https://host/",
            "host/path",
            "http:///path",
            "http://host/a b",
            "http://host/a\r\nX: y",
        ] {
            assert!(split(bad).is_err(), "{bad}");
        }
    }
}
