//! `segdeck segment verify`

use std::sync::Mutex;

use clap::Args;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::repair;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::output::{self, Columns, Format, Output};
use crate::cli::progress::Progress;
use crate::cli::span::Timeout;
use crate::cli::{show, signals};
use crate::domain::SegmentId;
use crate::domain::words::Say;
use crate::service::{Verified, VerifyProgress, VerifyTotals};

/// Arguments.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// PREFIX@VERSION; all segments when none is given
    #[arg(value_name = "ID")]
    ids: Vec<SegmentId>,
    /// Fetch what is missing or altered again, from the platform that has it
    #[arg(long)]
    pub(super) repair: bool,
    #[command(flatten)]
    timeout: Timeout,
}

/// The answer in JSON.
#[derive(Debug, Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    totals: VerifyTotals,
    items: &'a [Verified],
}

const COLUMNS: Columns<Verified> = Columns {
    head: &["ID", "FILE", "REASON"],
    cells: |verified| {
        vec![
            verified.id.to_string(),
            if verified.repaired { "repaired" } else { verified.state.as_str() }.to_owned(),
            verified.reason.as_ref().map(Say::to_string).unwrap_or_default(),
        ]
    },
};

/// What is shown while files are read.
struct Shown {
    output: Output,
    progress: Progress,
    read: usize,
    /// A line a file as it is read; else all at the end.
    at_once: bool,
    /// For the formats that need all of them at the end.
    items: Vec<Verified>,
    failure: Option<Failure>,
}

impl Shown {
    fn take(&mut self, progress: VerifyProgress) {
        match progress {
            VerifyProgress::Reading { id, done, total } => {
                self.progress.show(&format!("{} read, {id}: {}", self.read, show::part(done, total)));
            }
            VerifyProgress::Found(verified) => {
                self.read += 1;
                if self.at_once {
                    self.failure = self.output.items(&[verified], &COLUMNS).err();
                } else {
                    self.items.push(verified);
                }
            }
        }
    }
}

/// Reads the files one after the other; Ctrl-C ends it, and what was found until then is noted.
pub(super) async fn run(context: &Context, arguments: Arguments) -> Outcome {
    let service = context.service().await?;
    let output = context.output;
    let progress = Progress::new(output.format);
    let at_once = output.format == Format::Jsonl && !arguments.repair;
    let shown = Mutex::new(Shown { output, progress, read: 0, at_once, items: Vec::new(), failure: None });
    let cancel = CancellationToken::new();
    let told = |progress| {
        if let Ok(mut shown) = shown.lock() {
            shown.take(progress);
            if shown.failure.is_some() {
                cancel.cancel();
            }
        }
    };
    let verify = service.verify(&arguments.ids, told, &cancel);
    let (totals, interrupted) = signals::cancelling(&cancel, verify).await;
    let Ok(Shown { mut progress, read, mut items, failure, .. }) = shown.into_inner() else {
        return Err(Failure::failed("the files were read, but what was found is lost; run it again"));
    };
    progress.leave();
    if let Some(failure) = failure {
        return Err(failure);
    }
    let fetched = match &totals {
        Ok(_) if arguments.repair => {
            repair::run(context, service.clone(), arguments.timeout.timeout, &mut items).await
        }
        _ => Ok(()),
    };
    let is_listed = output.format == Format::Table || (output.format == Format::Jsonl && !at_once);
    if is_listed && (totals.is_ok() || !items.is_empty()) {
        output.items(&items, &COLUMNS)?;
    }
    fetched?;
    let mut totals = match totals {
        Ok(totals) => totals,
        Err(_) if interrupted => {
            let why = "the files read until then are shown in `segdeck segment list`";
            return Err(Failure::Interrupted(format!("stopped after {read} file(s); {why}")));
        }
        Err(error) => return Err(error.into()),
    };
    totals.repaired = items.iter().filter(|found| found.repaired).count();
    let VerifyTotals { total, ok, missing, altered, unreadable, repaired } = totals;
    match output.format {
        Format::Table => {
            let fetched = if repaired > 0 { format!("; {repaired} fetched again") } else { String::new() };
            output::note(&format!(
                "{total} file(s): {ok} ok, {missing} missing, {altered} altered, {unreadable} unreadable{fetched}"
            ));
        }
        Format::Json => _ = output.single(&Report { totals, items: &items })?,
        Format::Jsonl => {}
    }
    Ok(if ok + repaired == total { Exit::DONE } else { Exit::FAILED })
}
