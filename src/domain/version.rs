//! The order of versions: semantic versions, four-number versions, anything else by natural order.

use std::cmp::Ordering;

/// Compares two versions; the greater one is the newer.
///
/// Numbers are compared as numbers of any length, part by part, so `4.2.0.0 < 4.10`. Following semver, a
/// version with a pre-release (`-rc.1`) is older than the same without, pre-release parts that are numbers
/// come before words, and build data (`+5`) only breaks ties. Versions that agree in all this are ordered by
/// their text, so the order is total.
pub fn compare(a: &str, b: &str) -> Ordering {
    let ((_, _, a_build), (_, _, b_build)) = (parts(a), parts(b));
    precedence(a, b).then_with(|| natural(a_build, b_build)).then_with(|| a.cmp(b))
}

/// The same without what only breaks ties: `4.2`, `v4.2.0` and `4.2+5` are equal.
pub fn precedence(a: &str, b: &str) -> Ordering {
    let ((a_core, a_pre, _), (b_core, b_pre, _)) = (parts(a), parts(b));
    core(a_core, b_core).then_with(|| match (a_pre, b_pre) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(a), Some(b)) => dotted(a, b),
    })
}

/// Splits `core[-pre][+build]`; a leading `v` before a digit is no part of the number.
fn parts(text: &str) -> (&str, Option<&str>, &str) {
    let text = match text.strip_prefix(['v', 'V']) {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => rest,
        _ => text,
    };
    let (text, build) = text.split_once('+').unwrap_or((text, ""));
    let numeric = text.starts_with(|c: char| c.is_ascii_digit());
    match text.split_once('-') {
        Some((core, pre)) if numeric => (core, Some(pre), build),
        _ => (text, None, build),
    }
}

/// Dotted numbers; a missing part counts as zero (`4.2 == 4.2.0`).
fn core(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (a, b) => match natural(a.unwrap_or("0"), b.unwrap_or("0")) {
                Ordering::Equal => {}
                unequal => return unequal,
            },
        }
    }
}

/// Pre-release parts: numbers before words, fewer parts first.
fn dotted(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let step = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => natural(a, b),
        };
        if step != Ordering::Equal {
            return step;
        }
    }
}

/// Runs of digits compare as numbers, everything between them as text; digits come before letters.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    while !a.is_empty() && !b.is_empty() {
        let (a_run, a_rest) = run(a);
        let (b_run, b_rest) = run(b);
        let digits = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
        let step = match (digits(a_run), digits(b_run)) {
            (true, true) => {
                let (a, b) = (a_run.trim_start_matches('0'), b_run.trim_start_matches('0'));
                a.len().cmp(&b.len()).then_with(|| a.cmp(b))
            }
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => a_run.cmp(b_run),
        };
        if step != Ordering::Equal {
            return step;
        }
        (a, b) = (a_rest, b_rest);
    }
    a.len().cmp(&b.len())
}

/// The leading run of digits or of other characters, and the rest.
fn run(text: &str) -> (&str, &str) {
    let digits = text.starts_with(|c: char| c.is_ascii_digit());
    let end = text.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_orders() {
        let ascending = [
            "0.9",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.0+5",
            "1.0.1",
            "v1.2",
            "1.10",
            "2",
            "4.2.0.0",
            "4.2.0.1",
            "4.10.0.0",
            "20260101",
            "r9",
            "r10",
            "release-2",
            "release-10",
        ];
        for pair in ascending.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{} < {}", pair[0], pair[1]);
        }
    }

    proptest! {
        #[test]
        fn the_order_is_total(a in "[v0-2a.+-]{0,8}", b in "[v0-2a.+-]{0,8}", c in "[v0-2a.+-]{0,8}") {
            prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
            prop_assert_eq!(compare(&a, &b) == Ordering::Equal, a == b);
            if compare(&a, &b) != Ordering::Greater && compare(&b, &c) != Ordering::Greater {
                prop_assert_ne!(compare(&a, &c), Ordering::Greater);
            }
        }
    }
}
