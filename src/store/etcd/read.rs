//! Reads. All of them are linearizable: an endpoint that lags behind catches up before it answers.

use etcd_client::{Client, GetOptions, GetResponse, KvClient, Txn, TxnOp, TxnOpResponse};

use super::cluster::{Cluster, Effect};
use super::fault::Fault;
use super::member::Lane;
use crate::store::{Entry, Got, Key, ListQuery, MAX_OPS, Page, Revision, StoreError, StoreStatus};

/// Larger than any answer we ask for: 100 records of 256 KiB, or a page of 5,000. The client itself would
/// refuse more than 4 MiB, with the code that a compaction has too.
pub(super) const DECODE_LIMIT: usize = 64 * 1024 * 1024;

pub(super) fn kv(client: &Client) -> KvClient {
    client.kv_client().max_decoding_message_size(DECODE_LIMIT)
}

pub(super) async fn get_many(cluster: &Cluster, keys: &[Key]) -> Result<Got, StoreError> {
    let mut got = Got { revision: 0, entries: Vec::with_capacity(keys.len()) };
    if keys.is_empty() {
        // Even nothing has a revision at which it was read.
        got.revision = page(cluster, cluster.root.full(""), GetOptions::new().with_count_only(), 0).await?.1;
        return Ok(got);
    }
    for chunk in keys.chunks(MAX_OPS) {
        // Every chunk shows the revision of the first.
        let pinned = got.revision;
        let (revision, entries) = cluster
            .call(Lane::Short, Effect::Repeatable, |client| {
                let gets: Vec<TxnOp> = chunk
                    .iter()
                    .map(|key| {
                        let options = GetOptions::new().with_revision(pinned);
                        TxnOp::get(cluster.root.full(key.as_str()), Some(options))
                    })
                    .collect();
                async move {
                    let answer = kv(&client).txn(Txn::new().and_then(gets)).await?;
                    let revision = cluster.heard(answer.header());
                    let entries = answer.op_responses().into_iter().map(|one| first(cluster, one)).collect();
                    Ok::<(Revision, Vec<Option<Entry>>), Fault>((revision, entries))
                }
            })
            .await
            .map_err(|error| at(error, pinned))?;
        got.revision = if pinned == 0 { revision } else { pinned };
        got.entries.extend(entries);
    }
    Ok(got)
}

/// The first record an operation of a transaction found.
pub(super) fn first(cluster: &Cluster, answer: TxnOpResponse) -> Option<Entry> {
    match answer {
        TxnOpResponse::Get(mut got) => got.take_kvs().into_iter().find_map(|kv| cluster.root.entry(kv)),
        _ => None,
    }
}

pub(super) async fn list(cluster: &Cluster, query: &ListQuery) -> Result<Page, StoreError> {
    let limit = query.limit.max(1);
    let end = cluster.root.range_end(&query.prefix);
    let mut from = cluster.root.full(&query.prefix);
    if let Some(after) = &query.after {
        from = from.max(successor(cluster.root.full(after.as_str())));
    }
    let mut page_read = Page { revision: query.revision.unwrap_or(0), entries: Vec::new(), more: true };
    // More than one turn only where somebody wrote keys below our root that are no text; they are left out.
    while page_read.more && page_read.entries.len() < limit {
        let mut options = GetOptions::new()
            .with_range(end.clone())
            .with_limit((limit - page_read.entries.len()) as i64)
            .with_revision(page_read.revision);
        if query.keys_only {
            options = options.with_keys_only();
        }
        if from >= end {
            // Nothing can be there, but a revision is read at all the same, and may be gone.
            let nothing = GetOptions::new().with_count_only().with_revision(page_read.revision);
            let (_, now) = page(cluster, cluster.root.full(""), nothing, page_read.revision).await?;
            page_read.revision = if page_read.revision == 0 { now } else { page_read.revision };
            page_read.more = false;
            break;
        }
        let (mut answer, now) = page(cluster, from.clone(), options, page_read.revision).await?;
        // The header tells the store's revision, not the one that was read at.
        if page_read.revision == 0 {
            page_read.revision = now;
        }
        page_read.more = answer.more();
        let kvs = answer.take_kvs();
        if let Some(last) = kvs.last() {
            from = successor(last.key().to_vec());
        }
        page_read.entries.extend(kvs.into_iter().filter_map(|kv| cluster.root.entry(kv)));
    }
    Ok(page_read)
}

/// The smallest key after this one.
fn successor(mut key: Vec<u8>) -> Vec<u8> {
    key.push(0);
    key
}

async fn page(
    cluster: &Cluster,
    from: Vec<u8>,
    options: GetOptions,
    pinned: Revision,
) -> Result<(GetResponse, Revision), StoreError> {
    let answer = cluster
        .call(Lane::Short, Effect::Repeatable, |client| {
            let (from, options) = (from.clone(), options.clone());
            async move { Ok(kv(&client).get(from, Some(options)).await?) }
        })
        .await
        .map_err(|error| at(error, pinned))?;
    let revision = cluster.heard(answer.header());
    Ok((answer, revision))
}

/// Puts the revision that was asked for into the error.
fn at(error: StoreError, revision: Revision) -> StoreError {
    match error {
        StoreError::Compacted { .. } => StoreError::Compacted { revision },
        other => other,
    }
}

pub(super) async fn status(cluster: &Cluster) -> Result<StoreStatus, StoreError> {
    let status = cluster
        .call(Lane::Short, Effect::Repeatable, |client| async move {
            Ok(client.maintenance_client().status().await?)
        })
        .await?;
    Ok(StoreStatus {
        revision: status.header().map_or(0, |header| header.revision()),
        size: u64::try_from(status.db_size()).unwrap_or(0),
        engine: format!("etcd {}", crate::domain::Shown::from(status.version())),
    })
}
