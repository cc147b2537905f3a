//! Folders `SegDescrip` as found and as made up.

use super::*;
use crate::archive::Overrides;
use crate::archive::intake::Found;
use crate::archive::manifest;

/// What was found of these files, the way the intake hands it over.
fn found(top: Option<&str>, files: &[(&str, &[u8])]) -> Found {
    let kept = |(name, bytes): &(&str, &[u8])| {
        let wanted = manifest::wanted(name).unwrap();
        Kept {
            name: (*name).to_owned(),
            path: top.map_or((*name).to_owned(), |top| format!("{top}/{name}")),
            bytes: bytes[..bytes.len().min(wanted.max)].to_vec(),
            size: bytes.len() as u64,
        }
    };
    Found { top: top.map(str::to_owned), kept: files.iter().map(kept).collect(), ..Found::default() }
}

fn said(files: &[(&str, &[u8])]) -> Said {
    manifest::read(&found(None, files), "x.zip").unwrap()
}

fn complaint(files: &[(&str, &[u8])]) -> String {
    manifest::read(&found(None, files), "x.zip").unwrap_err().to_string()
}

fn texts(items: &[FreeText]) -> Vec<&str> {
    items.iter().map(FreeText::raw).collect()
}

#[test]
fn a_whole_folder_is_read() {
    let info = b"# made by hand\r\n[Requires]\r\nCOE Component Parent:COE:/h/COE:4.2.0.0\r\n\r\n[CONFLICTS]\r\n\
        Old one:NAVOLD:/h/NAVOLD:1.0.0.0\r\nOther:NAVX:/h/NAVX:\r\n[Security]\r\nUNCLASS\r\n[Hardware]\r\n$CPU:X\r\n\
        [requires]\r\n! more\r\nGeo:GEO:C:/h/GEO:1.4\r\nPlain:PLAIN\r\n";
    let found = found(
        Some("TESTAPP-SOFTWARE-1.0.0.0-COE_ALL"),
        &[
            ("SegDescrip/SegInfo", info),
            ("SegDescrip/SegName", b"$NAME:Test application\n$PREFIX:TESTAPP\n$TYPE:SOFTWARE\n"),
            ("SegDescrip/VERSION", b"1.0.0.0:11/22/2026\n"),
            ("SegDescrip/ReleaseNotes", "第一版\n".as_bytes()),
            ("SegDescrip/LICENSE", b"free"),
            ("SegDescrip/PreInstall", b"#!/bin/sh"),
            ("SegDescrip/DEINSTALL", b"#!/bin/sh"),
        ],
    );
    let said = manifest::read(&found, "x.zip").unwrap();
    let manifest = &said.manifest;
    assert_eq!((manifest.prefix.as_deref(), manifest.version.as_deref()), (Some("TESTAPP"), Some("1.0.0.0")));
    assert_eq!(manifest.name.as_ref().unwrap().raw(), "Test application");
    assert_eq!((manifest.kind.raw(), manifest.description.raw()), ("SOFTWARE", "第一版"));
    assert_eq!(texts(&manifest.requires), ["COE >=4.2.0.0", "GEO >=1.4", "PLAIN"]);
    assert_eq!(texts(&manifest.conflicts), ["NAVOLD ==1.0.0.0", "NAVX"]);
    assert!(manifest.archs.is_empty());
    assert_eq!(said.whole["sections"]["Security"], json!(["UNCLASS"]));
    assert_eq!(said.whole["sections"]["Requires"].as_array().unwrap().len(), 3, "both of the name");
    assert_eq!(said.whole["scripts"], json!(["PreInstall", "DEINSTALL"]));
    assert_eq!((&said.whole["platform"], &said.whole["license"]), (&json!("COE_ALL"), &json!("free")));
    let names = ["SegInfo", "SegName", "VERSION", "ReleaseNotes", "LICENSE"];
    assert_eq!(said.files, names.map(|name| format!("TESTAPP-SOFTWARE-1.0.0.0-COE_ALL/SegDescrip/{name}")));
    assert_eq!(
        said.not_understood,
        ["TESTAPP-SOFTWARE-1.0.0.0-COE_ALL/SegDescrip/SegInfo, line 10 (`[Hardware]`): \
          the section is not known; it is kept and has no effect"]
    );
}

