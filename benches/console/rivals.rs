//! The programs that are compared: what starts each on the same rows, and its keys for the same moves.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use portable_pty::CommandBuilder;

use crate::pty::command;
use crate::segments;

/// A program with the rows.
pub struct Program {
    pub name: &'static str,
    pub command: CommandBuilder,
    /// It shows this when all rows are there.
    pub ready: &'static str,
    pub keys: Keys,
}

/// Its keys; none for what it does not do.
#[derive(Clone, Copy)]
pub struct Keys {
    pub down: &'static str,
    pub page: &'static str,
    pub first: &'static str,
    pub last: &'static str,
    /// Begins a filter that follows each letter.
    pub filter: Option<&'static str>,
    /// Begins a search by a few letters among all rows and all actions, beside the filter.
    pub palette: Option<&'static str>,
    /// Empties the filter's text.
    pub clear: &'static str,
    /// Ends it and shows all rows again.
    pub leave: &'static str,
    /// Sorts the other way round; what comes first selects the column.
    pub sort: Option<(&'static str, &'static str)>,
}

/// One row down, in all of them.
pub const DOWN: &str = "\x1b[B";
/// One row up, in the console.
pub const UP: &str = "\x1b[A";
const PAGE_DOWN: &str = "\x1b[6~";

/// The console on this etcd.
pub fn segdeck(endpoint: &str, home: &Path) -> Program {
    Program {
        name: "segdeck",
        command: console(endpoint, home),
        ready: "LIVE",
        keys: Keys {
            down: DOWN,
            page: PAGE_DOWN,
            first: "g",
            last: "G",
            filter: Some("/"),
            palette: Some(":"),
            clear: "\x15",
            leave: "\x1b",
            sort: Some(("", "o")),
        },
    }
}

/// The console alone.
pub fn console(endpoint: &str, home: &Path) -> CommandBuilder {
    let mut console = command(env!("CARGO_BIN_EXE_segdeck"), &[]);
    environment(endpoint, home, crate::ROOT).iter().for_each(|(name, value)| console.env(name, value));
    console
}

/// What tells any command where the records are.
pub fn environment(endpoint: &str, home: &Path, prefix: &str) -> Vec<(&'static str, String)> {
    vec![
        ("HOME", home.display().to_string()),
        ("SEGDECK_STORE__BACKEND", "etcd".to_owned()),
        ("SEGDECK_STORE__ENDPOINTS", format!("http://{endpoint}")),
        ("SEGDECK_STORE__PREFIX", prefix.to_owned()),
    ]
}

/// The others that are there, on the same rows as text.
pub fn others(rows: &Path) -> Vec<Program> {
    let shell = |line: String| command("sh", &["-c", &line]);
    let mut found = Vec::new();
    if which("fzf") {
        found.push(Program {
            name: "fzf",
            command: shell(format!(
                "exec fzf --layout=reverse --no-mouse --bind=home:first,end:last <'{}'",
                rows.display()
            )),
            ready: "100000/100000",
            keys: Keys {
                down: DOWN,
                page: PAGE_DOWN,
                first: "\x1b[H",
                last: "\x1b[F",
                filter: Some(""),
                palette: None,
                clear: "\x15",
                leave: "",
                sort: None,
            },
        });
    }
    if which("csvlens") {
        found.push(Program {
            name: "csvlens",
            command: shell(format!("exec csvlens --no-headers --delimiter , '{}'", rows.display())),
            ready: "Row 1/100000",
            keys: Keys {
                down: DOWN,
                page: PAGE_DOWN,
                first: "g",
                last: "G",
                filter: None,
                palette: None,
                clear: "",
                leave: "",
                // Tab selects by column, and the first one is selected.
                sort: Some(("\t", "\x1b[1;2B")),
            },
        });
    }
    found
}

fn which(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    if !found {
        println!("{name} is not there: not compared with it");
    }
    found
}

/// The columns that the console shows, as text.
pub fn write_rows(folder: &Path, records: usize) -> PathBuf {
    let path = folder.join("rows.csv");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    for n in 0..records {
        let id = segments::id(n);
        writeln!(file, "{id},Software of {},SDP,ready,0,0,117.7 MiB,2026-01-02", id.prefix).unwrap();
    }
    file.into_inner().unwrap();
    path
}
