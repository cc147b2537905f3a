//! One word of a filter and the ways to find it. A hundred thousand rows are looked at per key press, so
//! nothing is allocated and the common case runs over bytes.

use std::cell::RefCell;
use std::ops::Range;

use memchr::memmem::Finder;
use nucleo_matcher::pattern::{Atom, AtomKind, CaseMatching, Normalization};
use nucleo_matcher::{Config, Matcher, Utf32Str};

/// How a word is looked for.
#[derive(Debug, Clone)]
pub(super) enum Word {
    /// It has an upper-case letter and means this case only, or none of its letters has another case.
    Exact(Box<Finder<'static>>),
    /// Lower case; only its ASCII letters have another case.
    Folded {
        /// The word.
        word: Box<[u8]>,
        /// The place of its rarest byte, which is searched for.
        anchor: usize,
    },
    /// Lower case, with letters beyond ASCII that have an upper case.
    FoldedChars(Box<[char]>),
    /// Its letters in this order.
    Fuzzy(Box<Atom>),
}

thread_local! {
    /// The fuzzy matcher's working memory, and the letters of the text it looks at.
    static FUZZY: RefCell<(Matcher, Vec<char>)> = RefCell::new((Matcher::new(Config::DEFAULT), Vec::new()));
}

impl Word {
    /// `text` is not empty.
    pub(super) fn new(text: &str, fuzzy: bool) -> Self {
        if fuzzy {
            let atom = Atom::new(text, CaseMatching::Smart, Normalization::Smart, AtomKind::Fuzzy, false);
            return Self::Fuzzy(Box::new(atom));
        }
        if text.chars().any(char::is_uppercase) || !text.chars().any(char::is_lowercase) {
            return Self::Exact(Box::new(Finder::new(text).into_owned()));
        }
        if text.chars().any(|c| !c.is_ascii() && c.is_lowercase()) {
            return Self::FoldedChars(text.chars().map(folded).collect());
        }
        let bytes = text.as_bytes();
        let anchor = (0..bytes.len()).min_by_key(|at| commonness(bytes[*at])).unwrap_or(0);
        Self::Folded { word: bytes.into(), anchor }
    }

    /// Is it in this text?
    pub(super) fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Exact(finder) => finder.find(text.as_bytes()).is_some(),
            Self::Folded { word, anchor } => find_folded(word, *anchor, text.as_bytes()).is_some(),
            Self::FoldedChars(word) => find_chars(word, text).is_some(),
            Self::Fuzzy(atom) => {
                with_letters(text, |letters, matcher| atom.score(letters, matcher).is_some())
            }
        }
    }

    /// Is the other one in every text that this one is in? May say no where it is so.
    pub(super) fn implies(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Exact(long), Self::Exact(short)) => short.find(long.needle()).is_some(),
            (Self::Folded { word: long, .. }, Self::Folded { word: short, anchor }) => {
                find_folded(short, *anchor, long).is_some()
            }
            // Without an upper-case letter it is found as it stands: its other letters have one case only.
            (Self::Folded { word: long, .. }, Self::Exact(short)) => {
                !short.needle().iter().any(u8::is_ascii_uppercase) && short.find(long).is_some()
            }
            (Self::FoldedChars(long), Self::FoldedChars(short)) => {
                long.windows(short.len()).any(|window| window == &**short)
            }
            _ => false,
        }
    }

    /// How well it is found in this text, more is better; only fuzzy words tell more from less.
    pub(super) fn score(&self, text: &str) -> Option<u32> {
        match self {
            Self::Fuzzy(atom) => {
                with_letters(text, |letters, matcher| atom.score(letters, matcher)).map(u32::from)
            }
            _ => self.is_in(text).then_some(0),
        }
    }

    /// Adds every place of it in this text, as byte ranges.
    pub(super) fn ranges(&self, text: &str, out: &mut Vec<Range<usize>>) {
        let bytes = text.as_bytes();
        match self {
            Self::Exact(finder) => {
                out.extend(finder.find_iter(bytes).map(|at| at..at + finder.needle().len()));
            }
            Self::Folded { word, anchor } => each(bytes.len(), out, |from| {
                find_folded(word, *anchor, &bytes[from..]).map(|at| from + at..from + at + word.len())
            }),
            Self::FoldedChars(word) => each(bytes.len(), out, |from| {
                find_chars(word, &text[from..]).map(|found| from + found.start..from + found.end)
            }),
            Self::Fuzzy(atom) => {
                let mut at = Vec::new();
                let found = with_letters(text, |letters, matcher| atom.indices(letters, matcher, &mut at));
                if found.is_some() {
                    let places: Vec<(usize, char)> = text.char_indices().collect();
                    out.extend(at.iter().filter_map(|at| {
                        let (start, letter) = *places.get(usize::try_from(*at).ok()?)?;
                        Some(start..start + letter.len_utf8())
                    }));
                }
            }
        }
    }
}

