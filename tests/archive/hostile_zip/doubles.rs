//! A manifest, or any entry, that one program finds and another does not, or finds as another one.

use crate::hostile::{Row, row};
use crate::raw_zip::{Entry, TOML, Zip, record, unicode};

/// What an attacker would like a second reader to see.
fn other() -> Entry {
    Entry::stored("segment.toml", b"prefix = \"other\"\nversion = \"9\"\n")
}

/// An entry that the directory does not know, as it lies in the file.
fn hidden() -> Vec<u8> {
    let other = other();
    [other.header(), other.packed].concat()
}

fn two(one: &str, two: &str) -> Vec<u8> {
    Zip::of([Entry::stored(one, b"1"), Entry::stored(two, b"2")]).bytes()
}

pub(crate) fn rows() -> Vec<Row> {
    let good = || Zip::of([Entry::stored("x", b"1")]);
    let whole = || Zip { entries: vec![other()], ..Zip::default() }.bytes();
    let named = |name: &str| Zip::of([Entry::stored(name, TOML)]).bytes();
    let comment = |comment: Vec<u8>| good().with(|zip| zip.comment = comment).bytes();
    vec![
        row("the manifest twice", Zip::of([other()]).bytes(), "its name is there twice"),
        row("the manifest in other letters", named("SEGMENT.TOML"), "differs from another's only in case"),
        row(
            "the manifest in one other letter",
            named("\u{17f}egment.toml"),
            "differs from another's only in case",
        ),
        row(
            "the manifest with a character that is not seen",
            named("segment.\u{ad}toml"),
            "differs from another's only in case",
        ),
        row(
            "the manifest with a joiner in it",
            named("seg\u{200d}ment.toml"),
            "differs from another's only in case",
        ),
        row("the manifest with ./ before it", named("./segment.toml"), "its name is there twice"),
        row("the manifest as a folder, too", named("segment.toml/x"), "a file and of a folder at once"),
        row(
            "two manifests of two kinds",
            Zip::of([Entry::stored("segment.json", b"{}")]).bytes(),
            "it holds both",
        ),
        row(
            "the manifest by its second name",
            Zip::of([Entry::stored("x", b"1").both(|header| header.extra = unicode(b"x", "segment.toml"))])
                .bytes(),
            "two programs would see two names",
        ),
        row(
            "the manifest by the name before its data",
            Zip::of([Entry::stored("readme", TOML).local(|header| header.name = b"segment.toml".to_vec())])
                .bytes(),
            "its name before its data differs",
        ),
        row(
            "two names in two forms of a character",
            two("\u{e9}/segment.toml", "e\u{301}/segment.toml"),
            "how a character is written",
        ),
        row("two names in two cases", two("bin/Tool", "bin/tool"), "only in case"),
        row("two folders in two cases", two("Bin/a", "bin/b"), "only in case"),
        row("two names, one with a sharp s", two("stra\u{df}e", "STRASSE"), "only in case"),
        row("two names, one with the sign of Kelvin", two("k", "\u{212a}"), "only in case"),
        row(
            "a manifest behind the end",
            good().with(|zip| zip.behind = hidden()).bytes(),
            "data behind its end record",
        ),
        row(
            "a whole archive behind the end",
            good().with(|zip| zip.behind = whole()).bytes(),
            "its directory is not where",
        ),
        row("an archive behind the end that counts from the start", appended(), "belong to no entry"),
        row("a whole archive before it", [whole(), good().bytes()].concat(), "its directory is not where"),
        row(
            "a whole archive before it, with the places mended",
            good().with(|zip| zip.entries[0].before = whole()).bytes(),
            "belong to no entry",
        ),
        row(
            "a manifest before the first entry",
            good().with(|zip| zip.entries[0].before = hidden()).bytes(),
            "belong to no entry",
        ),
        row(
            "a manifest between two entries",
            good().with(|zip| zip.entries[1].before = hidden()).bytes(),
            "belong to no entry",
        ),
        row(
            "a manifest before the directory",
            good().with(|zip| zip.gap = hidden()).bytes(),
            "belong to no entry",
        ),
        row("a manifest that the directory does not know", unlisted(), "belong to no entry"),
        row("a manifest in the comment", comment(hidden()), "parts of another archive"),
        row("a whole archive in the comment", comment(whole()), "two end records"),
        row(
            "an end record in the comment that does not fit",
            comment([whole(), b"more".to_vec()].concat()),
            "parts of another archive",
        ),
        row("a directory in the directory", second_directory(), "more than the entries it counts"),
        row("a second directory before the first", two_directories(), "belong to no entry"),
        row("a second end record in the data of an entry", end_in_data(), "two end records"),
        row(
            "an archive as an entry",
            Zip::of([Entry::stored("inner.zip", &good().bytes())]).bytes(),
            "taken: 2",
        ),
        row(
            "a zip64 end record that counts otherwise",
            good()
                .with(|zip| {
                    zip.end64 = Some(|record, _| {
                        record[24..40].copy_from_slice(&[1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0])
                    });
                })
                .bytes(),
            "its two end records differ",
        ),
        row("one entry by two records", same_entry(), "overlaps what comes behind it"),
    ]
}

/// The whole archive is also the front of a longer one, whose places count from its own start.
fn appended() -> Vec<u8> {
    let good = Zip::of([Entry::stored("x", b"1")]).bytes();
    Zip { entries: vec![other().with(|entry| entry.before = good)], ..Zip::default() }.bytes()
}

fn unlisted() -> Vec<u8> {
    Zip::of([other().with(|entry| entry.central = None), Entry::stored("x", b"1")]).bytes()
}

/// Records behind those that are counted.
fn second_directory() -> Vec<u8> {
    let more = other().central.map(|header| record(&header, 0)).unwrap();
    Zip::of([Entry::stored("x", b"1")])
        .with(|zip| {
            zip.more_directory = more;
        })
        .bytes()
}

fn two_directories() -> Vec<u8> {
    let more = other().central.map(|header| record(&header, 0)).unwrap();
    Zip::of([Entry::stored("x", b"1")]).with(|zip| zip.gap = more).bytes()
}

/// A reader that goes forward takes the end record in the data of the last entry, whose comment is all the
/// rest.
fn end_in_data() -> Vec<u8> {
    let with = |rest: u16| {
        let mut data = Zip { entries: vec![other()], ..Zip::default() }.bytes();
        let length = data.len();
        data[length - 2..].copy_from_slice(&rest.to_le_bytes());
        Zip::of([Entry::stored("x", &data)]).lay()
    };
    let laid = with(0);
    with((laid.bytes.len() - laid.directory) as u16).bytes
}

fn same_entry() -> Vec<u8> {
    let again = Entry::stored("x", b"1").central.map(|header| record(&header, 0)).unwrap();
    Zip::of([])
        .with(|zip| {
            zip.more_directory = again;
            zip.end = Some(|end| {
                end[8] = 2;
                end[10] = 2;
            });
        })
        .bytes()
}
