//! What in a manifest was not understood, a sentence each, safe for a terminal, and not too many.

use crate::domain::{FreeText, Shown};

/// Sentences that are kept; the rest is counted.
const MAX: usize = 32;
/// Longest sentence, in bytes.
const MAX_LENGTH: usize = 500;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    sentences: Vec<String>,
    more: usize,
}

impl Remarks {
    /// One more; it is only put together while there is room.
    pub(super) fn say(&mut self, sentence: impl FnOnce() -> String) {
        match self.sentences.len() < MAX {
            true => {
                let sentence = FreeText::from(sentence()).cut(MAX_LENGTH);
                self.sentences.push(Shown::from(sentence.raw()).into_string());
            }
            false => self.more += 1,
        }
    }

    pub(super) fn finish(mut self) -> Vec<String> {
        if self.more > 0 {
            self.sentences.push(format!("and {} more of this kind", self.more));
        }
        self.sentences
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_counted() {
        let mut remarks = Remarks::default();
        (0..40).for_each(|at| remarks.say(|| format!("{at}\u{1b}")));
        let said = remarks.finish();
        assert_eq!(
            (said.len(), said[31].as_str(), said[32].as_str()),
            (33, "31\u{fffd}", "and 8 more of this kind")
        );
    }
}
