//! An entry of the trash becomes a segment again.

use std::collections::BTreeSet;

use futures::TryStreamExt as _;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::InTrash;
use crate::archive::Overrides;
use crate::crash;
use crate::domain::seat::SeatList;
use crate::domain::words::say;
use crate::domain::{CreateState, SeatId, Segment, TrashContent, TrashEntry, shard};
use crate::service::commit::Audited;
use crate::service::upload::{Checked, Incoming};
use crate::service::{Code, Service, ServiceError};
use crate::storage::{Hashed, SharedStorage};
use crate::store::{Entry, Txn, keys};

impl Service {
    /// Brings a segment back: its record, its manifest, and the binding where the prefix has none now. It is
    /// published again where its platform does not have it any more; the controllers look there first.
    ///
    /// Until the one transaction that does it nothing has changed, and after it everything is there; what is left of
    /// the entry in shared storage then belongs to nobody and is swept.
    ///
    /// # Errors
    /// `notFound` for an entry that is not there, or whose file is not; `exists` for an id that is taken; `conflict`
    /// for one that is being emptied, and for a storage that is not ours.
    pub async fn restore(&self, which: &InTrash) -> Result<Segment, ServiceError> {
        self.owns_storage().await?;
        let (entry, trashed) = self.in_trash(which).await?;
        if trashed.emptying {
            let why = say!("trash-being-emptied", id = &trashed.segment_id, entry = trashed.id.to_string());
            return Err(ServiceError::new(Code::Conflict, why));
        }
        if self.exists(&trashed.segment_id).await? {
            return Err(ServiceError::new(Code::Exists, say!("restore-exists", id = &trashed.segment_id)));
        }
        self.require_file(&trashed).await?;
        let content = self.trash_content(trashed.id).await?;
        match content.segment.clone() {
            Some(segment)
                if segment.id == trashed.segment_id && segment.storage_key == trashed.storage_key =>
            {
                let manifest = content.manifest.clone().unwrap_or(Value::Null);
                self.bring_back(&entry, &trashed, self.as_new(segment), manifest, &content.bindings).await
            }
            Some(_) => {
                let why =
                    say!("trash-other-content", entry = trashed.id.to_string(), id = &trashed.segment_id);
                Err(ServiceError::new(Code::Failed, why))
            }
            None => self.read_anew(&entry, &trashed).await,
        }
    }

    async fn require_file(&self, trashed: &TrashEntry) -> Result<(), ServiceError> {
        match self.storage.stat(&trashed.storage_key).await? {
            Some(file) if file.size == trashed.file_size => Ok(()),
            _ => {
                let (id, key) = (&trashed.segment_id, &trashed.storage_key);
                let why = say!("restore-no-file", id = id, url = self.storage.url(), key = key);
                Err(ServiceError::new(Code::NotFound, why))
            }
        }
    }

    /// The record as it was, to be published once more.
    fn as_new(&self, mut segment: Segment) -> Segment {
        let now = self.clock.now();
        segment.delete_status = None;
        // What was in doubt was so under another request id; it is looked for by its prefix and version.
        segment.intent = None;
        segment.remote_extra = None;
        segment.file_state = None;
        segment.restored_at = Some(now);
        segment.updated_at = now;
        let status = &mut segment.create_status;
        status.state = CreateState::Pending;
        status.time = now;
        status.reason = None;
        status.retry_count = 0;
        status.next_retry_at = None;
        status.generation = status.generation.saturating_add(1);
        segment
    }

