//! Segment files made on the spot, good ones and bad ones.

use std::io::{Cursor, Write};

use ::zip::CompressionMethod;
use ::zip::write::{SimpleFileOptions, ZipWriter};

use super::*;

const TOML: &str = "prefix = \"nav-core\"\nversion = \"2.1.0\"\n";
fn limits() -> Limits {
    Limits { max_file_size: 50 << 20, max_unpacked_size: 40 << 20, max_entries: 60_000, ..Limits::default() }
}

/// A zip of these files.
fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        let method =
            if content.len() % 2 == 0 { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn good() -> Vec<u8> {
    zip_of(&[("segment.toml", TOML.as_bytes()), ("bin/导航", &[7; 300_000]), ("empty", b"")])
}

fn verdict(bytes: &[u8]) -> Result<Contents, ArchiveError> {
    read_within(Cursor::new(bytes), &limits())
}

fn read_within<R: Read + Seek>(file: R, limits: &Limits) -> Result<Contents, ArchiveError> {
    read(
        file,
        Reading {
            file_name: "a.zip",
            format: Format::Zip,
            limits,
            heard: &mut |_| ControlFlow::Continue(()),
        },
    )
}

/// Overwrites `find` with `with`, everywhere.
fn patch(bytes: &[u8], find: &[u8], with: &[u8]) -> Vec<u8> {
    assert_eq!(find.len(), with.len());
    let mut out = bytes.to_vec();
    let places: Vec<usize> =
        (0..=out.len() - find.len()).filter(|at| bytes[*at..].starts_with(find)).collect();
    assert!(!places.is_empty());
    for at in places {
        out[at..at + with.len()].copy_from_slice(with);
    }
    out
}

fn find(bytes: &[u8], what: &[u8]) -> usize {
    bytes.windows(what.len()).position(|window| window == what).unwrap()
}

#[test]
fn a_good_file_says_who_it_is() {
    let contents = verdict(&good()).unwrap();
    assert_eq!(contents.manifest.prefix.as_deref(), Some("nav-core"));
    assert_eq!(contents.manifest_files, ["segment.toml"]);
    assert_eq!((contents.entries, contents.container), (3, Container::Zip));
    assert_eq!(contents.unpacked_size, 300_000 + TOML.len() as u64);
    assert_eq!(contents.manifest_whole["version"], "2.1.0");
}

#[test]
fn the_manifest_may_lie_in_the_only_top_folder_or_be_json() {
    let json = br#"{"prefix":"a","version":"1","x":{"y":2}}"#;
    let contents = verdict(&zip_of(&[("nav/bin/x", b"1"), ("nav/segment.json", json)])).unwrap();
    assert_eq!(
        (contents.manifest_files[0].as_str(), &contents.manifest_whole["x"]["y"]),
        ("nav/segment.json", &2.into())
    );
    let two_folders = zip_of(&[("nav/segment.toml", TOML.as_bytes()), ("other/x", b"1")]);
    assert!(matches!(verdict(&two_folders), Err(ArchiveError::NoManifest { payload: None })));
    let beside = zip_of(&[("nav/segment.toml", TOML.as_bytes()), ("README", b"1")]);
    assert!(matches!(verdict(&beside), Err(ArchiveError::NoManifest { .. })));
    let payload = zip_of(&[("NAV-APP-1.0-COE_ALL/bin/x", b"1")]);
    let said = verdict(&payload).unwrap_err().to_string();
    assert!(said.contains("the name of the folder NAV-APP-1.0-COE_ALL alone does not say"), "{said}");
    let deep = zip_of(&[("nav/core/segment.toml", TOML.as_bytes())]);
    assert!(matches!(verdict(&deep), Err(ArchiveError::NoManifest { .. })));
    let root_counts =
        zip_of(&[("nav/segment.toml", b"prefix = \"other\""), ("segment.toml", TOML.as_bytes())]);
    assert_eq!(verdict(&root_counts).unwrap().manifest_files, ["segment.toml"]);
}

#[test]
fn an_archive_without_or_with_two_manifests_is_refused() {
    assert!(matches!(verdict(&zip_of(&[("x", b"1")])), Err(ArchiveError::NoManifest { payload: None })));
    assert!(matches!(verdict(&zip_of(&[])), Err(ArchiveError::NoManifest { payload: None })));
    let two = zip_of(&[("segment.toml", TOML.as_bytes()), ("segment.json", b"{}")]);
    assert_eq!(
        verdict(&two).unwrap_err().to_string(),
        "it holds both segment.toml and segment.json; leave one of them out"
    );
}

#[test]
fn a_manifest_without_prefix_is_read_and_misses_it_later() {
    let contents = verdict(&zip_of(&[("segment.toml", b"version = \"1\"")])).unwrap();
    assert!(matches!(contents.manifest.resolve(&Overrides::default()), Err(ArchiveError::Missing { .. })));
}

#[test]
fn what_is_no_zip_is_named() {
    let mut tar = vec![0; 1024];
    tar[257..262].copy_from_slice(b"ustar");
    for (bytes, said) in [
        (&b""[..], "the file is empty"),
        (b"hello", "no archive"),
        (&tar, "a tar archive"),
        (b"\x1f\x8b\x08rest", "a gzip file"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"PK\x07\x08PK\x03\x04", "split"),
        (b"PK\x03\x04", "broken or cut off"),
    ] {
        let error = verdict(bytes).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let good = good();
    for at in (0..good.len()).step_by(7).chain(good.len() - 30..good.len()) {
        assert!(verdict(&good[..at]).is_err(), "cut at {at}");
    }
}

#[test]
fn a_changed_byte_is_found_or_harmless() {
    let good = good();
    let whole = verdict(&good).unwrap();
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 0x40;
        if let Ok(contents) = verdict(&bytes) {
            // Fields that nobody reads (times, attributes) may differ; what was read may not.
            assert_eq!(contents.manifest, whole.manifest, "byte {at}");
            assert_eq!(contents.unpacked_size, whole.unpacked_size, "byte {at}");
        }
    }
}

#[test]
fn a_wrong_checksum_names_the_entry() {
    let bytes = zip_of(&[("segment.toml", TOML.as_bytes()), ("data", b"0123456789A")]);
    let broken = patch(&bytes, b"0123456789A", b"0123456789B");
    let error = verdict(&broken).unwrap_err();
    assert!(matches!(&error, ArchiveError::Damaged { name, .. } if name == "data"), "{error}");
}

#[test]
fn a_bomb_is_stopped_while_it_unpacks() {
    let zeros = vec![0; 4 << 20];
    let files: Vec<(String, &[u8])> = (0..11).map(|at| (format!("z{at}"), &zeros[..])).collect();
    let mut list: Vec<(&str, &[u8])> =
        files.iter().map(|(name, content)| (name.as_str(), *content)).collect();
    list.push(("segment.toml", TOML.as_bytes()));
    let bomb = zip_of(&list);
    assert!(bomb.len() < 100_000);
    let error = verdict(&bomb).unwrap_err();
    assert!(matches!(error, ArchiveError::Limit { setting: "upload.max_unpacked_size", .. }), "{error}");
}

#[test]
fn an_entry_that_claims_less_than_it_unpacks_to_is_damaged() {
    let bytes = zip_of(&[("segment.toml", TOML.as_bytes()), ("big", &[0; 100_000])]);
    let lying = patch(&bytes, &100_000_u32.to_le_bytes(), &10_u32.to_le_bytes());
    let error = verdict(&lying).unwrap_err();
    assert!(matches!(&error, ArchiveError::Damaged { name, .. } if name == "big"), "{error}");
}

#[test]
fn more_entries_than_allowed_are_refused_by_the_count_alone() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for at in 0..70_000 {
        zip.start_file(format!("{at}"), stored).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    let error = verdict(&bytes).unwrap_err();
    assert!(
        matches!(error, ArchiveError::Limit { setting: "upload.max_entries", max: 60_000, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("70000"), "{error}");
}

#[test]
fn a_claim_of_huge_numbers_costs_nothing() {
    let bytes = good();
    let end = bytes.len() - 22;
    for (at, value) in [(8, 0xfffe_u16), (10, 0xfffe)] {
        let mut claim = bytes.clone();
        claim[end + at..end + at + 2].copy_from_slice(&value.to_le_bytes());
        assert!(verdict(&claim).is_err());
    }
    for (at, value) in [(12, 0xffff_fffe_u32), (16, 0xffff_fffe), (12, 0), (16, 1)] {
        let mut claim = bytes.clone();
        claim[end + at..end + at + 4].copy_from_slice(&value.to_le_bytes());
        assert!(matches!(verdict(&claim), Err(ArchiveError::Broken { .. })));
    }
}

#[test]
fn bytes_before_and_behind_are_refused() {
    let mut behind = good();
    behind.extend(b"more");
    assert!(matches!(verdict(&behind), Err(ArchiveError::Surplus { .. })));
    let mut before = b"PK\x03\x04 not really".to_vec();
    before.extend(good());
    assert!(verdict(&before).is_err());
    let mut twice = good();
    twice.extend(zip_of(&[("segment.toml", b"prefix = \"other\"")]));
    assert!(verdict(&twice).is_err());
}

#[test]
fn an_encrypted_entry_is_refused_by_name() {
    let bytes = zip_of(&[("segment.toml", TOML.as_bytes()), ("secret", b"123")]);
    let mut locked = bytes.clone();
    let directory = find(&bytes, b"PK\x01\x02");
    let header = directory + find(&bytes[directory + 4..], b"PK\x01\x02") + 4;
    locked[header + 8] |= 1;
    let error = verdict(&locked).unwrap_err();
    assert!(matches!(&error, ArchiveError::Encrypted { name } if name == "secret"), "{error}");
    let mut packed = bytes;
    packed[header + 10] = 12;
    let error = verdict(&packed).unwrap_err();
    assert!(matches!(&error, ArchiveError::Method { name, method } if name == "secret" && method == "bzip2"));
}

#[test]
fn names_that_lead_out_are_refused() {
    let bytes = zip_of(&[("segment.toml", TOML.as_bytes()), ("a/bc/x", b"123")]);
    for (name, why) in [
        ("a/../x", ".."),
        ("/a/b/x", "absolute"),
        ("C:/b/x", "drive"),
        ("a\\bc/x", "backslash"),
        ("a/b\0/x", "NUL"),
    ] {
        let error = verdict(&patch(&bytes, b"a/bc/x", name.as_bytes())).unwrap_err();
        assert!(
            matches!(&error, ArchiveError::EntryName { .. }) && error.to_string().contains(why),
            "{error}"
        );
    }
}

#[test]
fn two_entries_of_one_name_are_refused() {
    let bytes = zip_of(&[("segment.toml", TOML.as_bytes()), ("segment.tomm", b"prefix = \"other\"")]);
    let twice = patch(&bytes, b"segment.tomm", b"segment.toml");
    assert!(verdict(&twice).is_err());
    let bytes = zip_of(&[("segment.toml", TOML.as_bytes()), ("aa", b"1"), ("ab", b"2")]);
    let error = verdict(&patch(&bytes, b"ab", b"aa")).unwrap_err();
    assert_eq!(error.to_string(), "the entry aa is refused: its name is there twice; leave one of them out");
}

#[test]
fn a_manifest_over_its_limit_is_refused() {
    let large = format!("# {}\n{TOML}", "x".repeat(1 << 20));
    let error = verdict(&zip_of(&[("segment.toml", large.as_bytes())])).unwrap_err();
    assert!(matches!(error, ArchiveError::ManifestTooLarge { .. }), "{error}");
}

#[test]
fn a_file_over_its_limit_is_refused() {
    let limits = Limits { max_file_size: 100, ..limits() };
    let error = read_within(Cursor::new(good()), &limits).unwrap_err();
    assert!(matches!(error, ArchiveError::Limit { setting: "upload.max_file_size", .. }), "{error}");
}

#[test]
fn a_bomb_of_a_few_bytes_can_be_cancelled() {
    let bytes = zip_of(&[("segment.toml", TOML.as_bytes()), ("zeros", &vec![0; 30 << 20])]);
    assert!(bytes.len() < 1 << 20, "less than is read between two words");
    let mut heard = 0;
    let mut stop = |_| {
        heard += 1;
        if heard < 3 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let reading = Reading { file_name: "a.zip", format: Format::Zip, limits: &limits(), heard: &mut stop };
    assert!(matches!(read(Cursor::new(&bytes), reading), Err(ArchiveError::Cancelled)));
    assert_eq!(heard, 3);
}

#[test]
fn whoever_listens_hears_how_far_it_is_and_can_stop_it() {
    let noise: Vec<u8> = (0..5_000_001_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
    let bytes = zip_of(&[("segment.toml", TOML.as_bytes()), ("noise", &noise)]);
    let until = |most: usize| {
        let mut heard = Vec::new();
        let read = read(
            Cursor::new(&bytes),
            Reading {
                file_name: "a.zip",
                format: Format::Zip,
                limits: &limits(),
                heard: &mut |bytes| {
                    heard.push(bytes);
                    if heard.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
                },
            },
        );
        (read, heard)
    };
    let (whole, heard) = until(usize::MAX);
    assert!(whole.is_ok() && heard.is_sorted() && heard.len() >= 5, "{heard:?}");
    assert_eq!(heard.last(), Some(&(bytes.len() as u64)));
    for most in 1..=heard.len() {
        let (stopped, heard) = until(most);
        assert!(matches!(stopped, Err(ArchiveError::Cancelled)));
        assert_eq!(heard.len(), most);
    }
}

#[test]
fn a_disk_that_fails_is_not_the_archives_fault() {
    struct Failing(Cursor<Vec<u8>>);
    impl Read for Failing {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            if self.0.position() > 0 {
                return Err(std::io::Error::other("unplugged"));
            }
            self.0.read(out)
        }
    }
    impl Seek for Failing {
        fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
            self.0.seek(to)
        }
    }
    let noise: Vec<u8> = (0..600_001_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
    let bytes = zip_of(&[("segment.toml", TOML.as_bytes()), ("noise", &noise)]);
    assert!(matches!(read_within(Failing(Cursor::new(bytes)), &limits()), Err(ArchiveError::Io(_))));
}
