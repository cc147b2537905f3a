//! Waiting for a record to reach an end: by watching it, and by driving the controllers where nobody else does.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::exit::Failure;
use super::signals;
use crate::controllers::{self, Controllers, Lead};
use crate::domain::words::word;
use crate::service::{Code, Service, ServiceError};
use crate::store::{StoreError, Watch};

/// A watch is a hint; this often the record is read without one.
const LOOK_AGAIN: Duration = Duration::from_secs(15);

/// Between two tries while the store is away.
const PAUSE: Duration = Duration::from_secs(1);

/// How long the store may be away before a wait gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long it may not be known whether this process may lead, while the store answers.
const STORAGE_AWAY: Duration = Duration::from_secs(20);

/// How long a step down may take.
const STEP_DOWN: Duration = Duration::from_secs(5);

/// What is waited for.
#[derive(Debug, Clone)]
pub(super) struct Goal {
    /// Keys whose changes matter.
    pub(super) keys: String,
    /// What goes on when we stop waiting, e.g. `publishing nav-core@2.1.0`.
    pub(super) what: String,
    /// The command that looks again.
    pub(super) look: String,
}

/// A process that waits, and stands for election meanwhile.
pub(super) struct Waiting {
    service: Arc<Service>,
    controllers: Option<Controllers>,
    lead: watch::Receiver<Lead>,
    // Keeps `lead` open where no controllers run.
    _own_lead: watch::Sender<Lead>,
    cancel: CancellationToken,
    timeout: Option<Duration>,
    deadline: Option<Instant>,
    somebody_led: bool,
    nobody_since: Option<Instant>,
    away_since: Option<Instant>,
}

impl Waiting {
    /// Begins to stand for election; the clock of `timeout` starts now.
    pub(super) fn begin(service: Arc<Service>, timeout: Option<Duration>) -> Self {
        if !service.settings.controllers.enabled {
            let reason = word!("controllers-disabled").into();
            return Self::with(service, timeout, Lead::NotStanding(reason));
        }
        let mut waiting = Self::with(service.clone(), timeout, Lead::Starting);
        let controllers = controllers::start(service, waiting.cancel.clone());
        waiting.lead = controllers.lead.clone();
        waiting.controllers = Some(controllers);
        waiting
    }

    /// Waits without standing for election, and however long nobody leads.
    pub(super) fn looking_on(service: Arc<Service>, timeout: Option<Duration>) -> Self {
        Self::with(service, timeout, Lead::Starting)
    }

    fn with(service: Arc<Service>, timeout: Option<Duration>, lead: Lead) -> Self {
        let (own_lead, lead) = watch::channel(lead);
        Self {
            service,
            controllers: None,
            lead,
            _own_lead: own_lead,
            cancel: CancellationToken::new(),
            timeout,
            deadline: timeout.map(|timeout| Instant::now() + timeout),
            somebody_led: false,
            nobody_since: None,
            away_since: None,
        }
    }