    /// The one transaction.
    async fn bring_back(
        &self,
        entry: &Entry,
        trashed: &TrashEntry,
        segment: Segment,
        manifest: Value,
        bindings: &BTreeSet<SeatId>,
    ) -> Result<Segment, ServiceError> {
        let id = segment.id.clone();
        let mut txn = Txn::new()
            .absent(keys::segment(&id))
            .unchanged(entry.key.clone(), entry.mod_revision)
            .put(keys::segment(&id), &segment)?
            .put(keys::manifest(&id), &manifest)?
            // What seats have of it belongs to the record again.
            .delete(keys::leftover(&id))
            .delete(entry.key.clone());
        // Its tombstone stays: until its platform's copy is known to be this one, data sync must not import that.
        let bound = self.seat_lists(&keys::bindings_of(&id.prefix)).await?;
        let mut bound_again = 0;
        if bound.shards.is_empty() {
            let there: BTreeSet<SeatId> = self.seats_by_id(bindings).await?.into_keys().collect();
            bound_again = there.len();
            txn = txn.none_since(&keys::bindings_of(&id.prefix), 0);
            for (shard, seats) in shard::split(&there) {
                let list = SeatList { seats, unknown: Default::default() };
                txn = txn.put(keys::binding(&id.prefix, shard), &list)?;
            }
        }
        let audited = Audited {
            action: "trash.restore",
            object: &id.to_string(),
            before: Value::Null,
            after: json!({ "trash": trashed.id, "sha256": segment.sha256, "boundSeats": bound_again }),
        };
        crash::point("restore.commit.before");
        if self.commit(txn, audited).await?.is_none() {
            return Err(self.overtaken_restore(trashed).await);
        }
        crash::point("restore.commit.after");
        // It belongs to nobody now; the sweep takes it if this does not.
        if let Err(error) = self.writes()?.storage.delete(&TrashContent::key(trashed.id)).await {
            tracing::warn!(%error, "what the trash knew of a restored segment is left to the sweep");
        }
        Ok(segment)
    }

    async fn overtaken_restore(&self, trashed: &TrashEntry) -> ServiceError {
        match self.exists(&trashed.segment_id).await {
            Ok(true) => ServiceError::new(Code::Exists, say!("restore-exists", id = &trashed.segment_id)),
            _ => crate::service::seen::changed_meanwhile(trashed.id.to_string()),
        }
    }

    /// A file that no record described is read as an upload is: from a copy, checked, under its own place.
    async fn read_anew(&self, entry: &Entry, trashed: &TrashEntry) -> Result<Segment, ServiceError> {
        let never = CancellationToken::new();
        let format = trashed.remote.format();
        let storage = self.writes()?.storage;
        let bytes = storage.read(&trashed.storage_key, 0).await?;
        let max = self.settings.upload.max_file_size;
        let staging = storage.stage(bytes.map_err(std::io::Error::other), max, |_| {}, &never).await?;
        let overrides = Overrides {
            prefix: Some(trashed.segment_id.prefix.to_string()),
            version: Some(trashed.segment_id.version.to_string()),
            ..Overrides::default()
        };
        let file_name =
            format!("{}-{}.{}", trashed.segment_id.prefix, trashed.segment_id.version, format.as_str());
        let incoming = Incoming { file_name: &file_name, format, overrides: &overrides };
        let same = |_: &Hashed| Ok(());
        let checked: Checked = self.check(staging, same, incoming, |_| {}, &never).await?;
        let mut segment = self.new_segment(&checked, file_name.clone(), format);
        segment.restored_at = Some(self.clock.now());
        segment.storage_key = SharedStorage::final_key(&segment.id, format, self.clock.now());
        storage.promote(&checked.staged, &segment.storage_key).await?;
        let (key, manifest) = (segment.storage_key.clone(), checked.contents.manifest_whole.clone());
        match self.bring_back(entry, trashed, segment, manifest, &BTreeSet::new()).await {
            Ok(segment) => {
                // The copy has taken its place.
                storage.delete(&trashed.storage_key).await?;
                Ok(segment)
            }
            Err(error) => {
                // Refused for sure: nothing names the copy. Otherwise the sweep finds out.
                if matches!(error.code, Code::Exists | Code::Conflict) {
                    storage.delete(&key).await?;
                }
                Err(error)
            }
        }
    }
}
