//! The filter language of every list: which rows are shown, and what is marked in them.
//!
//! ```text
//! nav core        both words, in any searched column; case-smart: lower case finds any case
//! Nav             this case only
//! name:nav        in this column          name:"two words"
//! !beta           not                     !state:failed
//! ~nvcr           fuzzy: these letters in this order          name:~nvcr
//! ```
//!
//! What is not finished yet (`!`, `name:`) asks for nothing, so that rows do not vanish while somebody types.

mod fuzzy;
mod parse;
mod word;

use std::borrow::Cow;
use std::ops::Range;

pub use fuzzy::Fuzzy;
pub use parse::FilterError;
use word::Word;

/// A row that can be filtered.
pub trait Columns {
    /// The text of a column by its name; none where this row has nothing there.
    fn column(&self, name: &str) -> Option<Cow<'_, str>>;

    /// Does `found` say yes to any of the columns that plain words look into? Stops at the first.
    fn any_searched(&self, found: &mut dyn FnMut(&str) -> bool) -> bool;
}

/// One part of a filter.
#[derive(Debug, Clone)]
struct Term {
    not: bool,
    /// None: any searched column.
    column: Option<String>,
    word: Word,
}

/// A parsed filter; empty, it takes every row.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    terms: Vec<Term>,
}

impl Filter {
    /// Understands a filter. `columns` are the names that may stand before a colon (any case); empty: any.
    ///
    /// # Errors
    /// A column that is not there, or a filter beyond reason.
    pub fn parse(text: &str, columns: &[&str]) -> Result<Self, FilterError> {
        Self::parse_named(text, columns, &[])
    }

    /// The same with more names of these columns, each with the column's own, e.g. its heading on a screen.
    ///
    /// # Errors
    /// As [`Filter::parse`].
    pub fn parse_named(text: &str, columns: &[&str], others: &[(String, &str)]) -> Result<Self, FilterError> {
        parse::terms(text, columns, others).map(|terms| Self { terms })
    }

    /// Does it take every row?
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Is this row shown?
    pub fn matches(&self, row: &impl Columns) -> bool {
        self.terms.iter().all(|term| {
            let found = match &term.column {
                Some(name) => row.column(name).is_some_and(|text| term.word.is_in(&text)),
                None => row.any_searched(&mut |text| term.word.is_in(text)),
            };
            found != term.not
        })
    }

    /// Does every row that it takes pass the other one as well? May say no where it is so.
    pub fn narrows(&self, other: &Self) -> bool {
        other.terms.iter().all(|wide| {
            self.terms.iter().any(|term| {
                term.not == wide.not
                    && term.column == wide.column
                    && if term.not { wide.word.implies(&term.word) } else { term.word.implies(&wide.word) }
            })
        })
    }

