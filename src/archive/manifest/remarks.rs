//! What in a manifest was not understood, a sentence each, and not too many.

use crate::domain::words::{Say, say};

/// Sentences that are kept; the rest is counted.
const MAX: usize = 32;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    sentences: Vec<Say>,
    more: usize,
}

impl Remarks {
    /// One more; it is only put together while there is room.
    pub(super) fn say(&mut self, sentence: impl FnOnce() -> Say) {
        match self.sentences.len() < MAX {
            true => self.sentences.push(sentence()),
            false => self.more += 1,
        }
    }

    pub(super) fn finish(mut self) -> Vec<Say> {
        if self.more > 0 {
            self.sentences.push(say!("remark-more", n = self.more));
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
        (0..40).for_each(|at| remarks.say(|| Say::plain(&format!("{at}\u{1b}"))));
        let said = remarks.finish();
        assert_eq!(
            (said.len(), said[31].to_string().as_str(), said[32].to_string().as_str()),
            (33, "31\u{fffd}", "and 8 more of this kind")
        );
    }
}
