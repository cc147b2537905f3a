//! Little that claims to be, or becomes, much.

use crate::hostile::{Row, row};
use crate::raw_zip::{Entry, Zip, field, record, zip64};

const HALF: u64 = 1 << 63;
const ALL: u32 = u32::MAX;

pub(crate) fn rows() -> Vec<Row> {
    let zeros = Entry::deflated("zeros", &vec![0; 100 << 20]);
    let some = Entry::deflated("z", &vec![0; 9 << 20]);
    let claim = |numbers: &'static [u64]| {
        Zip::of([Entry::deflated("x", b"1").both(|header| {
            (header.size, header.compressed) = (ALL, ALL);
            header.extra = zip64(numbers);
        })])
        .bytes()
    };
    vec![
        row("a bomb by its ratio", Zip::of([zeros.clone()]).bytes(), "upload.max_ratio"),
        row(
            "a bomb that claims little",
            Zip::of([zeros.clone().both(|header| header.size = 10)]).bytes(),
            "claims 10 bytes and unpacks to more",
        ),
        row(
            "a bomb that says nothing before its data",
            Zip::of([zeros.streamed(true, false)]).bytes(),
            "upload.max_ratio",
        ),
        row(
            "a bomb of many that are small enough each",
            Zip::of((0..9).map(|at| some.clone().both(|header| header.name = format!("z{at}").into_bytes())))
                .bytes(),
            "upload.max_ratio",
        ),
        row("one kernel for many entries (full overlap)", full_overlap(), "overlaps what comes behind it"),
        row(
            "entries that quote one another (quoted overlap)",
            quoted_overlap(),
            "overlaps what comes behind it",
        ),
        row(
            "entries that quote one another in extra fields",
            extra_overlap(),
            "overlaps what comes behind it",
        ),
        row("a size of 2^63", claim(&[HALF, 3]), "upload.max_unpacked_size"),
        row("a compressed size of 2^63", claim(&[1, HALF]), "overlaps what comes behind it"),
        row("all sizes at their end", claim(&[u64::MAX, u64::MAX]), "upload.max_unpacked_size"),
        row("sizes that together are more than fits", overflow(), "upload.max_unpacked_size"),
        row(
            "a place of 2^63",
            Zip::of([Entry::stored("x", b"1").central(|header| {
                header.offset = Some(ALL);
                header.extra = zip64(&[HALF]);
            })])
            .bytes(),
            "belong to no entry",
        ),
        row("a place behind the file", place(1 << 30), "belong to no entry"),
        row("a place in the directory", place(100), "belong to no entry"),
        row(
            "2^63 entries",
            ends(|record, _| {
                record[24..32].copy_from_slice(&HALF.to_le_bytes());
                record[32..40].copy_from_slice(&HALF.to_le_bytes());
            }),
            "upload.max_entries",
        ),
        row(
            "a directory of 2^63 bytes",
            ends(|record, _| record[40..48].copy_from_slice(&HALF.to_le_bytes())),
            "its directory is not where",
        ),
        row(
            "a directory at 2^63",
            ends(|record, _| record[48..56].copy_from_slice(&HALF.to_le_bytes())),
            "its directory is not where",
        ),
        row(
            "a directory that begins and ends beyond all numbers",
            ends(|record, _| record[40..56].fill(0xff)),
            "its directory is not where",
        ),
        row(
            "a zip64 end record at 2^63",
            ends(|_, locator| locator[8..16].copy_from_slice(&HALF.to_le_bytes())),
            "not right before its locator",
        ),
        row("more entries than are allowed", many(65_536), "upload.max_entries"),
        row("as many entries as are allowed", many(65_535), "taken: 65536"),
        row("folders that only names imply", implied(), "upload.max_entries"),
        row("a directory with more than is allowed", comments(410), "upload.max_directory_size"),
        row("long names, as many as the directory may hold", long_names(), "taken: 23001"),
        row(
            "a manifest of more than a MiB",
            manifest((1 << 20) + 1),
            "the manifest segment.toml is larger than 1048576",
        ),
        row(
            "a comment of 64 KiB",
            Zip::of([]).with(|zip| zip.comment = vec![b'x'; 65_535]).bytes(),
            "taken: 1",
        ),
    ]
}

