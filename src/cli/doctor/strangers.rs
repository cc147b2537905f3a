//! What lies in shared storage and is none of ours: left alone by everything, and named here.

use std::time::Duration;

use futures::TryStreamExt;

use super::Check;
use crate::storage::{Folder, Listed, SharedStorage, StorageError, Stranger};

/// Strangers that are named.
const NAMED: usize = 3;

/// A storage with very many files is looked at for so long.
const PATIENCE: Duration = Duration::from_secs(10);

const LINKS: &str = "no link in shared storage is followed: put the files themselves in its place, or set \
                     storage.url to the folder that holds them";

const OTHERS: &str = "nothing touches them; move them out of shared storage if nobody needs them there";

/// Looks through all of its folders.
pub(super) async fn check(storage: &SharedStorage) -> Check {
    match tokio::time::timeout(PATIENCE, all(storage)).await {
        Ok(Ok(strangers)) => told(&strangers),
        Ok(Err(error @ StorageError::Refused { .. })) => Check::fail("strangers", error.to_string(), LINKS),
        Ok(Err(error)) => Check::away("strangers", error.to_string(), "see storage.url"),
        Err(_) => Check::warn(
            "strangers",
            format!("not all of {} was listed within {} s", storage.url(), PATIENCE.as_secs()),
            "look at the load of whoever keeps the files",
        ),
    }
}

async fn all(storage: &SharedStorage) -> Result<Vec<Stranger>, StorageError> {
    let mut strangers = Vec::new();
    for folder in Folder::ALL {
        let mut listed = storage.list(folder);
        while let Some(one) = listed.try_next().await? {
            if let Listed::Stranger(stranger) = one {
                strangers.push(stranger);
            }
        }
    }
    // Links first: files behind them are out of reach, and may be missed.
    strangers.sort_by(|a, b| b.link.cmp(&a.link).then_with(|| a.path.cmp(&b.path)));
    Ok(strangers)
}

fn told(strangers: &[Stranger]) -> Check {
    let links = strangers.iter().filter(|stranger| stranger.link).count();
    let name = |stranger: &Stranger| {
        if stranger.link { format!("{} (a link)", stranger.path) } else { stranger.path.clone() }
    };
    let mut names: Vec<String> = strangers.iter().take(NAMED).map(name).collect();
    if strangers.len() > NAMED {
        names.push(format!("and {} more", strangers.len() - NAMED));
    }
    match strangers.len() {
        0 => Check::ok("strangers", "none: segdeck gave every name in shared storage"),
        count => Check::warn(
            "strangers",
            format!("{count} not put there by segdeck, {links} of them links: {}", names.join(", ")),
            if links > 0 { LINKS } else { OTHERS },
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;
    use crate::storage::folder_url;

    async fn checked(folder: &std::path::Path) -> Check {
        check(&SharedStorage::open(&folder_url(folder)).unwrap()).await
    }

    #[tokio::test]
    async fn strangers_are_counted_and_the_first_are_named() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(checked(dir.path()).await.state, State::Ok);
        std::fs::create_dir_all(dir.path().join("segments/nav")).unwrap();
        for name in ["b c", "d e", "f\u{1b}g"] {
            std::fs::write(dir.path().join("segments").join(name), "").unwrap();
        }
        let odd = checked(dir.path()).await;
        assert_eq!(odd.state, State::Warn);
        assert_eq!(
            odd.detail,
            "3 not put there by segdeck, 0 of them links: segments/b c, segments/d e, segments/f\u{fffd}g"
        );
        assert_eq!(odd.mend.as_deref(), Some(OTHERS));

        std::os::unix::fs::symlink("/", dir.path().join("segments/nav/9.9")).unwrap();
        let linked = checked(dir.path()).await;
        assert_eq!(
            linked.detail,
            "4 not put there by segdeck, 1 of them links: \
             segments/nav/9.9 (a link), segments/b c, segments/d e, and 1 more"
        );
        assert_eq!(linked.mend.as_deref(), Some(LINKS));
    }

    #[tokio::test]
    async fn a_folder_that_is_a_link_fails() {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/", dir.path().join("segments")).unwrap();
        let linked = checked(dir.path()).await;
        assert_eq!(linked.state, State::Fail);
        assert!(linked.detail.starts_with("segments in shared storage"), "{}", linked.detail);
    }
}
