//! The store: does it answer, how large is it, is its layout ours, and who leads?

use std::time::Instant;

use super::Check;
use crate::cli::{freeze, open, show};
use crate::domain::{Freeze, Segment};
use crate::service::{FORMAT, ServiceError};
use crate::settings::{Backend, Settings};
use crate::store::keys::{self, Named};
use crate::store::{self, Entry, Key, Leadership, ListQuery, SharedStore, Store};

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
    checks.push(records(&*store).await);
    Some(store)
}

/// Can every record that lists show be read?
async fn records(store: &dyn Store) -> Check {
    let (mut read, mut broken, mut first) = (0_usize, 0_usize, None);
    for of in store::CACHED {
        let mut query = ListQuery { limit: 500, ..ListQuery::prefix(of) };
        loop {
            let page = match store.list(&query).await {
                Ok(page) => page,
                Err(error) => {
                    return Check::away("records", error.to_string(), "see the line about the store");
                }
            };
            for entry in &page.entries {
                read += 1;
                if !is_readable(entry) {
                    broken += 1;
                    first.get_or_insert_with(|| entry.key.to_string());
                }
            }
            if !query.turn_now(&page) {
                break;
            }
        }
    }
    match first {
        None => Check::ok("records", format!("{read} read")),
        Some(first) => Check::warn(
            "records",
            format!(
                "{broken} of {read} cannot be read and are left out everywhere, the first one is {first}"
            ),
            "were they written by a newer segdeck? Install that one; else put the record back from a backup, or delete its key",
        ),
    }
}

/// As consoles count them, and more closely: they hold less of a segment than its record does, and no shards.
fn is_readable(entry: &Entry) -> bool {
    store::is_readable(entry)
        && match keys::parse(&entry.key) {
            Named::Segment(_) => store::decode::<Segment>(entry).is_ok(),
            _ => store::decode::<serde_json::Value>(entry).is_ok(),
        }
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
        Ok((_, entry)) => entry.as_ref().map_or(Ok(Leadership::Vacant), Leadership::of),
        Err(error) => Err(error),
    };
    let held = matches!(leader, Ok(Leadership::Held(_)));
    let might = settings.controllers.enabled && !settings.ui.read_only;
    if might
        && !held
        && let Err(error) = store::prove(store).await
    {
        checks.push(Check::fail(
            "leader",
            format!("this process cannot lead: {error}"),
            "until that is mended, another process has to lead: `segdeck controller status` there says whether it may",
        ));
    }
    checks.push(match leader {
        Ok(Leadership::Held(leader)) => Check::ok(
            "leader",
            format!(
                "{} (process {}) since {}, epoch {}",
                leader.who.raw(),
                leader.pid,
                show::time(leader.since),
                leader.epoch
            ),
        ),
        Ok(Leadership::LeftOver(record)) => Check::warn(
            "leader",
            format!(
                "nobody leads: the record of {} (process {}, epoch {}) is left over, it lies under no lease",
                record.who.raw(),
                record.pid,
                record.epoch
            ),
            "run `segdeck controller`: the next process that stands takes it away",
        ),
        Ok(Leadership::Vacant) if settings.controllers.enabled => Check::warn(
            "leader",
            "nobody leads now",
            "fine for one user: the console and commands with --wait lead by themselves; else run `segdeck controller`",
        ),
        Ok(Leadership::Vacant) => Check::warn(
            "leader",
            "nobody leads now, and controllers.enabled is false here",
            "run `segdeck controller` where it is true",
        ),
        Err(error) => Check::fail("leader", ServiceError::from(error).message, "see the record leader"),
    });
}

/// Is anything sent to seats at all?
pub(super) async fn check_freeze(store: &dyn Store, checks: &mut Vec<Check>) {
    let frozen = match store.get(&keys::freeze()).await {
        Ok((_, None)) => return,
        Ok((_, Some(entry))) => store::decode::<Freeze>(&entry),
        Err(error) => Err(error),
    };
    let mend = "`segdeck unfreeze` lifts it";
    checks.push(match frozen {
        Ok(freeze) => Check::warn("freeze", freeze::says(&freeze), mend),
        Err(error) => Check::fail("freeze", ServiceError::from(error).message, mend),
    });
}

/// A record as JSON.
pub(super) async fn read(store: &dyn Store, key: &Key) -> Result<Option<serde_json::Value>, ServiceError> {
    match store.get(key).await?.1 {
        Some(entry) => Ok(Some(store::decode(&entry)?)),
        None => Ok(None),
    }
}
