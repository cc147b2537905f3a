//! All endpoints behind one call: deadline, fail-over, and what is known when it fails.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use etcd_client::{Client, ResponseHeader};
use tokio::time::{Instant, timeout};

use super::DEADLINE;
use super::connect::Connection;
use super::fault::Fault;
use super::login::Login;
use super::member::{Lane, Member};
use super::root::Root;
use crate::domain::words::{Say, say, word};
use crate::store::{Revision, StoreError};

/// May a request be sent again when nobody knows whether it was done?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Yes: reads, and what does no harm twice.
    Repeatable,
    /// No: transactions.
    Once,
}

/// The endpoints of one etcd.
pub(super) struct Cluster {
    members: Vec<Member>,
    /// Where the last call found an answer.
    preferred: AtomicUsize,
    name: String,
    user: Option<String>,
    anonymous: bool,
    login: Login,
    /// Its id, as the last answer told it; 0: none has come yet.
    id: AtomicU64,
    /// The root of all keys.
    pub(super) root: Root,
}

impl Cluster {
    pub(super) fn new(connection: Connection, login: Login) -> Self {
        let Connection { urls, hosts, root, user, anonymous, short, long } = connection;
        let name = format!("etcd {}", hosts.join(","));
        let members = urls
            .into_iter()
            .zip(hosts)
            .map(|(url, host)| Member::new(url, host, short.clone(), long.clone()))
            .collect();
        Self {
            members,
            preferred: AtomicUsize::new(0),
            name,
            user,
            anonymous,
            login,
            id: AtomicU64::new(0),
            root,
        }
    }

    /// The cluster that answered last.
    pub(super) fn id(&self) -> Option<u64> {
        Some(self.id.load(Ordering::Relaxed)).filter(|id| *id != 0)
    }

