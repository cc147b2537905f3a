//! Tells others what happened: a program, an address, or both. Nothing waits for them, and nothing rests on them:
//! a notice is sent once what it tells is recorded, and one that nobody takes, or that a crash meets, is lost.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::domain::{Clock, Shown, plainly};
use crate::remote::webhook;
use crate::settings::{NoticeEvent, NoticeSettings};

/// Notices that wait; more come from nothing but a receiver that hangs.
const QUEUE: usize = 256;

/// How often one is tried, and the pause after the first try; the later ones are twice as long.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// How long the last ones get when this process steps down.
const LAST: Duration = Duration::from_secs(2);

/// Where notices go in.
pub(super) struct Notices {
    site: String,
    clock: Clock,
    of: Vec<NoticeEvent>,
    sender: Option<mpsc::Sender<Value>>,
    told: Option<JoinHandle<()>>,
}

impl Notices {
    /// Starts to tell, if somebody is to be told. `site`: what the store is known by.
    pub(super) fn start(settings: &NoticeSettings, site: String, clock: Clock) -> Self {
        let of = settings.of.clone();
        if settings.command.is_empty() && settings.webhook.is_empty() {
            return Self { site, clock, of, sender: None, told: None };
        }
        let (sender, receiver) = mpsc::channel(QUEUE);
        let told = tokio::spawn(tell_all(settings.clone(), receiver));
        Self { site, clock, of, sender: Some(sender), told: Some(told) }
    }

    /// Tells of a record, without waiting.
    pub(super) fn tell(&self, event: NoticeEvent, record: impl FnOnce() -> Value) {
        let Some(sender) = self.sender.as_ref().filter(|_| self.of.contains(&event)) else { return };
        let notice = json!({ "event": event, "at": self.clock.now(), "site": self.site, "record": record() });
        if sender.try_send(notice).is_err() {
            tracing::warn!(event = event.as_str(), "{QUEUE} notices wait already: this one is not sent");
        }
    }

    /// No more come; the last ones are sent, as far as that takes no long time.
    pub(super) async fn end(self) {
        drop(self.sender);
        if let Some(mut told) = self.told
            && tokio::time::timeout(LAST, &mut told).await.is_err()
        {
            told.abort();
            tracing::warn!("the last notices were not taken in time");
        }
    }
}

async fn tell_all(settings: NoticeSettings, mut notices: mpsc::Receiver<Value>) {
    while let Some(notice) = notices.recv().await {
        let body = notice.to_string();
        tokio::join!(
            tried("the command", !settings.command.is_empty(), || run(&settings, &body)),
            tried("the webhook", !settings.webhook.is_empty(), || webhook::post(&settings, &body)),
        );
    }
}

/// Tries a few times, then lets it be.
async fn tried<F: Future<Output = Result<(), String>>>(who: &str, wanted: bool, once: impl Fn() -> F) {
    let mut pause = PAUSE;
    for again in (0..TRIES).rev().filter(|_| wanted) {
        match once().await {
            Ok(()) => return,
            Err(why) if again > 0 => {
                tracing::info!("{who} of notices is tried again: {}", Shown::from(why.as_str()));
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            Err(why) => tracing::warn!("{who} of notices took one not: {}", Shown::from(why.as_str())),
        }
    }
}

/// Runs the command with a notice on its standard input. It ends with its time.
async fn run(settings: &NoticeSettings, body: &str) -> Result<(), String> {
    let Some((program, arguments)) = settings.command.split_first() else { return Ok(()) };
    let mut child = tokio::process::Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("{program} cannot be started: {}", plainly(error)))?;
    let input = child.stdin.take();
    let ended = async {
        if let Some(mut input) = input {
            // Who does not want to read it need not.
            _ = input.write_all(body.as_bytes()).await;
        }
        child.wait().await
    };
    match tokio::time::timeout(settings.timeout, ended).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(format!("{program} ended with {status}")),
        Ok(Err(error)) => Err(plainly(error)),
        Err(_) => Err(format!("{program} did not end within {} s", settings.timeout.as_secs())),
    }
}
