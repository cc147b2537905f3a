//! Words of which each is looked for letter by letter, in order: to find one thing by a few of its letters.

use std::ops::Range;

use super::word::Word;

/// Words to find a thing by.
#[derive(Debug, Clone, Default)]
pub struct Fuzzy {
    words: Vec<Word>,
}

impl Fuzzy {
    /// The words of a text; none find everything.
    pub fn new(text: &str) -> Self {
        Self { words: text.split_whitespace().map(|word| Word::new(word, true)).collect() }
    }

    /// Does it find everything?
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// How well all words are found in a text, more is better; `None`: not all of them.
    pub fn score(&self, text: &str) -> Option<u32> {
        self.words.iter().try_fold(0_u32, |sum, word| Some(sum.saturating_add(word.score(text)?)))
    }

    /// What to mark in a text that it is found in: byte ranges between characters.
    pub fn ranges(&self, text: &str) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        self.words.iter().for_each(|word| word.ranges(text, &mut ranges));
        ranges
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closer_the_letters_the_better() {
        let fuzzy = Fuzzy::new("nvc");
        let score = |text| fuzzy.score(text);
        assert!(score("nav-core") > score("xnaxvxxcx"));
        assert!(score("navc") > score("my-old-navigation-core"));
        assert_eq!(score("core-nav"), None);
        let two = Fuzzy::new("core nav");
        assert!(two.score("nav-core").is_some(), "words in any order");
        assert_eq!(two.score("nav"), None, "all of them");
        assert_eq!((Fuzzy::new(" ").score("x"), Fuzzy::new(" ").is_empty()), (Some(0), true));
        assert_eq!(Fuzzy::new("导心").ranges("导航核心"), [0..3, 9..12]);
    }
}
