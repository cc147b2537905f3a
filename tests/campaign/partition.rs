//! A small proxy before a server: it can go silent, or cut all connections and refuse new ones.

use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What it does with what comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Line {
    /// Passes everything on.
    Open,
    /// Keeps the connections and passes nothing on: what was sent comes late.
    Silent,
    /// Ends the connections, and every new one at once.
    Cut,
}

/// The proxy.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    line: watch::Sender<Line>,
}

impl Proxy {
    pub(crate) async fn start(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let line = watch::Sender::new(Line::Open);
        let state = line.clone();
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let state = state.subscribe();
                tokio::spawn(async move { connection(client, to, state).await });
            }
        });
        Self { address, line }
    }

    pub(crate) fn set(&self, line: Line) {
        self.line.send_replace(line);
    }
}

async fn connection(client: TcpStream, to: SocketAddr, mut line: watch::Receiver<Line>) {
    if *line.borrow() == Line::Cut {
        return;
    }
    let Ok(server) = TcpStream::connect(to).await else { return };
    let ((client_in, client_out), (server_in, server_out)) = (client.into_split(), server.into_split());
    // Whichever ends first takes the other with it, and both connections.
    tokio::select! {
        () = carry(client_in, server_out, line.clone()) => {}
        () = carry(server_in, client_out, line.clone()) => {}
        _ = line.wait_for(|line| *line == Line::Cut) => {}
    }
}

async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut line: watch::Receiver<Line>,
) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let Ok(read @ 1..) = from.read(&mut buffer).await else { return };
        if line.wait_for(|line| *line == Line::Open).await.is_err() {
            return;
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
