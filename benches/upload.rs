//! Upload of 1 GiB, beside what the system's own tools do with the same file in the same run.
//!
//! `cargo bench --bench upload [MIB]`; files of 1024 MiB unless told otherwise, made anew and warm in the page
//! cache. Each upload runs in a process of its own, so that its peak of memory is its own. Asks for `cp`,
//! `openssl` and `unzip`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a failed step is a failed run

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use segdeck::domain::Clock;
use segdeck::domain::audit::Actor;
use segdeck::remote::Remotes;
use segdeck::service::{Service, UploadProgress, UploadRequest};
use segdeck::settings::Settings;
use segdeck::storage::{SharedStorage, folder_url};
use tokio_util::sync::CancellationToken;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

/// Each figure is the best of so many.
const ROUNDS: usize = 3;

/// Unpacked bytes of one entry.
const ENTRY: u64 = 64 << 20;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [child, file, folder, ..] = arguments.as_slice()
        && child == "child"
    {
        return upload(Path::new(file), Path::new(folder));
    }
    let mib: u64 = arguments.iter().find_map(|text| text.parse().ok()).unwrap_or(1024);
    let folder = tempfile::tempdir().unwrap();
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let file = make(folder.path(), method, mib << 20);
        let size = file.metadata().unwrap().len();
        println!("{mib} MiB unpacked, {method}: a file of {size} bytes");
        compare(&file, folder.path(), size, mib << 20);
        std::fs::remove_file(&file).unwrap();
    }
}

/// Runs everything on one file.
fn compare(file: &Path, folder: &Path, size: u64, unpacked: u64) {
    let copy = folder.join("copy");
    let tools: [(&str, &[&str]); 5] = [
        ("cp", &["cp", "FILE", "COPY"]),
        ("cp, sync", &["sh", "-c", "cp FILE COPY && sync COPY"]),
        ("openssl dgst -sha256", &["openssl", "dgst", "-sha256", "FILE"]),
        ("openssl dgst -md5", &["openssl", "dgst", "-md5", "FILE"]),
        ("unzip -t", &["unzip", "-tq", "FILE"]),
    ];
    let mut best = [Duration::MAX; 5];
    let mut uploads: Vec<Uploaded> = Vec::new();
    for _ in 0..ROUNDS {
        for (at, (_, command)) in tools.iter().enumerate() {
            let _ = std::fs::remove_file(&copy);
            warm(file);
            let fill = |word: &&str| {
                word.replace("FILE", file.to_str().unwrap()).replace("COPY", copy.to_str().unwrap())
            };
            let words: Vec<String> = command.iter().map(fill).collect();
            let begun = Instant::now();
            let done = Command::new(&words[0]).args(&words[1..]).output().unwrap();
            assert!(done.status.success(), "{words:?}: {done:?}");
            best[at] = best[at].min(begun.elapsed());
        }
        let _ = std::fs::remove_file(&copy);
        warm(file);
        let place = tempfile::tempdir_in(folder).unwrap();
        let begun = Instant::now();
        let me = std::env::current_exe().unwrap();
        let done = Command::new(me).arg("child").arg(file).arg(place.path()).output().unwrap();
        assert!(done.status.success(), "{done:?}");
        uploads.push(Uploaded { all: begun.elapsed(), said: String::from_utf8(done.stdout).unwrap() });
    }
    for ((name, _), time) in tools.iter().zip(best) {
        let of = if *name == "unzip -t" { unpacked } else { size };
        println!("  {name:22} {:6.2} s {:6.0} MB/s", time.as_secs_f64(), speed(of, time));
    }
    let upload = uploads.iter().min_by_key(|upload| upload.all).unwrap();
    let time = upload.all;
    println!(
        "  {:22} {:6.2} s {:6.0} MB/s; {}",
        "upload",
        time.as_secs_f64(),
        speed(size, time),
        upload.said
    );
    let ratio = |to: Duration| time.as_secs_f64() / to.as_secs_f64();
    println!(
        "  upload to the slower of cp and sha256 {:.2}, to md5 {:.2}, to unzip -t {:.2}",
        ratio(best[0].max(best[2])),
        ratio(best[3]),
        ratio(best[4])
    );
}

