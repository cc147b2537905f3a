//! What the controllers and the cache cost, beside bare etcd-client doing the same in the same run.
//!
//! `cargo bench --bench controllers [-- PART]`, where a part is `publish`, `import` or `change`; all of them if not
//! said. Each on an etcd of its own, both sides in turn, medians; no fsync of etcd's, which would flatter us.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a failed step is a failed run
#![allow(missing_docs, unreachable_pub, reason = "nothing is outside of a benchmark")]

mod change;
#[path = "../../tests/common/etcd.rs"]
mod etcd;
mod import;
mod journal;
mod platform;
mod publish;
mod site;

#[tokio::main]
async fn main() {
    // Cargo hands `--bench` over too.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    if let [watcher, endpoint, ..] = words.as_slice()
        && let Some(what) = change::Watching::of(watcher)
    {
        return change::watch(what, endpoint).await;
    }
    let wanted = |part: &str| words.is_empty() || words.iter().any(|word| word == part);
    if wanted("publish") {
        publish::compare().await;
    }
    if wanted("import") {
        import::compare().await;
    }
    if wanted("change") {
        change::compare().await;
    }
}

/// The middle one.
fn median<T: PartialOrd + Copy>(mut figures: Vec<T>) -> T {
    figures.sort_by(|one, other| one.partial_cmp(other).unwrap());
    figures[figures.len() / 2]
}
