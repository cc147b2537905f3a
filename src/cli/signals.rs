//! Signals that end a command in good order instead of at once.

use tokio::signal::unix::{SignalKind, signal};

/// Returns when the operator presses Ctrl-C, the service manager ends us, or the terminal is gone.
/// From the first call on these signals no longer end the process by themselves.
pub(super) async fn ended() {
    let listen = |kind| async move {
        match signal(kind) {
            Ok(mut signal) => _ = signal.recv().await,
            // Where a signal cannot be listened to, it ends the process as ever.
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = listen(SignalKind::interrupt()) => {}
        () = listen(SignalKind::terminate()) => {}
        () = listen(SignalKind::hangup()) => {}
    }
}
