//! What goes to stderr when a command could not be done.

use std::io::Write;

use clap::error::{ContextKind, ContextValue};
use serde_json::json;

use super::exit::{Exit, Failure};
use super::output::{self, Format};
use crate::domain::Shown;
use crate::service::Code;

/// Tells the operator, or the program, why; returns the exit code.
pub(super) fn failure(failure: &Failure, format: Format) -> Exit {
    match failure {
        Failure::Service(error) => say(error.code, &error.to_string(), format),
        Failure::Interrupted(message) => say(Code::Failed, message, format),
        Failure::ReaderGone => {}
    }
    failure.exit()
}

/// Arguments that the parser refuses. Help and version are no errors.
pub(super) fn arguments(mut error: clap::Error) -> Exit {
    if !error.use_stderr() {
        // Help goes to a pager or `head` often enough: a reader that has gone is fine.
        _ = error.print();
        return Exit::DONE;
    }
    without_value_tip(&mut error);
    let text = error.render().to_string();
    let format = asked_format(std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()));
    let text = match format {
        Format::Table => text,
        // What is wrong, without the usage below it.
        Format::Json | Format::Jsonl => {
            let wrong = text.lines().take_while(|line| !line.is_empty());
            wrong.map(str::trim).collect::<Vec<_>>().join(" ")
        }
    };
    say(Code::Usage, text.trim_start_matches("error: ").trim_end(), format);
    Exit::USAGE
}

/// A misspelt flag is no FILE: the parser's tip to pass it as one, with `--` before it, leads astray.
fn without_value_tip(error: &mut clap::Error) {
    if let Some(ContextValue::StyledStrs(mut tips)) = error.remove(ContextKind::Suggested) {
        tips.retain(|tip| !tip.to_string().contains("as a value, use"));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
    }
}

fn say(code: Code, message: &str, format: Format) {
    let mut stderr = std::io::stderr().lock();
    if format == Format::Table {
        let mut lines = message.lines();
        _ = writeln!(stderr, "segdeck: {}", Shown::from(lines.next().unwrap_or_default()));
        for line in lines {
            _ = writeln!(stderr, "{}", Shown::from(line));
        }
    } else {
        let error = json!({ "error": { "code": code, "message": message } });
        _ = writeln!(stderr, "{}", output::escaped(error.to_string()));
    }
}

/// The format that refused arguments ask for: the parser has none to give.
fn asked_format(arguments: impl Iterator<Item = String>) -> Format {
    let mut arguments = arguments.peekable();
    let mut format = Format::Table;
    while let Some(argument) = arguments.next() {
        let value = match argument.as_str() {
            "--" => break,
            "-o" | "--output" => arguments.peek().cloned(),
            other => other
                .strip_prefix("--output=")
                .or_else(|| other.strip_prefix("-o").filter(|_| !other.starts_with("--")))
                .map(|value| value.trim_start_matches('=').to_owned()),
        };
        match value.as_deref() {
            Some("json") => format = Format::Json,
            Some("jsonl") => format = Format::Jsonl,
            Some("table") => format = Format::Table,
            _ => {}
        }
    }
    format
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refused_arguments_are_answered_in_the_format_they_ask_for() {
        let asked = |line: &str| asked_format(line.split(' ').map(str::to_owned));
        assert_eq!(asked("segdeck -o json segment lst"), Format::Json);
        assert_eq!(asked("segdeck segment list -ojsonl --bad"), Format::Jsonl);
        assert_eq!(asked("segdeck --output=json x"), Format::Json);
        assert_eq!(asked("segdeck x -- -o json"), Format::Table);
        assert_eq!(asked("segdeck x -o"), Format::Table);
    }
}
