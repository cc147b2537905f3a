//! Archives that are cut, split, or more than an archive.

use crate::hostile::{Row, row};
use crate::raw_zip::{Entry, Zip};

fn good() -> Zip {
    Zip::of([Entry::stored("x", b"0123456789"), Entry::deflated("y", &[7; 100]).streamed(true, false)])
}

fn end(change: fn(&mut [u8])) -> Vec<u8> {
    good().with(|zip| zip.end = Some(change)).bytes()
}

fn end64(change: fn(&mut [u8], &mut [u8])) -> Vec<u8> {
    good().with(|zip| zip.end64 = Some(change)).bytes()
}

/// The end record says nothing itself but where the zip64 one is.
fn saturated(change: fn(&mut [u8], &mut [u8])) -> Vec<u8> {
    good()
        .with(|zip| {
            zip.end64 = Some(change);
            zip.end = Some(|end| end[4..20].fill(0xff));
        })
        .bytes()
}

pub(crate) fn rows() -> Vec<Row> {
    let behind = |bytes: &[u8]| good().with(|zip| zip.behind = bytes.to_vec()).bytes();
    let gap = |bytes: &[u8]| good().with(|zip| zip.gap = bytes.to_vec()).bytes();
    let before = |at: usize, bytes: &[u8]| good().with(|zip| zip.entries[at].before = bytes.to_vec()).bytes();
    let mut rows = vec![
        row("a good one", good().bytes(), "taken: 3"),
        row("a good one with zip64 without need", end64(|_, _| {}), "taken: 3"),
        row("a good one with zip64 alone", saturated(|_, _| {}), "taken: 3"),
        row("nothing", Vec::new(), "the file is empty"),
        row("an archive of nothing", Zip::default().bytes(), "no segment.toml"),
        row(
            "without a manifest",
            Zip { entries: vec![Entry::stored("x", b"")], ..Zip::default() }.bytes(),
            "no segment.toml",
        ),
        row("a byte behind the end", behind(b"\0"), "data behind its end record"),
        row("a line end behind the end", behind(b"\r\n"), "data behind its end record"),
        row("zeros behind the end", behind(&[0; 512]), "data behind its end record"),
        row("a program before it", before(0, b"MZ\x90"), "Windows program"),
        row("a script before it", before(0, b"#!/bin/sh\n"), "data before its first entry"),
        row("a byte before an entry", before(1, b"\0"), "belong to no entry"),
        row("a byte before the directory", gap(b"\0"), "belong to no entry"),
        row(
            "a signature of Android before the directory",
            gap(b"\0\0\0\0APK Sig Block 42"),
            "belong to no entry",
        ),
        row(
            "a signature in the directory",
            good().with(|zip| zip.more_directory = b"PK\x05\x05\0\0".to_vec()).bytes(),
            "more than the entries it counts",
        ),
        row("a comment that claims more", end(|end| end[20] = 1), "a part of its end record is missing"),
        row(
            "a comment that claims less",
            good()
                .with(|zip| {
                    zip.comment = b"comment".to_vec();
                    zip.end = Some(|end| end[20] = 6);
                })
                .bytes(),
            "data behind its end record",
        ),
        row(
            "more entries than there are",
            end(|end| (end[8], end[10]) = (4, 4)),
            "fewer entries than it counts",
        ),
        row(
            "fewer entries than there are",
            end(|end| (end[8], end[10]) = (2, 2)),
            "more than the entries it counts",
        ),
        row("no entries", end(|end| (end[8], end[10]) = (0, 0)), "more than the entries it counts"),
        row("a directory that begins later", end(|end| end[16] += 1), "its directory is not where"),
        row(
            "a directory that begins and ends later",
            end(|end| (end[16], end[12]) = (end[16] + 1, end[12] - 1)),
            "fewer entries than it counts",
        ),
        row("a directory that is longer", end(|end| end[12] += 1), "its directory is not where"),
        row(
            "a name in the directory that is longer than it",
            {
                let laid = good().lay();
                let mut bytes = laid.bytes;
                bytes[laid.directory + 29] = 0xff;
                bytes
            },
            "reaches beyond it",
        ),
        row(
            "a comment in the directory that is longer than it",
            {
                let laid = good().lay();
                let mut bytes = laid.bytes;
                bytes[laid.directory + 33] = 0xff;
                bytes
            },
            "reaches beyond it",
        ),
        row(
            "an entry without its mark",
            {
                let mut bytes = good().bytes();
                bytes[..4].copy_from_slice(b"PK\x05\x06");
                bytes
            },
            "no entry at byte 0",
        ),
        row("the first part of several", [b"PK\x07\x08".to_vec(), good().bytes()].concat(), "split"),
        row("the only part of several", [b"PK00".to_vec(), good().bytes()].concat(), "split"),
        row(
            "the last part of several",
            good()
                .with(|zip| {
                    zip.entries[0].before = b"the rest of an entry".to_vec();
                    zip.end = Some(|end| (end[4], end[6]) = (2, 2));
                })
                .bytes(),
            "split",
        ),
        row("on the second disk", end(|end| end[4] = 1), "split"),
        row("a directory on another disk", end(|end| end[6] = 1), "split"),
        row("entries on another disk", end(|end| end[8] = 2), "split"),
        row(
            "an entry on another disk",
            Zip::of([Entry::stored("x", b"").central(|header| header.disk = 1)]).bytes(),
            "split",
        ),
        row(
            "an entry on a disk that zip64 shall say",
            Zip::of([Entry::stored("x", b"").central(|header| header.disk = u16::MAX)]).bytes(),
            "split",
        ),
        row("zip64 on the second disk", end64(|record, _| record[16] = 1), "split"),
        row("zip64 with a directory on another disk", end64(|record, _| record[20] = 1), "split"),
        row("zip64 with entries on another disk", end64(|record, _| record[24] = 1), "split"),
        row("zip64 with a record on another disk", end64(|_, locator| locator[4] = 1), "split"),
        row("zip64 with two disks", end64(|_, locator| locator[16] = 2), "split"),
        row("zip64 without its mark", end64(|record, _| record[0] = 0), "zip64 end record is not whole"),
        row(
            "zip64 with more than it has",
            end64(|record, _| record[4] = 60),
            "zip64 end record is not whole",
        ),
        row("zip64 elsewhere", end64(|_, locator| locator[8] -= 1), "not right before its locator"),
        row(
            "zip64 with another directory",
            saturated(|record, _| record[48] += 1),
            "its directory is not where",
        ),
        row(
            "zip64 with more entries",
            saturated(|record, _| (record[24], record[32]) = (4, 4)),
            "fewer entries than it counts",
        ),
        row(
            "zip64 that differs",
            good()
                .with(|zip| {
                    zip.end64 = Some(|_, _| {});
                    zip.end = Some(|end| (end[8], end[10]) = (2, 2));
                })
                .bytes(),
            "its two end records differ",
        ),
        row(
            "a disk at its limit beside numbers that need no zip64",
            good()
                .with(|zip| {
                    zip.end64 = Some(|_, _| {});
                    zip.end = Some(|end| end[4..6].fill(0xff));
                })
                .bytes(),
            "its two end records differ",
        ),
        row(
            "entries of this disk at their limit beside numbers that need no zip64",
            good()
                .with(|zip| {
                    zip.end64 = Some(|_, _| {});
                    zip.end = Some(|end| end[8..10].fill(0xff));
                })
                .bytes(),
            "its two end records differ",
        ),
        row("all at the limit without zip64", end(|end| end[8..20].fill(0xff)), "its directory is not where"),
    ];
    rows.extend(cuts());
    rows
}

