//! A gateway that says hello, is content with any IDENTIFY, and then sends a prepared stream as fast as it is taken.
//!
//! Everything is packed before anybody connects, so that the reader is what is measured. Beside it stands as much of
//! REST as a bot asks for on its way to the gateway.

use std::{net::SocketAddr, sync::Arc};

use anyhow::{Context, Result};
use futures_util::StreamExt;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_tungstenite::tungstenite::Message;
use zstd::stream::raw::{Encoder, InBuffer, Operation, OutBuffer};

use super::talk::Overheard;

/// The id of the last message.
pub(super) const LAST_MESSAGE: u64 = 1;
/// Nobody is to send a heartbeat that would not be answered.
const HEARTBEAT_MS: u32 = 3_600_000;
const LEVEL: i32 = 3;
const REQUEST_BYTES_MAX: usize = 1 << 20;
const BOT: &str = "900000000000000001";

/// Where it listens.
#[derive(Debug, Clone)]
pub(super) struct Addresses {
    pub(super) gateway: String,
    pub(super) api: String,
}

/// The gateway; it ends with this value.
#[derive(Debug)]
pub(super) struct Flood {
    addresses: Addresses,
    _tasks: JoinSet<()>,
}

/// What every connection is sent.
#[derive(Debug)]
struct Script {
    hello: Vec<u8>,
    rest: Vec<u8>,
}

impl Flood {
    /// Packs so many events out of those that were overheard, and listens.
    pub(super) async fn open(heard: Vec<Overheard>, count: u32) -> Result<Self> {
        let (sockets, requests) = (listen().await?, listen().await?);
        let addresses = Addresses {
            gateway: format!("ws://{}", sockets.local_addr()?),
            api: format!("http://{}/api", requests.local_addr()?),
        };
        let gateway = addresses.gateway.clone();
        let script =
            crate::servers::blocking(move || Script::pack(&heard, count, &gateway)).await?;
        let mut tasks = JoinSet::new();
        tasks.spawn(serve_sockets(sockets, Arc::new(script)));
        tasks.spawn(serve_requests(requests, addresses.gateway.clone()));
        Ok(Self {
            addresses,
            _tasks: tasks,
        })
    }

    pub(super) fn addresses(&self) -> Addresses {
        self.addresses.clone()
    }
}

async fn listen() -> Result<TcpListener> {
    Ok(TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?)
}

impl Script {
    fn pack(heard: &[Overheard], count: u32, gateway: &str) -> Result<Self> {
        let mut packer = Packer {
            encoder: Encoder::new(LEVEL)?,
            packed: Vec::new(),
            room: vec![0; 1 << 20],
        };
        packer.add(
            &json!({"op": 10, "s": null, "t": null, "d": {"heartbeat_interval": HEARTBEAT_MS}})
                .to_string(),
        )?;
        let hello = std::mem::take(&mut packer.packed);
        packer.add(&json!({"op": 0, "s": 1, "t": "READY", "d": ready(gateway)}).to_string())?;
        for (number, event) in (2_u32..)
            .zip(heard.iter().cycle())
            .take(usize::try_from(count)? - 1)
        {
            packer.add(&dispatch(number, event.name, &event.body))?;
        }
        let last = heard
            .iter()
            .rfind(|event| event.name == "MESSAGE_CREATE")
            .context("nobody said anything")?;
        let mut body: serde_json::Value = serde_json::from_str(&last.body)?;
        body["id"] = json!(LAST_MESSAGE.to_string());
        packer.add(&dispatch(count + 1, last.name, &body.to_string()))?;
        Ok(Self {
            hello,
            rest: packer.packed,
        })
    }
}

