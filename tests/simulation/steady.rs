//! Work on other threads, made to go the same way each time.
//!
//! Such work may be done before its task first looks for it, or after; what the task does next then comes before
//! or after what others do. So nothing is begun on another thread before the runtime has nothing left to do, and
//! an operator's task, which opens files in several hops, waits for each hop where it stands.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, OnceLock, mpsc};
use std::task::{Context, Poll, Wake, Waker};

/// Who may pass a gate.
#[derive(Default)]
enum Open {
    #[default]
    Nobody,
    /// Whoever comes first: the runtime shall see the end of one piece of work before the next one begins.
    One(Option<String>),
    Everybody,
}

/// Open while the runtime's own thread waits.
#[derive(Default)]
pub struct Gate {
    open: Mutex<Open>,
    opened: Condvar,
}

impl Gate {
    /// The runtime waits for whatever comes: for one piece of work.
    pub fn open_for_one(&self) {
        self.set(Open::One(None));
    }

    pub fn shut(&self) {
        self.set(Open::Nobody);
    }

    fn set(&self, open: Open) {
        *self.open.lock().unwrap() = open;
        self.opened.notify_all();
    }

    /// Waits, on another thread, until the runtime waits; work on one file is one piece of work.
    pub fn pass(&self, file: &str) {
        let open = self.open.lock().unwrap();
        drop(
            self.opened
                .wait_while(open, |open| match open {
                    Open::Nobody => true,
                    Open::Everybody => false,
                    Open::One(who) => who.get_or_insert_with(|| file.to_owned()) != file,
                })
                .unwrap(),
        );
    }
}

/// A task that waits for its work on other threads before anybody else goes on. Needs a runtime with one such thread, which does one thing after the other.
pub struct Steady<F> {
    future: Pin<Box<F>>,
    gate: Arc<Gate>,
}

impl<F: Future> Steady<F> {
    pub fn new(future: F, gate: Arc<Gate>) -> Self {
        Self { future: Box::pin(future), gate }
    }
}

/// Passes a wake on, and remembers it.
#[derive(Default)]
struct Woken {
    woken: AtomicBool,
    waker: OnceLock<Waker>,
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.woken.store(true, Ordering::SeqCst);
        if let Some(waker) = self.waker.get() {
            waker.wake_by_ref();
        }
    }
}

impl<F: Future> Future for Steady<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        loop {
            let woken = Arc::new(Woken::default());
            if let Poll::Ready(done) =
                self.future.as_mut().poll(&mut Context::from_waker(&woken.clone().into()))
            {
                return Poll::Ready(done);
            }
            // Whatever was begun before this is done when this is.
            let (tell, told) = mpsc::channel();
            tokio::task::spawn_blocking(move || tell.send(()));
            self.gate.set(Open::Everybody);
            let _ = told.recv();
            self.gate.shut();
            if !woken.woken.load(Ordering::SeqCst) {
                let _ = woken.waker.set(context.waker().clone());
                // Woken by another task's thread in between; there is none.
                return Poll::Pending;
            }
        }
    }
}
