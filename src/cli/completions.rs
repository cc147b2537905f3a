//! `segdeck completions`

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::exit::{Exit, Outcome};
use super::output::Output;

/// Arguments.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  segdeck completions bash > ~/.local/share/bash-completion/completions/segdeck
  segdeck completions zsh > \"${fpath[1]}/_segdeck\"
  segdeck completions fish > ~/.config/fish/completions/segdeck.fish")]
pub(super) struct Arguments {
    /// The shell
    shell: Shell,
}

/// Prints the script.
pub(super) fn run(output: Output, arguments: Arguments) -> Outcome {
    let mut script = Vec::new();
    let mut command = super::arguments::Arguments::command();
    clap_complete::generate(arguments.shell, &mut command, "segdeck", &mut script);
    output.text(&String::from_utf8_lossy(&script))?;
    Ok(Exit::DONE)
}