/// An upload, and what its process said of itself.
struct Uploaded {
    all: Duration,
    said: String,
}

/// One upload as `segdeck segment upload` does it, with an embedded store and a folder beside each other.
#[tokio::main]
async fn upload(file: &Path, folder: &Path) {
    let settings = {
        let mut settings = Settings::defaults(folder).unwrap();
        settings.storage.url = folder_url(&folder.join("files"));
        settings
    };
    let service = Service {
        store: segdeck::store::open(&settings.store, folder).await.unwrap().into(),
        storage: SharedStorage::open(&settings.storage.url).unwrap().into(),
        remotes: Remotes::default(),
        settings: Arc::new(settings),
        clock: Clock::system(),
        actor: Actor { user: "bench".into(), host: "here".into(), ssh_client: None },
    };
    let steps = Mutex::new(Vec::new());
    let heard = |step: UploadProgress| {
        let name = match step {
            UploadProgress::Copying { .. } => "copied",
            UploadProgress::Checking { .. } => "checked",
            UploadProgress::Recording => "recorded",
        };
        let mut steps = steps.lock().unwrap();
        if steps.last().is_none_or(|(last, _)| *last != name) {
            steps.push((name, Instant::now()));
        }
    };
    let request = UploadRequest { file: file.to_owned(), ..UploadRequest::default() };
    service.upload(&request, heard, &CancellationToken::new()).await.unwrap();
    let ended = Instant::now();
    let steps = steps.into_inner().unwrap();
    let ends = steps.iter().skip(1).map(|(_, at)| *at).chain([ended]);
    let told: Vec<String> = steps
        .iter()
        .zip(ends)
        .map(|((name, begun), end)| format!("{name} in {:.2} s", end.duration_since(*begun).as_secs_f64()))
        .collect();
    print!("{}, at most {} MiB of memory", told.join(", "), peak());
}

/// The most memory this process has had, in MiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() >> 10
}

fn speed(bytes: u64, time: Duration) -> f64 {
    bytes as f64 / 1e6 / time.as_secs_f64()
}

fn warm(file: &Path) {
    std::io::copy(&mut std::fs::File::open(file).unwrap(), &mut std::io::sink()).unwrap();
}

/// A segment file: of noise if it is stored, of this very program again and again if it is deflated.
fn make(folder: &Path, method: CompressionMethod, unpacked: u64) -> PathBuf {
    let path = folder.join("segment.zip");
    let mut zip = ZipWriter::new(std::fs::File::create(&path).unwrap());
    let options = SimpleFileOptions::default().compression_method(method);
    zip.start_file("segment.toml", options).unwrap();
    zip.write_all(b"prefix = \"bench\"\nversion = \"1.0\"\nname = \"bench\"\n").unwrap();
    let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    let mut left = unpacked;
    let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
    for entry in 0.. {
        if left == 0 {
            break;
        }
        zip.start_file(format!("bin/payload-{entry}"), options).unwrap();
        let size = left.min(ENTRY);
        if method == CompressionMethod::Stored {
            std::io::copy(&mut Read::by_ref(&mut noise).take(size), &mut zip).unwrap();
        } else {
            let bytes = program.iter().cycle().take(usize::try_from(size).unwrap());
            zip.write_all(&bytes.copied().collect::<Vec<u8>>()).unwrap();
        }
        left -= size;
    }
    zip.finish().unwrap().sync_all().unwrap();
    path
}

/// Bytes that nothing can shrink.
struct Noise(u64);

impl Read for Noise {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        for word in out.chunks_mut(8) {
            // xorshift: fast.
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            word.copy_from_slice(&self.0.to_le_bytes()[..word.len()]);
        }
        Ok(out.len())
    }
}
