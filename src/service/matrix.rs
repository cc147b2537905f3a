//! Seats against segments.

use std::collections::BTreeMap;

use super::{Service, ServiceError};
use crate::domain::Prefix;
use crate::domain::matrix::{Lists, Matrix};
use crate::domain::seat::SeatList;
use crate::store::keys::{self, Named};
use crate::store::{self, ListQuery, Revision};

impl Service {
    /// All bound and installed seats of all segments.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn matrix(&self) -> Result<Matrix, ServiceError> {
        Ok(self.matrix_since().await?.1)
    }

    /// The same, with the revision that all of it is as new as.
    ///
    /// # Errors
    /// `unavailable`.
    pub async fn matrix_since(&self) -> Result<(Revision, Matrix), ServiceError> {
        let mut revision = Revision::MAX;
        let mut lists: BTreeMap<Prefix, Lists> = BTreeMap::new();
        for part in [keys::BINDINGS, keys::INSTALLED] {
            let mut query = ListQuery::prefix(part);
            loop {
                let page = self.store.list(&query).await?;
                revision = revision.min(page.revision);
                for entry in &page.entries {
                    let Some(list) = store::decode_or_warn::<SeatList>(entry) else { continue };
                    match keys::parse(&entry.key) {
                        _ if list.seats.is_empty() => {}
                        Named::Binding(prefix, _) => {
                            lists.entry(prefix).or_default().bound.extend(list.seats);
                        }
                        Named::Installed(id, _) => {
                            let installed = &mut lists.entry(id.prefix).or_default().installed;
                            match installed.last_mut().filter(|(version, _)| *version == id.version) {
                                Some((_, seats)) => seats.extend(list.seats),
                                None => installed.push((id.version, list.seats.into_iter().collect())),
                            }
                        }
                        _ => {}
                    }
                }
                if !query.turn_now(&page) {
                    break;
                }
            }
        }
        let removed = self.removed().await?.into_keys().collect();
        Ok((revision, Matrix::of(lists, &removed)))
    }
}
