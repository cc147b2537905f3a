//! What is said to operators: one catalogue a language, and the only way from a key to a text.
//!
//! Rules, requests and the console's model speak in [`Say`] (a key and its values). The console turns them into text
//! when it draws, so that its language can change while it runs; commands, logs and records speak English, which is
//! what `Display` gives. Values are made safe for a terminal on the way in.

mod language;
mod value;

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use jiff::Zoned;
use jiff::tz::TimeZone;
use serde::{Serialize, Serializer};

use crate::domain::Timestamp;
pub use language::Language;
pub(crate) use value::Value;

/// A key of the catalogue. Made by `word!` and `say!` alone, so that a test finds every use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Word(pub(crate) &'static str);

/// Something to tell: a key and its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Say {
    /// What.
    pub word: Word,
    /// Its values by name.
    pub values: Vec<(&'static str, Value)>,
}

impl Say {
    /// A text that somebody else wrote, or that is meant for a terminal of lines: it is the same in every language.
    pub fn plain(text: &str) -> Self {
        Self { word: word!("plain"), values: vec![("text", Value::lines(text))] }
    }

    /// This, and behind it another.
    pub fn and(self, then: Self) -> Self {
        say!("first-then", first = self, then = then)
    }
}

impl From<Word> for Say {
    fn from(word: Word) -> Self {
        Self { word, values: Vec::new() }
    }
}

/// In English.
impl fmt::Display for Say {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        thread_local! {
            static ENGLISH: Words = Words::of(Language::English);
        }
        ENGLISH.with(|words| f.pad(&words.say(self)))
    }
}

impl std::error::Error for Say {}

/// In English, as it goes into a record.
impl From<Say> for String {
    fn from(say: Say) -> Self {
        say.to_string()
    }
}

/// In English.
impl Serialize for Say {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A key of the catalogue.
macro_rules! word {
    ($key:literal) => {
        $crate::domain::words::Word($key)
    };
}

/// A key of the catalogue with its values: `say!("seat-count", n = 3)`.
macro_rules! say {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::domain::words::Say {
            word: $crate::domain::words::Word($key),
            values: vec![$((stringify!($name), $crate::domain::words::Value::from($value))),*],
        }
    };
}

pub(crate) use {say, word};

/// A text in every language: what is typed may be in any of them, whatever the screen speaks.
pub fn in_every_language(say: impl Into<Say>) -> Vec<String> {
    thread_local! {
        static ALL: Vec<Words> = Language::ALL.map(Words::of).into();
    }
    let say = say.into();
    ALL.with(|all| all.iter().map(|words| words.say(&say)).collect())
}

/// A loaded language.
pub struct Words {
    language: Language,
    bundle: FluentBundle<FluentResource>,
    zone: Option<TimeZone>,
    /// Texts without values and short forms, once they were asked for: a frame asks for a hundred of them.
    texts: RefCell<HashMap<Word, String>>,
    shorts: RefCell<HashMap<Word, String>>,
}

impl Words {
    /// The words of a language.
    pub fn of(language: Language) -> Self {
        Self::load(language, language.catalogue())
    }

    /// Which language it is.
    pub fn language(&self) -> Language {
        self.language
    }

    fn load(language: Language, parts: &[&str]) -> Self {
        let mut bundle = FluentBundle::new(language.code().parse().into_iter().collect());
        bundle.set_use_isolating(false);
        for part in parts {
            // What does not parse is left out and shows as its key; a test keeps the catalogues whole.
            let part = FluentResource::try_new((*part).to_owned()).unwrap_or_else(|(partial, _)| partial);
            bundle.add_resource_overriding(part);
        }
        Self { language, bundle, zone: None, texts: RefCell::default(), shorts: RefCell::default() }
    }

    /// The same with moments by the clock of a place; without one they are as in records.
    pub fn by_clock(self, zone: TimeZone) -> Self {
        Self { zone: Some(zone), ..self }
    }

    /// A moment by that clock; by UTC without one.
    pub fn on_the_clock(&self, at: Timestamp) -> Zoned {
        at.to_zoned(self.zone.clone().unwrap_or(TimeZone::UTC))
    }

    /// A moment with date and time.
    pub fn moment(&self, at: Timestamp) -> String {
        match &self.zone {
            Some(_) => self.on_the_clock(at).strftime("%Y-%m-%d %H:%M:%S").to_string(),
            None => at.to_string(),
        }
    }

    /// The text of a word without values.
    pub fn text(&self, word: Word) -> String {
        self.texts.borrow_mut().entry(word).or_insert_with(|| self.format(word, None)).clone()
    }

    /// The text of a word with its values.
    pub fn say(&self, say: &Say) -> String {
        if say.values.is_empty() {
            return self.text(say.word);
        }
        let mut values = FluentArgs::with_capacity(say.values.len());
        for (name, value) in &say.values {
            match value {
                Value::Text(text) => values.set(*name, text.as_str()),
                Value::Number(number) => values.set(*name, *number),
                Value::Moment(at) => values.set(*name, self.moment(*at)),
                Value::Say(inner) => values.set(*name, self.say(inner)),
            }
        }
        self.format(say.word, Some(&values))
    }

    /// The short form of a word, for the line of keys.
    pub fn short(&self, word: Word) -> String {
        self.shorts.borrow_mut().entry(word).or_insert_with(|| self.shortened(word)).clone()
    }

    fn shortened(&self, word: Word) -> String {
        let short = self.bundle.get_message(word.0).and_then(|message| message.get_attribute("short"));
        match short {
            Some(short) => self.bundle.format_pattern(short.value(), None, &mut Vec::new()).into_owned(),
            None => self.text(word),
        }
    }

    fn format(&self, word: Word, values: Option<&FluentArgs<'_>>) -> String {
        let Some(pattern) = self.bundle.get_message(word.0).and_then(|message| message.value()) else {
            return word.0.to_owned();
        };
        self.bundle.format_pattern(pattern, values, &mut Vec::new()).into_owned()
    }
}

#[cfg(test)]
pub(crate) mod tests;
