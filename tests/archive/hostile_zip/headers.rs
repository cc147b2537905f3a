//! Headers before and behind the data that are not what the directory says, and sizes that lie.

use crate::hostile::{Row, row};
use crate::raw_zip::{Entry, Zip, field, unicode, zip64};

const DATA: &[u8] = b"0123456789abcdef0123456789abcdef";
const ALL: u32 = u32::MAX;

fn of(entry: Entry) -> Vec<u8> {
    Zip::of([entry, Entry::stored("last", b"1")]).bytes()
}

fn stored() -> Entry {
    Entry::stored("x", DATA)
}

fn deflated() -> Entry {
    Entry::deflated("x", DATA)
}

/// Only what stands before the data is changed.
fn local(entry: Entry, change: impl FnOnce(&mut crate::raw_zip::Header)) -> Vec<u8> {
    of(entry.local(change))
}

pub(crate) fn rows() -> Vec<Row> {
    let size = DATA.len() as u64;
    let large = |entry: Entry| entry.both(|header| (header.size, header.compressed) = (ALL, ALL));
    let packed = deflated().packed.len() as u64;
    let behind = |change: fn(&mut Vec<u8>)| {
        of(deflated().streamed(true, false).with(|entry| change(&mut entry.behind)))
    };
    let mut rows = vec![
        row(
            "another name",
            local(stored(), |header| header.name = b"y".to_vec()),
            "its name before its data differs",
        ),
        row(
            "another case",
            local(stored(), |header| header.name = b"X".to_vec()),
            "its name before its data differs",
        ),
        row(
            "a longer name",
            local(stored(), |header| header.name = b"xx".to_vec()),
            "its name before its data differs",
        ),
        row(
            "another Unicode name",
            local(stored(), |header| header.extra = unicode(b"x", "x")),
            "Unicode name before its data differs",
        ),
        row(
            "flags that differ",
            local(stored(), |header| header.flags = 1 << 11),
            "set of flags before its data differs",
        ),
        row(
            "encrypted before the data only",
            local(stored(), |header| header.flags = 1),
            "set of flags before its data differs",
        ),
        row(
            "AES before the data only",
            local(stored(), |header| header.extra = field(0x9901, &[0; 7])),
            "x is encrypted",
        ),
        row(
            "sizes behind the data in the directory only",
            of(stored().central(|header| header.flags = 8)),
            "set of flags before its data differs",
        ),
        row("another method", local(stored(), |header| header.method = 8), "method before its data differs"),
        row(
            "another checksum",
            local(stored(), |header| header.crc ^= 1),
            "checksum before its data differs",
        ),
        row("no checksum", local(stored(), |header| header.crc = 0), "checksum before its data differs"),
        row("another size", local(deflated(), |header| header.size += 1), "size before its data differs"),
        row(
            "another compressed size",
            local(deflated(), |header| header.compressed -= 1),
            "compressed size before its data differs",
        ),
        row(
            "no sizes",
            local(deflated(), |header| (header.size, header.compressed) = (0, 0)),
            "size before its data differs",
        ),
        row(
            "two sizes of what is not compressed",
            of(stored().both(|header| header.size += 1)),
            "not compressed, and yet has two sizes",
        ),
        row(
            "more data than there is",
            of(stored().both(|header| (header.size, header.compressed) = (40, 40))),
            "overlaps what comes behind it",
        ),
        row(
            "less data than there is",
            of(stored().both(|header| (header.size, header.compressed) = (30, 30))),
            "belong to no entry",
        ),
        row(
            "a wrong checksum",
            of(stored().both(|header| header.crc ^= 1)),
            "x is damaged: its checksum is wrong",
        ),
        row(
            "a wrong checksum of compressed data",
            of(deflated().both(|header| header.crc ^= 1)),
            "x is damaged: its checksum is wrong",
        ),
        row(
            "more than it claims",
            of(deflated().both(|header| header.size -= 1)),
            "claims 31 bytes and unpacks to more",
        ),
        row(
            "less than it claims",
            of(deflated().both(|header| header.size += 1)),
            "claims 33 bytes and has 32",
        ),
        row("no deflate", of(deflated().with(|entry| entry.packed[0] = 0xff)), "make no sense"),
        row(
            "deflate without its end",
            of(deflated()
                .with(|entry| {
                    entry.packed.pop();
                })
                .both(|header| header.compressed -= 1)),
            "have no end",
        ),
        row(
            "deflate of nothing at all",
            of(Entry::deflated("x", b"")
                .with(|entry| entry.packed.clear())
                .both(|header| header.compressed = 0)),
            "have no end",
        ),
        row(
            "bytes hidden behind deflate",
            of(deflated().with(|entry| entry.packed.extend(b"hidden")).both(|header| header.compressed += 6)),
            "hides bytes",
        ),
        row(
            "a checksum behind the data that is another",
            behind(|bytes| bytes[4] ^= 1),
            "behind its data that differ",
        ),
        row(
            "a compressed size behind the data that is another",
            behind(|bytes| bytes[8] ^= 1),
            "behind its data that differ",
        ),
        row(
            "a size behind the data that is another",
            behind(|bytes| bytes[12] ^= 1),
            "behind its data that differ",
        ),
        row("another mark behind the data", behind(|bytes| bytes[0] ^= 1), "behind its data that differ"),
        row("nothing behind the data", behind(Vec::clear), "misses the checksum and sizes"),
        row("too little behind the data", behind(|bytes| bytes.truncate(10)), "belong to no entry"),
        row("more behind the data", behind(|bytes| bytes.extend(b"hidden!!hidden!!")), "belong to no entry"),
        row(
            "a wrong size before data that has the right one behind it",
            of(deflated().streamed(true, false).local(|header| header.size = 1)),
            "size before its data differs",
        ),
        row("stored data that could end early for a streaming reader", early_end(), "could end early"),
        row("stored data with the mark of an end", nested(), "taken: 3"),
        row(
            "an extra field cut off",
            local(stored(), |header| header.extra = vec![9, 9, 8, 0, 1]),
            "extra field that is not whole",
        ),
        row(
            "a field of times without times",
            local(stored(), |header| header.extra = field(0x5455, &[])),
            "field of times that is empty",
        ),
        row(
            "a field of times without times in the directory",
            of(stored().central(|header| header.extra = field(0x5455, &[]))),
            "field of times that is empty",
        ),
        row(
            "a field of times that only says which stand elsewhere",
            of(stored().both(|header| header.extra = field(0x5455, &[3]))),
            "taken: 3",
        ),
        row(
            "an extra field cut off in the directory",
            of(stored().central(|header| header.extra = vec![9, 9, 8, 0, 1])),
            "extra field that is not whole",
        ),
        row(
            "zip64 sizes",
            of(large(stored()).both(|header| header.extra = zip64(&[size, size]))),
            "taken: 3",
        ),
        row(
            "zip64 without need",
            of(stored().both(|header| header.extra = zip64(&[size, size]))),
            "taken: 3",
        ),
        row(
            "zip64 twice",
            of(large(stored()).both(|header| header.extra = zip64(&[size, size]).repeat(2))),
            "two zip64 fields",
        ),
        row(
            "zip64 that misses a size",
            of(large(stored()).both(|header| header.extra = zip64(&[size]))),
            "misses a size",
        ),
        row(
            "zip64 with another size before the data",
            of(large(stored())
                .local(|header| header.extra = zip64(&[size + 1, size]))
                .central(|header| header.extra = zip64(&[size, size]))),
            "size before its data differs",
        ),
        row(
            "zip64 without need and with another size",
            of(stored().both(|header| header.extra = zip64(&[size + 1, size]))),
            "read in two ways",
        ),
        row(
            "zip64 of one field that could be the other",
            of(deflated().both(|header| {
                header.compressed = ALL;
                header.extra = zip64(&[packed, size]);
            })),
            "read in two ways",
        ),
        row(
            "zip64 with an offset before the data",
            local(large(stored()).both(|header| header.extra = zip64(&[size, size])), |header| {
                header.extra = zip64(&[size, size, 0])
            }),
            "read in two ways",
        ),
        row(
            "zip64 with another disk",
            of(large(stored()).both(|header| header.extra = zip64(&[size, size])).central(|header| {
                header.disk = u16::MAX;
                header.extra = field(
                    1,
                    &[&size.to_le_bytes()[..], &size.to_le_bytes(), &0_u64.to_le_bytes(), &[1, 0, 0, 0]]
                        .concat(),
                );
            })),
            "read in two ways",
        ),
        row(
            "a size at the limit without zip64",
            of(stored().both(|header| header.size = ALL).both(|header| header.method = 8)),
            "upload.max_ratio",
        ),
    ];
    for (marked, long) in [(true, false), (true, true), (false, false), (false, true)] {
        let name = format!("sizes behind the data, marked {marked}, long {long}");
        rows.push(row(name, of(deflated().streamed(marked, long)), "taken: 3"));
    }
    rows
}

/// A reader from front to back finds an end in it, and behind that an entry of its own.
fn early_end() -> Vec<u8> {
    let hidden = Entry::stored("segment.json", b"{}");
    let first = b"harmless";
    let mut data = first.to_vec();
    data.extend(b"PK\x07\x08");
    for number in [crc32fast::hash(first), first.len() as u32, first.len() as u32] {
        data.extend(number.to_le_bytes());
    }
    data.extend(hidden.header());
    data.extend(hidden.packed);
    of(Entry::stored("x", &data).streamed(true, false))
}

/// An archive in an archive, as it is: its marks belong to other lengths.
fn nested() -> Vec<u8> {
    let inner = Zip::of([deflated().streamed(true, false)]).bytes();
    of(Entry::stored("inner.zip", &inner).streamed(true, false))
}
