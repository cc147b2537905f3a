//! What a failed call tells about its outcome. The gRPC code alone does not: a client-side timeout comes as
//! `Cancelled`, also of a transaction that was applied, and two different refusals share `OutOfRange`.

use std::error::Error as _;

use etcd_client::Error;
use tonic::{Code, Status};

use crate::domain::words::{Say, say};
use crate::domain::{Shown, plainly};

/// A failed attempt at one endpoint.
#[derive(Debug)]
pub(super) enum Fault {
    /// It certainly did not reach etcd; another endpoint may take it.
    NotSent(Say),
    /// It may have reached etcd and may have been done.
    Unanswered(Say),
    /// etcd refused it and did nothing; later it may take it.
    Refused(Say),
    /// Its database has reached its quota; it did nothing.
    NoSpace(Say),
    /// The login has run out or is older than a change of rights; nothing was done. A new login helps.
    Stale(Say),
    /// Wrong user, password, certificate or missing right; nothing was done.
    Denied(Say),
    /// The revision asked for is gone.
    Compacted,
    /// Too large, for etcd or for us.
    TooLarge(String),
    /// A request that makes no sense to etcd: a fault of this program.
    Malformed(String),
    /// There is no such lease.
    NoLease,
}

impl Fault {
    /// What failed before the request itself was on its way.
    pub(super) fn before_sending(self) -> Self {
        match self {
            Self::Unanswered(text) => Self::NotSent(text),
            other => other,
        }
    }

    fn of_status(status: &Status) -> Self {
        // What came from etcd is the message; what failed below it is only in the cause.
        let text = match status.source() {
            Some(cause) => innermost(cause),
            None => Shown::from(status.message()).into_string(),
        };
        match transport(status) {
            Some(Transport::Alert(alert)) => return Self::Denied(alert),
            Some(Transport::NotConnected(cause)) => return Self::NotSent(cause),
            None => {}
        }
        let says = |part: &str| text.contains(part);
        let told = || Say::plain(&text);
        match status.code() {
            _ if status.source().is_some() && says("fatal alert") => Self::Denied(unwanted(&text)),
            Code::PermissionDenied => Self::Denied(told()),
            Code::Unauthenticated => Self::Stale(told()),
            Code::InvalidArgument if says("auth store is old") => Self::Stale(told()),
            Code::InvalidArgument if says("authentication failed") || says("user name is empty") => {
                Self::Denied(told())
            }
            Code::FailedPrecondition if says("authentication is not enabled") => Self::Denied(told()),
            Code::InvalidArgument if says("too large") || says("too many operations") => Self::TooLarge(text),
            Code::InvalidArgument => Self::Malformed(text),
            // The limit on what we decode is 16 times what a request may ask for, so this is a compaction
            // unless the text says that it is something else.
            Code::OutOfRange if says("future revision") => Self::Malformed(text),
            Code::OutOfRange if says("too large") => Self::TooLarge(text),
            Code::OutOfRange => Self::Compacted,
            Code::NotFound if says("lease") => Self::NoLease,
            Code::ResourceExhausted if says("database space exceeded") => Self::NoSpace(told()),
            Code::ResourceExhausted | Code::FailedPrecondition | Code::NotFound if says("etcdserver:") => {
                Self::Refused(told())
            }
            // Said by a member without a leader before it looks at a request.
            Code::Unavailable if text == "etcdserver: no leader" => Self::NotSent(told()),
            code if text.is_empty() => Self::Unanswered(Say::plain(&format!("{code:?}"))),
            _ => Self::Unanswered(told()),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::GRpcStatus(status) => Self::of_status(&status),
            Error::TransportError(error) => Self::NotSent(Say::plain(&innermost(&error))),
            Error::LeaseKeepAliveError(text) if text == "lease not found" => Self::NoLease,
            other => Self::Unanswered(Say::plain(&other.to_string())),
        }
    }
}

/// Trouble below gRPC, as far as it says something about the outcome.
enum Transport {
    /// There was no connection for it.
    NotConnected(Say),
    /// The server ended TLS: it does not like our certificate.
    Alert(Say),
}

fn transport(status: &Status) -> Option<Transport> {
    let mut next = status.source();
    while let Some(error) = next {
        let tls = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
            .and_then(|inner| inner.downcast_ref::<rustls::Error>());
        if let Some(rustls::Error::AlertReceived(alert)) = tls {
            return Some(Transport::Alert(unwanted(&format!("{alert:?}"))));
        }
        // hyper's word for a request that was still waiting when its connection broke.
        if error.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_canceled) {
            return Some(Transport::NotConnected(Say::plain(&innermost(error))));
        }
        if error.is::<tonic::ConnectError>() {
            return Some(match of_tls(error) {
                Some(transport) => transport,
                None => Transport::NotConnected(Say::plain(&innermost(error))),
            });
        }
        next = error.source();
    }
    None
}

/// Why TLS failed, somewhere below a failed connection.
fn of_tls(error: &(dyn std::error::Error + 'static)) -> Option<Transport> {
    let mut next = Some(error);
    while let Some(error) = next {
        let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        match inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
            Some(rustls::Error::AlertReceived(alert)) => {
                return Some(Transport::Alert(unwanted(&format!("{alert:?}"))));
            }
            Some(rustls::Error::InvalidCertificate(why)) => {
                return Some(Transport::NotConnected(say!("store-tls-untrusted", why = why.to_string())));
            }
            _ => next = error.source(),
        }
    }
    None
}

fn unwanted(alert: &str) -> Say {
    say!("store-tls-ended", alert = alert)
}

fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    Shown::from(plainly(error).as_str()).into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: Code, text: &str) -> Fault {
        Fault::of_status(&Status::new(code, text))
    }

    #[test]
    fn only_what_was_surely_not_done_is_told_so() {
        assert!(matches!(of(Code::Cancelled, "Timeout expired"), Fault::Unanswered(_)));
        assert!(matches!(of(Code::Unavailable, "etcdserver: request timed out"), Fault::Unanswered(_)));
        assert!(matches!(of(Code::Unavailable, "etcdserver: no leader"), Fault::NotSent(_)));
        let full = "etcdserver: mvcc: database space exceeded";
        assert!(matches!(of(Code::ResourceExhausted, full), Fault::NoSpace(_)));
        let busy = "etcdserver: too many requests";
        assert!(matches!(of(Code::ResourceExhausted, busy), Fault::Refused(_)));
        assert!(matches!(of(Code::ResourceExhausted, "h2: calm down"), Fault::Unanswered(_)));
    }

    #[test]
    fn the_kinds_of_out_of_range_are_told_apart() {
        let compacted = "etcdserver: mvcc: required revision has been compacted";
        assert!(matches!(of(Code::OutOfRange, compacted), Fault::Compacted));
        let large = "Error, decoded message length too large: found 9 bytes, the limit is: 4 bytes";
        assert!(matches!(of(Code::OutOfRange, large), Fault::TooLarge(_)));
        let future = "etcdserver: mvcc: required revision is a future revision";
        assert!(matches!(of(Code::OutOfRange, future), Fault::Malformed(_)));
    }
}
