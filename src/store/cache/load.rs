//! The complete list: every wanted prefix at one revision, parsed beside the reading of the next page.

use std::sync::Arc;

use tokio::task::JoinHandle;

use super::parse::{Parsed, parse};
use super::rows::Rows;
use super::segment::Words;
use super::{Cache, Change, Freshness, Pace};
use crate::store::keys::{self, Named};
use crate::store::{Entry, Key, ListQuery, MAX_OPS, ReadStore, Revision, StoreError};

/// Where everything is kept. Manifests, history, audit and tombstones are read when somebody asks for them.
pub const PREFIXES: [&str; 12] = [
    keys::SEGMENTS,
    keys::LEFTOVERS,
    "leader",
    "meta/incarnation",
    keys::FREEZE,
    keys::SYNC,
    keys::ACTIVE_INSTALLS,
    keys::SEATS,
    keys::BINDINGS,
    keys::INSTALLED,
    keys::INSTALL_RECORDS,
    keys::INSTALL_LOGS,
];

/// Fewer entries than this are parsed on the spot: a thread would take longer to wake than they take.
const FEW: usize = 64;

/// Where the rows of a list go.
enum Target {
    /// Straight to the readers: there is nothing older that half a list would hide.
    Visible,
    /// Aside, until all is there.
    Aside(Box<Rows>),
}

/// A list on its way.
struct Load<'a> {
    cache: &'a Arc<Cache>,
    target: Target,
    /// Travels to the parsing thread and back.
    words: &'a mut Words,
    parsing: Option<JoinHandle<(Vec<Parsed>, Words)>>,
}

/// Lists everything and shows it; the revision of the list.
pub(super) async fn load(
    cache: &Arc<Cache>,
    store: &dyn ReadStore,
    pace: &Pace,
    words: &mut Words,
) -> Result<Revision, StoreError> {
    let visible = cache.read(|rows| rows.revision == 0 && rows.len() == 0);
    let target = if visible { Target::Visible } else { Target::Aside(Box::default()) };
    let mut load = Load { cache, target, words, parsing: None };
    let mut revision = None;
    for prefix in PREFIXES {
        let summaries = matches!(prefix, keys::INSTALL_RECORDS | keys::INSTALL_LOGS);
        let mut query = ListQuery {
            limit: if revision.is_none() { pace.first_page } else { pace.page },
            revision,
            keys_only: summaries,
            ..ListQuery::prefix(prefix)
        };
        loop {
            let page = store.list(&query).await?;
            revision = Some(page.revision);
            query.limit = pace.page;
            let more = query.turn(&page);
            if summaries {
                load.summaries(store, &page.entries).await?;
            } else {
                load.take(page.entries).await;
            }
            if !more {
                break;
            }
        }
    }
    load.settle().await;
    let revision = revision.unwrap_or(0);
    match load.target {
        Target::Visible => cache.write(|rows| {
            rows.revision = revision;
            rows.cluster = store.cluster();
            vec![Change::Reset]
        }),
        Target::Aside(mut rows) => {
            rows.revision = revision;
            rows.cluster = store.cluster();
            cache.swap(*rows);
        }
    }
    Ok(revision)
}

impl Load<'_> {
    /// Below the summary of an install lie its shards, up to 200 KiB each: only the summaries are read.
    ///
    /// They are read as they are now, not as of the list; what changed in between comes again by the watch.
    async fn summaries(&mut self, store: &dyn ReadStore, listed: &[Entry]) -> Result<(), StoreError> {
        let shard = |key: &Key| {
            matches!(keys::parse(key), Named::InstallRecord(_, _, Some(_)) | Named::InstallLog(_, _, Some(_)))
        };
        let wanted: Vec<Key> =
            listed.iter().map(|entry| &entry.key).filter(|key| !shard(key)).cloned().collect();
        for chunk in wanted.chunks(MAX_OPS) {
            let got = store.get_many(chunk).await?;
            self.take(got.entries.into_iter().flatten().collect()).await;
        }
        Ok(())
    }

    /// Begins to parse a page, after taking in what the page before came to.
    async fn take(&mut self, entries: Vec<Entry>) {
        if entries.is_empty() {
            return;
        }
        self.settle().await;
        let few = entries.len() < FEW;
        // On the very first list there is nothing that a row could be shared with.
        let known = matches!(self.target, Target::Aside(_)).then(|| Arc::clone(self.cache));
        let parse = move |words: &mut Words| {
            let parsed = entries.into_iter().map(|entry| parse(entry, words)).collect();
            match known {
                Some(cache) => cache.read(|known| share(parsed, known)),
                None => parsed,
            }
        };
        if few {
            let parsed = parse(self.words);
            self.fill(parsed);
            return;
        }
        let mut words = std::mem::take(self.words);
        self.parsing = Some(tokio::task::spawn_blocking(move || (parse(&mut words), words)));
    }

    async fn settle(&mut self) {
        let Some(parsing) = self.parsing.take() else { return };
        // It fails only when the runtime goes down, and the list with it.
        let Ok((parsed, words)) = parsing.await else { return };
        *self.words = words;
        self.fill(parsed);
    }

    fn fill(&mut self, parsed: Vec<Parsed>) {
        match &mut self.target {
            Target::Visible => {
                self.cache.write(|rows| {
                    fill(rows, parsed);
                    vec![Change::Reset]
                });
                let rows = self.cache.read(Rows::len);
                self.cache.freshness.send_replace(Freshness::Loading { rows });
            }
            Target::Aside(rows) => fill(rows, parsed),
        }
    }
}

/// Rows that are as they were are the ones that are there already, so that a list that only confirms needs no
/// second copy of everything.
fn share(mut parsed: Vec<Parsed>, known: &Rows) -> Vec<Parsed> {
    for one in &mut parsed {
        if let Parsed::Segment(row) = one
            && let Some(known) = known.segments.get(&row.id)
            && known == row
        {
            *row = Arc::clone(known);
        }
    }
    parsed
}

fn fill(rows: &mut Rows, parsed: Vec<Parsed>) {
    let mut changes = Vec::new();
    for one in parsed {
        rows.put(one, &mut changes);
        changes.clear();
    }
}
