//! `segdeck demo`: everything in one process, apart from the real data, so that it can be tried at once.

mod samples;
mod seats;
mod server;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use self::server::Server;
use super::arguments::Global;
use super::exit::{Failure, Outcome};
use super::{console, load, log, open, output};
use crate::domain::words::Say;
use crate::domain::{RemoteKind, plainly};
use crate::remote::{self, Remotes};
use crate::service::{ListRequest, Service, UploadRequest};
use crate::settings::{RemoteSettings, Settings, Sources};
use crate::ui;

/// Lively settings; the flags of the command line stand before them.
const LIVELY: [&str; 4] = [
    "store.backend=embedded",
    "controllers.poll_interval=200ms",
    "controllers.retry_interval=2s",
    "controllers.sync_interval=30s",
];

/// Settings of commands beside the console, in the demo's folder.
const SETTINGS: &str = "demo.toml";

/// A demo that is ready.
struct Demo {
    /// Over its own store, files and platform.
    service: Arc<Service>,
    /// Where everything of it lies.
    folder: PathBuf,
    server: Server,
}

/// Opens the console over a demo; says before and after where everything lies.
pub(super) fn run(runtime: &Runtime, global: &Global) -> Outcome {
    console::needs_terminal()?;
    let folder = folder()?;
    let telemetry = log::start(Some(&folder), false)?;
    output::note(&format!("the demo lies in {}", folder.display()));
    let demo = runtime.block_on(prepare(global, &folder))?;
    let banner = demo.banner();
    tracing::info!(folder = %folder.display(), "the demo is ready");
    let outcome = console::show(
        runtime,
        demo.service.clone(),
        &telemetry,
        Some(banner),
        demo.program(),
        demo.samples(),
    );
    runtime.block_on(demo.stop());
    output::note(&format!(
        "the demo keeps its state in {}; `segdeck demo` goes on with it, removing the folder begins anew",
        folder.display()
    ));
    outcome
}

/// The demo's own folder.
fn folder() -> Result<PathBuf, Failure> {
    Sources::demo_data_dir()
        .ok_or_else(|| Failure::invalid("this user has no home folder (HOME is not set) for the demo's data"))
}

/// Starts the platform, opens the store, and at the first start fills both.
async fn prepare(global: &Global, folder: &Path) -> Result<Demo, Failure> {
    let failed = |error: std::io::Error| {
        Failure::failed(format!("the demo cannot use {}: {}", folder.display(), plainly(error)))
    };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let server = server::start(&folder.join("platform")).await?;
    let mut settings = settings(global, folder, server.address)?;
    write_settings(&folder.join(SETTINGS), &settings).map_err(failed)?;
    // The demo makes its own data, whoever looks at it afterwards.
    let read_only = std::mem::take(&mut settings.ui.read_only);
    let service = open::service(Arc::new(settings.clone())).await?;
    let samples = folder.join("samples");
    let making = samples.clone();
    let first = tokio::task::spawn_blocking(move || samples::make(&making))
        .await
        .map_err(|error| Failure::failed(format!("the samples could not be made: {error}")))?
        .map_err(failed)?;
    fill(&service, &samples, first).await?;
    settings.ui.read_only = read_only;
    let service = Arc::new(Service { settings: Arc::new(settings), ..service });
    Ok(Demo { service, folder: folder.to_owned(), server })
}

impl Demo {
    /// What the operator should know of it.
    fn banner(&self) -> Say {
        ui::demo_banner(seats::all().count(), &self.samples())
    }

    /// Where more segments lie, as a path that a name can follow.
    fn samples(&self) -> String {
        format!("{}/", self.folder.join("samples").display())
    }

    /// How a command is called that works on the demo's records, while its platform runs.
    fn program(&self) -> String {
        format!("segdeck --config {}", ui::quoted_path(&self.folder.join(SETTINGS)))
    }

    /// Ends the platform.
    async fn stop(self) {
        self.server.stop().await;
    }
}

/// Nothing of the real settings counts but how the console looks.
fn settings(global: &Global, folder: &Path, platform: SocketAddr) -> Result<Settings, Failure> {
    let mut sources = Sources { data_dir: Some(folder.to_owned()), ..Sources::of_process() };
    // The records of the demo are its own; its looks are those that the operator is used to.
    sources.looks = sources.user_config.take().and_then(|file| Some(file.parent()?.to_owned()));
    sources.config.clone_from(&global.config);
    sources.env.retain(|(name, _)| name.to_string_lossy().starts_with("SEGDECK_UI__"));
    sources.set.clone_from(&global.set);
    sources.set.extend(LIVELY.map(str::to_owned));
    sources.set.push(format!("store.path={}", folder.join("segdeck.db").display()));
    sources.set.push("storage.url=".to_owned());
    for kind in RemoteKind::ALL {
        sources.set.push(format!("{kind}.endpoint=http://{platform}"));
    }
    Ok(load::settings(&sources)?.0)
}

/// For commands beside the console.
fn write_settings(file: &Path, settings: &Settings) -> std::io::Result<()> {
    let mut sections = BTreeMap::from([
        (
            "store",
            BTreeMap::from([
                ("backend", "embedded".to_owned()),
                ("path", settings.store.path.display().to_string()),
            ]),
        ),
        ("storage", BTreeMap::from([("url", settings.storage.url.clone())])),
    ]);
    for (section, remote) in [("sdp", &settings.sdp), ("store15s", &settings.store15s)] {
        sections.insert(section, BTreeMap::from([("endpoint", remote.endpoint.clone())]));
    }
    std::fs::write(file, toml::to_string(&sections).map_err(std::io::Error::other)?)
}

/// Seats where there are none; the first samples at the first start.
async fn fill(service: &Service, samples: &Path, first: bool) -> Result<(), Failure> {
    let one = ListRequest { per_page: 1, ..ListRequest::default() };
    if service.list_seats(&one).await?.total == 0 {
        service.import_seats(&seats::all().collect::<Vec<_>>(), None).await?;
    }
    if first && service.list_segments(&one).await?.total == 0 {
        for sample in samples::SAMPLES.iter().filter(|sample| sample.first) {
            let request = UploadRequest { file: samples.join(sample.file), ..UploadRequest::default() };
            service.upload(&request, |_| {}, &CancellationToken::new()).await?;
        }
    }
    Ok(())
}

/// Does a platform serve there?
async fn answers(address: SocketAddr) -> bool {
    let settings = RemoteSettings {
        endpoint: format!("http://{address}"),
        ca_file: PathBuf::new(),
        cert_file: PathBuf::new(),
        key_file: PathBuf::new(),
        token_file: PathBuf::new(),
    };
    let Ok(remotes) = remote::grpc::connect_one(Remotes::default(), RemoteKind::Sdp, &settings) else {
        return false;
    };
    match remotes.repository(RemoteKind::Sdp) {
        Some(repository) => repository.list("").await.is_ok(),
        None => false,
    }
}
