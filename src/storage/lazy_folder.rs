//! The folder of a shared storage as an object store, made by the first write: who only reads, or has the
//! wrong address in the settings, leaves no folder behind.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::sync::OnceLock;

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result,
};

use super::folder;

/// See the module.
#[derive(Debug)]
pub(super) struct LazyFolder {
    root: PathBuf,
    opened: OnceLock<LocalFileSystem>,
}

impl LazyFolder {
    pub(super) fn new(root: PathBuf) -> Self {
        Self { root, opened: OnceLock::new() }
    }

    /// The folder, if it is there.
    fn there(&self) -> Result<&LocalFileSystem> {
        if let Some(opened) = self.opened.get() {
            return Ok(opened);
        }
        // Asked once: asked again after a refusal, it may have been made meanwhile.
        let root = self.root.canonicalize().map_err(|error| match error.kind() {
            ErrorKind::NotFound => {
                Error::NotFound { path: self.root.display().to_string(), source: Box::new(error) }
            }
            _ => self.failed("opening", &error),
        })?;
        let opened = LocalFileSystem::new_with_prefix(root)?;
        Ok(self.opened.get_or_init(|| opened.with_fsync(true).with_automatic_cleanup(true)))
    }

    /// The folder, made if it is not there.
    fn made(&self) -> Result<&LocalFileSystem> {
        folder::create(&self.root).map_err(|error| self.failed("making", &error))?;
        self.there()
    }

    fn failed(&self, doing: &str, error: &io::Error) -> Error {
        let why = io::Error::new(error.kind(), format!("{doing} {}: {error}", self.root.display()));
        Error::Generic { store: "folder", source: Box::new(why) }
    }
}

impl fmt::Display for LazyFolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.root.display())
    }
}

#[async_trait]
impl ObjectStore for LazyFolder {
    async fn put_opts(&self, to: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.made()?.put_opts(to, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        to: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.made()?.put_multipart_opts(to, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.there()?.get_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        match self.there() {
            Ok(there) => there.delete_stream(locations),
            Err(error) => stream::once(async { Err(error) }).boxed(),
        }
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        match self.there() {
            Ok(there) => there.list(prefix),
            // As in a folder that is empty.
            Err(Error::NotFound { .. }) => stream::empty().boxed(),
            Err(error) => stream::once(async { Err(error) }).boxed(),
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.there()?.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.there()?.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.there()?.rename_opts(from, to, options).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two who come at once: while one makes the folder, it is there for the other or not, and nothing else.
    #[test]
    fn a_folder_that_is_just_being_made_is_not_broken() {
        let dir = tempfile::tempdir().unwrap();
        for round in 0..500 {
            let folder = LazyFolder::new(dir.path().join(round.to_string()));
            std::thread::scope(|scope| {
                scope.spawn(|| folder.made().map(|_| ()).unwrap());
                loop {
                    match folder.there() {
                        Ok(_) => break,
                        Err(Error::NotFound { .. }) => {}
                        Err(error) => panic!("{error}"),
                    }
                }
            });
        }
    }
}
