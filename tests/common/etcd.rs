//! A real etcd of one's own for a test binary: loopback only, free ports, a folder that goes with it.
//!
//! A guard process holds it: it waits for the end of a pipe that only this process has open, so etcd and its
//! folder go whatever way the test binary ends, also by a panic or a kill.
#![allow(dead_code, reason = "each test binary uses its own part of it")]

use std::hash::BuildHasher as _;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use segdeck::settings::{Backend, StoreSettings};

/// How an etcd shall run.
#[derive(Default)]
pub struct Options {
    /// Serve TLS, and ask clients for a certificate of the same authority.
    pub tls: Option<Tls>,
    /// Further arguments.
    pub args: Vec<String>,
}

/// A running etcd; dropping it ends it.
pub struct Etcd {
    guard: Child,
    pid: i32,
    port: u16,
    peer_port: u16,
    dir: tempfile::TempDir,
    options: Options,
}

/// The etcd that all tests of a binary share; each test takes its own root prefix in it.
pub fn shared() -> &'static Etcd {
    static SHARED: OnceLock<Etcd> = OnceLock::new();
    SHARED.get_or_init(Etcd::start)
}

impl Etcd {
    /// A fresh, empty etcd without TLS or users.
    pub fn start() -> Self {
        Self::start_with(Options::default())
    }

    /// A fresh, empty etcd.
    pub fn start_with(options: Options) -> Self {
        let dir = tempfile::Builder::new().prefix("segdeck-etcd-").tempdir().expect("a temporary folder");
        let mut etcd = Self::spawned(dir, options);
        // Another process may take a free port between our look and etcd's: then take others.
        for _ in 0..5 {
            if etcd.listens() {
                return etcd;
            }
            let log = std::fs::read_to_string(etcd.dir.path().join("log")).unwrap_or_default();
            assert!(log.contains("address already in use"), "etcd does not start:\n{log}");
            etcd.stop();
            (etcd.port, etcd.peer_port) = free_ports();
            std::fs::remove_dir_all(etcd.dir.path().join("data")).expect("the data can be removed");
            etcd.begin();
        }
        panic!("five pairs of ports were taken by others")
    }

    fn spawned(dir: tempfile::TempDir, options: Options) -> Self {
        Self::spawned_at(free_ports(), dir, options)
    }

    fn spawned_at((port, peer_port): (u16, u16), dir: tempfile::TempDir, options: Options) -> Self {
        let mut guard = spawn(dir.path(), port, peer_port, &options);
        let pid = pid_of(&mut guard);
        Self { guard, pid, port, peer_port, dir, options }
    }

    fn begin(&mut self) {
        self.guard = spawn(self.dir.path(), self.port, self.peer_port, &self.options);
        self.pid = pid_of(&mut self.guard);
    }

    /// `host:port` for clients.
    pub fn endpoint(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// The server's process.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// Settings of a store in it, below `prefix`.
    pub fn settings(&self, prefix: &str) -> StoreSettings {
        let tls = self.options.tls.as_ref();
        let file = |pick: fn(&Tls) -> &PathBuf| tls.map(|tls| pick(tls).clone()).unwrap_or_default();
        StoreSettings {
            ca_file: file(|tls| &tls.ca),
            cert_file: file(|tls| &tls.cert),
            key_file: file(|tls| &tls.key),
            ..settings(&[&self.endpoint()], prefix)
        }
    }

    /// Freezes it: it keeps its connections and answers nothing.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
        // Its threads stop one after the other, and might still answer; only its parent would be told of the last.
        let deadline = Instant::now() + Duration::from_secs(20);
        while !self.is_frozen() {
            assert!(Instant::now() < deadline, "etcd does not stop");
            std::thread::yield_now();
        }
    }

