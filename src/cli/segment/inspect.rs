//! `segdeck segment inspect`

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use clap::Args;
use serde::Serialize;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::file::{Instead, ItemError};
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::output::{self, Format};
use crate::cli::progress::Progress;
use crate::cli::table::Table;
use crate::cli::{show, signals};
use crate::domain::words::Say;
use crate::domain::{FreeText, RemoteKind, SegmentId};
use crate::service::{Contents, Findings, InspectProgress, Overrides, inspect};

/// Arguments.
#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// Segment files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    instead: Instead,
}

/// Everything that was found, as far as the file could be read.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    file: String,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ItemError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remote: Option<RemoteKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    container: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    md5: Option<String>,
    #[serde(flatten)]
    who: Option<Who>,
    #[serde(flatten)]
    held: Option<Held>,
}

/// Who it is, where that is settled.
#[derive(Debug, Serialize)]
struct Who {
    id: SegmentId,
    prefix: String,
    version: String,
    name: FreeText,
    #[serde(skip_serializing_if = "FreeText::is_empty")]
    description: FreeText,
}

/// What it holds, where that could be read.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Held {
    #[serde(rename = "type", skip_serializing_if = "FreeText::is_empty")]
    kind: FreeText,
    #[serde(skip_serializing_if = "FreeText::is_empty")]
    vendor: FreeText,
    archs: Vec<FreeText>,
    requires: Vec<FreeText>,
    conflicts: Vec<FreeText>,
    entries: u64,
    unpacked_size: u64,
    manifest_files: Vec<String>,
    not_understood: Vec<Say>,
    manifest: Value,
}

impl Item {
    fn new(findings: Findings, overrides: &Overrides) -> Self {
        let resolved = findings.resolve(overrides);
        let error = resolved.as_ref().err().map(ItemError::from);
        let who = resolved.ok().map(|resolved| Who {
            id: resolved.id(),
            prefix: resolved.prefix.to_string(),
            version: resolved.version.to_string(),
            name: resolved.name,
            description: resolved.description,
        });
        let (size, sha256, md5) = match findings.hashed {
            Some(hashed) => (Some(hashed.size), Some(hashed.sha256), hashed.md5),
            None => (None, None, None),
        };
        Self {
            file: findings.file.display().to_string(),
            ok: error.is_none(),
            error,
            remote: findings.format.map(|format| format.remote()),
            format: findings.format.map(|format| format.as_str()),
            container: findings.container.map(|container| container.as_str()),
            file_size: size,
            sha256,
            md5,
            who,
            held: findings.contents.ok().map(Held::from),
        }
    }

    /// A line a fact; what is not known has none.
    fn table(&self) -> String {
        let mut table = Table::new(&["FIELD", "VALUE"]);
        let mut row = |name: &str, value: &str| {
            if !value.is_empty() {
                table.row([name.to_owned(), value.to_owned()]);
            }
        };
        let size = |bytes: u64| match bytes {
            0..1024 => show::size(bytes),
            _ => format!("{} ({bytes} bytes)", show::size(bytes)),
        };
        row("file", &self.file);
        row("goes to", &self.remote.map(|remote| remote.to_string()).unwrap_or_default());
        row("container", self.container.unwrap_or_default());
        if let Some(who) = &self.who {
            row("id", &who.id.to_string());
            row("name", who.name.raw());
        }
        if let Some(held) = &self.held {
            row("type", held.kind.raw());
            row("vendor", held.vendor.raw());
            row("archs", &joined(&held.archs));
        }
        row("description", self.who.as_ref().map(|who| who.description.raw()).unwrap_or_default());
        if let Some(held) = &self.held {
            row("requires", &joined(&held.requires));
            row("conflicts", &joined(&held.conflicts));
        }
        row("size", &self.file_size.map(size).unwrap_or_default());
        row("sha256", self.sha256.as_deref().unwrap_or_default());
        row("md5", self.md5.as_deref().unwrap_or_default());
        if let Some(held) = &self.held {
            row("entries", &held.entries.to_string());
            row("unpacked", &size(held.unpacked_size));
            held.manifest_files.iter().for_each(|file| row("read from", file));
            held.not_understood.iter().for_each(|what| row("not understood", &what.to_string()));
            output::facts(&others(&held.manifest)).iter().for_each(|(name, value)| row(name, value));
        }
        match &self.error {
            None => row("verdict", "ok"),
            Some(error) => row("verdict", &format!("refused: {}", error.message)),
        }
        table.text()
    }
}

impl From<Contents> for Held {
    fn from(contents: Contents) -> Self {
        let manifest = contents.manifest;
        Self {
            kind: manifest.kind,
            vendor: manifest.vendor,
            archs: manifest.archs,
            requires: manifest.requires,
            conflicts: manifest.conflicts,
            entries: contents.entries,
            unpacked_size: contents.unpacked_size,
            manifest_files: contents.manifest_files,
            not_understood: contents.not_understood,
            manifest: contents.manifest_whole,
        }
    }
}

fn joined(texts: &[FreeText]) -> String {
    texts.iter().map(FreeText::raw).collect::<Vec<_>>().join(", ")
}

/// The manifest without what has a line of its own.
fn others(manifest: &Value) -> Value {
    const SHOWN: [&str; 9] =
        ["prefix", "version", "name", "type", "vendor", "description", "archs", "requires", "conflicts"];
    let mut others = manifest.clone();
    if let Value::Object(fields) = &mut others {
        fields.retain(|name, _| !SHOWN.contains(&name.as_str()));
    }
    others
}

/// Looks into every file; all are tried.
pub(super) async fn run(context: &Context, arguments: Arguments) -> Outcome {
    let overrides = arguments.instead.overrides();
    let mut items = Vec::new();
    for file in &arguments.files {
        let item = Item::new(one(context, file).await?, &overrides);
        if context.output.format == Format::Table {
            let gap = if items.is_empty() { "" } else { "\n" };
            context.output.text(&format!("{gap}{}", item.table()))?;
        }
        items.push(item);
    }
    match (context.output.format, items.as_slice()) {
        (Format::Table, _) => {}
        (Format::Json, [_, _, ..]) => _ = context.output.single(&json!({ "items": items }))?,
        (_, items) => {
            for item in items {
                context.output.single(item)?;
            }
        }
    }
    let first = items.iter().find_map(|item| item.error.as_ref());
    Ok(first.map_or(Exit::DONE, |error| Exit(error.code.exit_code())))
}

/// Looks into one file; Ctrl-C ends it at once.
async fn one(context: &Context, file: &Path) -> Result<Findings, Failure> {
    let name = file.display().to_string();
    let shown = Mutex::new((Progress::new(context.output.format), 0, 0));
    let line = name.clone();
    let show = move |step: InspectProgress| {
        let Ok(mut shown) = shown.lock() else { return };
        let (progress, hashed, read) = &mut *shown;
        let total = match step {
            InspectProgress::Hashing { done, total } => {
                *hashed = done;
                total
            }
            InspectProgress::Reading { done, total } => {
                *read = done;
                total
            }
        };
        progress.show(&format!("{line}: {}", show::part((*hashed).min(*read), total)));
    };
    let cancel = CancellationToken::new();
    let _ended = cancel.clone().drop_guard();
    let interrupted = || Failure::Interrupted(format!("the inspection of {name} was stopped"));
    tokio::select! {
        findings = inspect(file, &context.settings.upload, show, &cancel) => Ok(findings?),
        () = signals::ended() => Err(interrupted()),
    }
}