#[test]
fn names_of_files_count_in_any_case_and_old_text_is_read() {
    let said = said(&[
        ("segdescrip/SEGNAME", b"$NAME:\xb5\xbc\xba\xbd\n$PREFIX:NAV\n"),
        ("segdescrip/version", b"4.2.0.0"),
        ("segdescrip/RELEASENOTES", b"\xb5\xbc\xba\xbd"),
    ]);
    assert_eq!(said.manifest.name.unwrap().raw(), "导航");
    assert_eq!(
        (said.manifest.version.as_deref(), said.manifest.description.raw()),
        (Some("4.2.0.0"), "导航")
    );
}

#[test]
fn seg_name_is_read_in_several_forms() {
    for (text, expected) in [
        (
            &b"$PREFIX:NAV\n$TYPE:APP\n$NAME:Navigation: core"[..],
            [Some("NAV"), Some("APP"), Some("Navigation: core")],
        ),
        (b"prefix=NAV\nTYPE = APP\nName=\"Navigation\"", [Some("NAV"), Some("APP"), Some("Navigation")]),
        (b"PREFIX: NAV\r\nNavigation: core\r\n", [Some("NAV"), None, Some("Navigation: core")]),
        (b"# comment\n\n  Navigation core  \n", [None, None, Some("Navigation core")]),
        (b"$PREFIX:\nPREFIX:NAV", [Some("NAV"), None, None]),
        (b"", [None; 3]),
    ] {
        let manifest = said(&[("SegDescrip/SegName", text)]).manifest;
        let name = manifest.name.as_ref().map(FreeText::raw);
        let kind = Some(manifest.kind.raw()).filter(|kind| !kind.is_empty());
        assert_eq!([manifest.prefix.as_deref(), kind, name], expected, "{}", String::from_utf8_lossy(text));
    }
    let said = said(&[("SegDescrip/SegName", b"$COMPANY:x\nFOO=1\nOne\nTwo\nPREFIX=A\nPREFIX=B\nPREFIX=A")]);
    assert_eq!(said.whole["segName"].as_array().unwrap().len(), 7);
    assert_eq!(
        said.not_understood,
        [
            "SegDescrip/SegName, line 1: COMPANY is not known",
            "SegDescrip/SegName, line 2: FOO is not known",
            "SegDescrip/SegName, line 4: NAME was One before; that counts",
            "SegDescrip/SegName, line 6: PREFIX was A before; that counts",
        ]
    );
}

#[test]
fn the_first_word_that_is_a_version_counts() {
    for (text, expected) in [
        ("4.2.0.0:11/22/2026\n", Some("4.2.0.0")),
        ("Version 4.2.0.0 (11/22/2026)", Some("4.2.0.0")),
        ("# 1\n11/22/2026\n$VERSION:v2.1-rc.1", Some("v2.1-rc.1")),
        ("soon", None),
        ("", None),
    ] {
        let said = said(&[("SegDescrip/VERSION", text.as_bytes())]);
        assert_eq!(said.manifest.version.as_deref(), expected, "{text}");
        assert_eq!(said.not_understood.is_empty(), expected.is_some(), "{text}");
    }
}

#[test]
fn a_payload_name_fills_in_and_its_contradictions_are_named() {
    let version: &[(&str, &[u8])] = &[("SegDescrip/VERSION", b"2.0")];
    let by_file = manifest::read(&found(None, version), "nav-core-APP-1.0-x86_64.zip").unwrap();
    let manifest = &by_file.manifest;
    assert_eq!((manifest.prefix.as_deref(), manifest.version.as_deref()), (Some("nav-core"), Some("2.0")));
    assert_eq!((manifest.kind.raw(), texts(&manifest.archs)), ("APP", vec!["x86_64"]));
    assert_eq!(
        by_file.not_understood,
        ["VERSION says the version is 2.0, the file's name says 1.0; 2.0 counts"]
    );
    let top =
        manifest::read(&found(Some("NAV-APP-2.0-VAX"), version), "nav-core-APP-1.0-x86_64.zip").unwrap();
    assert_eq!(top.manifest.prefix.as_deref(), Some("NAV"), "the folder's name before the file's");
    assert_eq!(
        top.not_understood,
        ["the folder's name (`NAV-APP-2.0-VAX`): the platform VAX is no known architecture"]
    );
    let other = &[("SegDescrip/SegName", &b"$PREFIX:A\n$TYPE:B\n$VERSION:3"[..])];
    let other = manifest::read(&found(None, other), "X-Y-1-COE_ALL.mpk").unwrap();
    assert_eq!(
        other.not_understood,
        [
            "SegName says the prefix is A, the file's name says X; A counts",
            "SegName says the version is 3, the file's name says 1; 3 counts",
            "SegName says the type is B, the file's name says Y; B counts",
        ]
    );
}

