//! The simulated network as tonic takes it: channels that connect over it, and the connections of a listener.

use std::cell::Cell;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{Stream, stream};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tonic::codegen::Service;
use tonic::codegen::http::Uri;
use tonic::transport::server::Connected;
use tonic::transport::{Channel, Endpoint};
use turmoil::net::{TcpListener, TcpStream};

/// Where the platform listens.
pub const PORT: u16 = 7600;

/// A channel over the simulated network, in everything else as the clients want it.
pub fn open(endpoint: &Endpoint) -> Channel {
    endpoint.connect_with_connector_lazy(Dial)
}

/// The same without pings: planted, to see that they are missed.
pub fn open_without_keepalive(endpoint: &Endpoint) -> Channel {
    let never = Duration::from_secs(1 << 20);
    endpoint.clone().http2_keep_alive_interval(never).connect_with_connector_lazy(Dial)
}

/// Connects to the host that an endpoint names.
#[derive(Clone)]
struct Dial;

impl Service<Uri> for Dial {
    type Response = TokioIo<Dialled>;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Self::Response>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let host = uri.host().unwrap().to_owned();
        Box::pin(async move { Ok(TokioIo::new(Dialled::new(TcpStream::connect((host, PORT)).await?))) })
    }
}

thread_local! {
    /// How often connections were forgotten; a simulation has a thread of its own.
    static FORGOTTEN: Cell<u64> = const { Cell::new(0) };
}

/// Whatever stands between the hosts forgets the connections there are: no byte of them arrives any more, and nobody
/// is told. New ones are not hindered.
pub fn forget_connections() {
    FORGOTTEN.set(FORGOTTEN.get() + 1);
}

/// A connection that was made here.
pub struct Dialled {
    stream: TcpStream,
    /// What [`FORGOTTEN`] was then.
    made: u64,
}

impl Dialled {
    fn new(stream: TcpStream) -> Self {
        Self { stream, made: FORGOTTEN.get() }
    }

    fn is_forgotten(&self) -> bool {
        self.made != FORGOTTEN.get()
    }
}

impl AsyncRead for Dialled {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.is_forgotten() {
            true => Poll::Pending,
            false => Pin::new(&mut self.stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Dialled {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.is_forgotten() {
            true => Poll::Ready(Ok(buffer.len())),
            false => Pin::new(&mut self.stream).poll_write(context, buffer),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.is_forgotten() {
            true => Poll::Ready(Ok(())),
            false => Pin::new(&mut self.stream).poll_shutdown(context),
        }
    }
}

/// A connection that tonic serves.
pub struct Served(TcpStream);

impl Connected for Served {
    type ConnectInfo = SocketAddr;

    fn connect_info(&self) -> SocketAddr {
        self.0.peer_addr().unwrap()
    }
}

impl AsyncRead for Served {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Served {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

/// The connections that come in.
pub fn connections(listener: TcpListener) -> impl Stream<Item = io::Result<Served>> {
    stream::unfold(listener, |listener| async {
        let (connection, _) = listener.accept().await.ok()?;
        Some((Ok(Served(connection)), listener))
    })
}
