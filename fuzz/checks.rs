//! What must hold for any bytes. The fuzz targets call these with what the fuzzer makes up, and a test calls
//! them with every seed of `corpus/`. Each says whether the bytes were accepted.

use std::io::{Cursor, Read};
use std::ops::ControlFlow;
use std::path::{Component, Path};

use segdeck::archive::fuzzing::{self, Said};
use segdeck::archive::{ArchiveError, Container, Contents, Limits, Manifest, Overrides, Reading, Written};
use segdeck::domain::{Format, FreeText, Requirement};

/// Small, so that a run is short and its limits are reached.
fn limits() -> Limits {
    Limits {
        max_file_size: 1 << 20,
        max_unpacked_size: 512 << 10,
        max_ratio: 50,
        max_entries: 64,
        max_directory_size: 16 << 10,
        max_name_length: 256,
        max_depth: 8,
    }
}

/// A whole segment file, for either platform. What is taken as a zip archive is read by another program in the
/// same way: as many entries, as many bytes.
pub(crate) fn container(bytes: &[u8]) -> bool {
    let read = |format| {
        let (limits, mut last) = (limits(), 0);
        let mut heard = |read| {
            assert!(read >= last && read <= bytes.len() as u64, "{read} after {last} of {}", bytes.len());
            last = read;
            ControlFlow::Continue(())
        };
        let file_name = "NAV-APP-1.0.0.0-COE_ALL.zip";
        let reading = Reading { file_name, format, limits: &limits, heard: &mut heard };
        segdeck::archive::read(Cursor::new(bytes), reading)
    };
    let store = read(Format::Mpk);
    let zip = read(Format::Zip);
    match (&store, &zip) {
        (Ok(store), Ok(zip)) => assert_eq!(store, zip),
        (Ok(store), Err(_)) => assert_ne!(store.container, Container::Zip, "only .mpk takes a zip archive"),
        (Err(error), Ok(_)) => panic!("only .zip takes what is no zip archive for .mpk: {error}"),
        (Err(_), Err(error)) => can_be_shown(&error.to_string()),
    }
    match store {
        Ok(contents) => {
            keeps_its_bounds(&contents);
            if contents.container == Container::Zip {
                is_read_alike(bytes, &contents);
            }
            true
        }
        Err(ArchiveError::Io(error)) => panic!("memory does not fail: {error}"),
        Err(error) => {
            can_be_shown(&error.to_string());
            false
        }
    }
}

fn keeps_its_bounds(contents: &Contents) {
    let limits = limits();
    assert!(contents.entries <= limits.max_entries + 1, "{} entries", contents.entries);
    assert!(contents.unpacked_size <= limits.max_unpacked_size);
    for file in &contents.manifest_files {
        can_be_shown(file);
    }
    assert!(contents.manifest_whole.is_object());
}

fn is_read_alike(bytes: &[u8], contents: &Contents) {
    let mut other = zip::ZipArchive::new(Cursor::new(bytes)).expect("another program reads it");
    assert_eq!(other.len() as u64, contents.entries);
    let mut unpacked = 0;
    for index in 0..other.len() {
        let mut entry = other.by_index(index).expect("another program finds the entry");
        let mut content = Vec::new();
        entry.read_to_end(&mut content).expect("another program unpacks the entry");
        unpacked += content.len() as u64;
    }
    assert_eq!(unpacked, contents.unpacked_size);
}

/// A manifest of one or several files: the name of the segment file, a line with the top folder or nothing,
/// then for each file the byte 0x1c, a line with its name, and its content.
pub(crate) fn manifest(bytes: &[u8]) -> bool {
    let mut parts = bytes.split(|byte| *byte == 0x1c).map(|part| {
        let end = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
        (std::str::from_utf8(&part[..end]).unwrap_or("?"), part.get(end + 1..).unwrap_or_default())
    });
    let (file_name, top) = parts.next().unwrap_or_default();
    let top = std::str::from_utf8(top).unwrap_or_default().trim_end();
    let files: Vec<(&str, &[u8])> = parts.collect();
    match fuzzing::manifest(&files, top, file_name) {
        Ok(said) => {
            fits_its_records(&said);
            let beside = |name: &str| files.iter().any(|(file, _)| *file == name);
            if beside("segment.toml") {
                is_the_same_in_json(&said);
            }
            true
        }
        Err(error) => {
            can_be_shown(&error.to_string());
            false
        }
    }
}

