//! Beside another reader: whatever it writes is taken, and whatever is taken it reads as the same.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::ops::ControlFlow;

use proptest::prelude::*;
use segdeck::archive::{Contents, Limits, Reading, read};
use segdeck::domain::Format;
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, ZipArchive};

use crate::raw_zip::{Entry, TOML, Zip, unicode, zip64};

fn taken(bytes: &[u8]) -> Result<Contents, String> {
    let reading = Reading {
        file_name: "a.zip",
        format: Format::Zip,
        limits: &Limits::default(),
        heard: &mut |_| ControlFlow::Continue(()),
    };
    read(Cursor::new(bytes), reading).map_err(|error| error.to_string())
}

/// Names and contents as the other reader has them; a folder has none.
fn others(bytes: &[u8]) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut entries = BTreeMap::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        assert!(entries.insert(entry.name_raw().to_vec(), content).is_none(), "one name twice");
    }
    entries
}

/// What the two agree on.
fn same(contents: &Contents, entries: &BTreeMap<Vec<u8>, Vec<u8>>) {
    assert_eq!(contents.entries, entries.len() as u64);
    assert_eq!(contents.unpacked_size, entries.values().map(|content| content.len() as u64).sum::<u64>());
    let manifest = contents.manifest_files[0].as_bytes();
    let written = entries.iter().find(|(name, _)| name.strip_prefix(b"./").unwrap_or(name) == manifest);
    let text = String::from_utf8(written.unwrap().1.clone()).unwrap();
    let value: serde_json::Value = toml::from_str(&text).unwrap();
    assert_eq!(contents.manifest_whole, value);
}

#[derive(Debug, Clone)]
struct Member {
    name: String,
    content: Vec<u8>,
    stored: bool,
    large: bool,
    mode: u32,
}

fn member() -> impl Strategy<Value = Member> {
    let content = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        (any::<u8>(), 0_usize..300_000).prop_map(|(byte, length)| vec![byte; length]),
    ];
    // No name of a device ends in y.
    ("[a-z导航é]{1,9}(/[a-z 核+]{0,9}y){0,3}", content, any::<bool>(), any::<bool>(), 0_u32..0o1000)
        .prop_map(|(name, content, stored, large, mode)| Member { name, content, stored, large, mode })
}

fn options(member: &Member) -> SimpleFileOptions {
    let method = if member.stored { CompressionMethod::Stored } else { CompressionMethod::Deflated };
    SimpleFileOptions::default()
        .compression_method(method)
        .large_file(member.large)
        .unix_permissions(member.mode)
}

/// Everything in it, and how it was told.
fn write<W: Write + std::io::Seek>(
    mut zip: ZipWriter<W>,
    members: &BTreeMap<String, Member>,
    comment: &str,
) -> W {
    zip.set_comment(comment).unwrap();
    zip.start_file("segment.toml", SimpleFileOptions::default()).unwrap();
    zip.write_all(TOML).unwrap();
    for member in members.values() {
        // Files lie under f, folders under d: no path is both.
        zip.add_directory(format!("d/{}", member.name), SimpleFileOptions::default()).unwrap();
        zip.start_file(format!("f/{}.x", member.name), options(member)).unwrap();
        zip.write_all(&member.content).unwrap();
    }
    zip.finish().unwrap()
}

/// Archives with everything that a good one may have.
fn good() -> Vec<Vec<u8>> {
    let plain = || {
        Zip::of([Entry::stored("bin/", b""), Entry::stored("bin/x", b"0123"), Entry::deflated("y", &[7; 99])])
    };
    let streamed = Zip::of([
        Entry::deflated("a", &[1; 50]).streamed(true, false),
        Entry::deflated("b", &[2; 50]).streamed(false, true),
        Entry::stored("c", b"stored").streamed(true, true),
    ]);
    let large = Zip::of([
        Entry::stored("a", b"0123").both(|header| {
            (header.size, header.compressed) = (u32::MAX, u32::MAX);
            header.extra = zip64(&[4, 4]);
        }),
        Entry::stored("é", b"1").both(|header| header.extra = unicode("é".as_bytes(), "é")),
    ])
    .with(|zip| zip.end64 = Some(|_, _| {}));
    let saturated = plain().with(|zip| {
        zip.end64 = Some(|_, _| {});
        zip.end = Some(|end| end[8..20].fill(0xff));
    });
    let comment = plain().with(|zip| zip.comment = b"a comment of some length".to_vec());
    [plain(), streamed, large, saturated, comment].iter().map(Zip::bytes).collect()
}

