//! A machine with a home folder of its own: its settings file, its store, and the binary run on it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use segdeck::domain::Clock;
use segdeck::domain::audit::Actor;
use segdeck::remote::grpc;
use segdeck::service::Service;
use segdeck::settings::{Backend, Settings, Sources};
use segdeck::storage::SharedStorage;
use segdeck::store;
use tokio::process::Command;

use crate::answer::Answer;
use crate::common::etcd;
use crate::common::site::On;
use crate::log::Log;
use crate::running::Running;

/// How long a test may take before it counts as hanging.
const DEADLINE: Duration = Duration::from_secs(120);

/// Where tests of one etcd keep out of each other's way.
static ROOTS: AtomicUsize = AtomicUsize::new(0);

/// The machine. It prints what everybody said when its test fails.
pub(crate) struct Host {
    home: tempfile::TempDir,
    store: String,
    pub(crate) log: Log,
}

impl Host {
    /// Runs a test on a machine of its own, with its records on this backend, until its deadline.
    pub(crate) async fn test(on: On, body: impl AsyncFnOnce(&Host)) {
        let host = Self::new(on);
        if tokio::time::timeout(DEADLINE, body(&host)).await.is_err() {
            panic!("not done within {DEADLINE:?}");
        }
    }

    /// A machine of its own, with its records on this backend.
    pub(crate) fn new(on: On) -> Self {
        let root = ROOTS.fetch_add(1, Ordering::Relaxed);
        match on {
            On::Embedded => Self::over("[store]\nbackend = \"embedded\"\n".to_owned()),
            On::Etcd => Self::over(on_etcd(&etcd::shared().endpoint(), &format!("/site-{root}"))),
        }
    }

    /// Runs a test on a machine of its own, with its records below `/site` of an etcd of the test's own.
    pub(crate) async fn test_on(server: &etcd::Etcd, body: impl AsyncFnOnce(&Host)) {
        let host = Self::on_server(server);
        if tokio::time::timeout(DEADLINE, body(&host)).await.is_err() {
            panic!("not done within {DEADLINE:?}");
        }
    }

    /// A machine of its own, with its records below `/site` of an etcd of the test's own.
    pub(crate) fn on_server(server: &etcd::Etcd) -> Self {
        Self::over(on_etcd(&server.endpoint(), "/site"))
    }

    fn over(store: String) -> Self {
        Self { home: tempfile::tempdir().unwrap(), store, log: Log::new() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.home.path()
    }

    /// Writes the settings file: this store, quick controllers, and whatever else.
    pub(crate) fn configure(&self, controllers: &str, rest: &str) {
        let text = format!(
            "{}[controllers]\nlease_ttl = \"2s\"\npoll_interval = \"50ms\"\nsync_interval = \"0\"\n{controllers}\n{rest}\n",
            self.store
        );
        self.file(".config/segdeck/config.toml", &text);
    }

    /// A file in the home folder.
    pub(crate) fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Any program on this machine, with nothing of ours in its environment.
    pub(crate) fn program(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", self.path())
            .env("USER", "tester")
            .env("TERM", "dumb")
            .current_dir(self.path())
            .kill_on_drop(true);
        command
    }

    /// The binary. It goes with its test, also when the test binary itself is killed.
    fn segdeck(&self, arguments: &[&str]) -> Command {
        let mut command = self.program("setpriv");
        command.args(["--pdeathsig", "KILL", env!("CARGO_BIN_EXE_segdeck")]).args(arguments);
        command
    }

    /// A process that stays.
    pub(crate) fn start(&self, name: &str, arguments: &[&str]) -> Running {
        self.start_with(name, arguments, &[])
    }

    /// The same, with these variables in its environment.
    pub(crate) fn start_with(&self, name: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Running {
        let mut command = self.segdeck(arguments);
        command.envs(variables.iter().copied());
        Running::start(command, name, &self.log)
    }

    /// A process that stays, as a job of its own, as shells make it.
    pub(crate) fn start_job(&self, name: &str, arguments: &[&str]) -> Running {
        let mut command = self.segdeck(arguments);
        command.process_group(0);
        Running::start(command, name, &self.log)
    }

    /// Runs a command to its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Answer {
        self.output(self.segdeck(arguments), arguments).await
    }

    /// Runs a command that dies where these variables say.
    pub(crate) async fn dies(&self, arguments: &[&str], at: &str) {
        let mut command = self.segdeck(arguments);
        command.env("SEGDECK_CRASH_AT", at);
        let answer = self.output(command, arguments).await;
        assert_eq!(answer.code, -1, "a killed process has no exit code");
    }

    /// Runs any program to its end; `arguments` are what the log calls it.
    pub(crate) async fn output(&self, mut command: Command, arguments: &[&str]) -> Answer {
        self.log.note("$", &arguments.join(" "));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let answer = Answer::from(command.output().await.unwrap());
        self.log.note("err", &answer.err);
        self.log.note("out", &answer.out);
        self.log.note("exit", &answer.code.to_string());
        answer
    }

    /// Runs a command that must succeed; its answer.
    pub(crate) async fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let mut all = arguments.to_vec();
        all.extend(["-o", "json"]);
        self.run(&all).await.exits(0).json()
    }

    /// The settings as its processes read them.
    pub(crate) fn settings(&self) -> Settings {
        let sources = Sources {
            config: Some(self.path().join(".config/segdeck/config.toml")),
            ..Sources::only(&self.path().join(".local/share/segdeck"))
        };
        Settings::load(&sources).unwrap().0
    }

    /// The use cases in this process, for looking on.
    pub(crate) async fn onlooker(&self) -> Arc<Service> {
        let settings = self.settings();
        let mut records = settings.store.clone();
        if records.backend == Backend::Embedded {
            records.path.clear();
        }
        Arc::new(Service {
            store: store::open(&records, settings.data_dir().unwrap()).await.unwrap().into(),
            storage: SharedStorage::open(&settings.storage.url).unwrap().into(),
            remotes: grpc::connect(&settings).unwrap(),
            settings: Arc::new(settings),
            clock: Clock::system(),
            actor: Actor { user: "onlooker".into(), host: "test".into(), ssh_client: None },
        })
    }

    /// Where files lie while they come.
    pub(crate) fn staging(&self) -> PathBuf {
        self.path().join(".local/share/segdeck/files/staging")
    }

    /// Files in shared storage, staged or final.
    pub(crate) fn stored_files(&self) -> Vec<PathBuf> {
        let files = self.path().join(".local/share/segdeck/files");
        let mut found = files_below(&files.join("staging"));
        found.extend(files_below(&files.join("segments")));
        found
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.log.text());
        }
    }
}

fn on_etcd(endpoint: &str, prefix: &str) -> String {
    format!("[store]\nbackend = \"etcd\"\nendpoints = [\"http://{endpoint}\"]\nprefix = \"{prefix}\"\n")
}

/// Every file below a folder, which need not be there.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries
        .flatten()
        .flat_map(|entry| if entry.path().is_dir() { files_below(&entry.path()) } else { vec![entry.path()] })
        .collect()
}
