//! The provider asked without anything between: when the first word is there.

use anyhow::{Context, Result, ensure};
use hdrhistogram::Histogram;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::Instant,
};

use super::{
    MODEL,
    provider::{FIRST, Provider, question},
};
use crate::{
    Pace,
    load::{histogram, nanos},
};

/// Questions of other loads have other numbers.
const FIRST_NUMBER: u64 = 1_000_000;

/// So many ask at the same time, spread over a second, a few times over.
pub(super) async fn measure(
    provider: &Provider,
    askers: u32,
    pace: Pace,
) -> Result<Histogram<u64>> {
    let address = provider.base_url();
    let address = address
        .strip_prefix("http://")
        .and_then(|rest| rest.strip_suffix("/v1"))
        .context("the provider's address")?;
    let mut times = histogram()?;
    for round in 0..u64::from(pace.of(5, 1)) {
        let mut asking = JoinSet::new();
        for asker in 0..askers {
            let number = FIRST_NUMBER + round * u64::from(askers) + u64::from(asker);
            let address = address.to_owned();
            asking.spawn(async move {
                let wait = std::time::Duration::from_secs(1) * asker / askers;
                tokio::time::sleep(wait).await;
                first_word(&address, &question(number))
                    .await
                    .map(|at| (number, at))
            });
        }
        while let Some(asked) = asking.join_next().await {
            let (number, at) = asked.context("an asker panicked")??;
            let asked_at = provider.asked_at(&question(number));
            let asked_at = asked_at.context("the provider was not asked")?;
            times.saturating_record(nanos(at.duration_since(asked_at)));
        }
    }
    Ok(times)
}

/// When the first word of an answer is there.
async fn first_word(address: &str, question: &str) -> Result<Instant> {
    let body = json!({"model": MODEL, "stream": true,
        "messages": [{"role": "user", "content": question}]})
    .to_string();
    let length = body.len();
    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(head.as_bytes()).await?;
    let (mut seen, mut chunk) = (Vec::new(), [0; 4_096]);
    loop {
        let read = stream.read(&mut chunk).await?;
        ensure!(read > 0, "the provider hung up");
        seen.extend_from_slice(&chunk[..read]);
        if String::from_utf8_lossy(&seen).contains(FIRST) {
            return Ok(Instant::now());
        }
    }
}