fn ends(change: fn(&mut [u8], &mut [u8])) -> Vec<u8> {
    fn saturated(end: &mut [u8]) {
        end[8..20].fill(0xff);
    }
    Zip::of([])
        .with(|zip| {
            zip.end64 = Some(change);
            zip.end = Some(saturated);
        })
        .bytes()
}

fn place(offset: u32) -> Vec<u8> {
    Zip::of([Entry::stored("x", b"1").central(|header| header.offset = Some(offset))]).bytes()
}

fn overflow() -> Vec<u8> {
    let huge = |name: &str| {
        Entry::deflated(name, b"1").both(|header| {
            header.size = ALL;
            header.extra = zip64(&[u64::MAX / 2 + 1]);
        })
    };
    Zip::of([huge("a"), huge("b")]).bytes()
}

fn many(count: u32) -> Vec<u8> {
    let zip = Zip::of((0..count).map(|at| Entry::stored(at.to_string(), b"")));
    zip.with(|zip| {
        zip.end64 = Some(|_, _| {});
        zip.end = Some(|end| end[8..12].fill(0xff));
    })
    .bytes()
}

/// 2,200 files in 31 folders each.
fn implied() -> Vec<u8> {
    Zip::of((0..2_200).map(|at| Entry::stored(format!("{at}/{}x", "d/".repeat(30)), b""))).bytes()
}

fn comments(count: u32) -> Vec<u8> {
    Zip::of(
        (0..count).map(|at| {
            Entry::stored(at.to_string(), b"").central(|header| header.comment = vec![b' '; 65_000])
        }),
    )
    .bytes()
}

fn long_names() -> Vec<u8> {
    Zip::of((0..23_000).map(|at| Entry::stored(format!("{at:01024}"), b""))).bytes()
}

fn manifest(size: usize) -> Vec<u8> {
    let text: Vec<u8> = [crate::raw_zip::TOML, &vec![b'#'; size]].concat();
    Zip { entries: vec![Entry::deflated("segment.toml", &text[..size])], ..Zip::default() }.bytes()
}

/// After David Fifield, "A better zip bomb": many records of the directory for the same entry.
fn full_overlap() -> Vec<u8> {
    let kernel = Entry::deflated("a", &vec![0; 1 << 20]);
    let again = kernel.central.as_ref().map(|header| record(header, 0)).unwrap();
    let kernel = Zip { entries: vec![kernel], ..Zip::default() };
    kernel
        .with(|zip| {
            zip.more_directory = again.repeat(19);
            zip.end = Some(|end| (end[8], end[10]) = (20, 20));
        })
        .bytes()
}

/// After the same: each entry begins with a stored block that holds the header of the next one.
fn quoted_overlap() -> Vec<u8> {
    let plain = vec![0; 1 << 20];
    let mut entries = vec![Entry::deflated("19", &plain)];
    let (mut contents, mut compressed) = (plain, entries[0].packed.len() as u32);
    for at in (0..19).rev() {
        let next = entries[0].header();
        let length = next.len() as u16;
        contents = [next, contents].concat();
        compressed += 5 + u32::from(length);
        let mut entry =
            Entry::deflated(format!("{at:02}"), &contents).both(|header| header.compressed = compressed);
        entry.packed = [&[0][..], &length.to_le_bytes(), &(!length).to_le_bytes()].concat();
        entries.insert(0, entry);
    }
    Zip { entries, ..Zip::default() }.bytes()
}

/// And here each header hides the next one in an extra field; all end in the same data.
fn extra_overlap() -> Vec<u8> {
    let kernel = Entry::deflated("19", &vec![0; 1 << 20]);
    let mut headers = vec![kernel.clone()];
    for at in (0..19).rev() {
        let next = headers[0].header();
        headers.insert(
            0,
            kernel.clone().both(|header| header.name = format!("{at:02}").into_bytes()).local(|header| {
                header.extra = field(0xcafe, &next);
            }),
        );
    }
    let whole = headers[0].header().len();
    let records = headers.iter().map(|entry| {
        entry.central.as_ref().map(|header| record(header, whole - entry.header().len())).unwrap()
    });
    let records: Vec<u8> = records.skip(1).flatten().collect();
    Zip { entries: vec![headers[0].clone()], more_directory: records, ..Zip::default() }
        .with(|zip| zip.end = Some(|end| (end[8], end[10]) = (20, 20)))
        .bytes()
}
