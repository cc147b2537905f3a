//! Signals that end a command in good order instead of at once.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// What is returned ends when the operator presses Ctrl-C, the service manager ends us, or the terminal is gone.
/// From this call on, not only once it is awaited, these signals no longer end the process by themselves.
pub(super) fn ended() -> impl Future<Output = ()> {
    // Where a signal cannot be listened to, it ends the process as ever.
    let [mut interrupt, mut terminate, mut hangup] =
        [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()]
            .map(|kind| signal(kind).ok());
    async move {
        tokio::select! {
            () = heard(&mut interrupt) => {}
            () = heard(&mut terminate) => {}
            () = heard(&mut hangup) => {}
        }
    }
}

/// Runs work that a signal cancels. It is not dropped then but ends in good order; was it interrupted?
pub(super) async fn cancelling<T>(cancel: &CancellationToken, work: impl Future<Output = T>) -> (T, bool) {
    tokio::pin!(work);
    tokio::select! {
        done = &mut work => (done, false),
        () = ended() => {
            cancel.cancel();
            (work.await, true)
        }
    }
}

async fn heard(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => _ = signal.recv().await,
        None => std::future::pending().await,
    }
}
