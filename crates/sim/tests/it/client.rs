//! A bare gateway client, and the scene that the tests play in.

use std::sync::Arc;
use std::time::Duration;

use flate2::{Decompress, FlushDecompress};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use sim::{
    Control, MakeApplication, MakeGuild, MakeUser, ManualClock, Sim, SimConfig, Snowflake, Time,
};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};

/// Guilds, members, messages, reactions, typing, direct messages and content.
pub(crate) const INTENTS: u64 = 1 | 1 << 1 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 15;
/// Nothing on a loopback socket takes this long.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Scene {
    pub(crate) sim: Sim,
    pub(crate) control: Control,
    pub(crate) guild: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) owner: Snowflake,
    pub(crate) member: Snowflake,
    pub(crate) bot: Snowflake,
    pub(crate) token: String,
}

pub(crate) fn by_hand() -> SimConfig {
    let clock = ManualClock::new(1_795_168_800_000_000);
    SimConfig {
        seed: Some(7),
        time: Time::Manual(Arc::new(clock)),
        ..SimConfig::default()
    }
}

pub(crate) async fn scene(config: SimConfig) -> Scene {
    let sim = Sim::start(config).await.unwrap();
    let control = sim.control();
    let named = |name: &str| MakeUser {
        username: name.to_owned(),
        ..MakeUser::default()
    };
    let (owner, member) = (
        control.user(named("olga")).unwrap(),
        control.user(named("alice")).unwrap(),
    );
    let guild = control
        .guild(MakeGuild {
            name: "g".to_owned(),
            owner,
            ..MakeGuild::default()
        })
        .unwrap();
    control.join(guild, member).unwrap();
    let made = control
        .application(MakeApplication {
            name: "bot".to_owned(),
            ..MakeApplication::default()
        })
        .unwrap();
    control.install(guild, made.id, 0).unwrap();
    let channel = control.general(guild).unwrap();
    Scene {
        sim,
        control,
        guild,
        channel,
        owner,
        member,
        bot: made.id,
        token: made.token,
    }
}

impl Scene {
    pub(crate) async fn connect(&self) -> Client {
        Client::connect(&format!("{}/?v=10&encoding=json", self.sim.gateway_url())).await
    }

    /// Connects, identifies, and reads READY and the guild.
    pub(crate) async fn enter(&self) -> (Client, Value) {
        let mut client = self.connect().await;
        client.hello().await;
        client.identify(&self.token, INTENTS).await;
        let ready = client.event("READY").await;
        client.event("GUILD_CREATE").await;
        (client, ready)
    }

    pub(crate) fn say(&self, content: &str) -> Snowflake {
        let say = sim::Say {
            channel: self.channel,
            user: self.member,
            content: content.to_owned(),
            ..sim::Say::default()
        };
        self.control.say(say).unwrap()
    }
}

pub(crate) enum Unpack {
    Plain,
    Zlib(Decompress),
    Zstd(Decoder<'static>),
}

/// What a client got.
#[derive(Debug)]
pub(crate) enum Got {
    Payload(Value),
    Closed(Option<u16>),
    Raw(usize),
}

pub(crate) struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    unpack: Unpack,
    pub(crate) seq: u64,
}

impl Client {
    pub(crate) async fn connect(url: &str) -> Self {
        let (socket, _) = connect_async(url).await.unwrap();
        let unpack = match url {
            _ if url.contains("zlib-stream") => Unpack::Zlib(Decompress::new(true)),
            _ if url.contains("zstd-stream") => Unpack::Zstd(Decoder::new().unwrap()),
            _ => Unpack::Plain,
        };
        Self {
            socket,
            unpack,
            seq: 0,
        }
    }

    pub(crate) async fn send(&mut self, payload: &Value) {
        self.send_text(payload.to_string()).await;
    }

    pub(crate) async fn send_text(&mut self, text: String) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    pub(crate) async fn hello(&mut self) -> u64 {
        let hello = self.payload().await;
        assert_eq!(hello["op"], 10);
        hello["d"]["heartbeat_interval"].as_u64().unwrap()
    }

    pub(crate) async fn identify(&mut self, token: &str, intents: u64) {
        self.send(&identify(token, intents, &json!({}))).await;
    }

    pub(crate) async fn resume(&mut self, token: &str, session: &Value, seq: u64) {
        self.send(&json!({"op": 6, "d": {"token": token, "session_id": session, "seq": seq}}))
            .await;
    }

    /// The next thing that comes, whatever it is.
    pub(crate) async fn next(&mut self) -> Got {
        let message = tokio::time::timeout(PATIENCE, self.socket.next())
            .await
            .expect("something comes");
        let text = match message {
            None | Some(Err(_)) => return Got::Closed(None),
            Some(Ok(Message::Close(frame))) => {
                return Got::Closed(frame.map(|frame| frame.code.into()));
            }
            Some(Ok(Message::Text(text))) => text.as_bytes().to_vec(),
            Some(Ok(Message::Binary(bytes))) => match self.decompress(&bytes) {
                Some(text) => text,
                None => return Got::Raw(bytes.len()),
            },
            Some(Ok(other)) => panic!("{other:?} was not expected"),
        };
        let payload: Value = serde_json::from_slice(&text).unwrap();
        if let Some(seq) = payload["s"].as_u64() {
            self.seq = seq;
        }
        Got::Payload(payload)
    }

    fn decompress(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut text = vec![0; 1 << 20];
        match &mut self.unpack {
            Unpack::Plain => {
                let (mut whole, mut text) = (flate2::read::ZlibDecoder::new(bytes), Vec::new());
                std::io::Read::read_to_end(&mut whole, &mut text)
                    .ok()
                    .map(|_| text)
            }
            Unpack::Zlib(stream) => {
                assert!(bytes.ends_with(&[0, 0, 0xFF, 0xFF]));
                let before = stream.total_out();
                stream
                    .decompress(bytes, &mut text, FlushDecompress::Sync)
                    .unwrap();
                text.truncate(usize::try_from(stream.total_out() - before).unwrap());
                Some(text)
            }
            Unpack::Zstd(stream) => {
                let mut input = InBuffer::around(bytes);
                let mut output = OutBuffer::around(text.as_mut_slice());
                while input.pos() < bytes.len() {
                    stream.run(&mut input, &mut output).unwrap();
                }
                Some(output.as_slice().to_vec())
            }
        }
    }

    pub(crate) async fn payload(&mut self) -> Value {
        match self.next().await {
            Got::Payload(payload) => payload,
            other => panic!("a payload was expected, not {other:?}"),
        }
    }

    /// The `d` of the next event, which has this name.
    pub(crate) async fn event(&mut self, name: &str) -> Value {
        let mut payload = self.payload().await;
        assert_eq!(payload["t"], name, "{payload}");
        payload["d"].take()
    }

    /// Reads on until the connection is closed.
    pub(crate) async fn closed(&mut self) -> Option<u16> {
        loop {
            if let Got::Closed(code) = self.next().await {
                return code;
            }
        }
    }

    pub(crate) async fn close(mut self, code: u16) {
        let frame = tokio_tungstenite::tungstenite::protocol::CloseFrame {
            code: code.into(),
            reason: "".into(),
        };
        self.socket.close(Some(frame)).await.unwrap();
        self.closed().await;
    }
}

pub(crate) fn identify(token: &str, intents: u64, extra: &Value) -> Value {
    let mut d = json!({"token": token, "intents": intents, "properties": {"os": "linux", "browser": "t", "device": "t"}});
    for (name, value) in extra.as_object().unwrap() {
        d[name] = value.clone();
    }
    json!({"op": 2, "d": d})
}
