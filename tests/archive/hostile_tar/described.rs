//! Headers before an entry that say two things of it, or do not hold.

use crate::hostile::{Row, row};
use crate::raw_tar::{Header, file, kind, long_name, pax, records, tar};

const WRONG: &str = "a record in it does not hold";
const TWICE: &str = "there are two headers before one entry";

pub(crate) fn rows() -> Vec<Row> {
    let said = |said: &[(&str, &str)]| tar(&[pax(said), file("x", b"1")]);
    let raw = |records: &str| tar(&[kind(b'x', "p", records.as_bytes()), file("x", b"1")]);
    let global = |said: &[(&str, &str)]| tar(&[kind(b'g', "g", &records(said)), file("x", b"1")]);
    let path = || pax(&[("path", "a")]);
    let huge = |of: u8, size: u64| tar(&[Header::new("h", of).size(size).with(b""), file("x", b"1")]);
    vec![
        row("described twice", tar(&[path(), path(), file("x", b"1")]), TWICE),
        row("a description and a long name", tar(&[path(), long_name(b"b"), file("x", b"1")]), TWICE),
        row("a long name and a description", tar(&[long_name(b"b"), path(), file("x", b"1")]), TWICE),
        row("two long names", tar(&[long_name(b"b"), long_name(b"c"), file("x", b"1")]), TWICE),
        row("two descriptions of other things", tar(&[pax(&[("a", "b")]), path(), file("x", b"1")]), TWICE),
        row("two paths", said(&[("path", "a"), ("path", "b")]), "it says two paths"),
        row("no path", said(&[("path", "")]), "its path is empty"),
        row("two sizes", said(&[("size", "1"), ("size", "1")]), "it says two sizes"),
        row("another size than the entry says", said(&[("size", "512")]), "it says two sizes"),
        row("less than the entry says", said(&[("size", "0")]), "it says two sizes"),
        row("the size that the entry says is good", said(&[("size", "1")]), "taken: 2 entries, 39 bytes"),
        row("a size below zero", said(&[("size", "-1")]), "its size is no number"),
        row("a size in octal", said(&[("size", "01")]), "its size is no number"),
        row("no size", said(&[("size", "")]), "its size is no number"),
        row("a size of 2^63", said(&[("size", "9223372036854775808")]), "its size is no number"),
        row("a size of 2^64", said(&[("size", "18446744073709551616")]), "its size is no number"),
        row("a size of 9 GiB that is not there", said(&[("size", "9663676416")]), "ends within an entry"),
        row("a sparse file", said(&[("GNU.sparse.major", "1")]), "it describes a sparse file"),
        row("a sparse file of star", said(&[("SCHILY.realsize", "1")]), "it describes a sparse file"),
        row("a part of another volume", said(&[("GNU.volume.offset", "1")]), "a part of a split archive"),
        row("other things are good", said(&[("mtime", "1.5"), ("comment", "x=y\nz")]), "taken: 2 entries"),
        row("a record without a length", raw("path=a\n"), WRONG),
        row("a record of no length", raw("0 path=a\n"), WRONG),
        row("a record longer than all", raw("99 path=a\n"), WRONG),
        row("a record longer than any", raw("99999999999999999999 path=a\n"), WRONG),
        row("a record shorter than it is", raw("8 path=a\n"), WRONG),
        row("a record without an end", raw("9 path=ab"), WRONG),
        row("a record without a value", raw("7 path\n"), WRONG),
        row("a record without a key", raw("5 =a\n"), WRONG),
        row("a length with a sign", raw("+10 path=a\n"), WRONG),
        row("a length with zeros", raw("010 path=a\n"), WRONG),
        row("records in records", raw("20 comment=9 path=b\n\n"), WRONG),
        row("a path for all", global(&[("path", "a")]), "for all entries"),
        row("a size for all", global(&[("size", "1")]), "for all entries"),
        row("a target for all", global(&[("linkpath", "/etc")]), "for all entries"),
        row("all are sparse", global(&[("GNU.sparse.size", "1")]), "it describes a sparse file"),
        row("a comment for all is good", global(&[("comment", "0123abcd")]), "taken: 2 entries"),
        row(
            "for all between one and its description",
            tar(&[path(), kind(b'g', "g", &records(&[("comment", "c")])), file("x", b"1")]),
            "it stands between an entry and its header",
        ),
        row("a description of nothing", tar(&[path()]), "ends after a header for an entry"),
        row("a description of 65 KiB", huge(b'x', 65 << 10), "bytes of records; 65536 are read"),
        row("a description of 8 GiB", huge(b'x', 0o777_7777_7777), "bytes of records; 65536 are read"),
        row("a long name of 8 GiB", huge(b'L', 0o777_7777_7777), "bytes of records; 65536 are read"),
        row("a long target of 8 GiB", huge(b'K', 0o777_7777_7777), "bytes of records; 65536 are read"),
        row("an empty long name", tar(&[long_name(b""), file("x", b"1")]), "its name is empty"),
    ]
}
