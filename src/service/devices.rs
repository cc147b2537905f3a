//! What the platform says of the devices of seats.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use super::Service;
use crate::domain::RemoteKind;
use crate::domain::words::{Say, say};

/// How long a plan waits for the platform's list: it says the same without, only less.
const PATIENCE: Duration = Duration::from_secs(5);

/// The devices of a platform, by their addresses.
#[derive(Debug, Default)]
pub(super) struct DeviceList {
    /// Those it knows, and whether each answers now.
    pub online: BTreeMap<IpAddr, bool>,
    /// It takes no others.
    pub is_complete: bool,
}

impl Service {
    /// Asks for the devices. `None` where this process has no platform to ask; the error is a sentence.
    pub(super) async fn devices(&self, kind: RemoteKind) -> Option<Result<DeviceList, Say>> {
        let deployment = self.remotes.deployment(kind)?;
        if let Err(error) = self.mean_pinned(kind).await {
            return Some(Err(say!("warn-devices-not-asked", error = error.message)));
        }
        Some(match tokio::time::timeout(PATIENCE, deployment.list_devices()).await {
            Ok(Ok(devices)) => Ok(DeviceList {
                online: devices.known.into_iter().map(|device| (device.ip, device.online)).collect(),
                is_complete: devices.is_complete,
            }),
            Ok(Err(error)) => Err(say!("warn-devices-not-asked", error = error.say())),
            Err(_) => Err(say!("warn-devices-unknown", remote = kind, seconds = PATIENCE.as_secs())),
        })
    }
}
