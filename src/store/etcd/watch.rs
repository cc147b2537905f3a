//! Watches. A watch is a hint that ends without notice; the list is the truth.

use bytes::Bytes;
use etcd_client::{Client, EventType, GetOptions, WatchOptions, WatchResponse, WatchStream};
use tokio::sync::mpsc;
use tokio::time::{Duration, Instant, sleep_until};

use super::cluster::{Cluster, Effect};
use super::fault::Fault;
use super::member::Lane;
use super::read::{DECODE_LIMIT, kv};
use super::root::Root;
use crate::domain::Shown;
use crate::domain::words::{Say, say, word};
use crate::store::{Entry, Revision, StoreError, Watch, WatchBatch, WatchEvent};

/// Batches that wait for a slow reader; the rest waits at the server.
const WAITING: usize = 64;

/// After so long without a change the server is asked whether the watch is still there. The keep-alive of the
/// connection would tell only after 15 s, and not more often: a server ends those who ping more.
const QUIET: Duration = Duration::from_secs(3);

/// So long it may take to answer. One that is only slow is heard of again without a new list.
const ANSWER: Duration = Duration::from_secs(2);

pub(super) async fn start(cluster: &Cluster, prefix: &str, from: Revision) -> Result<Watch, StoreError> {
    let (key, end) = (cluster.root.full(prefix), cluster.root.range_end(prefix));
    let stream = cluster
        .call(Lane::Long, Effect::Repeatable, |client| {
            let (key, end) = (key.clone(), end.clone());
            async move {
                match open(&client, &key, &end, from).await {
                    // A login that ran out is told in the stream, where the client does not renew it. A read
                    // does.
                    Err(Fault::Denied(_)) => {
                        let options =
                            GetOptions::new().with_range(end.clone()).with_limit(1).with_keys_only();
                        kv(&client).get(key.clone(), Some(options)).await?;
                        open(&client, &key, &end, from).await
                    }
                    opened => opened,
                }
            }
        })
        .await?;
    let (sender, receiver) = mpsc::channel(WAITING);
    let pump =
        Pump { root: Root::clone(&cluster.root), store: cluster.name().to_owned(), seen: from - 1, sender };
    tokio::spawn(pump.run(stream));
    Ok(receiver)
}

/// Returns when the server has confirmed: every later change is seen.
async fn open(client: &Client, key: &[u8], end: &[u8], from: Revision) -> Result<WatchStream, Fault> {
    // No fragments: parts of one revision would arrive as several batches.
    let options = WatchOptions::new().with_range(end).with_start_revision(from);
    let mut watches = client.watch_client().max_decoding_message_size(DECODE_LIMIT);
    let mut stream = watches.watch(key, Some(options)).await?;
    match stream.message().await? {
        Some(first) if first.canceled() && first.compact_revision() == 0 => {
            let reason = Shown::from(first.cancel_reason()).into_string();
            Err(if reason.contains("permission denied") || reason.contains("auth") {
                Fault::Denied(Say::plain(&reason))
            } else {
                Fault::Unanswered(say!("store-watch-refused", reason = reason))
            })
        }
        Some(first) if first.created() => Ok(stream),
        Some(_) => Err(Fault::Unanswered(word!("store-watch-not-confirmed").into())),
        None => Err(Fault::Unanswered(word!("store-watch-not-begun").into())),
    }
}

/// Carries one watch from the server to its reader.
struct Pump {
    root: Root,
    store: String,
    /// All up to here was delivered.
    seen: Revision,
    sender: mpsc::Sender<Result<WatchBatch, StoreError>>,
}

impl Pump {
    async fn run(mut self, mut stream: WatchStream) {
        let (mut heard, mut asked, mut silent) = (Instant::now(), None, false);
        loop {
            // Not by when it was heard of: a slow reader may have kept this from listening since.
            let due = asked.map_or(heard + QUIET, |asked: Instant| asked + ANSWER);
            let message = tokio::select! {
                biased;
                () = self.sender.closed() => return,
                message = stream.message() => message,
                () = sleep_until(due), if !silent => {
                    if asked.is_none() {
                        asked = Some(Instant::now());
                        // What cannot be sent is told by the stream.
                        let _ = stream.request_progress().await;
                        continue;
                    }
                    silent = true;
                    let error = StoreError::Silent { store: self.store.clone(), since: heard.elapsed() };
                    if self.sender.send(Err(error)).await.is_err() {
                        return;
                    }
                    continue;
                }
            };
            (heard, asked) = (Instant::now(), None);
            let was_silent = std::mem::take(&mut silent);
            let item = match message {
                // The number tells a compaction; the reason is empty then.
                Ok(Some(answer)) if answer.compact_revision() > 0 => {
                    Err(StoreError::Compacted { revision: answer.compact_revision() })
                }
                Ok(Some(answer)) if answer.canceled() => {
                    Err(self.ended(say!("store-watch-was-ended", reason = answer.cancel_reason())))
                }
                Ok(Some(answer)) => match self.batch(&answer) {
                    Some(batch) => {
                        self.seen = batch.revision;
                        Ok(batch)
                    }
                    None if was_silent => Ok(WatchBatch { revision: self.seen, events: Vec::new() }),
                    None => continue,
                },
                Ok(None) => Err(self.ended(word!("store-watch-ended").into())),
                Err(error) => Err(match Fault::from(error) {
                    Fault::NotSent(text) | Fault::Unanswered(text) => self.ended(text),
                    other => self.ended(Say::plain(&format!("{other:?}"))),
                }),
            };
            let over = item.is_err();
            if self.sender.send(item).await.is_err() || over {
                return;
            }
        }
    }

    fn ended(&self, reason: Say) -> StoreError {
        StoreError::Unavailable { store: self.store.clone(), reason }
    }

    /// `None` for the confirmation of a watch and other messages without a change.
    fn batch(&self, answer: &WatchResponse) -> Option<WatchBatch> {
        // While a watch catches up, the header is ahead of the events.
        let revision =
            answer.events().iter().filter_map(|event| event.kv()).map(|kv| kv.mod_revision()).max()?;
        let events = answer
            .events()
            .iter()
            .filter_map(|event| {
                let kv = event.kv()?;
                let key = self.root.key(kv.key())?;
                Some(match event.event_type() {
                    EventType::Put => WatchEvent::Put(Entry {
                        key,
                        value: Bytes::copy_from_slice(kv.value()),
                        create_revision: kv.create_revision(),
                        mod_revision: kv.mod_revision(),
                        leased: kv.lease() != 0,
                    }),
                    EventType::Delete => WatchEvent::Delete(key, kv.mod_revision()),
                })
            })
            .collect();
        Some(WatchBatch { revision, events })
    }
}
