//! `segdeck doctor`: is everything there, and if not, how is it mended?

mod remotes;
mod storage;
mod store;
mod strangers;
mod terminal;

use std::sync::Arc;

use clap::Args;
use serde::Serialize;

use super::actor;
use super::arguments::Global;
use super::exit::{EXIT_CODES, Exit, Failure, Outcome};
use super::load;
use super::output::{Columns, Output};
use crate::service::Code;
use crate::settings::Settings;

/// Arguments.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Arguments {}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
enum State {
    Ok,
    Warn,
    Fail,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// One line of the answer.
#[derive(Debug, Serialize)]
struct Check {
    check: &'static str,
    state: State,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<String>,
    /// Something that must answer does not.
    #[serde(skip)]
    away: bool,
}

impl Check {
    fn ok(check: &'static str, detail: impl Into<String>) -> Self {
        Self { check, state: State::Ok, detail: detail.into(), mend: None, away: false }
    }

    fn warn(check: &'static str, detail: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { check, state: State::Warn, detail: detail.into(), mend: Some(mend.into()), away: false }
    }

    fn fail(check: &'static str, detail: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { check, state: State::Fail, detail: detail.into(), mend: Some(mend.into()), away: false }
    }

    fn away(check: &'static str, detail: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { away: true, ..Self::fail(check, detail, mend) }
    }
}

const COLUMNS: Columns<Check> = Columns {
    head: &["CHECK", "STATE", "DETAIL", "MEND"],
    cells: |check| {
        vec![
            check.check.to_owned(),
            check.state.as_str().to_owned(),
            check.detail.clone(),
            check.mend.clone().unwrap_or_default(),
        ]
    },
};

/// Checks everything; exit 5 when something is away, 1 when something is wrong otherwise.
pub(super) async fn run(global: &Global, output: Output, _: Arguments) -> Outcome {
    let mut checks = Vec::new();
    match settings(global) {
        (check, None) => checks.push(check),
        (check, Some(settings)) => {
            checks.push(check);
            all(Arc::new(settings), &mut checks).await;
        }
    }
    checks.extend(terminal::check());
    output.items(&checks, &COLUMNS)?;
    Ok(if checks.iter().any(|check| check.away) {
        Exit::UNAVAILABLE
    } else if checks.iter().any(|check| check.state == State::Fail) {
        Exit::FAILED
    } else {
        Exit::DONE
    })
}

fn settings(global: &Global) -> (Check, Option<Settings>) {
    let sources = load::sources(global);
    match load::settings(&sources) {
        Ok((settings, _)) => {
            let detail = match sources.config_file().filter(|file| file.exists()) {
                Some(file) => file.display().to_string(),
                None => "no settings file; the defaults count".to_owned(),
            };
            (Check::ok("settings", detail), Some(settings))
        }
        Err(Failure::Service(error)) => {
            let mend = "`segdeck config path` names the file, `segdeck config check` reads it again";
            (Check::fail("settings", error.message, mend), None)
        }
        Err(other) => (Check::fail("settings", format!("{other:?}"), "see `segdeck config check`"), None),
    }
}

async fn all(settings: Arc<Settings>, checks: &mut Vec<Check>) {
    let actor = actor::of_process();
    let from = actor.ssh_client.as_ref().map(|client| format!(", from {}", client.raw()));
    checks.push(Check::ok("user", format!("{}{}", actor.label().raw(), from.unwrap_or_default())));
    let store = store::check(&settings, checks).await;
    storage::check(&settings, store.as_deref(), checks).await;
    remotes::check(&settings, store.as_deref(), checks).await;
    if let Some(store) = store {
        store::check_leader(&settings, &*store, checks).await;
        store::check_freeze(&*store, checks).await;
    }
}

/// Is this fault one of reaching something?
fn is_away(code: Code) -> bool {
    code == Code::Unavailable
}
