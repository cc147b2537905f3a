//! Whose is the shared storage? A process whose records and storage do not name each other neither leads nor sweeps,
//! uploads or deletes; looking is free.

mod adopt;
mod judge;
mod take_over;

pub use adopt::Adopted;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use self::judge::{Told, Verdict, Why, judge};
use super::{Code, Files, Service, ServiceError};
use crate::domain::words::{Say, say};
use crate::domain::{FreeText, RecordId, Timestamp, Unknown};
use crate::storage::Identity;
use crate::store::{self, Entry, Key, ReadStore, Txn, TxnOutcome, keys};

/// The record `meta/site`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SiteMark {
    /// The site's id.
    pub id: String,
    /// Since when it has this one.
    pub since: Timestamp,
    /// Who gave it.
    pub by: FreeText,
    /// When an operator made it the owner of its storage: the sweep takes nothing away soon after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adopted_at: Option<Timestamp>,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}

/// The record `meta/storage`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StorageMark {
    /// The storage's id.
    pub id: String,
    /// It is not known yet that the storage says so too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pending: bool,
}

/// Whose a storage is, by both sides; the JSON of `storage show`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StorageShown {
    /// Where the records lie.
    pub store: String,
    /// Where the files lie.
    pub url: String,
    /// The site of the records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// The storage that the records name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage: Option<String>,
    /// The storage that is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// The site it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Why this process may not use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_not: Option<String>,
}

/// What the records and the storage say, as it was read.
pub(super) struct Marks {
    pub(super) site: Option<(Entry, SiteMark)>,
    pub(super) storage: Option<(Entry, StorageMark)>,
    pub(super) file: Option<Identity>,
}

impl Marks {
    pub(super) async fn read(store: &dyn ReadStore, storage: &Files) -> Result<Self, ServiceError> {
        Ok(Self {
            site: read(store, &keys::site()).await?,
            storage: read(store, &keys::storage()).await?,
            file: storage.known_identity().await?,
        })
    }

    fn verdict(&self) -> Verdict {
        judge(Told {
            site: self.site.as_ref().map(|(_, mark)| mark.id.as_str()),
            storage: self.storage.as_ref().map(|(_, mark)| mark),
            file: self.file.as_ref(),
        })
    }

    /// Guards a change that rests on what the records said.
    fn guard(&self, txn: Txn) -> Txn {
        txn.still(keys::site(), self.site.as_ref().map(|(entry, _)| entry))
            .still(keys::storage(), self.storage.as_ref().map(|(entry, _)| entry))
    }
}

impl StorageShown {
    /// What both sides say, for people.
    ///
    /// # Errors
    /// `unavailable` for store or storage.
    pub async fn read(store: &dyn ReadStore, storage: &Files) -> Result<Self, ServiceError> {
        let marks = Marks::read(store, storage).await?;
        let (name, url) = (store.name(), storage.url().to_owned());
        let why_not = match marks.verdict() {
            Verdict::NotOurs(why) => Some(not_ours(&name, &url, &marks, why).to_string()),
            _ => None,
        };
        Ok(Self {
            store: name,
            url,
            site: marks.site.map(|(_, mark)| mark.id),
            storage: marks.storage.map(|(_, mark)| mark.id),
            found: marks.file.as_ref().map(|file| file.id.clone()),
            owner: marks.file.and_then(|file| file.site),
            why_not,
        })
    }
}

/// A claim takes four rounds by itself: begun, written, confirmed, seen. Each that others overtake, the first change of
/// all among them, costs one more.
const TRIES: u32 = 16;

impl Service {
    /// Makes sure that the shared storage belongs to these records. An empty one that nobody has claimed is claimed.
    ///
    /// # Errors
    /// `conflict` when it is another's, saying what to do; `unavailable` for store or storage.
    pub(crate) async fn owns_storage(&self) -> Result<(), ServiceError> {
        for _ in 0..TRIES {
            let marks = self.marks().await?;
            match marks.verdict() {
                Verdict::Ours | Verdict::Unfinished => return Ok(()),
                Verdict::NotOurs(why) => return Err(self.not_ours(&marks, why)),
                Verdict::Free => self.claim(&marks).await?,
                Verdict::Begun => self.write_claim(&marks).await?,
                Verdict::Written => self.confirm_claim(&marks).await?,
            }
        }
        Err(super::seen::changed_meanwhile(say!("what-storage")))
    }

