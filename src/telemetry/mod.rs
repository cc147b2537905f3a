//! What the program says of itself: to a file, to the console's log pane, and where asked to stderr. Never
//! to the console's own terminal, and never a secret.

mod file;
mod ring;

use std::io::Write;
use std::path::Path;

use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata, Subscriber};
use tracing_appender::non_blocking::{NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use file::LogFile;

use crate::domain::plainly;
pub use ring::{LogLine, LogRing};

/// The variable that sets the level, e.g. `debug` or `segdeck::store=debug,info`.
pub const LEVEL_VARIABLE: &str = "SEGDECK_LOG";

/// The log's name in the data folder; older ones are `segdeck.log.1` to `.7`.
pub const FILE: &str = "segdeck.log";

/// What is told where.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// The data folder; none: no file.
    pub data_dir: Option<&'a Path>,
    /// What [`LEVEL_VARIABLE`] holds; none or empty: `info`.
    pub level: Option<&'a str>,
    /// To stderr as well: for commands that run without a terminal's screen.
    pub stderr: bool,
}

/// Why nothing can be told.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// A level that cannot be understood.
    #[error("{LEVEL_VARIABLE} is wrong ({0}); write e.g. debug, or segdeck::store=debug,info")]
    Level(#[from] tracing_subscriber::filter::ParseError),
    /// Somebody in this process tells already.
    #[error("the log was started twice")]
    Twice,
}

/// Keeps the log going; what waits is written when it is dropped.
#[derive(Debug)]
pub struct Telemetry {
    ring: LogRing,
    _file: Option<WorkerGuard>,
}

impl Telemetry {
    /// Starts the log of this process. A file that cannot be opened is no reason not to work: the ring and
    /// stderr say so.
    ///
    /// # Errors
    /// [`TelemetryError::Level`] and [`TelemetryError::Twice`].
    pub fn start(options: &Options<'_>) -> Result<Self, TelemetryError> {
        let (subscriber, telemetry, trouble) = build(options, std::io::stderr)?;
        tracing::subscriber::set_global_default(subscriber).map_err(|_| TelemetryError::Twice)?;
        if let Some(trouble) = trouble {
            tracing::warn!("{trouble}");
        }
        Ok(telemetry)
    }

    /// The last lines, for the log pane.
    pub fn ring(&self) -> &LogRing {
        &self.ring
    }
}

type Built = (Box<dyn Subscriber + Send + Sync>, Telemetry, Option<String>);

/// The parts put together; `stderr` is the place for lines that go there.
fn build<W: Write + 'static>(
    options: &Options<'_>,
    stderr: impl Fn() -> W + Send + Sync + 'static,
) -> Result<Built, TelemetryError> {
    let level = options.level.filter(|level| !level.trim().is_empty()).unwrap_or("info");
    let level = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).parse(level)?;
    let ring = LogRing::default();
    let (file, guard, trouble) = match options.data_dir.map(open) {
        None => (None, None, None),
        Some(Ok((writer, guard))) => (Some(lines(writer)), Some(guard), None),
        Some(Err(error)) => (None, None, Some(error)),
    };
    let subscriber = Registry::default()
        .with(level)
        .with(filter_fn(is_ours_or_calm))
        .with(ring.clone())
        .with(file)
        .with(options.stderr.then(|| lines(stderr)));
    Ok((Box::new(subscriber), Telemetry { ring, _file: guard }, trouble))
}

fn open(data_dir: &Path) -> Result<(NonBlocking, WorkerGuard), String> {
    let path = data_dir.join(FILE);
    let file = LogFile::open(&path)
        .map_err(|error| format!("the log file {} cannot be written: {}", path.display(), plainly(error)))?;
    // A full disk must not stop a controller: lines are dropped instead.
    Ok(NonBlockingBuilder::default().lossy(true).thread_name("log").finish(file))
}

fn lines<S, W>(writer: W) -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> fmt::MakeWriter<'a> + Send + Sync + 'static,
{
    fmt::layer().with_ansi(false).with_writer(writer)
}

/// Libraries are heard from `info` up, whatever the level: below it they print headers, and headers hold
/// tokens.
fn is_ours_or_calm(metadata: &Metadata<'_>) -> bool {
    *metadata.level() <= Level::INFO || metadata.target().starts_with("segdeck")
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// Runs `tell` under a log with these options; gives the ring's lines and what went to stderr.
    fn told(options: &Options<'_>, tell: impl FnOnce()) -> (Vec<Arc<LogLine>>, String) {
        let sink = Sink::default();
        let stderr = sink.clone();
        let (subscriber, telemetry, _) = build(options, move || stderr.clone()).unwrap();
        tracing::subscriber::with_default(subscriber, tell);
        let text = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
        (telemetry.ring().lines(), text)
    }

    #[test]
    fn lines_go_to_the_ring_the_file_and_stderr_when_asked() {
        let dir = tempfile::tempdir().unwrap();
        let data_dir = dir.path().join("data");
        let options = Options { data_dir: Some(&data_dir), level: None, stderr: true };
        let (lines, stderr) = told(&options, || {
            tracing::info!(segment = "nav@1", "published");
            tracing::debug!("not heard");
        });
        assert_eq!(lines.len(), 1);
        assert_eq!((lines[0].level, lines[0].text.raw()), (Level::INFO, "published segment=\"nav@1\""));
        assert!(lines[0].target.starts_with("segdeck"));
        assert!(stderr.contains("published"), "{stderr}");
        let file = std::fs::read_to_string(data_dir.join(FILE)).unwrap();
        assert!(file.contains("published segment=\"nav@1\"") && !file.contains("not heard"), "{file}");

        let (_, stderr) = told(&Options { stderr: false, ..options }, || tracing::error!("quiet"));
        assert_eq!(stderr, "");
    }

    #[test]
    fn the_level_counts_for_us_and_libraries_stay_calm() {
        let (lines, _) = told(&Options { level: Some("trace"), ..Options::default() }, || {
            tracing::trace!("ours");
            tracing::debug!(target: "h2::codec", "authorization: Bearer hunter2");
            tracing::info!(target: "h2::codec", "calm");
        });
        let texts: Vec<&str> = lines.iter().map(|line| line.text.raw()).collect();
        assert_eq!(texts, ["ours", "calm"]);
        let options = Options { level: Some("segdeck=loud"), ..Options::default() };
        assert!(matches!(build(&options, std::io::sink), Err(TelemetryError::Level(_))));
    }

    #[test]
    fn a_file_that_cannot_be_written_is_told_and_the_rest_works() {
        let dir = tempfile::tempdir().unwrap();
        let in_the_way = dir.path().join("file");
        std::fs::write(&in_the_way, "").unwrap();
        let options = Options { data_dir: Some(&in_the_way), ..Options::default() };
        let (_, _, trouble) = build(&options, std::io::sink).unwrap();
        assert!(trouble.unwrap().contains("cannot be written"));
        assert_eq!(told(&options, || tracing::info!("still")).0.len(), 1);
    }
}
