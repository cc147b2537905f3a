//! What a gRPC status means; the table of the contract.

use std::time::Duration;

use tonic::{Code, Status};

use super::channel::Connection;
use crate::domain::segment::MAX_REASON;
use crate::domain::{FreeText, plainly};
use crate::remote::{Meaning, RemoteError};

/// Longest wait a remote can ask for.
const MAX_HINT: Duration = Duration::from_secs(3600);

/// The meaning of a status for the effect that was asked for.
pub(super) fn meaning(status: &Status) -> Meaning {
    match status.code() {
        Code::InvalidArgument
        | Code::FailedPrecondition
        | Code::PermissionDenied
        | Code::Unimplemented
        | Code::OutOfRange => Meaning::Refused,
        Code::Unauthenticated => Meaning::NotAuthenticated,
        Code::ResourceExhausted | Code::Aborted => Meaning::Later(hint(status)),
        Code::AlreadyExists => Meaning::Exists,
        Code::NotFound => Meaning::NotFound,
        Code::Ok
        | Code::Unavailable
        | Code::DeadlineExceeded
        | Code::Cancelled
        | Code::Unknown
        | Code::Internal
        | Code::DataLoss => Meaning::Unclear,
    }
}

/// How long to wait at least, from the trailing metadata that gRPC's retry design names.
fn hint(status: &Status) -> Option<Duration> {
    let text = status.metadata().get("grpc-retry-pushback-ms")?.to_str().ok()?;
    text.parse().ok().map(|ms| Duration::from_millis(ms).min(MAX_HINT))
}

/// The name of a code as the gRPC documents write it.
fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

impl Connection {
    /// A status as the error of a call.
    pub(super) fn error(&self, call: &str, status: &Status) -> RemoteError {
        let mut message = status.message().to_owned();
        // A connection that does not come about says no more than "transport error"; the reason is below it.
        let mut source = std::error::Error::source(status);
        while let Some(error) = source {
            let text = plainly(error);
            if !message.contains(&text) {
                message = if message.is_empty() { text } else { format!("{message}: {text}") };
            }
            source = error.source();
        }
        let meaning = match self.pinned.other(status) {
            // What it says itself may leave that out.
            Some(own) => {
                message = format!("platform {own} answers there; the records belong to another one");
                Meaning::OtherPlatform
            }
            None => meaning(status),
        };
        RemoteError {
            meaning,
            remote: self.kind,
            endpoint: self.endpoint.clone(),
            call: call.to_owned(),
            code: name(status.code()).to_owned(),
            message: FreeText::from(message).cut(MAX_REASON),
        }
    }

    /// An answer that breaks the contract. What the remote did is not known, so it counts as in doubt.
    pub(super) fn broken(&self, call: &str, why: impl std::fmt::Display) -> RemoteError {
        RemoteError {
            meaning: Meaning::Unclear,
            remote: self.kind,
            endpoint: self.endpoint.clone(),
            call: call.to_owned(),
            code: "an answer outside the contract".to_owned(),
            message: FreeText::from(why.to_string()).cut(MAX_REASON),
        }
    }

    /// No answer, or no progress, in time.
    pub(super) fn late(&self, call: &str, after: Duration) -> RemoteError {
        self.error(call, &Status::deadline_exceeded(format!("no answer within {} s", after.as_secs())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_the_meaning_of_the_table() {
        let of = |code| meaning(&Status::new(code, ""));
        use Code::*;
        for code in [InvalidArgument, FailedPrecondition, PermissionDenied, Unimplemented, OutOfRange] {
            assert_eq!(of(code), Meaning::Refused);
        }
        for code in [Unavailable, DeadlineExceeded, Cancelled, Unknown, Internal, DataLoss] {
            assert_eq!(of(code), Meaning::Unclear);
        }
        for code in [ResourceExhausted, Aborted] {
            assert_eq!(of(code), Meaning::Later(None));
        }
        assert_eq!(of(Unauthenticated), Meaning::NotAuthenticated);
        assert_eq!(of(AlreadyExists), Meaning::Exists);
        assert_eq!(of(NotFound), Meaning::NotFound);
    }

    #[test]
    fn a_hint_is_taken_within_reason() {
        let with = |text: &'static str| {
            let mut status = Status::aborted("");
            status.metadata_mut().insert("grpc-retry-pushback-ms", text.parse().unwrap());
            meaning(&status)
        };
        assert_eq!(with("1500"), Meaning::Later(Some(Duration::from_millis(1500))));
        assert_eq!(with("999999999999"), Meaning::Later(Some(MAX_HINT)));
        assert_eq!(with("-1"), Meaning::Later(None));
        assert_eq!(with("soon"), Meaning::Later(None));
    }
}
