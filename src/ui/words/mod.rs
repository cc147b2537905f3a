//! The console's words: one catalogue a language, and the only way from a key to a text.
//!
//! Update and model speak in [`Say`] (a key and its values); only drawing turns them into text, so that the
//! language can change while the console runs. Values are made safe for a terminal on the way in.

mod language;
mod value;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};

pub use language::Language;
pub(crate) use value::Value;

/// A key of the catalogue. Made by [`word!`](crate::ui::word) alone, so that a test finds every use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Word(pub(crate) &'static str);

/// Something to tell: a key and its values.
#[derive(Debug, Clone, PartialEq)]
pub struct Say {
    /// What.
    pub word: Word,
    /// Its values by name.
    pub values: Vec<(&'static str, Value)>,
}

impl From<Word> for Say {
    fn from(word: Word) -> Self {
        Self { word, values: Vec::new() }
    }
}

/// A key of the catalogue.
#[macro_export]
#[doc(hidden)]
macro_rules! ui_word {
    ($key:literal) => {
        $crate::ui::words::Word($key)
    };
}

/// A key of the catalogue with its values: `say!("seat-count", n = 3)`.
#[macro_export]
#[doc(hidden)]
macro_rules! ui_say {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::ui::words::Say {
            word: $crate::ui::words::Word($key),
            values: vec![$((stringify!($name), $crate::ui::words::Value::from($value))),*],
        }
    };
}

pub(crate) use {ui_say as say, ui_word as word};

/// A text in every language: what is typed may be in any of them, whatever the screen speaks.
pub fn in_every_language(word: Word) -> Vec<String> {
    thread_local! {
        static ALL: Vec<Words> = Language::ALL.map(Words::of).into();
    }
    ALL.with(|all| all.iter().map(|words| words.text(word)).collect())
}

/// A loaded language.
pub struct Words {
    language: Language,
    bundle: FluentBundle<FluentResource>,
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

    fn load(language: Language, source: &str) -> Self {
        // What does not parse is left out and shows as its key; a test keeps the catalogues whole.
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
        let mut bundle = FluentBundle::new(language.code().parse().into_iter().collect());
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Self { language, bundle }
    }

    /// The text of a word without values.
    pub fn text(&self, word: Word) -> String {
        self.format(word, None)
    }

    /// The text of a word with its values.
    pub fn say(&self, say: &Say) -> String {
        if say.values.is_empty() {
            return self.format(say.word, None);
        }
        let mut values = FluentArgs::with_capacity(say.values.len());
        for (name, value) in &say.values {
            match value {
                Value::Text(text) => values.set(*name, text.as_str()),
                Value::Number(number) => values.set(*name, *number),
                Value::Say(inner) => values.set(*name, self.say(inner)),
            }
        }
        self.format(say.word, Some(&values))
    }

    /// The short form of a word, for the line of keys.
    pub fn short(&self, word: Word) -> String {
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
mod tests;
