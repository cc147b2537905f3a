//! One endpoint and its two clients, connected when they are first needed.
//!
//! etcd-client's own balancing never drops a dead endpoint, so each client here knows exactly one.

use etcd_client::{Client, ConnectOptions, GetOptions};
use tokio::sync::Mutex;

use super::fault::Fault;

/// Which of the two clients of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// Reads and transactions, with a deadline.
    Short,
    /// Watches and lease renewals, without.
    Long,
}

/// An endpoint.
pub(super) struct Member {
    url: String,
    host: String,
    short: Slot,
    long: Slot,
}

struct Slot {
    client: Mutex<Connected>,
}

struct Connected {
    /// What the next client is made with.
    options: ConnectOptions,
    /// Counts the clients, so that trouble with an old one does not throw away its successor.
    generation: u64,
    client: Option<Client>,
}

impl Member {
    pub(super) fn new(url: String, host: String, short: ConnectOptions, long: ConnectOptions) -> Self {
        let slot = |options| Slot { client: Mutex::new(Connected { options, generation: 0, client: None }) };
        Self { url, host, short: slot(short), long: slot(long) }
    }

    /// `host:port`.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// A client and its generation.
    ///
    /// Connecting "succeeds" where nobody listens. So a new client has to read `probe` before it is trusted:
    /// what cannot work fails here, before a transaction is on its way.
    pub(super) async fn client(&self, lane: Lane, probe: Vec<u8>) -> Result<(u64, Client), Fault> {
        let slot = self.slot(lane);
        let mut connected = slot.client.lock().await;
        if let Some(client) = &connected.client {
            return Ok((connected.generation, client.clone()));
        }
        let client =
            Client::connect([&self.url], Some(connected.options.clone())).await.map_err(Fault::from)?;
        client.kv_client().get(probe, Some(GetOptions::new().with_keys_only())).await?;
        connected.generation += 1;
        connected.client = Some(client.clone());
        Ok((connected.generation, client))
    }

    /// Makes the next call connect anew: an unanswered connection may lead to a host that is gone for good,
    /// which TCP alone finds out after minutes.
    pub(super) async fn forget(&self, lane: Lane, generation: u64) {
        let mut connected = self.slot(lane).client.lock().await;
        if connected.generation == generation {
            connected.client = None;
        }
    }

    /// Makes the next calls connect anew, with other options.
    pub(super) async fn connect_with(&self, short: ConnectOptions, long: ConnectOptions) {
        for (slot, options) in [(&self.short, short), (&self.long, long)] {
            let mut connected = slot.client.lock().await;
            connected.options = options;
            connected.client = None;
        }
    }

    fn slot(&self, lane: Lane) -> &Slot {
        match lane {
            Lane::Short => &self.short,
            Lane::Long => &self.long,
        }
    }
}