    /// Returns what `look` finds, as soon as it finds something.
    ///
    /// # Errors
    /// What `look` says (while the store is away it is asked again for a minute); `unavailable` when nobody
    /// leads and this process may not; `failed` after the timeout; [`Failure::Interrupted`].
    pub(super) async fn until<T>(
        &mut self,
        goal: &Goal,
        mut look: impl AsyncFnMut(&Service) -> Result<Option<T>, ServiceError>,
    ) -> Result<T, Failure> {
        let (deadline, timeout) = (self.deadline, self.timeout.unwrap_or_default());
        let late = async move {
            match deadline {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        let aside = self.controllers.as_ref().map(|controllers| controllers.aside.clone());
        let lead = self.lead.clone();
        tokio::select! {
            biased;
            never = signals::obey_shell(aside) => never,
            () = signals::ended() => Err(Failure::Interrupted(format!(
                "no longer waiting; {} goes on, `{}` shows it", goal.what, goal.look
            ))),
            found = self.watched(goal, &mut look) => found,
            () = late => Err(Failure::failed(took_longer(goal, timeout, &lead.borrow()))),
        }
    }

    /// Steps down.
    pub(super) async fn end(self) {
        self.cancel.cancel();
        if let Some(controllers) = self.controllers {
            _ = tokio::time::timeout(STEP_DOWN, controllers.ended).await;
        }
    }

    async fn watched<T>(
        &mut self,
        goal: &Goal,
        look: &mut impl AsyncFnMut(&Service) -> Result<Option<T>, ServiceError>,
    ) -> Result<T, Failure> {
        loop {
            match self.round(goal, look).await {
                Ok(found) => return found,
                Err(error) => {
                    let since = *self.away_since.get_or_insert_with(Instant::now);
                    // A compacted watch is a conflict here: list and watch again, as with a store that is away.
                    let passing = matches!(error.code, Code::Unavailable | Code::Conflict);
                    if !passing || since.elapsed() > PATIENCE {
                        return Err(error.into());
                    }
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// One watch, from its beginning until something is found (`Ok`) or the store fails (`Err`).
    async fn round<T>(
        &mut self,
        goal: &Goal,
        look: &mut impl AsyncFnMut(&Service) -> Result<Option<T>, ServiceError>,
    ) -> Result<Result<T, Failure>, ServiceError> {
        let mut record = self.service.store.watch(&goal.keys, 0).await?;
        let mut leader = self.service.store.watch("leader", 0).await?;
        loop {
            if let Some(found) = look(&self.service).await? {
                return Ok(Ok(found));
            }
            if let Some(reason) = self.hopeless().await? {
                return Ok(Err(Failure::unavailable(format!(
                    "nobody leads the controllers, so {} does not go on, and this process may not lead: {reason}; \
                     `segdeck doctor` says more",
                    goal.what
                ))));
            }
            self.away_since = None;
            let pause = if self.nobody_since.is_some() { PAUSE } else { LOOK_AGAIN };
            tokio::select! {
                change = changed(&mut record) => change?,
                change = changed(&mut leader) => change?,
                Ok(()) = self.lead.changed() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Why nobody will do it: this process may not lead, and nobody else does. One that led a moment ago may be
    /// followed by another within the lease time; shared storage that is away may come back.
    async fn hopeless(&mut self) -> Result<Option<String>, ServiceError> {
        let (reason, mut grace) = match self.lead.borrow_and_update().clone() {
            Lead::NotStanding(reason) => (reason.to_string(), Duration::ZERO),
            Lead::StoodBack { why, .. } => (why.to_string(), STORAGE_AWAY),
            Lead::Unknown(reason) => (reason, STORAGE_AWAY),
            Lead::Starting | Lead::Leading { .. } | Lead::Following(_) | Lead::Aside => {
                self.nobody_since = None;
                return Ok(None);
            }
        };
        if self.service.leader().await?.is_some() {
            self.somebody_led = true;
            self.nobody_since = None;
            return Ok(None);
        }
        if self.somebody_led {
            grace = grace.max(self.service.settings.controllers.lease_ttl + Duration::from_secs(2));
        }
        let since = *self.nobody_since.get_or_insert_with(Instant::now);
        Ok((since.elapsed() >= grace).then_some(reason))
    }
}

/// What is told after the timeout: who stood back knows of something that keeps it from going on.
fn took_longer(goal: &Goal, timeout: Duration, lead: &Lead) -> String {
    let Goal { what, look, .. } = goal;
    match lead {
        Lead::StoodBack { why, .. } => format!(
            "{what} took longer than {timeout:?}; this process would have done it, but stood back: {why}; \
             `{look}` shows how far it is"
        ),
        _ => format!("{what} took longer than {timeout:?}; it goes on, `{look}` shows it"),
    }
}

/// The next change, with all that came with it.
async fn changed(watch: &mut Watch) -> Result<(), ServiceError> {
    match watch.recv().await {
        Some(Ok(_)) => {
            while let Ok(more) = watch.try_recv() {
                more?;
            }
            Ok(())
        }
        Some(Err(error)) => Err(error.into()),
        None => Err(StoreError::Unavailable {
            store: "the store".to_owned(),
            reason: word!("store-watch-ended").into(),
        }
        .into()),
    }
}
