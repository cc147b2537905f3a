//! Checks what a platform answers against the bounds of the contract, before anything of it is used.

use std::net::IpAddr;

use crate::domain::{FreeText, NameError, SeatState, SegmentId};
use crate::proto::{self, DeviceState};
use crate::remote::{DeviceResult, RemoteSegment};

/// Longest uid or task id, in bytes.
const MAX_ID: usize = 128;

/// Longest page token, in bytes.
const MAX_TOKEN: usize = 1024;

/// Longest free text that is kept, in bytes.
const MAX_TEXT: usize = 1024;

/// Why an answer is not believed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Broken {
    #[error("it has no segment")]
    NoSegment,
    #[error("a uid, task id or identity is not 1 to 128 visible ASCII characters")]
    Id,
    #[error("a page token is longer than 1,024 bytes")]
    LongToken,
    #[error("it answers a page token with the same token")]
    SameToken,
    #[error("its pages do not end")]
    Endless,
    #[error("it names another segment than the one that was asked for")]
    Other,
    #[error("{0:?} is no IP address")]
    Address(String),
    #[error("{0} is there twice")]
    Twice(IpAddr),
    #[error("the name of segment {0} cannot be used: {1}")]
    Name(String, NameError),
    #[error("the sha256 of segment {0} is not 64 lower-case hex digits")]
    Sha256(String),
}

/// A uid or task id.
pub(super) fn id(text: String) -> Result<String, Broken> {
    match text.is_empty() || text.len() > MAX_ID || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Err(Broken::Id),
        false => Ok(text),
    }
}

/// The token of the next page.
pub(super) fn next_token(before: &str, next: String) -> Result<String, Broken> {
    if next.len() > MAX_TOKEN {
        Err(Broken::LongToken)
    } else if !next.is_empty() && next == before {
        Err(Broken::SameToken)
    } else {
        Ok(next)
    }
}

/// A segment, all of it.
pub(super) fn segment(segment: Option<proto::Segment>) -> Result<RemoteSegment, Broken> {
    let segment = segment.ok_or(Broken::NoSegment)?;
    let uid = id(segment.uid)?;
    let name = |error| Broken::Name(uid.clone(), error);
    let prefix = segment.prefix.parse().map_err(name)?;
    let version = segment.version.parse().map_err(name)?;
    if segment.sha256.len() != 64
        || !segment.sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    {
        return Err(Broken::Sha256(uid));
    }
    Ok(RemoteSegment {
        id: SegmentId::new(prefix, version),
        file_name: FreeText::from(segment.file_name).cut(MAX_TEXT),
        file_size: segment.file_size,
        sha256: segment.sha256,
        uid,
    })
}

/// An address.
pub(super) fn address(text: &str) -> Result<IpAddr, Broken> {
    text.parse().map_err(|_| Broken::Address(text.chars().take(64).collect()))
}

/// A device of a task. In a task that is `done` nobody can say any more what became of a device that has not ended.
pub(super) fn device(device: proto::DeviceResult, done: bool) -> Result<DeviceResult, Broken> {
    let state = match device.state() {
        DeviceState::Unspecified => SeatState::Unknown,
        DeviceState::Queued => SeatState::Queued,
        DeviceState::WaitingOnline => SeatState::WaitingOnline,
        DeviceState::Running => SeatState::Running,
        DeviceState::Succeeded => SeatState::Succeeded,
        DeviceState::AlreadyInstalled => SeatState::AlreadyInstalled,
        DeviceState::NotApplicable => SeatState::NotApplicable,
        DeviceState::Failed => SeatState::Failed,
        DeviceState::Cancelled => SeatState::Cancelled,
    };
    Ok(DeviceResult {
        ip: address(&device.device)?,
        state: if done && !state.is_terminal() { SeatState::Unknown } else { state },
        percent: device.percent.min(100) as u8,
        message: FreeText::from(device.message).cut(MAX_TEXT),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent() -> proto::Segment {
        proto::Segment {
            uid: "u1".to_owned(),
            prefix: "nav-core".to_owned(),
            version: "1".to_owned(),
            sha256: "0".repeat(64),
            ..proto::Segment::default()
        }
    }

    #[test]
    fn hostile_segments_are_not_believed() {
        assert!(segment(Some(sent())).is_ok());
        assert_eq!(segment(None), Err(Broken::NoSegment));
        for uid in ["", "a b", "a\n", "é", &"x".repeat(129)] {
            assert_eq!(segment(Some(proto::Segment { uid: uid.to_owned(), ..sent() })), Err(Broken::Id));
        }
        for prefix in ["../x", "", "a\u{1b}[2J", &"x".repeat(1 << 20)] {
            let found = segment(Some(proto::Segment { prefix: prefix.to_owned(), ..sent() }));
            assert!(matches!(found, Err(Broken::Name(..))), "{prefix:?}");
        }
        assert!(segment(Some(proto::Segment { sha256: "A".repeat(64), ..sent() })).is_err());
        let long = proto::Segment { file_name: "x".repeat(1 << 20), ..sent() };
        assert_eq!(segment(Some(long)).unwrap().file_name.raw().len(), MAX_TEXT);
    }

    #[test]
    fn a_done_task_has_no_running_device() {
        let sent = |state: i32| proto::DeviceResult {
            device: "10.0.0.1".to_owned(),
            state,
            percent: 4_000_000_000,
            ..proto::DeviceResult::default()
        };
        assert_eq!(device(sent(3), false).unwrap().state, SeatState::Running);
        assert_eq!(device(sent(3), true).unwrap().state, SeatState::Unknown);
        assert_eq!(device(sent(99), false).unwrap().state, SeatState::Unknown);
        assert_eq!(device(sent(4), true).unwrap().percent, 100);
    }
}
