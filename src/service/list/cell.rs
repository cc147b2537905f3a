//! One value of a record: how it sorts and how a filter reads it.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::net::IpAddr;

use crate::domain::{FreeText, SegmentId, Timestamp, version};

/// A value of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell<'a> {
    /// Not there; before everything else.
    Absent,
    /// A number.
    Number(u64),
    /// A moment.
    Time(Timestamp),
    /// An address.
    Ip(IpAddr),
    /// A version, in the order of versions.
    Version(Cow<'a, str>),
    /// A segment id: by prefix, then in the order of versions.
    Segment(Cow<'a, SegmentId>),
    /// Text, letter by letter.
    Text(Cow<'a, str>),
}

impl<'a> Cell<'a> {
    /// What a filter reads.
    pub(super) fn into_text(self) -> Cow<'a, str> {
        match self {
            Self::Absent => Cow::Borrowed(""),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Time(at) => Cow::Owned(at.to_string()),
            Self::Ip(ip) => Cow::Owned(ip.to_string()),
            Self::Version(text) | Self::Text(text) => text,
            Self::Segment(id) => Cow::Owned(id.to_string()),
        }
    }

    /// A copy that outlives the record.
    pub(super) fn into_owned(self) -> Cell<'static> {
        match self {
            Self::Absent => Cell::Absent,
            Self::Number(number) => Cell::Number(number),
            Self::Time(at) => Cell::Time(at),
            Self::Ip(ip) => Cell::Ip(ip),
            Self::Version(text) => Cell::Version(Cow::Owned(text.into_owned())),
            Self::Segment(id) => Cell::Segment(Cow::Owned(id.into_owned())),
            Self::Text(text) => Cell::Text(Cow::Owned(text.into_owned())),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Absent => 0,
            Self::Number(_) => 1,
            Self::Time(_) => 2,
            Self::Ip(_) => 3,
            Self::Version(_) => 4,
            Self::Segment(_) => 5,
            Self::Text(_) => 6,
        }
    }
}

impl Ord for Cell<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Time(a), Self::Time(b)) => a.cmp(b),
            (Self::Ip(a), Self::Ip(b)) => a.cmp(b),
            (Self::Version(a), Self::Version(b)) => version::compare(a, b),
            (Self::Segment(a), Self::Segment(b)) => {
                a.prefix.cmp(&b.prefix).then_with(|| version::compare(a.version.as_str(), b.version.as_str()))
            }
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (a, b) => a.rank().cmp(&b.rank()),
        }
    }
}

impl PartialOrd for Cell<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        if text.is_empty() { Self::Absent } else { Self::Text(Cow::Borrowed(text)) }
    }
}

impl<'a> From<&'a FreeText> for Cell<'a> {
    fn from(text: &'a FreeText) -> Self {
        Self::from(text.raw())
    }
}

impl<'a> From<Option<&'a FreeText>> for Cell<'a> {
    fn from(text: Option<&'a FreeText>) -> Self {
        text.map_or(Self::Absent, Self::from)
    }
}

impl From<Timestamp> for Cell<'_> {
    fn from(at: Timestamp) -> Self {
        Self::Time(at)
    }
}

impl From<Option<Timestamp>> for Cell<'_> {
    fn from(at: Option<Timestamp>) -> Self {
        at.map_or(Self::Absent, Self::Time)
    }
}

impl From<bool> for Cell<'_> {
    fn from(yes: bool) -> Self {
        Self::Text(Cow::Borrowed(if yes { "true" } else { "false" }))
    }
}

impl<'a> From<&'a SegmentId> for Cell<'a> {
    fn from(id: &'a SegmentId) -> Self {
        Self::Segment(Cow::Borrowed(id))
    }
}

/// A list of texts as one.
pub(super) fn joined<'a>(texts: impl IntoIterator<Item = &'a FreeText>) -> Cell<'static> {
    let texts: Vec<&str> = texts.into_iter().map(FreeText::raw).collect();
    if texts.is_empty() { Cell::Absent } else { Cell::Text(Cow::Owned(texts.join(" "))) }
}
