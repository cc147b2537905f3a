//! The headless commands: the same use cases as the console's, for scripts and service managers.
//!
//! What belongs here: arguments, how answers look, exit codes, waiting. What does not: what may be done
//! (`service`) and what is driven (`controllers`).

mod actor;
mod arguments;
mod audit;
mod bind;
mod complain;
mod completions;
mod config;
mod console;
mod context;
mod controller;
mod demo;
mod doctor;
mod exit;
mod freeze;
mod install;
mod installs;
mod load;
mod log;
mod open;
mod output;
mod paging;
mod plan;
mod platform;
mod progress;
mod remote;
mod rollout_arguments;
mod seat;
mod seats_argument;
mod seen_argument;
mod segment;
mod show;
mod signals;
mod span;
mod storage;
mod sync;
mod table;
mod trash;
mod wait;

use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory, Parser};

use self::arguments::{Arguments, Command};
use self::context::Context;
use self::exit::{Failure, Outcome};
use self::output::Output;
use crate::service::Service;

/// How long what still runs in the background gets at the end, e.g. a read of a silent stdin.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// The whole program.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return ExitCode::from(complain::arguments(error).0),
    };
    let format = arguments.global.output;
    let exit = match run(arguments) {
        Ok(exit) => exit,
        Err(failure) => complain::failure(&failure, format),
    };
    ExitCode::from(exit.0)
}

/// The tree of commands, with what each takes. For pages and tests that must know all of them.
pub fn tree() -> clap::Command {
    Arguments::command()
}

/// Would the program understand these arguments? For pages that show commands, so that they stay true.
///
/// # Errors
/// What the parser would say.
pub fn understands(arguments: &[String]) -> Result<(), String> {
    let all = std::iter::once("segdeck").chain(arguments.iter().map(String::as_str));
    Arguments::try_parse_from(all).map(drop).map_err(|error| error.to_string())
}

fn run(arguments: Arguments) -> Outcome {
    let Arguments { mut global, command } = arguments;
    if global.read_only {
        global.set.push("ui.read_only=true".to_owned());
    }
    let output = Output { format: global.output };
    match command {
        // These need neither sound settings nor a store.
        Some(Command::Completions(arguments)) => completions::run(output, arguments),
        Some(Command::Config(command)) => config::run(&global, output, command),
        Some(Command::Doctor(arguments)) => wait_for(doctor::run(&global, output, arguments)),
        Some(Command::Platform(arguments)) => wait_for(platform::run(output, arguments)),
        Some(Command::Demo) => {
            let runtime = runtime()?;
            let outcome = demo::run(&runtime, &global);
            runtime.shutdown_timeout(LAST_WORDS);
            outcome
        }
        Some(command) => {
            let (settings, _) = load::settings(&load::sources(&global))?;
            if settings.ui.read_only && command.changes() {
                return Err(Service::read_only().into());
            }
            let _log = log::if_asked(&command)?;
            wait_for(dispatch(Context::new(settings, output), command))
        }
        None => {
            let (settings, _) = load::settings(&load::sources(&global))?;
            let runtime = runtime()?;
            let outcome = console::run(&runtime, settings, &global);
            runtime.shutdown_timeout(LAST_WORDS);
            outcome
        }
    }
}

/// Runs a command to its end on a runtime of its own.
fn wait_for(command: impl Future<Output = Outcome>) -> Outcome {
    let runtime = runtime()?;
    let outcome = runtime.block_on(command);
    runtime.shutdown_timeout(LAST_WORDS);
    outcome
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::failed(format!("the threads of the program cannot be started: {error}")))
}

async fn dispatch(context: Context, command: Command) -> Outcome {
    let context = &context;
    match command {
        Command::Segment(command) => segment::run(context, command).await,
        Command::Seat(command) => seat::run(context, command).await,
        Command::Bind(command) => bind::run(context, command).await,
        Command::Plan(arguments) => plan::run(context, arguments).await,
        Command::Freeze(arguments) => freeze::begin(context, arguments).await,
        Command::Unfreeze => freeze::end(context).await,
        Command::Install(arguments) => install::run(context, arguments).await,
        Command::Installs(command) => installs::run(context, command).await,
        Command::Storage(command) => storage::run(context, command).await,
        Command::Trash(command) => trash::run(context, command).await,
        Command::Sync(arguments) => sync::run(context, arguments).await,
        Command::Remote(command) => remote::run(context, command).await,
        Command::Controller(arguments) => controller::run(context, arguments).await,
        Command::Audit(command) => audit::run(context, command).await,
        Command::Completions(_)
        | Command::Config(_)
        | Command::Demo
        | Command::Doctor(_)
        | Command::Platform(_) => Err(Failure::failed("this command runs without settings")),
    }
}
