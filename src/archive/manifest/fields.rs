//! The fields of `segment.toml` and `segment.json`, read one by one, so that an error knows which one it is in.

use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Manifest;
use super::bounds::{self, Lists};
use crate::domain::{FreeText, NameError, Prefix, Version};

/// What may stand at the top, for the one that is meant by a slip.
pub(super) const KNOWN: [&str; 10] = [
    "prefix",
    "version",
    "name",
    "type",
    "vendor",
    "description",
    "archs",
    "requires",
    "conflicts",
    "scripts",
];
/// What may stand in `[scripts]`.
pub(super) const KNOWN_SCRIPTS: [&str; 2] = ["install", "uninstall"];

/// The field that is being read, e.g. `requires[1]`.
pub(super) type Place = RefCell<String>;

/// Reads all fields; a field that is not known is left alone.
pub(super) struct Fields<'a> {
    pub(super) place: &'a Place,
    /// `prefix` or `version`: this one must be one, too. Else only a flag may make it one, or not.
    pub(super) judged: Option<&'static str>,
}

impl<'de> DeserializeSeed<'de> for Fields<'_> {
    type Value = Manifest;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Manifest, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = Manifest;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object: { \"prefix\": ... }")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Manifest, A::Error> {
        let (mut manifest, mut lists, mut seen) = (Manifest::default(), Lists::new(), HashSet::new());
        while let Some(key) = map.next_key::<String>()? {
            self.place.replace(key.clone());
            let name =
                |max, judge: Judge| Text { max, judge: (self.judged == Some(key.as_str())).then_some(judge) };
            let text = |max| Text { max, judge: None };
            let list = |field, lists| List { field, place: self.place, lists };
            let free = |text: Option<String>| FreeText::from(text.unwrap_or_default());
            match key.as_str() {
                "prefix" => {
                    manifest.prefix = {
                        let is_prefix: Judge = |text| text.parse::<Prefix>().map(drop);
                        map.next_value_seed(name(bounds::MAX_PREFIX, is_prefix))?
                    }
                }
                "version" => {
                    manifest.version = {
                        let is_version: Judge = |text| text.parse::<Version>().map(drop);
                        map.next_value_seed(name(bounds::MAX_VERSION, is_version))?
                    }
                }
                "name" => manifest.name = map.next_value_seed(text(bounds::MAX_NAME))?.map(FreeText::from),
                "type" => manifest.kind = free(map.next_value_seed(text(bounds::MAX_KIND))?),
                "vendor" => manifest.vendor = free(map.next_value_seed(text(bounds::MAX_VENDOR))?),
                // As long as the whole may be.
                "description" => manifest.description = free(map.next_value_seed(text(usize::MAX))?),
                "archs" => manifest.archs = map.next_value_seed(list("archs", &mut lists))?,
                "requires" => manifest.requires = map.next_value_seed(list("requires", &mut lists))?,
                "conflicts" => manifest.conflicts = map.next_value_seed(list("conflicts", &mut lists))?,
                "scripts" => map.next_value_seed(Scripts(self.place))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
            // TOML knows no second one, JSON leaves open which one counts.
            if !seen.insert(key) {
                return Err(A::Error::custom("it is there twice"));
            }
        }
        Ok(manifest)
    }
}

/// A text of at most so many bytes; none where JSON says null.
struct Text {
    max: usize,
    judge: Option<Judge>,
}

/// What else a text must be.
type Judge = fn(&str) -> Result<(), NameError>;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Option<String>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<String>, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string in quotes")
    }

    fn visit_none<E: Error>(self) -> Result<Option<String>, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<String>, D::Error> {
        deserializer.deserialize_str(self)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Option<String>, E> {
        bounds::text(text, self.max).map_err(E::custom)?;
        self.judge.map_or(Ok(()), |judge| judge(text)).map_err(E::custom)?;
        Ok(Some(text.to_owned()))
    }
}

/// A list of texts; empty where JSON says null.
struct List<'a> {
    field: &'static str,
    place: &'a Place,
    lists: &'a mut Lists,
}

impl<'de> DeserializeSeed<'de> for List<'_> {
    type Value = Vec<FreeText>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<FreeText>, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for List<'_> {
    type Value = Vec<FreeText>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of strings in quotes")
    }

    fn visit_none<E: Error>(self) -> Result<Vec<FreeText>, E> {
        Ok(Vec::new())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Vec<FreeText>, D::Error> {
        deserializer.deserialize_seq(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<FreeText>, A::Error> {
        let mut texts = Vec::new();
        loop {
            self.place.replace(format!("{}[{}]", self.field, texts.len()));
            match items.next_element_seed(Item(&mut *self.lists))? {
                Some(text) => texts.push(FreeText::from(text)),
                None => return Ok(texts),
            }
        }
    }
}

/// One text of a list.
struct Item<'a>(&'a mut Lists);

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = String;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Item<'_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string in quotes")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        self.0.take(text).map_err(E::custom)?;
        Ok(text.to_owned())
    }
}

/// The scripts, which stay in the whole; only that they are texts is checked.
struct Scripts<'a>(&'a Place);

impl<'de> DeserializeSeed<'de> for Scripts<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Scripts<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table with install and uninstall")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            self.0.replace(format!("scripts.{key}"));
            match KNOWN_SCRIPTS.contains(&key.as_str()) {
                true => drop(map.next_value_seed(Text { max: usize::MAX, judge: None })?),
                false => drop(map.next_value::<IgnoredAny>()?),
            }
            if !seen.insert(key) {
                return Err(A::Error::custom("it is there twice"));
            }
        }
        Ok(())
    }
}