    /// Are all of its threads stopped?
    fn is_frozen(&self) -> bool {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.pid)).expect("it runs");
        let mut states =
            threads.flatten().filter_map(|thread| std::fs::read_to_string(thread.path().join("stat")).ok());
        // `pid (name) state ...`, where the name may hold anything.
        states.all(|stat| stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('T')))
    }

    /// Lets it go on.
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    /// Kills it; its data stay.
    pub fn stop(&mut self) {
        if let Some(mut guard) = self.guard.stdin.take() {
            guard.write_all(b"keep\n").expect("the guard listens");
        }
        self.guard.wait().expect("the guard ends");
    }

    /// Starts it again on the same ports with the same data.
    pub fn restart(&mut self) {
        self.stop();
        self.begin();
        assert!(self.listens(), "etcd does not start again");
    }

    /// Stops it, puts a snapshot in the place of its data, and starts it again on the same ports.
    pub fn restore(&mut self, snapshot: &Path) {
        self.stop();
        let data = self.dir.path().join("data");
        std::fs::remove_dir_all(&data).expect("the data can be removed");
        let out = Command::new("etcdctl")
            .env("ETCDCTL_API", "3")
            .args(["snapshot", "restore", "--name", "t"])
            .arg(snapshot)
            .arg("--data-dir")
            .arg(&data)
            .args(["--initial-cluster", &format!("t=http://127.0.0.1:{}", self.peer_port)])
            .args(["--initial-advertise-peer-urls", &format!("http://127.0.0.1:{}", self.peer_port)])
            .output()
            .expect("etcdctl is installed");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        self.begin();
        assert!(self.listens(), "etcd does not start again");
    }

    /// Runs etcdctl against it; panics if that fails.
    pub fn ctl(&self, args: &[&str]) -> String {
        let out = Command::new("etcdctl")
            .env("ETCDCTL_API", "3")
            .arg("--endpoints")
            .arg(self.endpoint())
            .args(args)
            .output()
            .expect("etcdctl is installed");
        assert!(out.status.success(), "etcdctl {args:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8_lossy(&out.stdout).into_owned()
    }

    /// Fills its quota, which must be small, until it takes no more.
    pub fn fill(&self) {
        let value = "x".repeat(100_000);
        for _ in 0..200 {
            let mut command = Command::new("etcdctl");
            command.env("ETCDCTL_API", "3").args(["--endpoints", &self.endpoint(), "put", "/full", &value]);
            let out = command.output().expect("etcdctl is installed");
            if String::from_utf8_lossy(&out.stderr).contains("database space exceeded") {
                return;
            }
            assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        }
        panic!("it takes everything");
    }

    /// As an operator makes room after [`Etcd::fill`].
    pub fn make_room(&self) {
        self.ctl(&["del", "/full"]);
        let status = self.ctl(&["endpoint", "status", "-w", "json"]);
        let status: serde_json::Value = serde_json::from_str(&status).expect("etcdctl writes JSON");
        self.ctl(&["compact", &status[0]["Status"]["header"]["revision"].to_string()]);
        self.ctl(&["defrag"]);
        self.ctl(&["alarm", "disarm"]);
    }

    /// Adds a user with all rights below `prefix`, and `root` with the password `root`, and asks everybody for
    /// a login from now on.
    pub fn enable_auth(&self, user: &str, password: &str, prefix: &str) {
        self.ctl(&["user", "add", "root:root"]);
        self.ctl(&["user", "grant-role", "root", "root"]);
        self.ctl(&["role", "add", "console"]);
        self.ctl(&["role", "grant-permission", "--prefix=true", "console", "readwrite", prefix]);
        self.ctl(&["user", "add", &format!("{user}:{password}")]);
        self.ctl(&["user", "grant-role", user, "console"]);
        self.ctl(&["auth", "enable"]);
    }

    /// A file in its folder, e.g. for a password.
    pub fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, content).expect("a file can be written");
        path
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.pid).expect("a pid is positive");
        kill_process(pid, signal).expect("our own process takes signals");
    }

    /// Waits until it serves; `false` if it ended instead. Its log is asked, not its port: there somebody else
    /// may answer.
    fn listens(&self) -> bool {
        let deadline = Instant::now() + Duration::from_secs(20);
        while Instant::now() < deadline {
            let log = std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default();
            if log.rsplit(BEGIN).next().is_some_and(|log| log.contains("ready to serve client requests")) {
                return true;
            }
            let state = std::fs::read_to_string(format!("/proc/{}/stat", self.pid)).unwrap_or_default();
            if state.is_empty() || state.contains(") Z ") {
                return false;
            }
            // Nothing announces a line in another process's log.
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }
}