#[test]
fn what_cannot_be_found_is_asked_for() {
    let manifest = said(&[("SegDescrip/PostInstall", b"")]).manifest;
    let error = manifest.resolve(&Overrides::default()).unwrap_err();
    assert!(matches!(error, ArchiveError::Missing { looked_in: Source::SegDescrip, .. }));
    let given = Overrides { prefix: Some("a".into()), version: Some("1".into()), ..Overrides::default() };
    assert_eq!(manifest.resolve(&given).unwrap().prefix.as_str(), "a");
}

#[test]
fn a_name_that_is_none_is_placed() {
    let refused = |files: &[(&str, &[u8])]| {
        said(files).manifest.resolve(&Overrides::default()).unwrap_err().to_string()
    };
    let name: (&str, &[u8]) = ("SegDescrip/SegName", b"$NAME:x\n$PREFIX:a b\n");
    assert_eq!(
        refused(&[name, ("SegDescrip/VERSION", b"1")]),
        "SegDescrip/SegName, line 2, field PREFIX (`$PREFIX:a b`): the prefix may hold letters, digits and \
         . _ - + only, not ' '; --prefix overrides it"
    );
    let name: (&str, &[u8]) = ("SegDescrip/SegName", b"$PREFIX:a\n$VERSION:1/2\n");
    let said = refused(&[name]);
    assert!(said.starts_with("SegDescrip/SegName, line 2, field VERSION (`$VERSION:1/2`): "), "{said}");
}

#[test]
fn a_segment_file_counts_before_the_folder() {
    let files: &[(&str, &[u8])] =
        &[("SegDescrip/VERSION", b"2.0"), ("segment.toml", b"prefix = \"a\"\nversion = \"1\"\n")];
    let said = said(files);
    assert_eq!((said.manifest.version.as_deref(), said.manifest.source), (Some("1"), Source::SegmentFile));
    assert_eq!(said.files, ["segment.toml"]);
    assert_eq!(
        said.not_understood,
        ["the folder SegDescrip is there too and was not read: segment.toml counts"]
    );
}

#[test]
fn a_folder_at_the_root_counts_before_one_in_it() {
    let mut found =
        found(Some("SegDescrip"), &[("SegDescrip/VERSION", b"1.0"), ("SegDescrip/SegName", b"PREFIX=A")]);
    let mut outer = found.kept[0].clone();
    (outer.path, outer.bytes) = (outer.name.clone(), b"2.0".to_vec());
    found.kept.push(outer);
    let said = manifest::read(&found, "x.zip").unwrap();
    assert_eq!((said.manifest.version.as_deref(), said.manifest.prefix), (Some("2.0"), None));
    assert_eq!(said.files, ["SegDescrip/VERSION"]);
}

#[test]
fn lines_that_are_not_understood_are_kept_and_named() {
    let info = b"stray\n[Requires]\nno colon\na:b c:/h:1\nx:OK:/h/OK:1/2\ny:THREE:1.2\nz:HOME:/h/HOME\n[]\nnameless\n\
        [Open\n[Security] here\nkept ; with this\n";
    let said = said(&[("SegDescrip/SegInfo", info)]);
    assert_eq!(texts(&said.manifest.requires), ["OK", "THREE >=1.2", "HOME"]);
    assert_eq!(
        said.whole["sections"],
        json!({
            "": ["stray", "nameless", "[Open"],
            "Requires": ["no colon", "a:b c:/h:1", "x:OK:/h/OK:1/2", "y:THREE:1.2", "z:HOME:/h/HOME"],
            "Security": ["kept ; with this"],
        })
    );
    let lines: Vec<usize> = said
        .not_understood
        .iter()
        .map(|sentence| {
            let sentence = sentence.to_string();
            let after = sentence.strip_prefix("SegDescrip/SegInfo, line ").unwrap();
            after.split_once(' ').unwrap().0.parse().unwrap()
        })
        .collect();
    assert_eq!(lines, [1, 3, 4, 5, 9, 10, 11]);
    assert!(said.not_understood[3].to_string().contains("any version of OK counts: the version may hold"));
}

