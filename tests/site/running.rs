//! A process that stays: the controllers, a platform. It ends with its test, however that ends.

use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;

use crate::log::Log;

/// A running process; dropping it kills it.
pub(crate) struct Running {
    child: Child,
    pid: u32,
    lines: watch::Receiver<Vec<String>>,
}

impl Running {
    /// Starts it; what it says goes to the log.
    pub(crate) fn start(mut command: Command, name: &str, log: &Log) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let pid = child.id().unwrap();
        log.note(name, &format!("started as process {pid}"));
        let (sender, lines) = watch::channel(Vec::new());
        let (stdout, stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        tokio::spawn(listen(stdout, name.to_owned(), log.clone(), sender.clone()));
        tokio::spawn(listen(stderr, name.to_owned(), log.clone(), sender));
        Self { child, pid, lines }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// The rest of the first line that begins so; `None` when it ends without one.
    pub(crate) async fn says(&mut self, beginning: &str) -> Option<String> {
        let find = |lines: &Vec<String>| {
            lines.iter().find_map(|line| line.strip_prefix(beginning)).map(str::to_owned)
        };
        let lines = self.lines.wait_for(|lines| find(lines).is_some()).await.ok()?;
        find(&lines)
    }

    /// Waits for a line with this in it.
    pub(crate) async fn hears(&mut self, part: &str) {
        let has = |lines: &Vec<String>| lines.iter().any(|line| line.contains(part));
        self.lines.wait_for(has).await.expect("it says so before it ends");
    }

    /// Waits for a line with one of these in it, and returns it.
    pub(crate) async fn hears_one(&mut self, parts: &[&str]) -> String {
        let find = |lines: &Vec<String>| {
            lines.iter().find(|line| parts.iter().any(|part| line.contains(part))).cloned()
        };
        let lines = self.lines.wait_for(|lines| find(lines).is_some()).await;
        find(&lines.expect("it says so before it ends")).unwrap()
    }

    /// Waits for as many lines with this in them.
    pub(crate) async fn hears_again(&mut self, part: &str, times: usize) {
        let has = |lines: &Vec<String>| lines.iter().filter(|line| line.contains(part)).count() >= times;
        self.lines.wait_for(has).await.expect("it says so before it ends");
    }

    /// Ends it as a service manager does, and returns its exit code.
    pub(crate) async fn terminate(self) -> i32 {
        self.end(Signal::TERM).await.unwrap()
    }

    /// `kill -9`.
    pub(crate) async fn kill(self) {
        assert_eq!(self.end(Signal::KILL).await, None, "a killed process has no exit code");
    }

    /// Waits until somebody has killed it, as by `kill -9`. May be dropped half-way.
    pub(crate) async fn killed(&mut self) {
        let status = self.child.wait().await.unwrap();
        assert_eq!(status.signal(), Some(Signal::KILL.as_raw()), "{status}");
    }

    /// Ctrl-C.
    pub(crate) fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    /// Freezes it, as a suspended laptop does.
    pub(crate) fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Ctrl-Z.
    pub(crate) fn suspend(&self) {
        self.signal(Signal::TSTP);
    }

    /// Lets it go on.
    pub(crate) fn resume(&self) {
        self.signal(Signal::CONT);
    }

    pub(crate) fn id(&self) -> Pid {
        Pid::from_raw(self.pid.try_into().unwrap()).unwrap()
    }

    fn signal(&self, signal: Signal) {
        kill_process(self.id(), signal).unwrap();
    }

    async fn end(mut self, signal: Signal) -> Option<i32> {
        self.signal(signal);
        self.child.wait().await.unwrap().code()
    }
}

async fn listen(stream: impl AsyncRead + Unpin, name: String, log: Log, lines: watch::Sender<Vec<String>>) {
    let mut read = BufReader::new(stream).lines();
    while let Ok(Some(line)) = read.next_line().await {
        log.note(&name, &line);
        lines.send_modify(|lines| lines.push(line));
    }
}
