//! Faults that tests order: refusals, lost answers, delays. A platform that nobody ordered any for has none.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tonic::{Code, Status};

/// The calls that can be disturbed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultCall {
    /// `CreateSegment`.
    Create,
    /// `FindSegment`.
    Find,
    /// `ListSegments`.
    List,
    /// `DownloadSegment`.
    Download,
    /// `DeleteSegment`.
    Delete,
    /// `FindOperation` of either service.
    FindOperation,
    /// `BatchInstall`.
    Install,
    /// `BatchUninstall`.
    Uninstall,
    /// `GetTask`.
    GetTask,
    /// `CancelTask`.
    Cancel,
}

/// Where a call is disturbed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Before anything is done.
    Before,
    /// After the effect is durable, before the answer leaves.
    After,
}

/// What happens to a call.
#[derive(Debug, Clone)]
pub enum Action {
    /// It is answered with this code.
    Answer(Code),
    /// It takes longer.
    Wait(Duration),
    /// It waits until it is notified.
    Hold(Arc<Notify>),
}

/// A disturbance.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Of which call.
    pub call: FaultCall,
    /// Where.
    pub moment: Moment,
    /// How.
    pub action: Action,
    /// How often.
    pub times: u32,
}

/// The disturbances that are still to come.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    /// Orders one.
    pub fn add(&self, fault: Fault) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
    }

    /// How many of this call are still to come.
    pub fn left(&self, call: FaultCall) -> u32 {
        let faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        faults.iter().filter(|fault| fault.call == call).map(|fault| fault.times).sum()
    }

    /// Ends all of this call.
    pub fn lift(&self, call: FaultCall) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|fault| fault.call != call);
    }

    fn take(&self, call: FaultCall, moment: Moment) -> Option<Action> {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fault = faults.iter_mut().find(|f| f.call == call && f.moment == moment && f.times > 0)?;
        fault.times -= 1;
        let action = fault.action.clone();
        faults.retain(|fault| fault.times > 0);
        Some(action)
    }

    /// Lets the next disturbance of this call happen, if there is one.
    pub(super) async fn at(&self, call: FaultCall, moment: Moment) -> Result<(), Status> {
        match self.take(call, moment) {
            None => Ok(()),
            Some(Action::Answer(code)) => Err(Status::new(code, "ordered by a test")),
            Some(Action::Wait(duration)) => {
                tokio::time::sleep(duration).await;
                Ok(())
            }
            Some(Action::Hold(notify)) => {
                notify.notified().await;
                Ok(())
            }
        }
    }
}
