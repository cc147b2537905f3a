//! Names of every bad kind.

use crate::hostile::{Row, row};
use crate::raw_zip::{Entry, Zip, unicode};

/// What is said to an archive with a file of this name.
const NAMES: &[(&[u8], &str)] = &[
    (b"", "its name is empty"),
    (b"a\0b", "NUL"),
    (b"a\nb", "control character"),
    (b"\x1b[2Jx", "control character"),
    (b"a\x7f", "control character"),
    ("a\u{9b}b".as_bytes(), "control character"),
    (b"bin\\x", "backslash"),
    (b"..\\x", "backslash"),
    (b"..", "leads out of its folder"),
    (b"../x", "leads out of its folder"),
    (b"a/../../x", "leads out of its folder"),
    (b"a/..", "leads out of its folder"),
    (b"/etc/passwd", "absolute path"),
    (b"//host/share/x", "absolute path"),
    (b"C:/x", "begins with a drive"),
    (b"c:x", "begins with a drive"),
    (b"a//b", "empty part"),
    (b"a/./b", "says nothing (.)"),
    (b"././a", "says nothing (.)"),
    (b"con", "reserved for a device"),
    (b"a/NUL.txt", "reserved for a device"),
    (b"Com1.tar.gz/x", "reserved for a device"),
    ("lpt\u{b3}".as_bytes(), "reserved for a device"),
    (b"aux .c", "reserved for a device"),
    (b"CONIN$", "reserved for a device"),
    (b"segment.toml.", "ends in a dot or a space"),
    (b"segment.toml ", "ends in a dot or a space"),
    (b"a /b", "ends in a dot or a space"),
    (b".../x", "ends in a dot or a space"),
    (b"segment.toml::$DATA", "stream"),
    (b"ab:$I30:$INDEX_ALLOCATION/x", "stream"),
    ("gpj.\u{202e}exe".as_bytes(), "turns text around"),
    ("a\u{200f}b".as_bytes(), "turns text around"),
    ("\u{feff}segment.toml".as_bytes(), "byte order"),
    (b"\xff\xfe\xfd", "neither in UTF-8 nor in GB18030"),
    (b"\x95\x5c.txt", "backslash"),
    (b".", "folder that was packed"),
];

pub(crate) fn rows() -> Vec<Row> {
    let names = NAMES.iter().map(|(name, says)| {
        let shown = format!("name {}", String::from_utf8_lossy(name).escape_debug());
        row(shown, Zip::of([Entry::stored(name, b"1")]).bytes(), says)
    });
    let of = |entry: Entry| Zip::of([entry]).bytes();
    let utf8 = |name: &[u8]| Entry::stored(name, b"1").both(|header| header.flags |= 1 << 11);
    let long = "n".repeat(1025);
    let deep = "d/".repeat(32) + "x";
    let edge = format!("{}{}", "d/".repeat(31), "x".repeat(900));
    let two = |raw: &'static [u8], name: &'static str| {
        Entry::stored(raw, b"1").both(move |header| header.extra = unicode(raw, name))
    };
    let more = [
        row("said to be UTF-8 and is not", of(utf8(b"\xb5\xbc\xba\xbd")), "said to be in UTF-8, and is not"),
        row(
            "GB18030, as zip on Chinese Windows has it",
            of(Entry::stored(b"\xb5\xbc\xba\xbd/\xba\xcb", b"1")),
            "taken: 2",
        ),
        row("UTF-8 with its flag", of(utf8("导航/核心".as_bytes())), "taken: 2"),
        row("the longest name and the deepest folder", of(Entry::stored(edge, b"1")), "taken: 2"),
        row("a name too long", of(Entry::stored(long, b"1")), "upload.max_name_length"),
        row("a path too deep", of(Entry::stored(deep, b"1")), "upload.max_depth"),
        row("a name in GBK and the same in UTF-8", of(two(b"\xb5\xbc", "导")), "taken: 2"),
        row("a name as DOS writes it and the same in UTF-8", of(two(b"\x81bung/x", "übung/x")), "taken: 2"),
        row(
            "an ASCII name and another in UTF-8",
            of(two(b"readme", "segment.json")),
            "two programs would see two names",
        ),
        row(
            "an old name that is segment.json in UTF-8",
            of(two(b"\xb5\xbc", "segment.json")),
            "two programs would see two names",
        ),
        row("a folder more in UTF-8", of(two(b"\x81bung", "übung/x")), "two programs would see two names"),
        row(
            "a name that leads out in UTF-8 only",
            of(two(b"\x81/\x81", "ü/..")),
            "two programs would see two names",
        ),
        row("a device in the old name only", of(two(b"con.\x81", "x.ü")), "reserved for a device"),
        row("a backslash in the old name only", of(two(b"\x81\\..", "übung")), "backslash"),
        row("a control character in the UTF-8 name only", of(two(b"\x81x", "ü\u{7}")), "control character"),
        row(
            "the text turned around in the UTF-8 name only",
            of(two(b"\x81x", "ü\u{202e}")),
            "turns text around",
        ),
        row("two UTF-8 names that differ", of(two("é".as_bytes(), "è")), "two programs would see two names"),
        row(
            "one old name, told apart in UTF-8",
            Zip::of([two(b"\x81x", "üx"), two(b"\x81x", "äx")]).bytes(),
            "differ in their Unicode names only",
        ),
        row(
            "a UTF-8 name whose checksum is that of another",
            of(Entry::stored("a", b"1").both(|header| header.extra = unicode(b"b", "a"))),
            "does not belong to its name",
        ),
        row(
            "two UTF-8 names",
            of(two("é".as_bytes(), "é").both(|header| header.extra.extend(unicode("é".as_bytes(), "é")))),
            "two Unicode names",
        ),
        row(
            "the name of another program's field",
            of(Entry::stored("a", b"1").both(|header| header.extra = crate::raw_zip::field(0x554e, b"b\0"))),
            "field with another name",
        ),
    ];
    names.chain(more).collect()
}
