//! `segdeck segment upload`

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use clap::Args;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::file::{Instead, ItemError};
use super::publish;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::output::Columns;
use crate::cli::progress::Progress;
use crate::cli::span::Timeout;
use crate::cli::wait::Waiting;
use crate::cli::{show, signals};
use crate::domain::words::say;
use crate::domain::{CreateState, Segment, SegmentId};
use crate::service::{Code, Expected, Service, ServiceError, UploadProgress, UploadRequest};

/// Arguments.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// Segment files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    instead: Instead,
    /// Refuse the file if its sha256 is another (one FILE only)
    #[arg(long, value_name = "HEX", value_parser = sha256)]
    sha256: Option<String>,
    /// Wait until it is published, or failed
    #[arg(long)]
    wait: bool,
    #[command(flatten)]
    timeout: Timeout,
}

/// What became of one of several files.
#[derive(Debug, Serialize)]
struct Item {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<SegmentId>,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ItemError>,
}

const COLUMNS: Columns<Item> = Columns {
    head: &["FILE", "ID", "OK", "ERROR"],
    cells: |item| {
        vec![
            item.file.clone(),
            item.id.as_ref().map(ToString::to_string).unwrap_or_default(),
            if item.ok { "yes" } else { "no" }.to_owned(),
            item.error.as_ref().map(|error| error.message.clone()).unwrap_or_default(),
        ]
    },
};

fn sha256(text: &str) -> Result<String, &'static str> {
    match text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => Ok(text.to_ascii_lowercase()),
        false => Err("a sha256 is 64 hexadecimal digits"),
    }
}

/// Uploads every file; all are tried.
pub(super) async fn run(context: &Context, arguments: Arguments) -> Outcome {
    if arguments.sha256.is_some() && arguments.files.len() > 1 {
        return Err(Failure::usage("--sha256 is that of one file; give one FILE"));
    }
    let service = context.service().await?;
    let mut waiting = arguments.wait.then(|| Waiting::begin(service.clone(), arguments.timeout.timeout));
    let outcome = match arguments.files.as_slice() {
        [file] => match one(context, &service, &arguments, file, waiting.as_mut()).await {
            Ok(segment) if arguments.wait => publish::ended(context, &segment),
            Ok(segment) => context.output.single(&segment),
            Err(failure) => Err(failure),
        },
        _ => several(context, &service, &arguments, waiting.as_mut()).await,
    };
    if let Some(waiting) = waiting {
        waiting.end().await;
    }
    outcome
}

async fn several(
    context: &Context,
    service: &Service,
    arguments: &Arguments,
    mut waiting: Option<&mut Waiting>,
) -> Outcome {
    let mut items = Vec::new();
    let mut exit = Exit::DONE;
    for file in &arguments.files {
        let mut item = Item { file: file.display().to_string(), id: None, ok: true, error: None };
        let failed = match one(context, service, arguments, file, waiting.as_deref_mut()).await {
            Ok(segment) => {
                item.id = Some(segment.id.clone());
                unpublished(&segment)
            }
            Err(Failure::Service(error)) => Some(error),
            // The rest is not tried when the operator has had enough; what is uploaded is told.
            Err(other) => {
                if !items.is_empty() {
                    context.output.items(&items, &COLUMNS)?;
                }
                return Err(other);
            }
        };
        if let Some(error) = failed {
            if exit == Exit::DONE {
                exit = Exit(error.code.exit_code());
            }
            item.ok = false;
            item.error = Some(ItemError::from(&error));
        }
        items.push(item);
    }
    context.output.items(&items, &COLUMNS)?;
    Ok(exit)
}

/// The error that a failed creation is; one under way is none.
fn unpublished(segment: &Segment) -> Option<ServiceError> {
    let status = &segment.create_status;
    (status.state == CreateState::Failed).then(|| {
        let reason = status.reason.clone().unwrap_or_default();
        ServiceError::new(Code::Failed, say!("upload-not-published", reason = &reason, id = &segment.id))
    })
}

/// Uploads one file and, on demand, waits until it is published.
async fn one(
    context: &Context,
    service: &Service,
    arguments: &Arguments,
    file: &Path,
    waiting: Option<&mut Waiting>,
) -> Result<Segment, Failure> {
    let request = UploadRequest {
        file: file.to_owned(),
        overrides: arguments.instead.overrides(),
        expected: arguments.sha256.clone().map(|sha256| Expected { sha256, md5: None }),
    };
    let segment = send(context, service, &request).await?;
    // It is uploaded: whether what it needs is there is only a word of advice.
    for missing in service.missing_requirements(&segment.requires).await.unwrap_or_default() {
        context.output.note(&format!(
            "{} requires {}, but {}",
            segment.id,
            missing.requirement.shown(),
            missing.reason
        ));
    }
    match waiting {
        None => Ok(segment),
        Some(waiting) => publish::until_published(context, waiting, &segment.id).await,
    }
}

/// Uploads one file; Ctrl-C ends it without a trace.
async fn send(context: &Context, service: &Service, request: &UploadRequest) -> Result<Segment, Failure> {
    let name = request.file.display().to_string();
    let progress = Mutex::new(Progress::new(context.output.format));
    let begun = Instant::now();
    let show = |step: UploadProgress| {
        if let Ok(mut progress) = progress.lock() {
            progress.show(&line(&name, step, begun));
        }
    };
    let cancel = CancellationToken::new();
    match signals::cancelling(&cancel, service.upload(request, show, &cancel)).await {
        // Also one that was just done when the signal came.
        (Ok(segment), _) => Ok(segment),
        (Err(_), true) => {
            Err(Failure::Interrupted(format!("the upload of {name} is cancelled; nothing of it is left")))
        }
        (Err(error), false) => Err(error.into()),
    }
}

fn line(name: &str, step: UploadProgress, begun: Instant) -> String {
    match step {
        UploadProgress::Copying { copied, total } => {
            let seconds = begun.elapsed().as_secs_f64().max(0.001);
            let speed = (copied as f64 / seconds) as u64;
            format!("{name}: {}, {}/s", show::part(copied, total), show::size(speed))
        }
        UploadProgress::Checking { done, total } => format!("{name}: checking {}", show::part(done, total)),
        UploadProgress::Recording => format!("{name}: recording"),
    }
}
