//! What one segment says of another: `geo-base`, or `geo-base >=1.4`.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::{NameError, Prefix, Version, version};
use crate::domain::words::{Say, say};

/// How a version compares with the one that is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=` or `==`
    Equal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Comparison {
    /// All of them, the longer spelling before one that it begins with.
    const SPELLED: [(&'static str, Self); 6] = [
        ("==", Self::Equal),
        (">=", Self::AtLeast),
        ("<=", Self::AtMost),
        ("=", Self::Equal),
        (">", Self::Greater),
        ("<", Self::Less),
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }

    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order == Ordering::Equal,
            Self::Less => order == Ordering::Less,
            Self::AtMost => order != Ordering::Greater,
            Self::Greater => order == Ordering::Greater,
            Self::AtLeast => order != Ordering::Less,
        }
    }
}

/// A segment, and which of its versions are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Which segment.
    pub prefix: Prefix,
    /// Which versions; all of them where nothing is said.
    pub versions: Option<(Comparison, Version)>,
}

/// Why a text is no requirement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.say())]
pub enum RequirementError {
    /// What stands before the comparison, or alone.
    Prefix(NameError),
    /// What stands behind the comparison.
    Version(NameError),
}

impl RequirementError {
    /// In words.
    pub fn say(&self) -> Say {
        let (Self::Prefix(error) | Self::Version(error)) = self;
        say!("requirement-written", error = error.say())
    }
}

impl Requirement {
    /// Is this version of the segment meant? Versions that differ in their spelling or build data alone
    /// (`4.2` and `4.2.0`, `1+a` and `1+b`) count as equal.
    pub fn met_by(&self, version: &Version) -> bool {
        self.versions.as_ref().is_none_or(|(comparison, bound)| {
            comparison.holds(version::precedence(version.as_str(), bound.as_str()))
        })
    }
}

impl FromStr for Requirement {
    type Err = RequirementError;

    fn from_str(text: &str) -> Result<Self, RequirementError> {
        // Neither a prefix nor a version can hold a sign of comparison.
        let (prefix, rest) = text.split_at(text.find(['<', '>', '=']).unwrap_or(text.len()));
        let prefix = prefix.trim().parse().map_err(RequirementError::Prefix)?;
        let mut spelled = Comparison::SPELLED.iter();
        let found = spelled.find_map(|(sign, comparison)| Some((*comparison, rest.strip_prefix(sign)?)));
        let versions = match found {
            None => None,
            Some((comparison, version)) => {
                Some((comparison, version.trim().parse().map_err(RequirementError::Version)?))
            }
        };
        Ok(Self { prefix, versions })
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.versions {
            None => write!(f, "{}", self.prefix),
            Some((comparison, version)) => write!(f, "{} {}{version}", self.prefix, comparison.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn requirement(text: &str) -> Requirement {
        text.parse().unwrap()
    }

    fn met(text: &str, version: &str) -> bool {
        requirement(text).met_by(&version.parse().unwrap())
    }

    #[test]
    fn every_comparison_is_read_and_written() {
        for (text, written) in [
            ("geo-base", "geo-base"),
            (" geo-base ", "geo-base"),
            ("geo-base >=1.4", "geo-base >=1.4"),
            ("geo-base>= 1.4", "geo-base >=1.4"),
            ("geo-base <= 1.4", "geo-base <=1.4"),
            ("geo-base > 1.4", "geo-base >1.4"),
            ("geo-base < 1.4", "geo-base <1.4"),
            ("geo-base = 1.4", "geo-base ==1.4"),
            ("导航==1.4-rc.1+5", "导航 ==1.4-rc.1+5"),
        ] {
            assert_eq!(requirement(text).to_string(), written);
        }
    }

    #[test]
    fn what_is_no_requirement_is_said() {
        let said = |text: &str| text.parse::<Requirement>().unwrap_err().to_string();
        assert_eq!(
            said("geo base"),
            "the prefix may hold letters, digits and . _ - + only, not ' '; \
             it is written PREFIX or PREFIX >=VERSION"
        );
        assert_eq!(said(">=1"), "the prefix is empty; it is written PREFIX or PREFIX >=VERSION");
        assert_eq!(said("geo >="), "the version is empty; it is written PREFIX or PREFIX >=VERSION");
        for text in ["", "geo >=<1", "geo ===1", "geo ~1", "geo >=1 <2", "geo 1.4"] {
            assert!(text.parse::<Requirement>().is_err(), "{text}");
        }
    }

    #[test]
    fn versions_meet_by_their_order() {
        assert!(met("geo", "0.0.1"));
        assert!(met("geo >=1.4", "1.4") && met("geo >=1.4", "1.10") && !met("geo >=1.4", "1.3.9"));
        assert!(met("geo >=4.2.0.0", "4.2") && met("geo <=4.2", "4.2.0.0") && met("geo =4.2", "4.2.0"));
        assert!(met("geo <=1.0", "1.0+build.7") && met("geo ==1.0+1", "1.0+2"));
        assert!(!met("geo >=2.0", "2.0-rc.1") && met("geo <2.0", "2.0-rc.1"));
        assert!(met("geo >1.4", "1.5") && !met("geo >1.4", "1.4.0"));
        assert!(met("geo <1.4", "1.3") && !met("geo <1.4", "1.4"));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            prefix in "[a-z导+_-][a-z0-9.+_-]{0,12}",
            bound in proptest::option::of(("(==|=|>=|<=|>|<)", "[v0-9][a-z0-9.+-]{0,12}")),
            space in " {0,2}",
        ) {
            let text = match &bound {
                None => prefix,
                Some((sign, version)) => format!("{prefix}{space}{sign}{space}{version}"),
            };
            let once = requirement(&text);
            prop_assert_eq!(&requirement(&once.to_string()), &once);
            prop_assert_eq!(once.versions.is_some(), bound.is_some());
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,40}") {
            if let Ok(requirement) = text.parse::<Requirement>() {
                prop_assert_eq!(requirement.to_string().parse(), Ok(requirement));
            }
        }

        #[test]
        fn the_comparisons_divide_all_versions(a in "[0-2]\\.[0-2](-rc\\.[0-2])?(\\+[ab])?", b in "[0-2](\\.[0-2]){1,2}") {
            let one = [met(&format!("x <{b}"), &a), met(&format!("x ={b}"), &a), met(&format!("x >{b}"), &a)];
            prop_assert_eq!(one.iter().filter(|met| **met).count(), 1);
            prop_assert_eq!(met(&format!("x <={b}"), &a), one[0] || one[1]);
            prop_assert_eq!(met(&format!("x >={b}"), &a), one[1] || one[2]);
        }
    }
}
