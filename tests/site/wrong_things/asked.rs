//! What the process with the wrong thing is asked, and the row that its answers make.

use serde_json::Value;

use crate::answer::Answer;
use crate::common::archive;
use crate::host::Host;

/// What controllers say once it is known whether they lead.
const DECIDED: [&str; 4] = [": leading", "not standing for election", "stood back", "is away"];

/// A row of the table.
pub(super) struct Row {
    way: String,
    /// Who said what, with which exit code; controllers stay and have none.
    said: Vec<(&'static str, String, Option<i32>)>,
    does: Vec<String>,
}

impl Row {
    pub(super) fn new(way: &str) -> Self {
        Self { way: way.to_owned(), said: Vec::new(), does: Vec::new() }
    }

    /// Adds what somebody said.
    pub(super) fn says(&mut self, who: &'static str, text: impl Into<String>, code: Option<i32>) {
        self.said.push((who, text.into(), code));
    }

    /// Adds what happened.
    pub(super) fn does(&mut self, what: impl Into<String>) {
        self.does.push(what.into());
    }

    /// Everybody refused, and said this.
    #[track_caller]
    pub(super) fn is_refused(&self, word: &str) {
        for (who, text, code) in &self.said {
            assert!(code.is_none_or(|code| code != 0), "{who}: {text}");
            assert!(text.contains(word), "{word:?} is not in what {who} said: {text}");
        }
    }

    /// Somebody said this.
    #[track_caller]
    pub(super) fn said(&self, who: &str, word: &str) {
        let (_, text, _) = self.said.iter().find(|(said, ..)| *said == who).unwrap();
        assert!(text.contains(word), "{word:?} is not in what {who} said: {text}");
    }

    /// The controllers lead, and everybody does as asked.
    #[track_caller]
    pub(super) fn is_led(&self) {
        for (who, text, code) in &self.said {
            // A sweep that holds files back exits with 3.
            let well = code.is_none_or(|code| code == 0 || *who == "sweep" && code == 3);
            assert!(well, "{who}: {text} ({code:?})");
        }
        self.said("controller", "leading");
    }

    /// Prints it; where the home folder lies, and what the first one said already, is of no interest to anybody.
    pub(super) fn print(&self, host: &Host) {
        let home = host.path().display().to_string();
        let first = self.said.first().map_or("", |(_, text, _)| text);
        let said: Vec<String> = self
            .said
            .iter()
            .map(|(who, text, code)| {
                let exit = code.map(|code| format!(" [exit {code}]")).unwrap_or_default();
                let text =
                    if *who == "storage show" { text.clone() } else { text.replace(first, "the same") };
                format!("{who}: {}{exit}", text.replace(&home, "~"))
            })
            .collect();
        println!("| {} | {} | {} |", self.way, said.join("; "), self.does.join(", "));
    }
}

/// Asks a process with these settings for everything that could do harm, while its controllers run.
pub(super) async fn ask(host: &Host, way: &str, wrong: &[&str]) -> Row {
    ask_for(host, way, wrong, &DECIDED, "30s").await
}

/// The same; its controllers have decided once they say one of these, and commands wait for so long.
pub(super) async fn ask_for(host: &Host, way: &str, wrong: &[&str], decided: &[&str], patience: &str) -> Row {
    let mut row = Row::new(way);
    let run = async |arguments: &[&str]| {
        let all = [wrong, arguments, &["-o", "json"]].concat();
        host.run(&all).await
    };
    let shown = run(&["storage", "show"]).await;
    let text = match shown.json().get("whyNot") {
        Some(why) => why.as_str().unwrap().to_owned(),
        None => "both sides name each other".to_owned(),
    };
    row.says("storage show", text, Some(shown.code));
    let mut controller = host.start("wrong", &[wrong, &["controller"]].concat());
    let line = controller.hears_one(decided).await;
    // The moment before is of no interest.
    let line = line.split_once(": ").map_or(line.as_str(), |(_, told)| told).to_owned();
    row.says("controller", line, None);
    let synced = run(&["sync", "--timeout", patience]).await;
    row.says("sync", told(&synced, synced_text), Some(synced.code));
    let swept = run(&["storage", "sweep", "--timeout", patience]).await;
    row.says("sweep", told(&swept, swept_text), Some(swept.code));
    let file = archive::segment(host.path(), "map", "1.0", "zip", 10_000);
    let upload = ["segment", "upload", file.to_str().unwrap(), "--wait", "--timeout", patience];
    let uploaded = run(&upload).await;
    row.says("upload", told(&uploaded, |_| "published".to_owned()), Some(uploaded.code));
    assert_eq!(controller.terminate().await, 0);
    row
}

/// Its answer in short, or why there is none.
fn told(answer: &Answer, text: fn(&Value) -> String) -> String {
    if !answer.out.is_empty() {
        return text(&answer.json());
    }
    let last = answer.err.lines().last().unwrap_or_default();
    let error: Value = serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {}", answer.err));
    error["error"]["message"].as_str().unwrap().to_owned()
}

/// What a data sync did.
pub(super) fn synced_text(answer: &Value) -> String {
    let mut parts = Vec::new();
    for what in ["added", "removed", "held", "refetched", "failed"] {
        for item in answer["items"].as_array().unwrap() {
            let items = item.get(what).and_then(Value::as_array).into_iter().flatten();
            parts.extend(items.map(|item| format!("{what} {}", item["id"].as_str().unwrap())));
        }
    }
    if parts.is_empty() { "nothing to do".to_owned() } else { parts.join(" ") }
}

/// What a sweep did.
pub(super) fn swept_text(answer: &Value) -> String {
    match (answer["moved"].as_u64().unwrap(), answer["held"].as_u64().unwrap()) {
        (0, 0) => "nothing to do".to_owned(),
        (moved, 0) => format!("{moved} to the trash"),
        (_, held) => format!("{held} held ({})", answer["why"].as_str().unwrap_or("no reason")),
    }
}