/// Collects places one behind the other.
fn each(end: usize, out: &mut Vec<Range<usize>>, find: impl Fn(usize) -> Option<Range<usize>>) {
    let mut from = 0;
    while let Some(found) = (from < end).then(|| find(from)).flatten() {
        from = found.end;
        out.push(found);
    }
}

/// The first place of a lower-case word, any case of ASCII letters. A match of whole UTF-8 words in UTF-8
/// text begins and ends between characters.
fn find_folded(word: &[u8], anchor: usize, text: &[u8]) -> Option<usize> {
    let last = text.len().checked_sub(word.len())?;
    let (low, high) = (word[anchor], word[anchor].to_ascii_uppercase());
    let window = &text[anchor..=last + anchor];
    let here = |at: &usize| text[*at..*at + word.len()].eq_ignore_ascii_case(word);
    if low == high {
        memchr::memchr_iter(low, window).find(here)
    } else {
        memchr::memchr2_iter(low, high, window).find(here)
    }
}

/// The first place of a lower-case word, any case of any letter.
fn find_chars(word: &[char], text: &str) -> Option<Range<usize>> {
    if text.is_ascii() {
        return None; // the word has a letter beyond ASCII, and no ASCII letter is another case of it
    }
    text.char_indices().find_map(|(start, _)| {
        let mut letters = text[start..].chars();
        let mut end = start;
        for expected in word {
            let letter = letters.next()?;
            if folded(letter) != *expected {
                return None;
            }
            end += letter.len_utf8();
        }
        Some(start..end)
    })
}

/// The lower-case letter, where it is a single one.
fn folded(letter: char) -> char {
    if letter.is_ascii() {
        return letter.to_ascii_lowercase();
    }
    let mut lower = letter.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(single), None) => single,
        _ => letter,
    }
}

/// Hands a text to the fuzzy matcher, letter by letter, so that its answers count letters.
fn with_letters<T>(text: &str, look: impl FnOnce(Utf32Str<'_>, &mut Matcher) -> T) -> T {
    FUZZY.with_borrow_mut(|(matcher, letters)| {
        if text.is_ascii() {
            return look(Utf32Str::Ascii(text.as_bytes()), matcher);
        }
        letters.clear();
        letters.extend(text.chars());
        look(Utf32Str::Unicode(letters), matcher)
    })
}

/// How common a byte is in names and versions; the rarest one of a word is searched for.
fn commonness(byte: u8) -> usize {
    const COMMON_FIRST: &[u8] = b"e-.0atinorsl1c2dup3mgv4fh5b6_y789wkxjqz";
    let rank = COMMON_FIRST.iter().position(|common| *common == byte);
    // The first byte of a Chinese character says little, its last one much.
    let other = if byte >= 0xe0 { COMMON_FIRST.len() } else { 0 };
    rank.map_or(other, |rank| COMMON_FIRST.len() - rank)
}
