//! The command line as a tree of commands; each family keeps its own arguments.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::exit::EXIT_CODES;
use super::output::Format;
use super::{
    audit, bind, completions, config, controller, doctor, freeze, install, installs, plan, remote, seat,
    segment, storage, sync, trash,
};
use crate::platform::PlatformArgs;

/// Puts software segments on a fleet of workstations.
///
/// Without a command the console opens. Every action of the console has a command here; every list takes
/// `-o table|json|jsonl`.
#[derive(Debug, Parser)]
#[command(name = "segdeck", version, after_help = EXIT_CODES, after_long_help = EXAMPLES, disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) global: Global,
    /// None: the console.
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// Shown below `segdeck --help`.
const EXAMPLES: &str = "\
Examples:
  segdeck demo                                       try it: simulated platform and seats
  segdeck segment upload nav-core-2.1.0.zip --wait   upload, and wait until it is published
  segdeck install nav-core@2.1.0 --bound --wait      install on the bound seats
  segdeck installs list -o json                      what is going on

Exit codes: 0 done, 1 failed, 2 a plan or a dry run has changes, 3 refused, 4 not found, 5 unavailable,
64 wrong usage, 130 ended by Ctrl-C. `segdeck COMMAND --help` tells more.";

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub(super) struct Global {
    /// How answers are written
    #[arg(
        short = 'o',
        long = "output",
        global = true,
        help_heading = "Options of every command",
        value_enum,
        value_name = "FORMAT",
        default_value_t
    )]
    pub(super) output: Format,
    /// Settings file instead of the one in the configuration folder
    #[arg(long, global = true, help_heading = "Options of every command", value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// One setting, e.g. `store.backend=etcd`; may be repeated
    #[arg(
        long = "set",
        global = true,
        help_heading = "Options of every command",
        value_name = "SECTION.KEY=VALUE"
    )]
    pub(super) set: Vec<String>,
    /// Look only: whatever would change anything is refused, and this process drives no controllers
    #[arg(long, global = true, help_heading = "Options of every command")]
    pub(super) read_only: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Try it: console, embedded store, platform with simulated seats
    #[command(after_help = EXIT_CODES)]
    Demo,
    /// Segments: upload, look at, publish again, delete
    #[command(subcommand)]
    Segment(segment::Command),
    /// Seats: the workstations
    #[command(subcommand)]
    Seat(seat::Command),
    /// The seats a segment is meant for
    #[command(subcommand)]
    Bind(bind::Command),
    /// What an install would do, without doing it
    Plan(plan::Arguments),
    /// Install on, and uninstall from, seats
    Install(install::Arguments),
    /// Send no new task to any seat until `unfreeze`; those in work come to their end
    Freeze(freeze::Arguments),
    /// Lift the freeze: installs go on
    #[command(after_help = EXIT_CODES)]
    Unfreeze,
    /// Installs: what became of them; pause, resume, cancel, retry
    #[command(subcommand)]
    Installs(installs::Command),
    /// Compare the platforms with the records and repair the difference
    Sync(sync::Arguments),
    /// The shared storage: whose it is, what in it belongs to nobody
    #[command(subcommand)]
    Storage(storage::Command),
    /// What was deleted: list it, bring it back, empty it
    #[command(subcommand)]
    Trash(trash::Command),
    /// The platforms: are they those of the records?
    #[command(subcommand)]
    Remote(remote::Command),
    /// The controllers alone, for a service manager
    Controller(controller::Arguments),
    /// The reference platform: a server for both contracts, its installs simulated
    #[command(after_help = EXIT_CODES)]
    Platform(PlatformArgs),
    /// Who did what, when
    #[command(subcommand)]
    Audit(audit::Command),
    /// Check every connection and say how to mend it
    Doctor(doctor::Arguments),
    /// Settings
    #[command(subcommand)]
    Config(config::Command),
    /// Completions for a shell
    Completions(completions::Arguments),
}

impl Command {
    /// Does it change records, files or seats, or drive the controllers that do? Every command says so, so that a
    /// new one is not forgotten: those that do are refused where the process is read-only.
    pub(super) fn changes(&self) -> bool {
        match self {
            Self::Segment(command) => command.changes(),
            Self::Seat(command) => command.changes(),
            Self::Bind(command) => command.changes(),
            Self::Installs(command) => command.changes(),
            Self::Remote(command) => command.changes(),
            Self::Freeze(arguments) => arguments.changes(),
            Self::Sync(arguments) => arguments.changes(),
            Self::Storage(command) => command.changes(),
            Self::Trash(command) => command.changes(),
            Self::Controller(arguments) => arguments.changes(),
            Self::Install(_) | Self::Unfreeze => true,
            Self::Plan(_) | Self::Audit(_) | Self::Doctor(_) | Self::Config(_) | Self::Completions(_) => {
                false
            }
            // These have data of their own. The console of a demo looks only, as any other does.
            Self::Demo | Self::Platform(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_tree_of_commands_is_sound() {
        Arguments::command().debug_assert();
    }
}
