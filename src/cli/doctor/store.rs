//! The store: does it answer, how large is it, is its layout ours, and who leads?

use std::time::Instant;

use super::Check;
use crate::cli::{open, show};
use crate::service::{FORMAT, ServiceError};
use crate::settings::{Backend, Settings};
use crate::store::{self, Key, LeaderRecord, SharedStore, Store, keys};

/// etcd answers everything with an alarm at 2 GiB; half of it is time to look.
const LARGE: u64 = 1 << 30;

/// A round trip that an operator would feel.
const SLOW_MS: u128 = 250;

/// Opens and asks the store; it is handed on where it answers.
pub(super) async fn check(settings: &Settings, checks: &mut Vec<Check>) -> Option<SharedStore> {
    let mend = match settings.store.backend {
        Backend::Embedded => "see store.path: its folder must exist on a local disk and be yours to write",
        Backend::Etcd => "see [store]: endpoints, user, password and certificates; is etcd running?",
    };
    let mut failed = |error: ServiceError| {
        checks.push(if super::is_away(error.code) {
            Check::away("store", error.message, mend)
        } else {
            Check::fail("store", error.message, mend)
        });
    };
    let store = match open::store(settings).await {
        Ok(store) => store,
        Err(error) => {
            failed(error);
            return None;
        }
    };
    let begun = Instant::now();
    let status = match store.status().await {
        Ok(status) => status,
        Err(error) => {
            failed(error.into());
            return None;
        }
    };
    let took = begun.elapsed();
    let detail = format!(
        "{}: {}, revision {}, {}, answered in {}",
        store.name(),
        status.engine,
        status.revision,
        show::size(status.size),
        show::span(took)
    );
    checks.push(if status.size > LARGE && settings.store.backend == Backend::Etcd {
        let mend = "etcd stops at its quota (2 GiB by default): start it with --auto-compaction-retention=1h, \
                    then `etcdctl compact` and `etcdctl defrag`";
        Check::warn("store", detail, mend)
    } else if took.as_millis() > SLOW_MS {
        Check::warn("store", detail, "the store is slow to answer: look at its disk and at the network")
    } else {
        Check::ok("store", detail)
    });
    checks.push(layout(&*store).await);
    Some(store)
}

/// The layout version that the records are written in.
async fn layout(store: &dyn Store) -> Check {
    match read(store, &keys::format()).await {
        Ok(None) => Check::ok("layout", "new: nothing was changed yet"),
        Ok(Some(mark)) if mark["format"].as_u64().is_some_and(|format| format <= FORMAT.into()) => {
            Check::ok("layout", format!("{}; this program knows {FORMAT}", mark["format"]))
        }
        Ok(Some(mark)) => Check::fail(
            "layout",
            format!(
                "{}, written by a newer segdeck; this program knows {FORMAT} and may only look",
                mark["format"]
            ),
            "install the newer version of segdeck",
        ),
        Err(error) => Check::fail("layout", error.message, "see the record meta/format"),
    }
}

/// Who drives the controllers?
pub(super) async fn check_leader(settings: &Settings, store: &dyn Store, checks: &mut Vec<Check>) {
    let leader = match store.get(&keys::leader()).await {
        Ok((_, entry)) => entry.as_ref().map(store::decode::<LeaderRecord>).transpose(),
        Err(error) => Err(error),
    };
    checks.push(match leader {
        Ok(Some(leader)) => Check::ok(
            "leader",
            format!(
                "{} (process {}) since {}, epoch {}",
                leader.who.raw(),
                leader.pid,
                show::time(leader.since),
                leader.epoch
            ),
        ),
        Ok(None) if settings.controllers.enabled => Check::warn(
            "leader",
            "nobody leads now",
            "fine for one user: the console and commands with --wait lead by themselves; else run `segdeck controller`",
        ),
        Ok(None) => Check::warn(
            "leader",
            "nobody leads now, and controllers.enabled is false here",
            "run `segdeck controller` where it is true",
        ),
        Err(error) => Check::fail("leader", ServiceError::from(error).message, "see the record leader"),
    });
}

/// A record as JSON.
pub(super) async fn read(store: &dyn Store, key: &Key) -> Result<Option<serde_json::Value>, ServiceError> {
    match store.get(key).await?.1 {
        Some(entry) => Ok(Some(store::decode(&entry)?)),
        None => Ok(None),
    }
}
