//! What a command left: exit code, stdout, stderr, and what they must say.

use std::collections::BTreeSet;
use std::process::Output;

use serde_json::Value;

/// A command that has ended.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Answer {
    /// Fails unless the exit code is this one.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout: {}\nstderr: {}", self.out, self.err);
        self
    }

    /// Stdout as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }

    /// Refused with this exit code and error code, by a message that names all of these.
    #[track_caller]
    pub(crate) fn refuses(self, exit: i32, code: &str, names: &[&str]) -> String {
        let answer = self.exits(exit);
        let last = answer.err.lines().last().unwrap_or_default();
        let error: Value =
            serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {}", answer.err));
        let message = error["error"]["message"].as_str().unwrap().to_owned();
        assert_eq!(error["error"]["code"], code, "{message}");
        assert_eq!(answer.out, "", "an error goes to stderr alone");
        for name in names {
            assert!(message.contains(name), "{name:?} is not in: {message}");
        }
        message
    }
}

/// A JSON list of texts as a set.
#[track_caller]
pub(crate) fn texts(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}
