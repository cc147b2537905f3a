//! From what a manifest says and the flags override to names that may become a key.

use std::str::FromStr;

use super::{ArchiveError, Manifest};
use crate::domain::{FreeText, NameError, Prefix, Version};

/// What flags of the upload, or fields of its form, say instead of the manifest. Empty text counts as absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--prefix`
    pub prefix: Option<String>,
    /// `--version`
    pub version: Option<String>,
    /// `--name`
    pub name: Option<String>,
}

/// Who the segment is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The short identifier.
    pub prefix: Prefix,
    /// The version.
    pub version: Version,
    /// The human name; the prefix where nobody gave one.
    pub name: FreeText,
}

impl Manifest {
    /// Fills in the overrides and checks the names.
    ///
    /// # Errors
    /// Which field is missing or wrong, and the flag that mends it.
    pub fn resolve(&self, overrides: &Overrides) -> Result<Resolved, ArchiveError> {
        let prefix: Prefix =
            field("prefix", "--prefix", overrides.prefix.as_deref(), self.prefix.as_deref())?;
        let version: Version =
            field("version", "--version", overrides.version.as_deref(), self.version.as_deref())?;
        let given = overrides.name.as_deref().map(FreeText::from);
        let name =
            [given, self.name.clone()].into_iter().flatten().find(|name| !name.raw().trim().is_empty());
        let name = name.unwrap_or_else(|| prefix.as_str().into());
        Ok(Resolved { prefix, version, name })
    }
}

fn field<T: FromStr<Err = NameError>>(
    field: &'static str,
    flag: &'static str,
    given: Option<&str>,
    written: Option<&str>,
) -> Result<T, ArchiveError> {
    let there = |text: &&str| !text.is_empty();
    let (text, from) = match (given.filter(there), written.filter(there)) {
        (Some(given), _) => (given, flag),
        (None, Some(written)) => (written, "from the manifest"),
        (None, None) => return Err(ArchiveError::Missing { field, flag }),
    };
    text.parse().map_err(|error| ArchiveError::Name { error, from, flag })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(prefix: Option<&str>, version: Option<&str>) -> Manifest {
        Manifest { prefix: prefix.map(Into::into), version: version.map(Into::into), ..Manifest::default() }
    }

    #[test]
    fn flags_fill_in_and_override() {
        let overrides = Overrides { version: Some("2".into()), ..Overrides::default() };
        let resolved = manifest(Some("nav"), Some("1")).resolve(&overrides).unwrap();
        assert_eq!((resolved.version.as_str(), resolved.name.raw()), ("2", "nav"));
        let overrides =
            Overrides { prefix: Some("p".into()), version: Some(String::new()), name: Some("导航".into()) };
        let resolved = manifest(None, Some("1")).resolve(&overrides).unwrap();
        assert_eq!(
            (resolved.prefix.as_str(), resolved.version.as_str(), resolved.name.raw()),
            ("p", "1", "导航")
        );
    }

    #[test]
    fn what_is_missing_names_the_flag_that_fills_it() {
        let said = |manifest: Manifest| manifest.resolve(&Overrides::default()).unwrap_err().to_string();
        assert_eq!(
            said(manifest(None, Some("1"))),
            "the manifest says no prefix; write it there, or give it with --prefix"
        );
        assert_eq!(
            said(manifest(Some("a"), None)),
            "the manifest says no version; write it there, or give it with --version"
        );
        assert_eq!(
            said(manifest(Some("a/b"), Some("1"))),
            "the prefix may hold letters, digits and . _ - + only, not '/' (from the manifest); --prefix overrides it"
        );
    }
}
