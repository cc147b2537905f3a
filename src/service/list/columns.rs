//! The columns of each list, named as in the JSON.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

use super::cell::{Cell, joined};
use crate::domain::audit::AuditEntry;
use crate::domain::filter::Columns;
use crate::domain::segment::FileState;
use crate::domain::{InstallLog, Seat, Segment, TrashEntry};

/// A record that lists show.
pub(crate) trait Listable: DeserializeOwned {
    /// Its columns; the first one says which record it is.
    const COLUMNS: &'static [&'static str];
    /// The columns that plain words of a filter look into.
    const SEARCHED: &'static [&'static str] = Self::COLUMNS;
    /// Where no sort is asked for: by id, greatest first? Ids of installs and audit entries rise with time.
    const NEWEST_FIRST: bool = false;
    /// The value of a column; absent for one that is not in [`Self::COLUMNS`].
    fn cell(&self, column: &str) -> Cell<'_>;
}

/// A record as a filter sees it.
pub(super) struct Row<'a, T>(pub(super) &'a T);

impl<T: Listable> Columns for Row<'_, T> {
    fn column(&self, name: &str) -> Option<Cow<'_, str>> {
        match self.0.cell(name) {
            Cell::Absent => None,
            cell => Some(cell.into_text()),
        }
    }

    fn any_searched(&self, found: &mut dyn FnMut(&str) -> bool) -> bool {
        T::SEARCHED.iter().any(|column| found(&self.0.cell(column).into_text()))
    }
}

impl Listable for Segment {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "prefix",
        "version",
        "name",
        "type",
        "description",
        "vendor",
        "format",
        "container",
        "remote",
        "fileName",
        "fileSize",
        "sha256",
        "md5",
        "storageKey",
        "requires",
        "conflicts",
        "archs",
        "isLocal",
        "fileState",
        "createdAt",
        "createdBy",
        "updatedAt",
        "createStatus",
        "createStatus.state",
        "createStatus.time",
        "createStatus.reason",
        "createStatus.retryCount",
        "createStatus.nextRetryAt",
        "createStatus.generation",
        "deleteStatus",
        "deleteStatus.state",
        "deleteStatus.time",
        "deleteStatus.reason",
        "deleteStatus.retryCount",
        "remoteExtra.uid",
        "uid",
    ];
    const SEARCHED: &'static [&'static str] = &[
        "id",
        "name",
        "type",
        "description",
        "vendor",
        "fileName",
        "remote",
        "createdBy",
        "createStatus.state",
        "deleteStatus.state",
        "fileState",
    ];

    fn cell(&self, column: &str) -> Cell<'_> {
        let (create, delete) = (&self.create_status, self.delete_status.as_ref());
        match column {
            "id" => (&self.id).into(),
            "prefix" => self.prefix.as_str().into(),
            "version" => Cell::Version(Cow::Borrowed(self.version.as_str())),
            "name" => (&self.name).into(),
            "type" => (&self.kind).into(),
            "description" => (&self.description).into(),
            "vendor" => (&self.vendor).into(),
            "format" => self.format.as_str().into(),
            "container" => self.container.as_str().into(),
            "remote" => self.remote.as_str().into(),
            "fileName" => (&self.file_name).into(),
            "fileSize" => Cell::Number(self.file_size),
            "sha256" => self.sha256.as_str().into(),
            "md5" => self.md5.as_deref().map_or(Cell::Absent, Cell::from),
            "storageKey" => self.storage_key.as_str().into(),
            "requires" => joined(&self.requires),
            "conflicts" => joined(&self.conflicts),
            "archs" => joined(&self.archs),
            "isLocal" => self.is_local.into(),
            "fileState" => self.file_state.map_or("", FileState::as_str).into(),
            "createdAt" => self.created_at.into(),
            "createdBy" => (&self.created_by).into(),
            "updatedAt" => self.updated_at.into(),
            "createStatus" | "createStatus.state" => create.state.as_str().into(),
            "createStatus.time" => create.time.into(),
            "createStatus.reason" => create.reason.as_ref().into(),
            "createStatus.retryCount" => Cell::Number(create.retry_count.into()),
            "createStatus.nextRetryAt" => create.next_retry_at.into(),
            "createStatus.generation" => Cell::Number(create.generation.into()),
            "deleteStatus" | "deleteStatus.state" => delete.map_or("", |status| status.state.as_str()).into(),
            "deleteStatus.time" => delete.map(|status| status.time).into(),
            "deleteStatus.reason" => delete.and_then(|status| status.reason.as_ref()).into(),
            "deleteStatus.retryCount" => {
                delete.map_or(Cell::Absent, |status| Cell::Number(status.retry_count.into()))
            }
            "remoteExtra.uid" | "uid" => self.uid().unwrap_or_default().into(),
            _ => Cell::Absent,
        }
    }
}

