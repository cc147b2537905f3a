//! `segdeck platform` as a process of its own, and what its ledger says.

use std::collections::BTreeMap;
use std::path::PathBuf;

use segdeck::platform::{LedgerEntry, LedgerKind};

use crate::host::Host;
use crate::running::Running;

/// A running platform.
pub(crate) struct Platform {
    pub(crate) address: String,
    pub(crate) data: PathBuf,
    running: Running,
}

impl Platform {
    /// On a free port, with a folder of the host.
    pub(crate) async fn start(host: &Host, options: &[&str]) -> Self {
        Self::start_in(host, "platform", options).await
    }

    /// The same with another folder: another platform.
    pub(crate) async fn start_in(host: &Host, folder: &str, options: &[&str]) -> Self {
        Self::start_at(host, "127.0.0.1:0", folder, options).await
    }

    async fn start_at(host: &Host, address: &str, folder: &str, options: &[&str]) -> Self {
        let mut arguments = vec!["platform", "--listen", address, "--data", folder];
        arguments.extend(options);
        let mut running = host.start("platform", &arguments);
        let address = running.says("listening on ").await.expect("it tells its address");
        Self { address, data: host.path().join(folder), running }
    }

    /// Ends it in good order.
    pub(crate) async fn stop(self) {
        assert_eq!(self.running.terminate().await, 0);
    }

    /// Ends it, and starts it again on the same port and folder with other options.
    pub(crate) async fn restart(self, host: &Host, options: &[&str]) -> Self {
        let (address, data) = (self.address.clone(), self.data.clone());
        self.stop().await;
        Self::start_at(host, &address, data.to_str().unwrap(), options).await
    }

    /// Kills it as by `kill -9`, and starts it again on the same port and folder.
    pub(crate) async fn crash(self, host: &Host, options: &[&str]) -> Self {
        let (address, data) = (self.address.clone(), self.data.clone());
        self.running.kill().await;
        Self::start_at(host, &address, data.to_str().unwrap(), options).await
    }

    /// The sections of a settings file that point both remotes to it.
    pub(crate) fn sections(&self) -> String {
        format!("[sdp]\nendpoint = \"http://{0}\"\n[store15s]\nendpoint = \"http://{0}\"\n", self.address)
    }

    /// What it was asked for, and what it began on which device.
    pub(crate) fn ledger(&self) -> Vec<LedgerEntry> {
        segdeck::platform::ledger(&self.data).unwrap()
    }

    /// How often something of this kind was begun, by device.
    pub(crate) fn begun(&self, kind: LedgerKind) -> BTreeMap<String, usize> {
        let mut begun = BTreeMap::new();
        for entry in self.ledger().into_iter().filter(|entry| entry.kind == kind) {
            *begun.entry(entry.what).or_default() += 1;
        }
        begun
    }
}