fn dispatch(sequence: u32, name: &str, body: &str) -> String {
    format!(r#"{{"t":"{name}","s":{sequence},"op":0,"d":{body}}}"#)
}

fn ready(gateway: &str) -> serde_json::Value {
    json!({
        "v": 10,
        "user": {"id": BOT, "username": "Reader", "discriminator": "0", "avatar": null, "bot": true, "mfa_enabled": false,
            "email": null, "verified": true, "flags": 0},
        "guilds": [],
        "session_id": "flood",
        "resume_gateway_url": gateway,
        "shard": [0, 1],
        "application": {"id": BOT, "flags": 0},
    })
}

/// The compressed stream of one connection, cut into frames.
struct Packer {
    encoder: Encoder<'static>,
    packed: Vec<u8>,
    room: Vec<u8>,
}

impl Packer {
    fn add(&mut self, text: &str) -> Result<()> {
        let mut input = InBuffer::around(text.as_bytes());
        let mut output = OutBuffer::around(self.room.as_mut_slice());
        while input.pos() < text.len() {
            self.encoder.run(&mut input, &mut output)?;
        }
        let left = self.encoder.flush(&mut output)?;
        anyhow::ensure!(left == 0, "an event is longer than the room to pack it in");
        let length = output.pos();
        frame(&mut self.packed, &self.room[..length]);
        Ok(())
    }
}

/// A whole binary frame, unmasked as a server sends it.
fn frame(out: &mut Vec<u8>, payload: &[u8]) {
    out.push(0x82);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(short), _) if short < 126 => out.push(short),
        (_, Ok(middle)) => {
            out.push(126);
            out.extend_from_slice(&middle.to_be_bytes());
        }
        _ => {
            out.push(127);
            out.extend_from_slice(&(payload.len() as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(payload);
}

async fn serve_sockets(listener: TcpListener, script: Arc<Script>) {
    let mut open = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let script = Arc::clone(&script);
        // A reader that goes away shows at its own end.
        open.spawn(async move { drop(send(stream, &script).await) });
    }
}

async fn send(stream: TcpStream, script: &Script) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut socket = tokio_tungstenite::accept_async(stream).await?;
    socket.get_mut().write_all(&script.hello).await?;
    while let Some(message) = socket.next().await {
        if let Message::Text(text) = message? {
            let payload: serde_json::Value = serde_json::from_str(&text)?;
            if payload["op"] == 2 {
                break;
            }
        }
    }
    socket.get_mut().write_all(&script.rest).await?;
    while socket.next().await.is_some_and(|message| message.is_ok()) {}
    Ok(())
}

async fn serve_requests(listener: TcpListener, gateway: String) {
    let mut open = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let gateway = gateway.clone();
        // A caller that goes away shows at its own end.
        open.spawn(async move { drop(reply(stream, &gateway).await) });
    }
}

/// One request, one answer: which application it is, where the gateway is, and that everything else is fine.
async fn reply(mut stream: TcpStream, gateway: &str) -> Result<()> {
    let mut request = Vec::new();
    while !is_whole(&request) && request.len() < REQUEST_BYTES_MAX {
        if stream.read_buf(&mut request).await? == 0 {
            break;
        }
    }
    let head = String::from_utf8_lossy(&request);
    let path = head.split(' ').nth(1).unwrap_or_default();
    let body = if path.ends_with("/gateway/bot") {
        let limit =
            json!({"total": 1_000, "remaining": 1_000, "reset_after": 0, "max_concurrency": 1});
        json!({"url": gateway, "shards": 1, "session_start_limit": limit})
    } else if path.ends_with("/@me") {
        json!({"id": BOT, "name": "Reader", "flags": 1 << 14 | 1 << 18})
    } else {
        json!([])
    };
    let body = body.to_string();
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    Ok(())
}

/// Whether the head and the body that it announces are there.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let announced = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())
            .flatten()
    });
    body.len() >= announced.unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{frame, is_whole};

    #[test]
    fn frames_say_how_long_they_are() {
        let head = |length: usize| {
            let mut out = Vec::new();
            frame(&mut out, &vec![7; length]);
            out[..out.len() - length].to_vec()
        };
        assert_eq!(head(5), [0x82, 5]);
        assert_eq!(head(126), [0x82, 126, 0, 126]);
        assert_eq!(head(70_000), [0x82, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70]);
    }

    #[test]
    fn a_request_is_whole_with_its_body() {
        assert!(is_whole(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
        assert!(!is_whole(b"PUT / HTTP/1.1\r\ncontent-length: 2\r\n\r\n["));
        assert!(is_whole(b"PUT / HTTP/1.1\r\ncontent-length: 2\r\n\r\n[]"));
    }
}