impl Listable for Seat {
    const COLUMNS: &'static [&'static str] = &["id", "ip", "group", "tags", "note"];

    fn cell(&self, column: &str) -> Cell<'_> {
        match column {
            "id" => self.id.as_str().into(),
            "ip" => Cell::Ip(self.ip),
            "group" => (&self.group).into(),
            "tags" => joined(&self.tags),
            "note" => (&self.note).into(),
            _ => Cell::Absent,
        }
    }
}

impl Listable for InstallLog {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "segmentId",
        "prefix",
        "version",
        "state",
        "percent",
        "attempt",
        "retryCount",
        "nextRetryAt",
        "startedAt",
        "updatedAt",
        "finishedAt",
        "reason",
    ];
    const SEARCHED: &'static [&'static str] = &["id", "segmentId", "state", "reason"];
    const NEWEST_FIRST: bool = true;

    fn cell(&self, column: &str) -> Cell<'_> {
        match column {
            "id" => Cell::Text(Cow::Owned(self.id.to_string())),
            "segmentId" => (&self.segment_id).into(),
            "prefix" => self.segment_id.prefix.as_str().into(),
            "version" => Cell::Version(Cow::Borrowed(self.segment_id.version.as_str())),
            "state" => self.state.as_str().into(),
            "percent" => Cell::Number(self.percent.into()),
            "attempt" => Cell::Number(self.attempt.into()),
            "retryCount" => Cell::Number(self.retry_count.into()),
            "nextRetryAt" => self.next_retry_at.into(),
            "startedAt" => self.started_at.into(),
            "updatedAt" => self.updated_at.into(),
            "finishedAt" => self.finished_at.into(),
            "reason" => self.reason.as_ref().into(),
            _ => Cell::Absent,
        }
    }
}

impl Listable for TrashEntry {
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "segmentId",
        "prefix",
        "version",
        "name",
        "cause",
        "at",
        "by",
        "reason",
        "remote",
        "uid",
        "storageKey",
        "fileSize",
        "sha256",
        "emptying",
    ];
    const SEARCHED: &'static [&'static str] = &["id", "segmentId", "name", "cause", "by", "reason", "remote"];

    fn cell(&self, column: &str) -> Cell<'_> {
        match column {
            "id" => Cell::Text(Cow::Owned(self.id.to_string())),
            "segmentId" => (&self.segment_id).into(),
            "prefix" => self.segment_id.prefix.as_str().into(),
            "version" => Cell::Version(Cow::Borrowed(self.segment_id.version.as_str())),
            "name" => (&self.name).into(),
            "cause" => self.cause.as_str().into(),
            "at" => self.at.into(),
            "by" => (&self.by).into(),
            "reason" => self.reason.as_ref().into(),
            "remote" => self.remote.as_str().into(),
            "uid" => self.uid.as_deref().unwrap_or_default().into(),
            "storageKey" => self.storage_key.as_str().into(),
            "fileSize" => Cell::Number(self.file_size),
            "sha256" => self.sha256.as_deref().map_or(Cell::Absent, Cell::from),
            "emptying" => self.emptying.into(),
            _ => Cell::Absent,
        }
    }
}

impl Listable for AuditEntry {
    const COLUMNS: &'static [&'static str] =
        &["id", "at", "who", "who.user", "who.host", "who.sshClient", "action", "object", "result"];
    const NEWEST_FIRST: bool = true;

    fn cell(&self, column: &str) -> Cell<'_> {
        match column {
            "id" => Cell::Text(Cow::Owned(self.id.to_string())),
            "at" => self.at.into(),
            "who" => Cell::Text(Cow::Owned(self.who.label().raw().to_owned())),
            "who.user" => (&self.who.user).into(),
            "who.host" => (&self.who.host).into(),
            "who.sshClient" => self.who.ssh_client.as_ref().into(),
            "action" => self.action.as_str().into(),
            "object" => self.object.as_str().into(),
            "result" => self.result.as_str().into(),
            _ => Cell::Absent,
        }
    }
}