/// The manifest's and the segment's record have limits, and so has what is told.
fn fits_its_records(said: &Said) {
    assert!(serde_json::to_vec(&said.whole).expect("it is JSON").len() <= 240 << 10);
    let manifest = &said.manifest;
    let length = |text: &Option<String>| text.as_deref().map_or(0, str::len);
    assert!(length(&manifest.prefix) <= 128 && length(&manifest.version) <= 128);
    assert!(manifest.name.as_ref().map_or(0, |name| name.raw().len()) <= 256);
    assert!(manifest.kind.raw().len() <= 64 && manifest.vendor.raw().len() <= 256);
    let lists = [&manifest.archs, &manifest.requires, &manifest.conflicts].into_iter().flatten();
    assert!(lists.map(|item| item.raw().len()).sum::<usize>() <= 1024 + 16);
    assert!(said.not_understood.len() <= 33);
    said.not_understood.iter().for_each(|sentence| can_be_shown(&sentence.to_string()));
    match manifest.resolve(&Overrides::default()) {
        Ok(resolved) => assert!(!resolved.name.raw().is_empty()),
        Err(error) => can_be_shown(&error.to_string()),
    }
    for item in manifest.requires.iter().chain(&manifest.conflicts) {
        if let Ok(requirement) = item.raw().parse::<Requirement>() {
            assert_eq!(requirement.to_string().parse(), Ok(requirement));
        }
    }
}

/// What a `segment.toml` says, its whole says as a `segment.json` too.
fn is_the_same_in_json(said: &Said) {
    let json = serde_json::to_vec(&said.whole).expect("it is JSON");
    let again = fuzzing::manifest(&[("segment.json", &json)], "", "").expect("its whole is a manifest");
    // Where something stands is another place in each.
    let nowhere = |manifest: &Manifest| Manifest {
        file: String::new(),
        prefix_at: manifest.prefix_at.as_ref().map(|_| Written::default()),
        version_at: manifest.version_at.as_ref().map(|_| Written::default()),
        ..manifest.clone()
    };
    assert_eq!(nowhere(&again.manifest), nowhere(&said.manifest));
}

/// A `SegInfo` alone. Whatever it asks for, in a form that can be checked.
pub(crate) fn seg_info(bytes: &[u8]) -> bool {
    match fuzzing::manifest(&[("SegDescrip/SegInfo", bytes)], "", "") {
        Ok(said) => {
            fits_its_records(&said);
            let items = said.manifest.requires.iter().chain(&said.manifest.conflicts).map(FreeText::raw);
            items.for_each(|item| drop(item.parse::<Requirement>().expect("it is a requirement")));
            true
        }
        Err(error) => {
            can_be_shown(&error.to_string());
            false
        }
    }
}

/// The name of an entry. One that is taken stays within its folder, also for the operating system, and is the
/// same when it is read again.
pub(crate) fn entry_name(bytes: &[u8]) -> bool {
    let limits = limits();
    match fuzzing::entry_name(bytes, &limits) {
        Ok((path, folded)) => {
            can_be_shown(&path);
            let mut parts = Path::new(&path).components();
            assert!(parts.all(|part| matches!(part, Component::Normal(_))), "{path:?}");
            if let Ok(written) = std::str::from_utf8(bytes) {
                let whole = written.strip_prefix("./").unwrap_or(written);
                let named = whole.strip_suffix('/').unwrap_or(whole);
                assert!(named == path || (named == "." && path.is_empty()), "{written:?}");
            }
            assert!(!path.contains(['\\', '\0']) && path.split('/').count() as u64 <= limits.max_depth);
            if !path.is_empty() && path.len() as u64 <= limits.max_name_length {
                let again = fuzzing::entry_name(path.as_bytes(), &limits).expect("a path is a name");
                assert_eq!(again, (path, folded));
            }
            true
        }
        Err(error) => {
            can_be_shown(&error.to_string());
            false
        }
    }
}

/// Nothing moves a cursor, and it is no wall of text.
fn can_be_shown(text: &str) {
    assert!(!text.chars().any(|c| c.is_control() || segdeck::domain::is_deceptive(c)), "{text:?}");
    assert!(text.len() < 2000, "{} bytes", text.len());
}