    /// What to mark in the text of a column: byte ranges between characters, in order, apart from each other.
    pub fn ranges(&self, column: &str, text: &str) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        for term in &self.terms {
            if !term.not && term.column.as_deref().is_none_or(|name| name == column) {
                term.word.ranges(text, &mut ranges);
            }
        }
        ranges.sort_by_key(|range| (range.start, range.end));
        let mut apart: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
        for range in ranges {
            match apart.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => apart.push(range),
            }
        }
        apart
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    struct Row(&'static str, &'static str);

    impl Columns for Row {
        fn column(&self, name: &str) -> Option<Cow<'_, str>> {
            match name {
                "name" => Some(self.0.into()),
                "state" => Some(self.1.into()),
                _ => None,
            }
        }

        fn any_searched(&self, found: &mut dyn FnMut(&str) -> bool) -> bool {
            found(self.0) || found(self.1)
        }
    }

    const COLUMNS: [&str; 3] = ["name", "state", "fileSize"];

    fn shown(filter: &str, name: &'static str, state: &'static str) -> bool {
        Filter::parse(filter, &COLUMNS).unwrap().matches(&Row(name, state))
    }

    #[test]
    fn words_are_case_smart_and_all_must_match() {
        for filter in ["", "nav", "NAV core", "core nav", "succ nav", "  nav  ", "导航"] {
            assert!(shown(filter, "NAV-core 导航", "succeeded"), "{filter}");
        }
        for filter in ["Nav", "nav geo", "navcore", "SUCC"] {
            assert!(!shown(filter, "NAV-core 导航", "succeeded"), "{filter}");
        }
        assert!(shown("école", "ÉCOLE", "") && shown("École", "École", "") && !shown("École", "ÉCOLE", ""));
        assert!(shown("straße", "STRAßE", "") && shown("a导b", "xA导B", ""));
    }

    #[test]
    fn a_column_is_looked_into_alone() {
        assert!(shown("state:succ", "nav", "succeeded"));
        assert!(shown("STATE:succ", "nav", "succeeded"));
        assert!(!shown("state:nav", "nav", "succeeded"));
        assert!(!shown("filesize:1", "nav", "succeeded"));
        assert!(shown("name:\"two words\"", "has two words in it", ""));
        assert!(!shown("name:\"two words\"", "two other words", ""));
        assert!(shown("\"a b\" c", "c a b", ""));
        assert!(shown("\"name:x\"", "has name:x", "") && shown("10:30", "at 10:30", ""));
    }

    #[test]
    fn not_and_fuzzy() {
        assert!(
            shown("!geo nav", "nav", "") && !shown("!nav", "nav", "") && !shown("!fail", "nav", "failed")
        );
        assert!(shown("!state:nav", "nav", "") && !shown("!name:nav", "nav", ""));
        assert!(shown("!filesize:1", "nav", ""));
        assert!(
            shown("~nvcr", "nav-core", "")
                && !shown("~crnv", "nav-core", "")
                && !shown("!~nvcr", "nav-core", "")
        );
        assert!(
            shown("name:~nvcr", "nav-core", "")
                && shown("~name:nvcr", "nav-core", "")
                && !shown("state:~nvcr", "nav-core", "")
        );
        assert!(shown("~导核", "导航核心", ""));
    }

    #[test]
    fn what_is_not_finished_asks_for_nothing() {
        for filter in ["!", "~", "!~", "name:", "!name:", "\"", "name:\"", "!\"\"", "name:~"] {
            assert!(Filter::parse(filter, &COLUMNS).unwrap().is_empty(), "{filter}");
        }
        assert!(shown("name:\"two w", "has two words", ""));
    }

    #[test]
    fn a_longer_word_narrows() {
        let filter = |text: &str| Filter::parse(text, &COLUMNS).unwrap();
        let cases = [
            ("nav", ""),
            ("nav", "na"),
            ("nav", "av"),
            ("nav core", "nav"),
            ("name:nav", "name:n"),
            ("12.3", "12."),
            ("1.a", "1."),
            ("École", "Éc"),
            ("!n", "!nav"),
            ("导航", "导"),
            ("nav", "nav"),
        ];
        for (narrow, wide) in cases {
            assert!(filter(narrow).narrows(&filter(wide)), "{narrow} {wide}");
        }
        for (narrow, wide) in [
            ("na", "nav"),
            ("!nav", "!n"),
            ("name:nav", "state:n"),
            ("!nav", "nav"),
            ("1.a", "1.A"),
            ("~nav", "nav"),
        ] {
            assert!(!filter(narrow).narrows(&filter(wide)), "{narrow} {wide}");
        }
    }

    #[test]
    fn an_unknown_column_is_named_with_the_nearest() {
        assert_eq!(
            Filter::parse("nav nmae:x", &COLUMNS).unwrap_err().to_string(),
            "there is no column nmae; did you mean name? (to look for a colon, put quotes around the word)"
        );
        assert!(Filter::parse("zzz:x", &COLUMNS).is_err());
        assert!(Filter::parse("导航:x", &COLUMNS).is_err() && Filter::parse("\"导航:x\"", &COLUMNS).is_ok());
        let titles = [("状态".to_owned(), "state"), ("Where it stands".to_owned(), "state")];
        for filter in ["状态:succ", "状态：succ", "!状态:failed"] {
            let filter = Filter::parse_named(filter, &COLUMNS, &titles).unwrap();
            assert!(filter.matches(&Row("nav", "succeeded")) && !filter.matches(&Row("nav", "failed")));
        }
        assert!(Filter::parse("zzz:x", &[]).is_ok());
        assert!(Filter::parse(&"x".repeat(5000), &[]).is_err());
    }

    #[test]
    fn what_matched_is_marked() {
        let ranges = |filter: &str, column: &str, text: &str| -> Vec<(usize, usize)> {
            let ranges = Filter::parse(filter, &COLUMNS).unwrap().ranges(column, text);
            ranges.into_iter().map(|range| (range.start, range.end)).collect()
        };
        assert_eq!(ranges("na", "name", "Nav NAV"), [(0, 2), (4, 6)]);
        assert_eq!(ranges("Na", "name", "Nav NAV"), [(0, 2)]);
        assert_eq!(ranges("nav av-c", "name", "nav-core"), [(0, 5)]);
        assert_eq!(ranges("state:nav", "name", "nav"), []);
        assert_eq!(ranges("!nav", "name", "nav"), []);
        assert_eq!(ranges("航", "name", "导航航"), [(3, 9)]);
        assert_eq!(ranges("~nc", "name", "nav-core"), [(0, 1), (4, 5)]);
        assert_eq!(ranges("~导心", "name", "导航核心"), [(0, 3), (9, 12)]);
        assert_eq!(ranges("é", "name", "xÉy"), [(1, 3)]);
    }

    proptest! {
        #[test]
        fn a_filter_never_panics(filter in ".{0,60}", name in ".{0,40}") {
            let row = Row(Box::leak(name.into_boxed_str()), "ÄÖ导 x");
            for columns in [&COLUMNS[..], &[]] {
                if let Ok(filter) = Filter::parse(&filter, columns) {
                    filter.matches(&row);
                    for range in filter.ranges("name", row.0) {
                        prop_assert!(row.0.get(range).is_some());
                    }
                }
            }
        }

        #[test]
        fn a_word_finds_what_a_plain_search_finds(word in "[a-c导é]{1,3}", text in "[a-cA-C导éÉ]{0,12}") {
            let found = text.to_lowercase().contains(&word);
            let filter = Filter::parse(&word, &[]).unwrap();
            let row = Row(Box::leak(text.into_boxed_str()), "");
            prop_assert_eq!(filter.matches(&row), found);
            prop_assert_eq!(!filter.ranges("name", row.0).is_empty(), found);
        }

        #[test]
        fn what_narrows_takes_no_row_more(
            one in "([!~]{0,2}(name:)?[abÄ导A]{1,3} ?){0,3}", more in "[abÄ导A! ]{0,3}", text in "[aAbÄ导ä]{0,9}",
        ) {
            let longer = format!("{one}{more}");
            for (wide, narrow) in [(&one, &longer), (&longer, &one)] {
                let (Ok(wide), Ok(narrow)) = (Filter::parse(wide, &COLUMNS), Filter::parse(narrow, &COLUMNS))
                    else { continue };
                let row = Row(Box::leak(text.clone().into_boxed_str()), "bÄa");
                if narrow.narrows(&wide) && narrow.matches(&row) {
                    prop_assert!(wide.matches(&row));
                }
            }
        }

        #[test]
        fn not_is_the_opposite(word in "[a-cA-C~]{1,3}", text in "[a-cA-C]{0,8}") {
            let row = Row(Box::leak(text.into_boxed_str()), "");
            let (with, without) = (Filter::parse(&word, &[]).unwrap(), Filter::parse(&format!("!{word}"), &[]).unwrap());
            if !with.is_empty() {
                prop_assert_ne!(with.matches(&row), without.matches(&row));
            }
        }
    }
}
