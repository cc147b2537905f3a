//! `segdeck` alone: the console on the main thread, everything else on the runtime beside it.

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::arguments::Global;
use super::exit::{Exit, Failure, Outcome};
use super::{log, open, signals};
use crate::controllers::{self, Lead};
use crate::domain::words::{Say, word};
use crate::service::Service;
use crate::settings::Settings;
use crate::store::Cache;
use crate::telemetry::Telemetry;
use crate::ui;

/// How long the controllers get to step down; then the lease does it for them.
const STEP_DOWN: Duration = Duration::from_secs(2);

/// How long the screen gets to close after a signal; one whose terminal takes no more bytes never would.
const CLOSE: Duration = Duration::from_secs(5);

/// Refuses before anything is opened where nobody could see it.
pub(super) fn needs_terminal() -> Result<(), Failure> {
    if std::io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Failure::usage(
        "the console needs a terminal; `segdeck --help` lists the commands that work without one",
    ))
}

/// Opens the console over the settings. A store behind a network need not answer for that.
pub(super) fn run(runtime: &Runtime, settings: Settings, global: &Global) -> Outcome {
    needs_terminal()?;
    let telemetry = log::start(settings.data_dir(), false)?;
    let service = runtime.block_on(open::service(Arc::new(settings)))?;
    show(runtime, Arc::new(service), &telemetry, None, program(global), String::new())
}

/// Runs the console until it is quit; steps down then.
pub(super) fn show(
    runtime: &Runtime,
    service: Arc<Service>,
    telemetry: &Telemetry,
    banner: Option<Say>,
    program: String,
    upload_folder: String,
) -> Outcome {
    let _inside = runtime.enter();
    let cancel = CancellationToken::new();
    let cache = Cache::start(service.store.reads(), service.clock.clone(), cancel.clone());
    let looks_only = service.settings.ui.read_only;
    let why = if looks_only { word!("may-not-lead-read-only") } else { word!("may-not-lead-disabled") };
    let (_not_standing, mut lead) = watch::channel(Lead::NotStanding(why.into()));
    let (mut ended, mut aside) = (None, None);
    if service.settings.controllers.enabled && !looks_only {
        let controllers = controllers::start_with(service.clone(), Some(cache.clone()), cancel.clone());
        lead = controllers.lead;
        (ended, aside) = (Some(controllers.ended), Some(controllers.aside));
    }
    runtime.spawn(last_resort(cancel.clone()));
    let shown = ui::run(ui::Context {
        settings: service.settings.clone(),
        service,
        runtime: runtime.handle().clone(),
        lead,
        aside,
        cache,
        log: telemetry.ring().clone(),
        banner,
        program,
        upload_folder,
    });
    cancel.cancel();
    if let Some(ended) = ended {
        // Too late is no harm: the lease ends by itself.
        _ = runtime.block_on(async { tokio::time::timeout(STEP_DOWN, ended).await });
    }
    shown.map_err(|error| Failure::failed(format!("{error:#}")))?;
    Ok(Exit::DONE)
}

/// How a command is called that has the settings of this console; how it looks is no matter of commands.
fn program(global: &Global) -> String {
    let mut program = "segdeck".to_owned();
    if let Some(file) = &global.config {
        let file = std::path::absolute(file).unwrap_or_else(|_| file.clone());
        program = program + " --config " + &ui::quoted_path(&file);
    }
    for setting in global.set.iter().filter(|setting| !setting.starts_with("ui.")) {
        program += &ui::flag("set", setting);
    }
    program
}

/// A signal makes the controllers step down at once, whatever the screen is at.
async fn last_resort(cancel: CancellationToken) {
    let ended = signals::ended();
    ended.await;
    cancel.cancel();
    tokio::time::sleep(CLOSE).await;
    std::process::exit(i32::from(Exit::INTERRUPTED.0));
}
