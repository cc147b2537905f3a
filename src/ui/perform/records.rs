//! Everything there is of a thing, and what lies in the trash, read for the operator's eyes.

use serde_json::Value;

use crate::domain::audit::AuditEntry;
use crate::service::{AuditQuery, ListRequest, Service, ServiceError, Thing};
use crate::ui::model::overlay::More;
use crate::ui::model::trash::TrashPage;

/// So many entries of a trail are shown; `segdeck audit list` has all.
const LATEST: usize = 200;

/// So many entries of the trash are shown; `segdeck trash list` has all.
const NEWEST: usize = 500;

/// Longest text of records, in lines.
const LONGEST: usize = 5_000;

/// The records as lines of JSON.
pub(super) async fn read(service: &Service, thing: &Thing) -> Result<Vec<String>, ServiceError> {
    let mut lines = Vec::new();
    for record in service.raw(thing).await? {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.push(format!("{}  @ {}", record.key, record.revision));
        let text = match &record.value {
            Value::String(text) => text.clone(),
            value => serde_json::to_string_pretty(value).unwrap_or_default(),
        };
        lines.extend(text.lines().map(str::to_owned));
    }
    if lines.len() > LONGEST {
        lines.truncate(LONGEST);
        lines.push("...".to_owned());
    }
    Ok(lines)
}

/// Who did what to it, newest first.
pub(super) async fn trail(service: &Service, thing: &Thing) -> Result<Vec<AuditEntry>, ServiceError> {
    let query = AuditQuery { object: Some(thing.to_string()), ..AuditQuery::default() };
    let request = ListRequest { per_page: LATEST, ..ListRequest::default() };
    Ok(service.list_audit(&query, &request).await?.items)
}

/// The newest entries of the trash.
pub(super) async fn trash(service: &Service) -> Result<TrashPage, ServiceError> {
    let request = ListRequest { per_page: NEWEST, ..ListRequest::default() };
    let listed = service.list_trash(&request).await?;
    Ok(TrashPage { total: listed.total, entries: listed.items })
}

/// What the row of a thing does not know.
pub(super) async fn more(service: &Service, thing: &Thing) -> Result<More, ServiceError> {
    Ok(match thing {
        Thing::Segment(id) => More::Segment(Box::new(service.show_segment(id).await?)),
        Thing::Seat(id) => More::Seat(Box::new(service.show_seat(id).await?)),
        Thing::Install(_) => More::Install,
    })
}
