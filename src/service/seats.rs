//! Seats are added, imported, removed and forgotten.

use std::net::IpAddr;

use serde::Serialize;

use super::{Service, ServiceError};
use crate::domain::{Seat, SeatId};

/// A seat as an operator writes it, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct SeatInput {
    /// Its id.
    pub id: SeatId,
    /// Its address.
    pub ip: IpAddr,
    /// Its group; empty: none.
    pub group: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// Free text.
    pub note: String,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportResult {
    /// New seats.
    pub added: usize,
    /// Changed ones.
    pub updated: usize,
    /// As they were.
    pub unchanged: usize,
}

impl Service {
    /// Adds one seat.
    ///
    /// # Errors
    /// `exists`.
    pub async fn add_seat(&self, _seat: &SeatInput) -> Result<Seat, ServiceError> {
        super::unbuilt()
    }

    /// Adds and updates seats; what does not change is not written.
    ///
    /// # Errors
    /// `invalid` when two seats share an id or an address; nothing is written then.
    pub async fn import_seats(&self, _seats: &[SeatInput]) -> Result<ImportResult, ServiceError> {
        super::unbuilt()
    }

    /// Removes a seat from the records and from bindings.
    ///
    /// # Errors
    /// `notFound`; `inUse` while something is installed on it or an unfinished install names it.
    pub async fn remove_seat(&self, _id: &SeatId) -> Result<(), ServiceError> {
        super::unbuilt()
    }

    /// Takes a scrapped seat off every list, whatever is installed on it.
    ///
    /// # Errors
    /// `notFound`; `inUse` while an unfinished install names it.
    pub async fn forget_seat(&self, _id: &SeatId, _reason: &str) -> Result<(), ServiceError> {
        super::unbuilt()
    }
}
