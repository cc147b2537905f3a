//! What became of an install.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Service, ServiceError};
use crate::domain::{FreeText, InstallLog, InstallRecord, RecordId, SeatId, SeatOp, SeatState, Timestamp};

/// An install record and its log, seat by seat.
#[derive(Debug, Clone, PartialEq)]
pub struct InstallView {
    /// What was asked for.
    pub record: InstallRecord,
    /// Seats to install on.
    pub install_seat_list: BTreeSet<SeatId>,
    /// Seats to uninstall from.
    pub uninstall_seat_list: BTreeSet<SeatId>,
    /// What became of it.
    pub log: InstallLog,
    /// Every seat of it, in order of their ids.
    pub seats: Vec<SeatView>,
}

/// A seat of an install; an element of `seats` in `installs show`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SeatView {
    /// The seat.
    pub seat: SeatId,
    /// Its address; absent when it was forgotten since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<std::net::IpAddr>,
    /// Install or uninstall.
    pub op: SeatOp,
    /// Where it stands.
    pub state: SeatState,
    /// 0 to 100.
    pub percent: u8,
    /// What the platform said last.
    pub message: FreeText,
    /// Last change.
    pub updated_at: Timestamp,
}

impl InstallView {
    /// The JSON of `installs show`: the log plus its seats.
    pub fn shown(&self) -> serde_json::Value {
        serde_json::Value::Null
    }

    /// The JSON of `install`: the record with its seats joined.
    pub fn requested(&self) -> serde_json::Value {
        serde_json::Value::Null
    }
}

impl Service {
    /// An install by its record id.
    ///
    /// # Errors
    /// `notFound`.
    pub async fn show_install(&self, _record: RecordId) -> Result<InstallView, ServiceError> {
        super::unbuilt()
    }
}