    /// The revision that an answer's header tells; who answered is remembered.
    pub(super) fn heard(&self, header: Option<&ResponseHeader>) -> Revision {
        header.map_or(0, |header| {
            self.id.store(header.cluster_id(), Ordering::Relaxed);
            header.revision()
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Does `op` at an endpoint that answers.
    pub(super) async fn call<T, F, Fut>(&self, lane: Lane, effect: Effect, op: F) -> Result<T, StoreError>
    where
        F: Fn(Client) -> Fut + Send + Sync,
        Fut: Future<Output = Result<T, Fault>> + Send,
    {
        self.call_until(Instant::now() + DEADLINE, lane, effect, op)
            .await
            .map_err(|fault| self.told(fault, 0))
    }

    /// The same until a moment, the fault as it is.
    ///
    /// What went unanswered is tried at the next endpoint if it may be repeated; each endpoint gets its share of
    /// the time that is left, so that one that hangs does not use up all of it. After the last endpoint the
    /// first gets another try: the one before may have met the remains of an old connection. Who was refused tries
    /// once more where there is something else to log in with.
    pub(super) async fn call_until<T, F, Fut>(
        &self,
        deadline: Instant,
        lane: Lane,
        effect: Effect,
        op: F,
    ) -> Result<T, Fault>
    where
        F: Fn(Client) -> Fut + Send + Sync,
        Fut: Future<Output = Result<T, Fault>> + Send,
    {
        match self.attempt(deadline, lane, effect, &op).await {
            // None of these did anything.
            Err(Fault::Denied(_) | Fault::Stale(_) | Fault::NotSent(_)) if self.logged_in_anew().await => {
                self.attempt(deadline, lane, effect, &op).await
            }
            answer => answer,
        }
    }

    /// Is there something else to log in with by now?
    async fn logged_in_anew(&self) -> bool {
        let Some((short, long)) = self.login.changed().await else { return false };
        for member in &self.members {
            member.connect_with(short.clone(), long.clone()).await;
        }
        true
    }

    async fn attempt<T, F, Fut>(
        &self,
        deadline: Instant,
        lane: Lane,
        effect: Effect,
        op: &F,
    ) -> Result<T, Fault>
    where
        F: Fn(Client) -> Fut + Send + Sync,
        Fut: Future<Output = Result<T, Fault>> + Send,
    {
        let mut tried: Vec<Say> = Vec::new();
        let mut logged_in_again = false;
        let mut index = self.preferred.load(Ordering::Relaxed) % self.members.len();
        loop {
            let member = &self.members[index];
            let left = deadline.saturating_duration_since(Instant::now());
            let shares = self.members.len().saturating_sub(tried.len()).max(1) as u32;
            let slice = left / shares;
            let no_answer = || say!("store-no-answer", time = format!("{:.1} s", slice.as_secs_f32()));
            let connecting = match timeout(slice, member.client(lane, self.root.full(""))).await {
                Ok(connected) => connected,
                Err(_) => Err(Fault::NotSent(no_answer())),
            };
            let fault = match connecting {
                Err(fault) => fault.before_sending(),
                Ok((generation, client)) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    let budget = if effect == Effect::Once { left } else { left.min(slice) };
                    let answer = match timeout(budget, op(client)).await {
                        Ok(answer) => answer,
                        Err(_) => Err(Fault::Unanswered(no_answer())),
                    };
                    match answer {
                        Ok(answer) => return Ok(answer),
                        Err(fault) => {
                            if matches!(fault, Fault::Unanswered(_) | Fault::Stale(_)) {
                                member.forget(lane, generation).await;
                            }
                            fault
                        }
                    }
                }
            };
            let repeat = match &fault {
                Fault::NotSent(_) => true,
                Fault::Unanswered(_) => effect == Effect::Repeatable,
                Fault::Stale(_) if !logged_in_again => {
                    logged_in_again = true;
                    continue;
                }
                _ => return Err(fault),
            };
            let (Fault::NotSent(text) | Fault::Unanswered(text)) = &fault else { return Err(fault) };
            tried.push(say!("store-at-host", host = member.host(), why = text));
            let next = (index + 1) % self.members.len();
            let _ = self.preferred.compare_exchange(index, next, Ordering::Relaxed, Ordering::Relaxed);
            index = next;
            if !repeat {
                return Err(Fault::Unanswered(joined(tried)));
            }
            if tried.len() > self.members.len() || Instant::now() >= deadline {
                tried.dedup();
                return Err(Fault::NotSent(joined(tried)));
            }
        }
    }

    /// A fault in the words of the store; `revision` is the one that was asked for.
    pub(super) fn told(&self, fault: Fault, revision: Revision) -> StoreError {
        let store = self.name.clone();
        match fault {
            // In TLS 1.3 a server that misses our certificate can only hang up.
            Fault::NotSent(reason) if self.anonymous && reason.to_string().contains("connection closed") => {
                let reason = reason.and(word!("store-asks-certificate").into());
                StoreError::Unavailable { store, reason }
            }
            Fault::NotSent(reason) | Fault::Refused(reason) => StoreError::Unavailable { store, reason },
            Fault::Unanswered(reason) => StoreError::Unknown { store, reason },
            Fault::Denied(reason) | Fault::Stale(reason) => {
                StoreError::Denied { store, reason: self.what_to_check(reason) }
            }
            Fault::NoSpace(reason) => {
                StoreError::NoSpace { store, reason: reason.and(word!("store-make-space").into()) }
            }
            Fault::Compacted => StoreError::Compacted { revision },
            Fault::TooLarge(reason) => StoreError::TooLarge(reason),
            Fault::Malformed(reason) => StoreError::Invalid(reason),
            Fault::NoLease => StoreError::Unavailable { store, reason: word!("store-lease-ended").into() },
        }
    }

    fn what_to_check(&self, reason: Say) -> Say {
        let (root, text) = (self.root.as_str(), reason.to_string());
        let may_not = text.contains("permission denied");
        match self.user.as_ref().map(|user| format!("{user:?}")) {
            _ if text.contains("TLS ended") => reason,
            None if may_not => say!("store-certificate-rights", reason = reason, root = root),
            None => say!("store-wants-user", reason = reason),
            Some(user) if text.contains("not enabled") => {
                say!("store-user-not-enabled", user = user, reason = reason)
            }
            Some(user) if may_not => say!("store-user-rights", user = user, reason = reason, root = root),
            Some(user) => say!("store-user-check", user = user, reason = reason),
        }
    }
}

/// All that was tried, in order.
fn joined(tried: Vec<Say>) -> Say {
    tried.into_iter().reduce(Say::and).unwrap_or_else(|| Say::plain(""))
}
