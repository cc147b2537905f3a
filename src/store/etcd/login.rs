//! What we log in with may change while we run: a new password, a renewed certificate. After a refusal the files are
//! read again, and where they changed, everything is connected anew with what they hold now.

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use etcd_client::ConnectOptions;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::connect;
use crate::settings::StoreSettings;

/// Whoever is refused asks again and again, and many ask at once: the files are read no more often than this.
const READ_AGAIN: Duration = Duration::from_secs(1);

/// The files that the settings name, and what they held when they were read last.
pub(super) struct Login {
    settings: StoreSettings,
    read: Mutex<Read>,
}

struct Read {
    /// Of all files together: what is secret is not kept a second time.
    hash: [u8; 32],
    at: Instant,
}

impl Login {
    /// To be made before the files are used, so that a change in between is found.
    pub(super) fn new(settings: &StoreSettings) -> Self {
        let read = Read { hash: hash(settings), at: Instant::now() };
        Self { settings: settings.clone(), read: Mutex::new(read) }
    }

    /// Both options, where the files hold something else than when they were read last, and that can be used.
    pub(super) async fn changed(&self) -> Option<(ConnectOptions, ConnectOptions)> {
        {
            let mut read = self.read.lock().ok()?;
            if read.at.elapsed() < READ_AGAIN {
                return None;
            }
            read.at = Instant::now();
        }
        let settings = self.settings.clone();
        let read = tokio::task::spawn_blocking(move || (hash(&settings), connect::read(&settings)));
        let (hash, connection) = read.await.ok()?;
        let mut read = self.read.lock().ok()?;
        if read.hash == hash {
            return None;
        }
        match connection {
            Ok(connection) => {
                read.hash = hash;
                tracing::info!("what the store is logged in to with has changed; connecting anew");
                Some((connection.short, connection.long))
            }
            // Half-written, perhaps. It is read again.
            Err(error) => {
                tracing::warn!(%error, "what the store is logged in to with has changed and cannot be used");
                None
            }
        }
    }
}

fn hash(settings: &StoreSettings) -> [u8; 32] {
    let files = [&settings.password_file, &settings.ca_file, &settings.cert_file, &settings.key_file];
    let mut hash = Sha256::new();
    for file in files.map(|file| content(file)) {
        hash.update(Sha256::digest(file));
    }
    hash.finalize().into()
}

/// Nothing, where it cannot be read: that differs from what it held.
fn content(file: &Path) -> Vec<u8> {
    if file.as_os_str().is_empty() { Vec::new() } else { std::fs::read(file).unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Backend;

    #[tokio::test(start_paused = true)]
    async fn a_change_is_told_once_and_a_file_that_cannot_be_used_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        std::fs::write(&file, "one").unwrap();
        let settings = StoreSettings {
            backend: Backend::Etcd,
            path: Default::default(),
            endpoints: vec!["127.0.0.1:2379".into()],
            prefix: "/segdeck".into(),
            username: "u".into(),
            password_file: file.clone(),
            ca_file: Default::default(),
            cert_file: Default::default(),
            key_file: Default::default(),
        };
        let login = Login::new(&settings);
        let after_a_while = async || {
            tokio::time::advance(READ_AGAIN).await;
            login.changed().await.is_some()
        };
        assert!(!after_a_while().await, "nothing has changed");
        std::fs::write(&file, "two").unwrap();
        assert!(login.changed().await.is_none(), "not that often");
        assert!(after_a_while().await);
        assert!(!after_a_while().await, "once");
        std::fs::remove_file(&file).unwrap();
        assert!(!after_a_while().await, "there is nothing to log in with");
        std::fs::write(&file, "three").unwrap();
        assert!(after_a_while().await);
    }
}
