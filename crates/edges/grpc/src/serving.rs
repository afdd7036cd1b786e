//! Serves on a listener, with a bound on connections, on what each of them may cost, and on how long it lasts.
//!
//! A connection that has lasted is told to go (GOAWAY), so that nobody holds a place by answering pings alone. Whoever calls
//! on connects again without noticing, and what is under way ends in peace; an endless answer, such as the health that is
//! watched, is cut off a while later.
//!
//! At the end no new connection is taken, and calls under way may finish; how long, whoever stops it says.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use app::Door;
use futures_util::{Stream, stream};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Sleep, sleep},
};
use tokio_util::sync::CancellationToken;
use tonic::{
    service::Routes,
    transport::{
        Server,
        server::{Connected, TcpConnectInfo},
    },
};
use tonic_health::{ServingStatus, server::HealthReporter};
use tonic_reflection::server::Builder;

use crate::{calls, entrance::Entrance, gate, generated::descriptors::DESCRIPTORS};

/// How many connections are open at most; further ones wait.
const CONNECTIONS_MAX: usize = 1_024;

/// How many calls go on at once in a connection.
const STREAMS_MAX: u32 = 128;

/// The most bytes of a call's metadata.
const HEAD_MAX: u32 = 16 * 1024;

/// How long a new connection may say nothing.
const FIRST_WORD: Duration = Duration::from_secs(15);

/// How long connections last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Life {
    /// After this they are told to go.
    pub(crate) age: Duration,
    /// What goes on for so much longer is cut off. No call may take as long, unless its answer has no end.
    pub(crate) grace: Duration,
}

const LIFE: Life = Life {
    age: Duration::from_secs(10 * 60),
    grace: Duration::from_secs(60),
};

/// How long a connection may be silent before it is asked whether it is there, and may then take to say so.
const SILENCE: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(20));

/// The pause after the system could not give a connection, for want of files.
const PAUSE: Duration = Duration::from_millis(50);

/// The gRPC edge; until it is opened it answers that the server is starting.
#[derive(Debug, Clone)]
pub struct Grpc {
    entrance: Entrance,
    health: HealthReporter,
}

impl Grpc {
    /// The edge with nothing behind it yet.
    pub async fn closed() -> Self {
        let grpc = Self {
            entrance: Entrance::default(),
            health: HealthReporter::new(),
        };
        grpc.say(ServingStatus::NotServing).await;
        grpc
    }

    /// Lets calls through to this door from now on, and says in the health that it serves.
    pub async fn open(&self, door: Door) {
        self.entrance.open(door);
        self.say(ServingStatus::Serving).await;
    }

    /// Serves until `stop`, and then until the calls under way have ended.
    pub async fn serve(self, listener: TcpListener, stop: CancellationToken) {
        self.serve_within(listener, stop, LIFE).await;
    }

    pub(crate) async fn serve_within(
        self,
        listener: TcpListener,
        stop: CancellationToken,
        life: Life,
    ) {
        let ending = {
            let (grpc, stop) = (self.clone(), stop.clone());
            async move {
                stop.cancelled().await;
                grpc.farewell().await;
            }
        };
        let routes = self.routes();
        let served = Server::builder()
            .max_concurrent_streams(STREAMS_MAX)
            .http2_max_header_list_size(HEAD_MAX)
            .http2_keepalive_interval(Some(SILENCE.0))
            .http2_keepalive_timeout(Some(SILENCE.1))
            // Its own grace would cut off without a word before, so the connection holds that itself.
            .max_connection_age(life.age)
            .layer(gate::before(self.entrance.clone()))
            .add_routes(routes)
            .serve_with_incoming_shutdown(connections(listener, life), ending)
            .await;
        if let Err(error) = served {
            tracing::error!(%error, "gRPC ended early");
        }
    }

    fn routes(&self) -> Routes {
        let health = tonic_health::server::HealthService::from_health_reporter(self.health.clone());
        let health = tonic_health::pb::health_server::HealthServer::new(health)
            .max_decoding_message_size(calls::REQUEST_MAX);
        let describe = || {
            Builder::configure()
                .register_encoded_file_descriptor_set(DESCRIPTORS)
                .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        };
        let whole = "a test holds that the descriptors are what was made from the files";
        let (now, before) = (
            describe().build_v1().expect(whole),
            describe().build_v1alpha().expect(whole),
        );
        calls::routes(&self.entrance)
            .add_service(health)
            .add_service(now.max_decoding_message_size(calls::REQUEST_MAX))
            .add_service(before.max_decoding_message_size(calls::REQUEST_MAX))
    }

    /// Tells whoever watches the health of the end before it comes, and holds nobody up by watching on.
    async fn farewell(mut self) {
        self.say(ServingStatus::NotServing).await;
        for name in calls::NAMES.into_iter().chain([""]) {
            self.health.clear_service_status(name).await;
        }
    }

    async fn say(&self, status: ServingStatus) {
        for name in calls::NAMES.into_iter().chain([""]) {
            self.health.set_service_status(name, status).await;
        }
    }
}

/// New connections, each with its place among those that may be open.
fn connections(listener: TcpListener, life: Life) -> impl Stream<Item = Result<Held, io::Error>> {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    stream::unfold((listener, places), move |(listener, places)| async move {
        let place = Arc::clone(&places).acquire_owned().await.ok()?;
        let stream = loop {
            match listener.accept().await {
                Ok((stream, _)) => break stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    sleep(PAUSE).await;
                }
            }
        };
        // Answers are small and wanted at once.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection takes no options; it has probably gone");
        }
        Some((Ok(Held::new(stream, place, life)), (listener, places)))
    })
}

/// A connection that gives its place back when it ends, and ends where nothing is ever said, or after its life.
struct Held {
    stream: TcpStream,
    silent: Option<Pin<Box<Sleep>>>,
    over: Pin<Box<Sleep>>,
    _place: OwnedSemaphorePermit,
}

impl Held {
    fn new(stream: TcpStream, place: OwnedSemaphorePermit, life: Life) -> Self {
        Self {
            stream,
            silent: Some(Box::pin(sleep(FIRST_WORD))),
            over: Box::pin(sleep(life.age + life.grace)),
            _place: place,
        }
    }
}

impl Connected for Held {
    type ConnectInfo = TcpConnectInfo;

    fn connect_info(&self) -> TcpConnectInfo {
        self.stream.connect_info()
    }
}

impl AsyncRead for Held {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.over.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let read = Pin::new(&mut self.stream).poll_read(context, into);
        if read.is_ready() {
            self.silent = None;
        } else if let Some(silent) = &mut self.silent
            && silent.as_mut().poll(context).is_ready()
        {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        read
    }
}

impl AsyncWrite for Held {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        from: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, from)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        from: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, from)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