    /// The same for whoever only reads: makes nothing. `false`: nobody has claimed anything yet.
    ///
    /// # Errors
    /// As [`Service::owns_storage`].
    pub(crate) async fn sees_storage(&self) -> Result<bool, ServiceError> {
        let marks = self.marks().await?;
        match marks.verdict() {
            Verdict::Ours | Verdict::Unfinished | Verdict::Written => Ok(true),
            Verdict::Free | Verdict::Begun => Ok(false),
            Verdict::NotOurs(why) => Err(self.not_ours(&marks, why)),
        }
    }

    /// The site of the records, once they have one.
    ///
    /// # Errors
    /// When the store is away.
    pub(crate) async fn site(&self) -> Result<Option<SiteMark>, ServiceError> {
        Ok(self.read(&keys::site()).await?.map(|(_, mark)| mark))
    }

    pub(super) async fn marks(&self) -> Result<Marks, ServiceError> {
        Marks::read(&*self.store, &self.storage).await
    }

    /// Neither side has anything: the records say first what is about to be written, so that a crash in between
    /// leaves a claim that is known to be ours.
    async fn claim(&self, marks: &Marks) -> Result<(), ServiceError> {
        if !self.storage.is_empty().await? {
            let (store, url) = (self.store.name(), self.storage.url());
            return Err(ServiceError::new(
                Code::Conflict,
                say!("storage-without-id", store = store, url = url),
            ));
        }
        let site = match &marks.site {
            Some((_, site)) => site.clone(),
            None => self.new_site(),
        };
        let storage = StorageMark { id: self.new_id(), pending: true };
        let txn = marks.guard(Txn::new()).put(keys::site(), &site)?.put(keys::storage(), &storage)?;
        self.settle(txn).await
    }

    async fn write_claim(&self, marks: &Marks) -> Result<(), ServiceError> {
        let (Some((_, site)), Some((_, storage))) = (&marks.site, &marks.storage) else { return Ok(()) };
        let identity =
            Identity { id: storage.id.clone(), site: Some(site.id.clone()), ..Identity::default() };
        // Whoever was faster is judged next.
        self.writes()?.storage.create_identity(&identity).await?;
        Ok(())
    }

    async fn confirm_claim(&self, marks: &Marks) -> Result<(), ServiceError> {
        let Some((_, storage)) = &marks.storage else { return Ok(()) };
        let storage = StorageMark { pending: false, ..storage.clone() };
        self.settle(marks.guard(Txn::new()).put(keys::storage(), &storage)?).await
    }

    /// Whatever the answer, what both sides say is read again.
    async fn settle(&self, txn: Txn) -> Result<(), ServiceError> {
        let (TxnOutcome::Done(_) | TxnOutcome::Refused { .. }) =
            self.writes()?.store.txn(self.in_our_format(txn).await?).await?;
        Ok(())
    }

    fn new_site(&self) -> SiteMark {
        SiteMark {
            id: self.new_id(),
            since: self.clock.now(),
            by: self.actor.label(),
            adopted_at: None,
            unknown: Unknown::default(),
        }
    }

    fn new_id(&self) -> String {
        RecordId::new(self.clock.now()).to_string()
    }

    fn not_ours(&self, marks: &Marks, why: Why) -> ServiceError {
        ServiceError::new(Code::Conflict, not_ours(&self.store.name(), self.storage.url(), marks, why))
    }
}

async fn read<T: DeserializeOwned>(
    store: &dyn ReadStore,
    key: &Key,
) -> Result<Option<(Entry, T)>, ServiceError> {
    let Some(entry) = store.get(key).await?.1 else { return Ok(None) };
    let record = store::decode(&entry)?;
    Ok(Some((entry, record)))
}

fn not_ours(store: &str, url: &str, marks: &Marks, why: Why) -> Say {
    let named = |name: Option<&str>| name.unwrap_or("-").to_owned();
    let theirs = named(marks.storage.as_ref().map(|(_, mark)| mark.id.as_str()));
    let ours = named(marks.file.as_ref().map(|file| file.id.as_str()));
    match why {
        Why::OtherStorage => say!("other-storage", store = store, theirs = theirs, url = url, ours = ours),
        Why::NoStorage => say!("no-storage-there", store = store, theirs = theirs, url = url),
        Why::OtherSite => {
            let site = named(marks.site.as_ref().map(|(_, mark)| mark.id.as_str()));
            let owner = named(marks.file.as_ref().and_then(|file| file.site.as_deref()));
            say!("storage-of-other-site", store = store, site = site, url = url, owner = owner)
        }
        Why::NotNamed => say!("storage-not-named", store = store, url = url, ours = ours),
    }
}