impl Drop for Etcd {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}

/// An etcd of three members; dropping it ends them.
pub struct Cluster {
    /// The members.
    pub members: Vec<Etcd>,
}

impl Cluster {
    /// A fresh, empty one. Its members wait longer for each other than a lone etcd does for itself, since they share a
    /// busy machine.
    pub fn start() -> Self {
        // As with one: another process may take a port between our look and etcd's.
        for _ in 0..5 {
            let ports: Vec<(u16, u16)> = (0..3).map(|_| free_ports()).collect();
            let named = |n: usize| format!("m{n}=http://127.0.0.1:{}", ports[n].1);
            let peers = [0, 1, 2].map(named).join(",");
            let member = |n: usize| {
                let name = format!("m{n}");
                let args = ["--name", &name, "--initial-cluster", &peers];
                let patience = ["--heartbeat-interval", "50", "--election-timeout", "500"];
                let args = args.into_iter().chain(patience).map(str::to_owned).collect();
                let dir =
                    tempfile::Builder::new().prefix("segdeck-etcd-").tempdir().expect("a temporary folder");
                Etcd::spawned_at(ports[n], dir, Options { args, ..Options::default() })
            };
            let members: Vec<Etcd> = (0..3).map(member).collect();
            if members.iter().all(Etcd::listens) {
                return Self { members };
            }
        }
        panic!("three etcds do not come together")
    }

    /// Settings of a store in it, below `prefix`.
    pub fn settings(&self, prefix: &str) -> StoreSettings {
        let endpoints: Vec<String> = self.members.iter().map(Etcd::endpoint).collect();
        settings(&endpoints.iter().map(String::as_str).collect::<Vec<_>>(), prefix)
    }

    /// The place of the member that leads the others.
    pub fn leader(&self) -> usize {
        let leads = |member: &Etcd| {
            let status = member.ctl(&["endpoint", "status", "-w", "json"]);
            let status: serde_json::Value = serde_json::from_str(&status).expect("etcdctl writes JSON");
            let status = &status[0]["Status"];
            status["leader"] == status["header"]["member_id"]
        };
        self.members.iter().position(leads).expect("one of them leads")
    }
}

/// Settings of a store at any endpoints.
pub fn settings(endpoints: &[&str], prefix: &str) -> StoreSettings {
    StoreSettings {
        backend: Backend::Etcd,
        path: PathBuf::new(),
        endpoints: endpoints.iter().map(|&endpoint| endpoint.to_owned()).collect(),
        prefix: prefix.to_owned(),
        username: String::new(),
        password_file: PathBuf::new(),
        ca_file: PathBuf::new(),
        cert_file: PathBuf::new(),
        key_file: PathBuf::new(),
    }
}

/// An address where nobody listens.
pub fn dead_endpoint() -> String {
    format!("127.0.0.1:{}", free_ports().0)
}

/// Two below those that the kernel gives to whoever asks for any: between our look, or a stop, and etcd's next
/// start, only another etcd may come in between.
fn free_ports() -> (u16, u16) {
    let mut ports = std::iter::repeat_with(|| {
        let random = std::collections::hash_map::RandomState::new().hash_one(std::process::id());
        10_000 + u16::try_from(random % 20_000).expect("below 20,000")
    })
    .filter(|&port| TcpListener::bind(("127.0.0.1", port)).is_ok());
    let mut next = || ports.next().expect("it has no end");
    let one = next();
    let other = std::iter::repeat_with(next).find(|&other| other != one).expect("it has no end");
    (one, other)
}

