//! From what a manifest says and the flags override to names that may become a key.

use std::str::FromStr;

use super::manifest::{MAX_NAME, Source};
use super::{ArchiveError, Manifest};
use crate::domain::segment::MAX_DESCRIPTION;
use crate::domain::{FreeText, NameError, Prefix, SegmentId, Version};

/// What flags of the upload, or fields of its form, say instead of the manifest. Empty text counts as absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--prefix`
    pub prefix: Option<String>,
    /// `--version`
    pub version: Option<String>,
    /// `--name`
    pub name: Option<String>,
    /// `--description`
    pub description: Option<String>,
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
    /// Whole; a segment's record keeps its beginning.
    pub description: FreeText,
}

impl Resolved {
    /// `<prefix>@<version>`
    pub fn id(&self) -> SegmentId {
        SegmentId::new(self.prefix.clone(), self.version.clone())
    }
}

impl Manifest {
    /// Fills in the overrides and checks the names. What an override gives must fit into the segment's record,
    /// which is all that will have it; a longer description of the manifest's own is cut there.
    ///
    /// # Errors
    /// Which field is missing or wrong, and the flag that mends it.
    pub fn resolve(&self, overrides: &Overrides) -> Result<Resolved, ArchiveError> {
        let prefix: Prefix =
            self.field("prefix", "--prefix", overrides.prefix.as_deref(), self.prefix.as_deref())?;
        let version: Version =
            self.field("version", "--version", overrides.version.as_deref(), self.version.as_deref())?;
        let name = given("name", "--name", overrides.name.as_deref(), MAX_NAME)?
            .or_else(|| self.name.clone().filter(|name| !name.raw().trim().is_empty()))
            .unwrap_or_else(|| prefix.as_str().into());
        let description =
            given("description", "--description", overrides.description.as_deref(), MAX_DESCRIPTION)?
                .unwrap_or_else(|| self.description.clone());
        Ok(Resolved { prefix, version, name, description })
    }

    fn field<T: FromStr<Err = NameError>>(
        &self,
        field: &'static str,
        flag: &'static str,
        given: Option<&str>,
        written: Option<&str>,
    ) -> Result<T, ArchiveError> {
        let there = |text: &&str| !text.is_empty();
        let (text, from) = match (given.filter(there), written.filter(there)) {
            (Some(given), _) => (given, flag),
            (None, Some(written)) => match self.source {
                Source::SegmentFile => (written, "from the manifest"),
                Source::SegDescrip => (written, "from SegDescrip"),
            },
            (None, None) => return Err(ArchiveError::Missing { field, looked_in: self.source, flag }),
        };
        text.parse().map_err(|error| ArchiveError::Name { error, from, flag })
    }
}

/// A free text that a flag gives.
fn given(
    field: &'static str,
    flag: &'static str,
    text: Option<&str>,
    max: usize,
) -> Result<Option<FreeText>, ArchiveError> {
    match text.filter(|text| !text.trim().is_empty()) {
        Some(text) if text.len() > max => Err(ArchiveError::TooLong { field, flag, bytes: text.len(), max }),
        text => Ok(text.map(FreeText::from)),
    }
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
        let overrides = Overrides {
            prefix: Some("p".into()),
            version: Some(String::new()),
            name: Some("导航".into()),
            ..Overrides::default()
        };
        let resolved = manifest(None, Some("1")).resolve(&overrides).unwrap();
        assert_eq!(
            (resolved.prefix.as_str(), resolved.version.as_str(), resolved.name.raw()),
            ("p", "1", "导航")
        );
    }

    #[test]
    fn a_given_description_counts_and_fits_the_record() {
        let whole = "x".repeat(MAX_DESCRIPTION + 1);
        let manifest = Manifest { description: whole.as_str().into(), ..manifest(Some("nav"), Some("1")) };
        let given = |text: &str| {
            let overrides = Overrides { description: Some(text.into()), ..Overrides::default() };
            manifest.resolve(&overrides).map(|resolved| resolved.description)
        };
        assert_eq!(given("短").unwrap().raw(), "短");
        assert_eq!(given(" ").unwrap().raw(), whole);
        assert_eq!(
            given(&whole).unwrap_err().to_string(),
            "the description is 1025 bytes long; 1024 are allowed (--description)"
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
        let described =
            |prefix, version| Manifest { source: Source::SegDescrip, ..manifest(prefix, version) };
        assert_eq!(
            said(described(None, Some("1"))),
            "neither SegName in SegDescrip, nor a folder or file named PREFIX-TYPE-VERSION-PLATFORM, says the \
             prefix; write it there, or give it with --prefix"
        );
        assert!(
            said(described(Some("a"), None)).starts_with("neither VERSION nor SegName in SegDescrip, nor")
        );
        assert!(said(described(Some("a/b"), Some("1"))).contains("(from SegDescrip); --prefix overrides it"));
    }
}
