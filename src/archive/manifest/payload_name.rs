//! The name of a DII COE payload: `PREFIX-TYPE-VERSION-PLATFORM`, e.g. `TESTAPP-SOFTWARE-1.0.0.0-COE_ALL`.

use super::bounds::MAX_KIND;
use crate::domain::{Format, Prefix, Version};

/// What such a name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PayloadName<'a> {
    pub(super) prefix: &'a str,
    pub(super) kind: &'a str,
    pub(super) version: &'a str,
    pub(super) platform: &'a str,
}

impl<'a> PayloadName<'a> {
    /// Of a folder. Read from the right, since a prefix may hold `-`; only a version that begins with a digit
    /// tells it from any other name with three of them.
    pub(super) fn of_folder(name: &'a str) -> Option<Self> {
        let mut parts = name.rsplitn(4, '-');
        let (platform, version, kind, prefix) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let holds = !platform.is_empty()
            && (1..=MAX_KIND).contains(&kind.len())
            && version.starts_with(|first: char| first.is_ascii_digit())
            && version.parse::<Version>().is_ok()
            && prefix.parse::<Prefix>().is_ok();
        holds.then_some(Self { prefix, kind, version, platform })
    }

    /// Of a segment file, its suffix off.
    pub(super) fn of_file(name: &'a str) -> Option<Self> {
        Format::of_file_name(name)?;
        Self::of_folder(name.rsplit_once('.')?.0)
    }

    /// The platform, if it is the name of an architecture.
    pub(super) fn arch(&self) -> Option<&'a str> {
        const KNOWN: [&str; 24] = [
            "x86_64",
            "amd64",
            "x64",
            "x86",
            "i386",
            "i486",
            "i586",
            "i686",
            "aarch64",
            "arm64",
            "arm",
            "armhf",
            "armv7",
            "armv7l",
            "loongarch64",
            "loong64",
            "mips64",
            "mips64el",
            "sw_64",
            "riscv64",
            "ppc64",
            "ppc64le",
            "s390x",
            "sparc",
        ];
        KNOWN.iter().any(|known| known.eq_ignore_ascii_case(self.platform)).then_some(self.platform)
    }

    /// Does the platform say that any will do? The one example there is ends like this.
    pub(super) fn is_for_all(&self) -> bool {
        self.platform.rsplit('_').next().is_some_and(|last| last.eq_ignore_ascii_case("ALL"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(name: &str) -> Option<[&str; 4]> {
        PayloadName::of_folder(name).map(|name| [name.prefix, name.kind, name.version, name.platform])
    }

    #[test]
    fn a_payload_name_is_read_from_the_right() {
        assert_eq!(
            parts("TESTAPP-SOFTWARE-1.0.0.0-COE_ALL"),
            Some(["TESTAPP", "SOFTWARE", "1.0.0.0", "COE_ALL"])
        );
        assert_eq!(parts("nav-core-APP-2.1-x86_64"), Some(["nav-core", "APP", "2.1", "x86_64"]));
        for name in
            ["", "nav", "a-b-c-d", "a-b-1", "-b-1-d", "a--1-d", "a-b-1-", "a b-c-1-d", "a-b-1/2-d", "---"]
        {
            assert_eq!(parts(name), None, "{name}");
        }
        assert_eq!(
            parts(&format!("NAV-{}-1.0-COE_ALL", "T".repeat(65))),
            None,
            "longer than a record's type"
        );
    }

    #[test]
    fn a_file_loses_its_suffix_and_an_architecture_is_known() {
        let name = PayloadName::of_file("NAV-APP-1.0.0.0-AArch64.MPK").unwrap();
        assert_eq!((name.version, name.arch(), name.is_for_all()), ("1.0.0.0", Some("AArch64"), false));
        let name = PayloadName::of_file("NAV-APP-1.0.0.0-COE_ALL.zip").unwrap();
        assert_eq!((name.platform, name.arch(), name.is_for_all()), ("COE_ALL", None, true));
        assert_eq!(PayloadName::of_file("NAV-APP-1.0.0.0-COE_ALL.tar"), None);
    }
}
