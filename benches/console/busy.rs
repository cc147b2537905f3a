//! A console whose own controllers drive an install on 10,000 seats: keys in between, and a reader that stops.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::archive;
use crate::etcd::Etcd;
use crate::figures::{Times, ms};
use crate::pty::{self, Pty, command};
use crate::rivals::{DOWN, UP, environment};

const SEATS: usize = 10_000;

/// A platform, a console that leads, and a published segment with an install on all seats under way.
struct Site {
    pty: Pty,
    environment: Vec<(&'static str, String)>,
    record: String,
    _platform: Platform,
}

/// What it says must be read for as long as it runs.
struct Platform(Child, #[expect(dead_code, reason = "held, not read")] BufReader<ChildStdout>);

impl Drop for Platform {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Keys while seats report as fast as they can.
pub fn install(server: &Etcd, folder: &Path) {
    let mut site = Site::start(server, folder, "keys");
    let seconds = 5;
    let chunks = site.pty.take_until(Instant::now() + Duration::from_secs(seconds));
    let frames = pty::frames(&chunks) as u64;
    let bytes: usize = chunks.iter().map(|chunk| chunk.bytes.len()).sum();
    println!(
        "\ninstall on {SEATS} seats at 120x40, no keys: {} frames and {} KiB a second",
        frames / seconds,
        bytes as u64 / 1024 / seconds
    );
    for (what, first) in [("the panes", "1"), ("its own box, seat by seat", "4\r")] {
        site.pty.send(first);
        site.pty.take_until(Instant::now() + Duration::from_millis(700));
        let before = site.pty.cpu();
        let begun = Instant::now();
        let mut frames = Vec::new();
        let mut times = Vec::new();
        for key in [DOWN, UP].into_iter().cycle().take(200) {
            let (time, drawn) = site.pty.press_and_see(key, Duration::from_millis(50));
            times.extend(time);
            frames.push(drawn);
        }
        let most = frames.windows(20).map(|second| second.iter().sum::<usize>()).max().unwrap_or(0);
        let cpu = (site.pty.cpu() - before).as_secs_f64() / begun.elapsed().as_secs_f64();
        let seen = times.len();
        let times = Times::of(times.into_iter());
        println!(
            "keys in {what}: key to frame p50 {:.1} ms, p99 {:.1} (goal 16), {seen} of 200 seen; {most} frames in the fullest second (goal 30); {:.0} % of a processor with controllers",
            ms(times.at(50)),
            ms(times.at(99)),
            cpu * 100.0
        );
    }
    println!("meanwhile {}; memory {} KiB", site.standing(), site.pty.memory("VmRSS:"));
}

/// A terminal that takes nothing for a minute, as a connection that hangs.
pub fn unread(server: &Etcd, folder: &Path) {
    const MINUTE: Duration = Duration::from_secs(60);
    let mut site = Site::start(server, folder, "unread");
    let (before, epoch) = (site.standing(), site.ask(&["controller", "status"]));
    let gate = std::sync::Arc::clone(&site.pty.reading);
    let held = gate.lock().unwrap();
    // What fills the terminal's own buffer.
    for _ in 0..50 {
        site.pty.send("\x0c");
    }
    std::thread::sleep(MINUTE);
    let (after, still) = (site.standing(), site.ask(&["controller", "status"]));
    let leads = |status: &Value| status["leader"]["epoch"].clone();
    assert_eq!(leads(&epoch), leads(&still), "another one leads");
    let before_reading = site.pty.memory("VmRSS:");
    let goes_on = Instant::now();
    drop(held);
    site.pty.quiet(Duration::from_millis(500));
    let shown = site.shown();
    println!(
        "\nreader stopped for 60 s: install {before} before, {after} at its end; the same leader; memory {before_reading} KiB; {:.0} ms after it reads again the screen tells {shown}",
        ms(goes_on.elapsed()) - 500.0
    );
}

impl Site {
    fn start(server: &Etcd, folder: &Path, name: &str) -> Self {
        let folder = folder.join(name);
        std::fs::create_dir(&folder).unwrap();
        let mut platform = Command::new(env!("CARGO_BIN_EXE_segdeck"))
            .args(["platform", "--listen", "127.0.0.1:0", "--seats", &SEATS.to_string()])
            .args(["--seconds-per-seat", "40", "--data"])
            .arg(folder.join("platform"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(platform.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let platform = Platform(platform, said);
        let address = line.trim().rsplit(' ').next().unwrap();
        let mut environment = environment(&server.endpoint(), &folder, &format!("/{name}"));
        environment.extend([
            ("SEGDECK_STORAGE__URL", format!("file://{}", folder.join("files").display())),
            ("SEGDECK_SDP__ENDPOINT", format!("http://{address}")),
            ("SEGDECK_INSTALL__MAX_CONCURRENT_SEATS", SEATS.to_string()),
            ("SEGDECK_CONTROLLERS__POLL_INTERVAL", "200ms".to_owned()),
        ]);
        let mut console = command(env!("CARGO_BIN_EXE_segdeck"), &[]);
        environment.iter().for_each(|(name, value)| console.env(name, value));
        let pty = Pty::start(console, (120, 40));
        let mut site = Self { pty, environment, record: String::new(), _platform: platform };
        site.pty.until("it leads", |screen| screen.contains("you lead"));

        let seats = folder.join("seats.csv");
        // The devices that the platform makes up.
        let devices = (0..u32::try_from(SEATS).unwrap()).map(segdeck::platform::generated_device);
        let lines = devices.map(|(id, ip)| format!("{id},{ip},all,,\n"));
        std::fs::write(&seats, format!("id,ip,group,tags,note\n{}", lines.collect::<String>())).unwrap();
        site.ask(&["seat", "import", seats.to_str().unwrap()]);
        for version in ["1.0", "1.1"] {
            let file = archive::segment(&folder, "tool", version, "zip", 1_000);
            site.ask(&["segment", "upload", file.to_str().unwrap(), "--wait"]);
        }
        let install = site.ask(&["install", "tool@1.0", "--group", "all"]);
        install["id"].as_str().expect("an install").clone_into(&mut site.record);
        site.pty.until("the install runs", |screen| screen.contains("running"));
        site
    }

    /// What a command answers.
    fn ask(&self, words: &[&str]) -> Value {
        let mut command = Command::new(env!("CARGO_BIN_EXE_segdeck"));
        command.args(words).args(["-o", "json"]).env_clear().envs(self.environment.iter().cloned());
        let done = command.output().unwrap();
        assert!(done.status.success(), "{words:?}: {}", String::from_utf8_lossy(&done.stderr));
        serde_json::from_slice(&done.stdout).unwrap()
    }

    /// How the install stands.
    fn standing(&self) -> String {
        let view = self.ask(&["installs", "show", &self.record]);
        let seats = view["seats"].as_array().expect("seats");
        let done = seats.iter().filter(|seat| seat["state"] == "succeeded").count();
        format!("{}, {done} of {} seats", view["state"].as_str().unwrap_or("?"), seats.len())
    }

    /// The line of the install on the screen.
    fn shown(&self) -> String {
        let screen = self.pty.contents();
        let line = screen.lines().rev().find(|line| line.contains('%')).unwrap_or_default();
        line.split_whitespace().filter(|word| word.contains(['%', '/'])).collect::<Vec<_>>().join(" ")
    }
}
