//! The bearer token of a remote: read from its file, read again when the remote does not take it.

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use tonic::metadata::{Ascii, MetadataValue};

use super::RemoteConfigError;
use crate::domain::RemoteKind;

/// Longest token file, in bytes.
const MAX_FILE: u64 = 64 * 1024;

/// A token that may change under us. It has no `Debug`.
pub(super) struct TokenFile {
    path: PathBuf,
    header: RwLock<MetadataValue<Ascii>>,
}

impl TokenFile {
    pub(super) fn open(remote: RemoteKind, path: &Path) -> Result<Self, RemoteConfigError> {
        let header = read(path).map_err(|source| RemoteConfigError::File {
            remote,
            setting: "token_file",
            path: path.to_owned(),
            source,
        })?;
        let header = header.ok_or_else(|| RemoteConfigError::Token { remote, path: path.to_owned() })?;
        Ok(Self { path: path.to_owned(), header: RwLock::new(header) })
    }

    /// The value of the header `authorization`; marked sensitive, so that nothing prints it.
    pub(super) fn header(&self) -> MetadataValue<Ascii> {
        self.header.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the file again; `true` if it holds another token now.
    pub(super) async fn refresh(&self) -> bool {
        let path = self.path.clone();
        let read = tokio::task::spawn_blocking(move || read(&path)).await;
        let Ok(Ok(Some(fresh))) = read else { return false };
        let mut header = self.header.write().unwrap_or_else(PoisonError::into_inner);
        let changed = *header != fresh;
        *header = fresh;
        changed
    }
}

fn read(path: &Path) -> std::io::Result<Option<MetadataValue<Ascii>>> {
    if std::fs::metadata(path)?.len() > MAX_FILE {
        return Ok(None);
    }
    let text = std::fs::read_to_string(path)?;
    let token = text.trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(None);
    }
    let header = MetadataValue::try_from(format!("Bearer {token}")).ok();
    Ok(header.map(|mut header| {
        header.set_sensitive(true);
        header
    }))
}
