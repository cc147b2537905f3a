//! One seat: what is on it, what is meant for it, and what happened there.

use std::collections::BTreeSet;

use serde::Serialize;

use super::seats::unknown;
use super::{Removed, Service, ServiceError};
use crate::domain::seat::{SeatEvent, SeatHistory};
use crate::domain::{Prefix, Seat, SeatId, SegmentId};
use crate::store::keys::{self, Named};

/// The JSON of `seat show`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SeatShown {
    /// The record.
    #[serde(flatten)]
    pub seat: Seat,
    /// What is installed there.
    pub installed: BTreeSet<SegmentId>,
    /// Of these, what the platform does not list any more.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub removed: BTreeSet<Removed>,
    /// The prefixes that are bound to it.
    pub bound: BTreeSet<Prefix>,
    /// What happened there, newest first; the last [`SeatHistory::MAX`].
    pub history: Vec<SeatEvent>,
}

impl Service {
    /// A seat with what is on it and what happened there.
    ///
    /// # Errors
    /// `notFound`.
    pub async fn show_seat(&self, id: &SeatId) -> Result<SeatShown, ServiceError> {
        let (_, seat) = self.read::<Seat>(&keys::seat(id)).await?.ok_or_else(|| unknown(id))?;
        let of = |(entry, _): &(crate::store::Entry, _)| keys::parse(&entry.key);
        let installed = self.lists_with(keys::INSTALLED, id).await?;
        let bound = self.lists_with(keys::BINDINGS, id).await?;
        let history = self.read::<SeatHistory>(&keys::seat_history(id)).await?;
        let installed: BTreeSet<SegmentId> = installed
            .iter()
            .filter_map(|list| match of(list) {
                Named::Installed(id, _) => Some(id),
                _ => None,
            })
            .collect();
        let removed = self.removed_of(installed.iter()).await?;
        Ok(SeatShown {
            seat,
            installed,
            removed,
            bound: bound
                .iter()
                .filter_map(|list| match of(list) {
                    Named::Binding(prefix, _) => Some(prefix),
                    _ => None,
                })
                .collect(),
            history: history.map(|(_, history)| history.entries).unwrap_or_default(),
        })
    }
}
