//! Signals that end a command in good order instead of at once.

use std::time::Duration;

use rustix::process::Signal as Number;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::controllers::Aside;
use crate::job;

/// How long Ctrl-Z waits for the controllers to step down.
const STEP_DOWN: Duration = Duration::from_secs(2);

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

/// Obeys Ctrl-Z for as long as it is polled: the controllers of this process step down before it stops, and stand
/// again once the shell lets it go on.
pub(super) async fn obey_shell(aside: Option<Aside>) -> ! {
    let [mut asked, mut went_on] =
        [Number::TSTP, Number::CONT].map(|number| signal(SignalKind::from_raw(number.as_raw())).ok());
    loop {
        heard(&mut asked).await;
        if !job::has_shell() {
            continue;
        }
        if let Some(aside) = &aside {
            // Too late is no harm: the lease ends by itself.
            _ = tokio::time::timeout(STEP_DOWN, aside.begin()).await;
        }
        job::stop();
        heard(&mut went_on).await;
        if let Some(aside) = &aside {
            aside.end();
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
