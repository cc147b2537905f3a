//! From what a manifest says and the flags override to names that may become a key.

use std::str::FromStr;

use super::manifest::{MAX_NAME, Written};
use super::{ArchiveError, Manifest};
use crate::domain::segment::MAX_DESCRIPTION;
use crate::domain::words::{Word, say, word};
use crate::domain::{FreeText, NameError, Prefix, SegmentId, Version};

/// As errors name the two fields that a segment cannot be without.
const PREFIX: Word = word!("manifest-field-prefix");
/// See [`PREFIX`].
pub(super) const VERSION: Word = word!("manifest-field-version");

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
        let prefix: Prefix = match flag("--prefix", overrides.prefix.as_deref())? {
            Some(given) => given,
            None => self.written(PREFIX, "--prefix", self.prefix.as_deref(), &self.prefix_at)?,
        };
        let version: Version = match flag("--version", overrides.version.as_deref())? {
            Some(given) => given,
            None => self.written(VERSION, "--version", self.version.as_deref(), &self.version_at)?,
        };
        let name = given(word!("manifest-field-name"), "--name", overrides.name.as_deref(), MAX_NAME)?
            .or_else(|| self.name.clone().filter(|name| !name.raw().trim().is_empty()))
            .unwrap_or_else(|| prefix.as_str().into());
        let description = given(
            word!("manifest-field-description"),
            "--description",
            overrides.description.as_deref(),
            MAX_DESCRIPTION,
        )?
        .unwrap_or_else(|| self.description.clone());
        Ok(Resolved { prefix, version, name, description })
    }

    /// What the manifest says.
    fn written<T: FromStr<Err = NameError>>(
        &self,
        field: Word,
        flag: &'static str,
        written: Option<&str>,
        at: &Option<Written>,
    ) -> Result<T, ArchiveError> {
        let missing =
            || ArchiveError::Missing { field, looked_in: self.source, file: self.file.clone(), flag };
        let written = written.filter(|text| !text.is_empty()).ok_or_else(missing)?;
        written.parse().map_err(|error: NameError| ArchiveError::Manifest {
            at: Box::new(at.clone().unwrap_or_default()),
            message: say!("manifest-overrides", error = error.say(), flag = flag),
        })
    }
}

/// What a flag says; empty text counts as absent.
fn flag<T: FromStr<Err = NameError>>(
    flag: &'static str,
    given: Option<&str>,
) -> Result<Option<T>, ArchiveError> {
    let given = given.filter(|text| !text.is_empty()).map(str::parse).transpose();
    given.map_err(|error| ArchiveError::Name { error, flag })
}

/// A free text that a flag gives.
fn given(
    field: Word,
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
    use super::super::Source;
    use super::*;

    fn manifest(prefix: Option<&str>, version: Option<&str>) -> Manifest {
        Manifest {
            file: "segment.toml".to_owned(),
            prefix: prefix.map(Into::into),
            version: version.map(Into::into),
            ..Manifest::default()
        }
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
            "segment.toml says no prefix; write it there, or give it with --prefix"
        );
        assert_eq!(
            said(manifest(Some("a"), None)),
            "segment.toml says no version; write it there, or give it with --version"
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
        let overrides = Overrides { prefix: Some("a/b".into()), ..Overrides::default() };
        assert_eq!(
            manifest(None, Some("1")).resolve(&overrides).unwrap_err().to_string(),
            "the prefix may hold letters, digits and . _ - + only, not '/' (--prefix)"
        );
    }
}
