//! Bare etcd-client: what the product wrote, and the same again without it.

use std::collections::BTreeMap;

use etcd_client::{Client, KvClient, Txn, TxnOp, WatchOptions};

/// Bytes of an answer that we take: a watch of the past comes in large pieces.
const ANSWER: usize = 512 << 20;

/// Where the product writes, and where the same is written again: names of the same length.
pub const OURS: &str = "/bench";
const AGAIN: &str = "/again";

/// A record as a transaction put it.
#[derive(Debug, Clone)]
pub struct Put {
    pub key: Vec<u8>,
    pub value: Vec<u8>,
}

impl Put {
    /// The same record below the other root.
    pub fn again(&self) -> Self {
        Self { key: again(&self.key), value: self.value.clone() }
    }

    pub fn op(&self) -> TxnOp {
        TxnOp::put(self.key.clone(), self.value.clone(), None)
    }

    pub fn is_below(&self, part: &str) -> bool {
        let root = self.key.iter().skip(1).position(|byte| *byte == b'/').unwrap() + 2;
        self.key[root..].starts_with(part.as_bytes())
    }
}

/// The key below the other root.
pub fn again(key: &[u8]) -> Vec<u8> {
    assert!(key.starts_with(OURS.as_bytes()));
    [AGAIN.as_bytes(), &key[OURS.len()..]].concat()
}

pub async fn connect(endpoint: &str) -> Client {
    Client::connect([endpoint], None).await.unwrap()
}

pub fn kv(client: &Client) -> KvClient {
    client.kv_client().max_decoding_message_size(ANSWER)
}

/// The revision now.
pub async fn revision(client: &Client) -> i64 {
    kv(client).get("x", None).await.unwrap().header().unwrap().revision()
}

/// Each transaction below `prefix` from one revision to another, in order, with all that it put.
pub async fn written(client: &Client, prefix: &str, from: i64, to: i64) -> Vec<Vec<Put>> {
    let options = WatchOptions::new().with_prefix().with_start_revision(from);
    let mut watch = client.watch_client().max_decoding_message_size(ANSWER);
    let mut stream = watch.watch(prefix, Some(options)).await.unwrap();
    let mut transactions: BTreeMap<i64, Vec<Put>> = BTreeMap::new();
    while transactions.last_key_value().is_none_or(|(revision, _)| *revision < to) {
        let answer = stream.message().await.unwrap().unwrap();
        for event in answer.events() {
            let kv = event.kv().unwrap();
            let put = Put { key: kv.key().to_vec(), value: kv.value().to_vec() };
            transactions.entry(kv.mod_revision()).or_default().push(put);
        }
    }
    transactions.into_values().collect()
}

/// Puts records, 100 operations a transaction.
pub async fn put_all(client: &Client, puts: &[Put]) {
    for some in puts.chunks(100) {
        let txn = Txn::new().and_then(some.iter().map(Put::op).collect::<Vec<_>>());
        assert!(kv(client).txn(txn).await.unwrap().succeeded());
    }
}
