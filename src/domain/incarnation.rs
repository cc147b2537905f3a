//! Which life of the records something was seen in. A revision alone does not tell: after a restore the store counts on
//! from an earlier one, and what was seen before it has numbers that mean something else by then.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize, Serializer};

use super::words::{Say, say};
use super::{RecordId, Timestamp, Unknown};

/// A life of the records: from their first change, or from when they were seen to have stepped back, to the next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Incarnation {
    id: RecordId,
    /// The cluster that has them now, where it is another one than their record names.
    cluster: Option<u64>,
}

/// What somebody looked at before deciding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SeenAt {
    /// The store's revision.
    pub revision: i64,
    /// The life of the records; absent where it was not told.
    pub incarnation: Option<Incarnation>,
}

/// The record `meta/incarnation`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IncarnationRecord {
    /// Another one after each step back.
    pub incarnation: RecordId,
    /// Since when.
    pub since: Timestamp,
    /// The cluster of the store, where it has an id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster_id: Option<String>,
    /// When the store was seen to have stepped back; absent where it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stepped_back_at: Option<Timestamp>,
    /// Fields of newer versions.
    #[serde(flatten)]
    pub unknown: Unknown,
}

impl IncarnationRecord {
    /// A new life.
    pub fn begin(now: Timestamp, cluster: Option<u64>) -> Self {
        Self {
            incarnation: RecordId::new(now),
            since: now,
            cluster_id: cluster.map(named),
            stepped_back_at: None,
            unknown: Unknown::default(),
        }
    }

    /// Is it of another cluster than this one? Without ids nobody can tell.
    pub fn is_of_another(&self, cluster: Option<u64>) -> bool {
        self.cluster_id.is_some() && cluster.is_some() && self.cluster_id != cluster.map(named)
    }

    /// The life it names, as seen in this cluster.
    pub fn seen_in(&self, cluster: Option<u64>) -> Incarnation {
        Incarnation { id: self.incarnation, cluster: cluster.filter(|_| self.is_of_another(cluster)) }
    }
}

fn named(cluster: u64) -> String {
    format!("{cluster:x}")
}

impl fmt::Display for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cluster {
            None => self.id.fmt(f),
            Some(cluster) => write!(f, "{}-{cluster:x}", self.id),
        }
    }
}

impl FromStr for Incarnation {
    type Err = Say;

    fn from_str(text: &str) -> Result<Self, Say> {
        let (id, cluster) = text.split_once('-').map_or((text, None), |(id, cluster)| (id, Some(cluster)));
        let cluster = cluster.map(|cluster| u64::from_str_radix(cluster, 16)).transpose();
        Ok(Self { id: id.parse()?, cluster: cluster.map_err(|_| no_revision(text))? })
    }
}

impl Serialize for Incarnation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl From<i64> for SeenAt {
    fn from(revision: i64) -> Self {
        Self { revision, incarnation: None }
    }
}

impl fmt::Display for SeenAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.incarnation {
            None => write!(f, "{}", self.revision),
            Some(incarnation) => write!(f, "{incarnation}:{}", self.revision),
        }
    }
}

/// `N` or `INCARNATION:N`.
impl FromStr for SeenAt {
    type Err = Say;

    fn from_str(text: &str) -> Result<Self, Say> {
        let (incarnation, number) =
            text.rsplit_once(':').map_or((None, text), |(life, number)| (Some(life), number));
        let revision = number.parse().ok().filter(|revision| *revision > 0);
        Ok(Self {
            revision: revision.ok_or_else(|| no_revision(text))?,
            incarnation: incarnation.map(str::parse).transpose()?,
        })
    }
}

fn no_revision(text: &str) -> Say {
    let beginning: String = text.chars().take(64).collect();
    say!("no-revision", text = format!("{beginning:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_written_and_read_back() {
        let now = Timestamp::UNIX_EPOCH;
        let record = IncarnationRecord::begin(now, Some(0xab));
        let (same, other) = (record.seen_in(Some(0xab)), record.seen_in(Some(0xcd)));
        assert_ne!(same, other, "the records went to another cluster");
        assert_eq!(
            (record.seen_in(None), IncarnationRecord::begin(now, None).is_of_another(Some(1))),
            (same, false)
        );
        for incarnation in [None, Some(same), Some(other)] {
            let seen = SeenAt { revision: 7, incarnation };
            assert_eq!(seen.to_string().parse(), Ok(seen));
        }
        for text in ["", "0", "-1", "x", "7:", ":7", "x:7", "01ARZ3NDEKTSV4RRFFQ69G5FAV-x:7"] {
            assert!(text.parse::<SeenAt>().is_err(), "{text:?}");
        }
    }
}
