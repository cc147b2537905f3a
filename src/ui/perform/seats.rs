//! The seats of a segment: bound, installed, and what its unfinished installs want.

use crate::domain::{RecordId, SegmentId};
use crate::service::{Service, ServiceError};
use crate::ui::model::chooser::SeatSets;

/// Reads them.
pub(super) async fn read(
    service: &Service,
    segment: &SegmentId,
    active: &[RecordId],
) -> Result<SeatSets, ServiceError> {
    let (bound_seen, bound) = service.bound(segment).await?;
    let installed = service.installed(segment).await?;
    let mut sets = SeatSets { bound, bound_seen, installed, ..SeatSets::default() };
    for record in active {
        // One that ended meanwhile wants nothing any more.
        let Ok(view) = service.show_install(*record).await else { continue };
        if view.record.segment_id != *segment || view.log.state.is_terminal() {
            continue;
        }
        sets.coming.extend(view.install_seat_list.difference(&sets.installed).cloned());
        sets.going.extend(view.uninstall_seat_list.intersection(&sets.installed).cloned());
    }
    Ok(sets)
}
