//! A host's line to the platforms: calls that go through the weather, and what their failures mean.

use std::sync::Arc;
use std::time::Duration;

use segdeck::domain::RemoteKind;
use segdeck::remote::{Meaning, RemoteError};

use super::{Failure, Platform, State};
use crate::weather::{Host, Lost, Place, Weather};

/// One host's way to one platform.
#[derive(Clone)]
pub struct Line {
    pub platform: Platform,
    pub weather: Arc<Weather>,
    pub host: Host,
    pub kind: RemoteKind,
}

/// A platform's refusal, and what it said.
pub type Refusal = (Meaning, &'static str);

impl Line {
    /// Carries a call there and its answer back.
    pub(super) async fn call<T: Send + 'static>(
        &self,
        call: &str,
        effect: impl FnOnce(&mut State) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, RemoteError> {
        let platform = self.platform.clone();
        let answer =
            self.weather.carry(self.host, Place::Platform, async move { effect(&mut platform.lock()) }).await;
        let (meaning, why) = match answer {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(refusal)) => refusal,
            // Half of what was surely not done is said to be so.
            Err(Lost::Refused) => {
                let later = self.platform.lock().chance.per_mille(500);
                let hint = Some(Duration::from_millis(700));
                (if later { Meaning::Later(hint) } else { Meaning::Unclear }, "refused")
            }
            Err(Lost::Unclear) => (Meaning::Unclear, "no answer"),
        };
        Err(self.error(call, meaning, why))
    }

    pub(super) fn error(&self, call: &str, meaning: Meaning, why: &str) -> RemoteError {
        RemoteError {
            meaning,
            remote: self.kind,
            endpoint: "the simulation".to_owned(),
            call: call.to_owned(),
            code: format!("{meaning:?}"),
            message: why.into(),
        }
    }

    /// Remembers that the caller heard of a failure of this operation.
    pub(super) fn heard<T>(&self, operation: &str, answer: Result<T, RemoteError>) -> Result<T, RemoteError> {
        if answer.is_err() {
            let mut state = self.platform.lock();
            let revision = state.model.revision();
            state.failures.push(Failure { revision, operation: operation.to_owned() });
        }
        answer
    }
}