/// What stands in the log where an etcd begins.
const BEGIN: &str = "etcd begins";

/// Ends etcd when told to, keeping its folder, or when its standard input ends, taking the folder along: what
/// lives in a static is never dropped.
const GUARD: &str = r#"
dir=$1; shift
echo "etcd begins" >>"$dir/log"
"$@" >>"$dir/log" 2>&1 &
pid=$!
echo $pid
read -r word
kill -9 $pid 2>/dev/null
wait $pid 2>/dev/null
[ "$word" = keep ] || rm -rf "$dir"
"#;

fn spawn(dir: &Path, port: u16, peer_port: u16, options: &Options) -> Child {
    let scheme = if options.tls.is_some() { "https" } else { "http" };
    let (client, peer) = (format!("{scheme}://127.0.0.1:{port}"), format!("http://127.0.0.1:{peer_port}"));
    let mut command = Command::new("sh");
    command
        .arg("-c")
        .arg(GUARD)
        .arg("guard")
        .arg(dir)
        .arg("etcd")
        .args(["--name", "t", "--heartbeat-interval", "10", "--election-timeout", "100"])
        // What a disk does to a test's speed is not what it tests.
        .args(["--unsafe-no-fsync"])
        .arg("--data-dir")
        .arg(dir.join("data"))
        .args(["--listen-client-urls", &client, "--advertise-client-urls", &client])
        .args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer])
        .args(["--initial-cluster", &format!("t={peer}")])
        .args(&options.args);
    if let Some(tls) = &options.tls {
        command.arg("--client-cert-auth").arg("--trusted-ca-file").arg(&tls.ca);
        command.arg("--cert-file").arg(&tls.server_cert).arg("--key-file").arg(&tls.server_key);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    command.spawn().expect("sh and etcd are installed")
}

fn pid_of(guard: &mut Child) -> i32 {
    let mut line = String::new();
    BufReader::new(guard.stdout.take().expect("it is piped")).read_line(&mut line).expect("the guard's word");
    line.trim().parse().expect("the guard tells the pid")
}

/// Certificates of one authority, for a server at 127.0.0.1 and a client.
pub struct Tls {
    /// The authority.
    pub ca: PathBuf,
    /// The client's certificate.
    pub cert: PathBuf,
    /// Its key.
    pub key: PathBuf,
    server_cert: PathBuf,
    server_key: PathBuf,
    _dir: tempfile::TempDir,
}

impl Tls {
    /// New ones; the client's common name is `user`.
    pub fn generate(user: &str) -> Self {
        use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
        let dir = tempfile::Builder::new().prefix("segdeck-tls-").tempdir().expect("a temporary folder");
        let write = |name: &str, text: &str| {
            let path = dir.path().join(name);
            std::fs::write(&path, text).expect("a file can be written");
            path
        };
        let mut params = CertificateParams::new([]).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "test authority");
        let ca_key = KeyPair::generate().expect("a key");
        let ca = write("ca.pem", &params.self_signed(&ca_key).expect("a certificate").pem());
        let issuer = Issuer::new(params, ca_key);
        let sign = |name: &str, common_name: &str| {
            let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).expect("a name");
            params.distinguished_name.push(DnType::CommonName, common_name);
            let key = KeyPair::generate().expect("a key");
            let signed = params.signed_by(&key, &issuer).expect("a certificate");
            (
                write(&format!("{name}.pem"), &signed.pem()),
                write(&format!("{name}.key"), &key.serialize_pem()),
            )
        };
        let (cert, key) = sign("client", user);
        let (server_cert, server_key) = sign("server", "127.0.0.1");
        Self { ca, cert, key, server_cert, server_key, _dir: dir }
    }
}