/// Cut before and in every part.
fn cuts() -> Vec<Row> {
    let laid = good().with(|zip| zip.end64 = Some(|_, _| {})).lay();
    let first = 30 + "segment.toml".len();
    let places = [
        ("the first mark", 3, "no archive"),
        ("the first header", 17, "end record is missing"),
        ("a name", 35, "end record is missing"),
        ("data", first + 9, "end record is missing"),
        ("the sizes behind data", laid.directory - 5, "end record is missing"),
        ("no entry, before the directory", laid.directory, "end record is missing"),
        ("a record of the directory", laid.directory + 20, "end record is missing"),
        ("no record, in the directory", laid.directory + 46 + "segment.toml".len(), "end record is missing"),
        ("the zip64 end record", laid.end - 50, "end record is missing"),
        ("the locator", laid.end - 10, "end record is missing"),
        ("the end record, all of it", laid.end, "end record is missing"),
        ("the end record, some of it", laid.end + 10, "end record"),
        ("the end record, the last byte", laid.end + 21, "end record"),
    ];
    let cut =
        |(part, at, says): (&str, usize, _)| row(format!("cut in {part}"), laid.bytes[..at].to_vec(), says);
    let mut rows: Vec<Row> = places.into_iter().map(cut).collect();
    // And a piece missing in the middle, before an end that is whole.
    for (part, from, to) in [
        ("a header", 5, 9),
        ("data", first + 2, first + 9),
        ("the directory", laid.directory + 9, laid.directory + 30),
    ] {
        let bytes = [&laid.bytes[..from], &laid.bytes[to..]].concat();
        rows.push(row(format!("a piece missing in {part}"), bytes, "archive is broken or cut off"));
    }
    rows
}
