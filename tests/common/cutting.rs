//! A proxy that cuts connections in the middle of a transfer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

/// What is cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// The proxy. After each cut no further connection is passed on until [`Cutting::go_on`].
pub struct Cutting {
    pub address: SocketAddr,
    /// Bytes of all connections that went the way that is cut.
    moved: Arc<AtomicU64>,
    cuts: mpsc::UnboundedReceiver<()>,
    open: watch::Sender<bool>,
}

impl Cutting {
    /// Cuts the first `times` connections that move `after` bytes this way.
    pub async fn start(to: SocketAddr, way: Way, after: u64, times: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (moved, left) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(times)));
        let (cut, cuts) = mpsc::unbounded_channel();
        let open = watch::Sender::new(true);
        let (counted, gate) = (moved.clone(), open.clone());
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let (counted, left, gate, cut) = (counted.clone(), left.clone(), gate.clone(), cut.clone());
                tokio::spawn(async move {
                    let _ = gate.subscribe().wait_for(|open| *open).await;
                    let Ok(server) = TcpStream::connect(to).await else { return };
                    let ((client_in, client_out), (server_in, server_out)) =
                        (client.into_split(), server.into_split());
                    let line = Line { counted, left, after };
                    let other = Line { counted: Arc::default(), left: Arc::default(), after };
                    let (up, down) = match way {
                        Way::Up => (line, other),
                        Way::Down => (other, line),
                    };
                    // Whichever ends first takes the other with it, and both connections.
                    let was_cut = tokio::select! {
                        cut = up.carry(client_in, server_out) => cut,
                        cut = down.carry(server_in, client_out) => cut,
                    };
                    if was_cut {
                        gate.send_replace(false);
                        let _ = cut.send(());
                    }
                });
            }
        });
        Self { address, moved, cuts, open }
    }

    /// Waits for the next cut.
    pub async fn cut(&mut self) {
        self.cuts.recv().await.unwrap();
    }

    /// Lets connections through again.
    pub fn go_on(&self) {
        self.open.send_replace(true);
    }

    pub fn moved(&self) -> u64 {
        self.moved.load(Ordering::SeqCst)
    }
}

/// One direction of a connection.
struct Line {
    counted: Arc<AtomicU64>,
    /// Cuts that are left.
    left: Arc<AtomicU64>,
    after: u64,
}

impl Line {
    /// Passes bytes on until one side ends or it is cut; `true` when it was cut.
    async fn carry(self, mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin) -> bool {
        let mut passed = 0;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let Ok(read @ 1..) = from.read(&mut buffer).await else { return false };
            if to.write_all(&buffer[..read]).await.is_err() {
                return false;
            }
            passed += read as u64;
            self.counted.fetch_add(read as u64, Ordering::SeqCst);
            let less = |left: u64| left.checked_sub(1);
            if passed >= self.after
                && self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok()
            {
                return true;
            }
        }
    }
}