/// A change of a file.
#[derive(Debug, Clone)]
enum Change {
    Flip(prop::sample::Index, u8),
    Set(prop::sample::Index, Vec<u8>),
    Insert(prop::sample::Index, Vec<u8>),
    Remove(prop::sample::Index, usize),
    /// A piece of it, over or before another.
    Copy(prop::sample::Index, prop::sample::Index, usize, bool),
    /// The end of another.
    Join(prop::sample::Index, prop::sample::Index, prop::sample::Index),
}

fn change() -> impl Strategy<Value = Change> {
    let index = any::<prop::sample::Index>;
    let bytes = || {
        prop_oneof![
            prop::collection::vec(prop_oneof![Just(0), Just(1), Just(0xff), any::<u8>()], 1..9),
            prop::sample::select(vec![
                &b"PK\x01\x02"[..],
                b"PK\x03\x04",
                b"PK\x05\x06",
                b"PK\x06\x07",
                b"PK\x07\x08"
            ])
            .prop_map(<[u8]>::to_vec),
        ]
    };
    prop_oneof![
        4 => (index(), 0_u8..8).prop_map(|(at, bit)| Change::Flip(at, 1 << bit)),
        4 => (index(), bytes()).prop_map(|(at, bytes)| Change::Set(at, bytes)),
        1 => (index(), bytes()).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        1 => (index(), 1_usize..40).prop_map(|(at, length)| Change::Remove(at, length)),
        1 => (index(), index(), 1_usize..80, any::<bool>())
            .prop_map(|(from, to, length, over)| Change::Copy(from, to, length, over)),
        1 => (index(), index(), index()).prop_map(|(at, file, from)| Change::Join(at, file, from)),
    ]
}

fn changed(mut bytes: Vec<u8>, change: &Change, all: &[Vec<u8>]) -> Vec<u8> {
    let place = |index: &prop::sample::Index, bytes: &[u8]| index.index(bytes.len() + 1);
    match change {
        Change::Flip(at, bit) => {
            let at = at.index(bytes.len());
            bytes[at] ^= bit;
        }
        Change::Set(at, with) => {
            let at = place(at, &bytes);
            let end = bytes.len().min(at + with.len());
            bytes[at..end].copy_from_slice(&with[..end - at]);
        }
        Change::Insert(at, with) => {
            let at = place(at, &bytes);
            bytes.splice(at..at, with.iter().copied());
        }
        Change::Remove(at, length) => {
            let at = place(at, &bytes);
            bytes.drain(at..bytes.len().min(at + length));
        }
        Change::Copy(from, to, length, over) => {
            let (from, to) = (place(from, &bytes), place(to, &bytes));
            let piece = bytes[from..bytes.len().min(from + length)].to_vec();
            let end = if *over { bytes.len().min(to + piece.len()) } else { to };
            bytes.splice(to..end, piece);
        }
        Change::Join(at, file, from) => {
            let other = file.get(all);
            bytes.truncate(place(at, &bytes));
            bytes.extend(&other[place(from, other)..]);
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_other_one_writes_is_taken(
        members in prop::collection::vec(member(), 0..12),
        comment in "[a-z导 \n]{0,40}",
    ) {
        let members = members.into_iter().enumerate().map(|(at, mut member)| {
            member.name = format!("{at}{}", member.name);
            (member.name.clone(), member)
        }).collect();
        let seekable = write(ZipWriter::new(Cursor::new(Vec::new())), &members, &comment).into_inner();
        let streamed = write(ZipWriter::new_stream(Vec::new()), &members, &comment).into_inner();
        for bytes in [seekable, streamed] {
            let contents = taken(&bytes).map_err(TestCaseError::fail)?;
            let entries = others(&bytes);
            prop_assert_eq!(contents.entries, 1 + 2 * members.len() as u64);
            same(&contents, &entries);
        }
    }
}

/// Thousands of archives that differ from a good one here and there: those that are taken mean the same to
/// the other reader.
#[test]
fn what_is_taken_means_the_same_to_another() {
    let all = good();
    let taken_of = std::cell::Cell::new(0_u32);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 6_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let strategy = (0..all.len(), prop::collection::vec(change(), 1..3));
    let ran = runner.run(&strategy, |(which, changes)| {
        let bytes = changes.iter().fold(all[which].clone(), |bytes, change| match bytes.is_empty() {
            true => bytes,
            false => changed(bytes, change, &all),
        });
        if let Ok(contents) = taken(&bytes) {
            taken_of.set(taken_of.get() + 1);
            same(&contents, &others(&bytes));
        }
        Ok(())
    });
    ran.unwrap();
    println!("{} of 6000 were taken", taken_of.get());
    assert!(taken_of.get() > 50, "almost none was taken: {}", taken_of.get());
}