#[test]
fn what_is_beyond_a_limit_is_refused_with_its_line() {
    let long = format!("[Security]\n{}\n", "x".repeat(2000));
    assert_eq!(
        complaint(&[("SegDescrip/SegInfo", long.as_bytes())]),
        "SegDescrip/SegInfo, line 2: the line is 2000 bytes long; 1024 are allowed"
    );
    let many = "#\n".repeat(5000);
    assert_eq!(
        complaint(&[("SegDescrip/SegName", many.as_bytes())]),
        "SegDescrip/SegName, line 4097: it has more than 4096 lines"
    );
    let sections: String = (0..300).map(|at| format!("[s{at}]\n")).collect();
    assert_eq!(
        complaint(&[("SegDescrip/SegInfo", sections.as_bytes())]),
        "SegDescrip/SegInfo, line 257 (`[s256]`): it has more than 256 sections"
    );
    let list: String = (0..100).map(|at| format!("a:PREFIX{at}:/h:1.0\n")).collect();
    let said = complaint(&[("SegDescrip/SegInfo", format!("[Requires]\n{list}").as_bytes())]);
    assert!(said.starts_with("SegDescrip/SegInfo, line "), "{said}");
    assert!(said.contains(", field [Requires] (`a:PREFIX"), "{said}");
    assert!(said.ends_with("together are longer than 1024 bytes"), "{said}");
    let name = format!("$PREFIX:{}", "p".repeat(129));
    assert!(
        complaint(&[("SegDescrip/SegName", name.as_bytes())]).contains("line 1, field PREFIX (`$PREFIX:ppp")
    );
    let whole = format!("[Security]\n{}", format!("{}\n", "x".repeat(1000)).repeat(300));
    assert!(complaint(&[("SegDescrip/SegInfo", whole.as_bytes())]).contains("SegInfo is larger than"));
    assert!(
        complaint(&[("SegDescrip/SegInfo", b"a\n\xff\xff")]).starts_with("SegDescrip/SegInfo, line 2: it is")
    );
}

#[test]
fn long_notes_are_cut_and_unreadable_ones_left() {
    let notes = "导航".repeat(20_000);
    let said = said(&[
        ("SegDescrip/SegName", b"PREFIX=A"),
        ("SegDescrip/ReleaseNotes", notes.as_bytes()),
        ("SegDescrip/LICENSE", b"\xff\xff"),
    ]);
    let description = said.manifest.description.raw();
    assert!(notes.starts_with(description) && description.len() > 16_000, "{} bytes", description.len());
    assert_eq!(said.files.len(), 3);
    assert_eq!(said.not_understood, ["SegDescrip/LICENSE: it is written neither in UTF-8 nor in GB18030"]);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(64))]

    #[test]
    fn any_folder_is_read_or_refused_in_bounds(
        info in proptest::collection::vec("(\\[[A-Za-z ]{0,9}\\]?|[a-zA-Z:/.0-9#!; -]{0,30}|\\PC{0,20})", 0..60),
        name in "([$A-Z:= \n]|\\PC){0,60}",
        version in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..40),
        file in "[A-Z0-9.-]{0,20}\\.zip",
    ) {
        let info = info.join("\n");
        let files = [
            ("SegDescrip/SegInfo", info.as_bytes()),
            ("SegDescrip/SegName", name.as_bytes()),
            ("SegDescrip/VERSION", &version),
        ];
        if let Ok(said) = manifest::read(&found(None, &files), &file) {
            proptest::prop_assert!(said.not_understood.len() <= 33);
            proptest::prop_assert!(said.not_understood.iter().all(|said| !said.to_string().chars().any(char::is_control)));
            let lists = said.manifest.requires.iter().chain(&said.manifest.conflicts);
            for item in lists {
                proptest::prop_assert!(item.raw().parse::<crate::domain::Requirement>().is_ok());
            }
            // No line is lost: all that is neither blank nor a comment nor a section stands in the whole.
            let is_section = |line: &str| line.starts_with('[') && line.contains(']');
            let says_nothing = |line: &str| line.is_empty() || line.starts_with(['#', '!', ';']) || is_section(line);
            let said_lines = info.lines().filter(|line| !says_nothing(line.trim()));
            let sections = said.whole["sections"].as_object().into_iter().flatten();
            let kept: usize = sections.map(|(_, lines)| lines.as_array().map_or(0, Vec::len)).sum();
            proptest::prop_assert_eq!(kept, said_lines.count());
        }
    }
}
