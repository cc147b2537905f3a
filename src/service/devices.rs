//! What the platform says of the devices of seats.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use super::Service;
use crate::domain::{RemoteKind, Shown};

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
    pub(super) async fn devices(&self, kind: RemoteKind) -> Option<Result<DeviceList, String>> {
        let deployment = self.remotes.deployment(kind)?;
        Some(match tokio::time::timeout(PATIENCE, deployment.list_devices()).await {
            Ok(Ok(devices)) => Ok(DeviceList {
                online: devices.known.into_iter().map(|device| (device.ip, device.online)).collect(),
                is_complete: devices.is_complete,
            }),
            Ok(Err(error)) => Err(format!(
                "whether the devices are online was not asked: {}",
                Shown::from(error.to_string().as_str())
            )),
            Err(_) => Err(format!(
                "whether the devices are online is not known: {kind} did not list them within {} s",
                PATIENCE.as_secs()
            )),
        })
    }
}
