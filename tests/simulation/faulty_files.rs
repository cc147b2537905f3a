//! The files as one host sees them through the weather, and a journal of what came and went.
//!
//! Nothing here waits: the archive reader asks from a thread that blocks, and paused time stands still until it is done.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    ObjectStoreExt as _, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use segdeck::store::Revision;

use super::model_store::ModelStore;
use super::site::Clockwork;
use super::steady::Gate;
use super::weather::{Host, Place, Weather};

/// A file came or went, when the store was at this revision.
#[derive(Debug, Clone)]
pub struct FileEvent {
    pub revision: Revision,
    pub key: String,
    pub came: bool,
}

/// All files of a site.
pub struct Files {
    objects: InMemory,
    home: std::thread::ThreadId,
    gate: Arc<Gate>,
    /// When each was written, in the site's time; the object store itself knows only the machine's.
    written: Mutex<BTreeMap<Path, segdeck::domain::Timestamp>>,
    pub journal: Mutex<Vec<FileEvent>>,
    model: ModelStore,
    clockwork: Clockwork,
}

impl Files {
    pub fn new(model: ModelStore, clockwork: Clockwork, gate: Arc<Gate>) -> Arc<Self> {
        Arc::new(Self {
            objects: InMemory::new(),
            home: std::thread::current().id(),
            gate,
            written: Mutex::default(),
            journal: Mutex::default(),
            model,
            clockwork,
        })
    }

    fn came(&self, path: &Path) {
        self.written.lock().unwrap().insert(path.clone(), self.clockwork.now());
        self.note(path, true);
    }

    fn note(&self, path: &Path, came: bool) {
        let event = FileEvent { revision: self.model.revision(), key: path.to_string(), came };
        self.journal.lock().unwrap().push(event);
    }

    /// Every file there is now.
    pub fn keys(&self) -> Vec<String> {
        let files = self.objects.list(None).collect::<Vec<_>>().now_or_never().unwrap();
        files.into_iter().map(|meta| meta.unwrap().location.to_string()).collect()
    }

    fn dated(&self, mut meta: ObjectMeta) -> ObjectMeta {
        if let Some(at) = self.written.lock().unwrap().get(&meta.location) {
            let at = std::time::UNIX_EPOCH
                + std::time::Duration::from_millis(u64::try_from(at.as_millisecond()).unwrap());
            meta.last_modified = at.into();
        }
        meta
    }
}

/// See the module.
#[derive(Clone)]
pub struct FaultyFiles {
    pub files: Arc<Files>,
    pub weather: Arc<Weather>,
    pub host: Host,
}

impl fmt::Debug for FaultyFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FaultyFiles")
    }
}

impl fmt::Display for FaultyFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FaultyFiles")
    }
}

impl FaultyFiles {
    fn away(&self) -> Error {
        Error::Generic { store: "files", source: "the weather".into() }
    }

    /// Does it fail here? Called before an effect and after it.
    fn check(&self, path: &Path) -> Result<()> {
        // The archive reader's thread draws no chance: it would do so at any moment.
        if std::thread::current().id() != self.files.home {
            self.files.gate.pass(path.as_ref());
            return Ok(());
        }
        let fails = self.weather.is_cut(self.host, Place::Files)
            || self.weather.happens(|climate| climate.refused + climate.answer_lost);
        if fails { Err(self.away()) } else { Ok(()) }
    }
}

#[async_trait]
impl ObjectStore for FaultyFiles {
    async fn put_opts(&self, path: &Path, bytes: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.check(path)?;
        let put = self.files.objects.put_opts(path, bytes, options).await?;
        self.files.came(path);
        self.check(path)?;
        Ok(put)
    }

    async fn put_multipart_opts(
        &self,
        path: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.check(path)?;
        let upload = self.files.objects.put_multipart_opts(path, options).await?;
        // Dated when it begins: small uploads end in the same moment.
        self.files.came(path);
        Ok(upload)
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> Result<GetResult> {
        self.check(path)?;
        let mut got = self.files.objects.get_opts(path, options).await?;
        got.meta = self.files.dated(got.meta);
        Ok(got)
    }

    fn delete_stream(&self, paths: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let this = self.clone();
        paths
            .then(move |path| {
                let this = this.clone();
                async move {
                    let path = path?;
                    this.check(&path)?;
                    this.files.objects.delete(&path).await?;
                    this.files.note(&path, false);
                    this.check(&path)?;
                    Ok(path)
                }
            })
            .boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        if let Err(error) = self.check(&Path::default()) {
            return futures::stream::iter([Err(error)]).boxed();
        }
        let files = Arc::clone(&self.files);
        self.files.objects.list(prefix).map(move |meta| Ok(files.dated(meta?))).boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.files.objects.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.check(from)?;
        self.files.objects.copy_opts(from, to, options).await?;
        self.files.came(to);
        self.check(from)
    }
}
