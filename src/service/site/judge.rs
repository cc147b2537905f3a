//! Does the shared storage belong to these records? Decided from what both say, and from nothing else.
//!
//! The records name the storage (`meta/storage`) and their site (`meta/site`); the storage's id file names itself and
//! the site it belongs to. Only two sides that name each other are sure of it: a typo in the prefix of the store, a
//! forgotten backend or a copied file would otherwise make a stranger take the files for orphans.

use super::StorageMark;
use crate::storage::Identity;

/// What both sides say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told<'a> {
    /// The site of the records.
    pub site: Option<&'a str>,
    /// The storage that the records name.
    pub storage: Option<&'a StorageMark>,
    /// What the storage says of itself.
    pub file: Option<&'a Identity>,
}

/// What follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Both name each other.
    Ours,
    /// Both name the same storage, and nobody else's site stands there: records of an older program, or a taking
    /// over that a crash ended. The leader finishes it.
    Unfinished,
    /// Neither side says anything: whoever comes first may claim an empty storage.
    Free,
    /// A claim was begun, and the storage has no id file yet.
    Begun,
    /// A claim is written on the storage's side; the records may say so.
    Written,
    /// It is not ours, and why.
    NotOurs(Why),
}

/// Why a storage is not ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// The records name another one.
    OtherStorage,
    /// The records name one, and there is none here.
    NoStorage,
    /// It belongs to another site.
    OtherSite,
    /// The records name none, and this one is somebody's.
    NotNamed,
}

/// See the module.
pub(super) fn judge(told: Told<'_>) -> Verdict {
    use Verdict::{Begun, Free, NotOurs, Ours, Unfinished, Written};
    let Told { site, storage, file } = told;
    match (storage, file) {
        (None, None) => Free,
        (None, Some(_)) => NotOurs(Why::NotNamed),
        (Some(mark), None) if mark.pending => Begun,
        (Some(_), None) => NotOurs(Why::NoStorage),
        (Some(mark), Some(file)) if mark.id != file.id => {
            NotOurs(if mark.pending { Why::NotNamed } else { Why::OtherStorage })
        }
        (Some(mark), Some(file)) => match (site, file.site.as_deref()) {
            (Some(ours), Some(theirs)) if ours == theirs => {
                if mark.pending {
                    Written
                } else {
                    Ours
                }
            }
            (_, Some(_)) => NotOurs(Why::OtherSite),
            // An adoption that was begun is finished by whoever began it.
            (_, None) if mark.pending => NotOurs(Why::NotNamed),
            (_, None) => Unfinished,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(id: &str, pending: bool) -> StorageMark {
        StorageMark { id: id.to_owned(), pending }
    }

    fn file(id: &str, site: Option<&str>) -> Identity {
        Identity { id: id.to_owned(), site: site.map(str::to_owned), ..Identity::default() }
    }

    /// Every combination of what may stand on both sides: sure of it is only who is named.
    #[test]
    fn only_two_sides_that_name_each_other_are_sure() {
        let sites = [None, Some("a"), Some("b")];
        let marks = [None, Some(mark("x", false)), Some(mark("x", true)), Some(mark("y", false))];
        let mut files = vec![None];
        for id in ["x", "y"] {
            files.extend(sites.map(|site| Some(file(id, site))));
        }
        for (site, storage, file) in sites.iter().flat_map(|site| {
            let files = &files;
            marks.iter().flat_map(move |mark| files.iter().map(move |file| (*site, mark, file)))
        }) {
            let told = Told { site, storage: storage.as_ref(), file: file.as_ref() };
            let same = storage.as_ref().zip(file.as_ref()).is_some_and(|(mark, file)| mark.id == file.id);
            let named = site.is_some() && file.as_ref().is_some_and(|file| file.site.as_deref() == site);
            let foreign =
                file.as_ref().is_some_and(|file| file.site.is_some() && file.site.as_deref() != site);
            let verdict = judge(told);
            match verdict {
                Verdict::Ours => assert!(same && named, "{told:?}"),
                Verdict::Unfinished => assert!(same && !foreign, "{told:?}"),
                Verdict::Free => assert!(storage.is_none() && file.is_none(), "{told:?}"),
                Verdict::Begun => assert!(file.is_none(), "{told:?}"),
                Verdict::Written => assert!(same && named, "{told:?}"),
                Verdict::NotOurs(_) => assert!(!(same && named), "{told:?}"),
            }
            if foreign {
                assert!(matches!(verdict, Verdict::NotOurs(_)), "{told:?}");
            }
        }
    }

    #[test]
    fn records_that_name_no_storage_never_take_one_that_is_there() {
        for site in [None, Some("a")] {
            for owner in [None, Some("a"), Some("b")] {
                let there = file("x", owner);
                let told = Told { site, storage: None, file: Some(&there) };
                assert_eq!(judge(told), Verdict::NotOurs(Why::NotNamed), "{told:?}");
            }
        }
    }
}
