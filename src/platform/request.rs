//! Checks the fields of a request against the bounds of the contract.

use std::net::IpAddr;

use tonic::Status;

use super::operations::Asked;
use super::state::State;
use crate::domain::{Prefix, RemoteKind, Version};
use crate::proto::{self, CreateSegmentHeader};

/// Longest free text, in bytes.
const MAX_TEXT: usize = 1024;

/// Most devices of a task.
pub(super) const MAX_DEVICES: usize = 20_000;

/// How the repository is called in the database.
pub(super) fn scope(kind: RemoteKind) -> &'static str {
    match kind {
        RemoteKind::Sdp => "SDP",
        RemoteKind::Store15s => "STORE_15S",
    }
}

/// The repository of a request, if this platform keeps it.
pub(super) fn repository(state: &State, value: i32) -> Result<RemoteKind, Status> {
    let kind = match proto::Repository::try_from(value) {
        Ok(proto::Repository::Sdp) => RemoteKind::Sdp,
        Ok(proto::Repository::Store15s) => RemoteKind::Store15s,
        _ => return Err(Status::invalid_argument("the request names no repository this server knows")),
    };
    match state.options.repositories.contains(&kind) {
        true => Ok(kind),
        false => Err(Status::failed_precondition(format!("this server does not keep {}", scope(kind)))),
    }
}

/// A request id within its bounds.
pub(super) fn request_id(text: String) -> Result<String, Status> {
    match text.is_empty() || text.len() > MAX_TEXT || text.chars().any(char::is_control) {
        true => {
            Err(Status::invalid_argument("request_id must be 1 to 1,024 bytes without control characters"))
        }
        false => Ok(text),
    }
}

/// A uid or task id within its bounds.
pub(super) fn id(what: &str, text: String) -> Result<String, Status> {
    match text.is_empty() || text.len() > 128 || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => Err(Status::invalid_argument(format!("{what} must be 1 to 128 visible ASCII characters"))),
        false => Ok(text),
    }
}

/// A prefix and a version.
pub(super) fn segment_id(prefix: &str, version: &str) -> Result<(Prefix, Version), Status> {
    let wrong = |error: crate::domain::NameError| Status::invalid_argument(error.to_string());
    Ok((prefix.parse().map_err(wrong)?, version.parse().map_err(wrong)?))
}

/// The SHA-256 of a file.
pub(super) fn sha256(text: &str) -> Result<(), Status> {
    match text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        true => Ok(()),
        false => Err(Status::invalid_argument("sha256 must be 64 lower-case hex digits")),
    }
}

/// The header of an upload: everything within its bounds, and what a repetition must agree in.
pub(super) fn create(state: &State, header: &CreateSegmentHeader) -> Result<(RemoteKind, Asked), Status> {
    let kind = repository(state, header.repository)?;
    let (prefix, version) = segment_id(&header.prefix, &header.version)?;
    sha256(&header.sha256)?;
    for (what, text) in [("name", &header.name), ("type", &header.r#type), ("file_name", &header.file_name)] {
        if text.len() > MAX_TEXT {
            return Err(Status::invalid_argument(format!("{what} is longer than 1,024 bytes")));
        }
    }
    if header.file_name.is_empty() || header.file_name.chars().any(|c| c == '/' || c.is_control()) {
        return Err(Status::invalid_argument("file_name must be a plain file name"));
    }
    if header.file_size == 0 || header.offset > header.file_size {
        return Err(Status::invalid_argument("file_size must be at least 1 and offset at most file_size"));
    }
    if header.file_size > state.options.max_file_size {
        let max = state.options.max_file_size;
        return Err(Status::out_of_range(format!("files of more than {max} bytes are not taken")));
    }
    let asked = Asked {
        scope: scope(kind),
        request_id: request_id(header.request_id.clone())?,
        kind: super::ledger::LedgerKind::Create,
        content: format!("{prefix}@{version} {} {}", header.file_size, header.sha256),
        what: format!("{prefix}@{version}"),
    };
    Ok((kind, asked))
}

/// The devices of a batch, each once, in the order of the request.
pub(super) fn devices(texts: &[String]) -> Result<Vec<IpAddr>, Status> {
    if texts.is_empty() || texts.len() > MAX_DEVICES {
        return Err(Status::invalid_argument(format!("a task has 1 to {MAX_DEVICES} devices")));
    }
    let mut seen = std::collections::HashSet::with_capacity(texts.len());
    let mut devices = Vec::with_capacity(texts.len());
    for text in texts {
        let device: IpAddr = text.parse().map_err(|_| {
            let text: String = text.chars().take(64).collect();
            Status::invalid_argument(format!("{text:?} is no IP address"))
        })?;
        if seen.insert(device) {
            devices.push(device);
        }
    }
    Ok(devices)
}

/// The size of a page.
pub(super) fn page_size(asked: u32, default: u32) -> u32 {
    match asked {
        0 => default,
        asked => asked.min(1000),
    }
}

/// The page token `<what>.<number>`, read back; 0 for the first page.
pub(super) fn page_token(what: &str, token: &str) -> Result<i64, Status> {
    if token.is_empty() {
        return Ok(0);
    }
    token
        .strip_prefix(what)
        .and_then(|rest| rest.strip_prefix('.'))
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| Status::invalid_argument("the page token is not from this list"))
}
