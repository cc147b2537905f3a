//! Zip archives as real tools write them: each is read, and read as the same.

use std::fs;

use segdeck::archive::Container;
use segdeck::domain::Format;

use crate::real_tar::{inspect, pack};

/// More than any buffer, half of it nothing that can be made smaller.
const PAYLOAD: usize = 1_500_000;
const TOML: &str = "prefix = \"nav-core\"\nversion = \"2.1.0\"\n";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    let mut state = 1_u32;
    let payload: Vec<u8> = (0..PAYLOAD)
        .map(|at| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            if at < PAYLOAD / 2 { state as u8 } else { 7 }
        })
        .collect();
    fs::create_dir_all(at("bin")).unwrap();
    fs::create_dir_all(at("导航")).unwrap();
    fs::write(at("segment.toml"), TOML).unwrap();
    fs::write(at("bin/payload"), payload).unwrap();
    fs::write(at("导航/核心.so"), "11").unwrap();
    fs::write(at("empty"), "").unwrap();
    folder
}

/// `zip` cannot be told to write a file of another name than `….zip`.
fn made(command: &str) -> String {
    format!("{{ {command}; }} >/dev/null; mv $TMP/a.zip $OUT")
}

/// Python's zipfile: how the file is opened, what else is said of it, and how the files are added.
fn python(open: &str, add: &str) -> String {
    format!(
        "python3 - <<'.' | cat >$TMP/piped\nimport os, sys, zipfile\nout = os.environ['OUT']\n\
         files = [os.path.join(at, name)[2:] for at, _, names in os.walk('.') for name in names]\n\
         with zipfile.ZipFile({open}) as archive:\n for name in files:\n  {add}\n.\n\
         test -s $OUT || mv $TMP/piped $OUT"
    )
}

#[test]
fn what_real_tools_write_is_read_as_the_same() {
    let folder = folder();
    let (files, folders) = (4, 2);
    let rows: &[(String, u64)] = &[
        (made("zip -r $TMP/a.zip ."), files + folders),
        (made("zip -rD $TMP/a.zip ."), files),
        (made("zip -0r $TMP/a.zip ."), files + folders),
        (made("zip -9rX $TMP/a.zip ."), files + folders),
        (made("zip -r -fz $TMP/a.zip ."), files + folders),
        (made("zip -r -fd $TMP/a.zip ."), files + folders),
        (made("zip -r -UN=UTF8 $TMP/a.zip ."), files + folders),
        (made("LC_ALL=C zip -r $TMP/a.zip ."), files + folders),
        (made("printf 'a comment\\n.\\n' | zip -rz $TMP/a.zip ."), files + folders),
        (made("zip -r $TMP/a.zip bin empty; zip -gr $TMP/a.zip segment.toml 导航"), files + folders),
        (made("cp empty more; zip -r $TMP/a.zip .; rm more; zip -d $TMP/a.zip more"), files + folders),
        ("zip -r - . 2>/dev/null | cat >$OUT".to_owned(), files + folders),
        ("zip -0r - . 2>/dev/null | cat >$OUT".to_owned(), files + folders),
        (made("7z a -bd -tzip $TMP/a.zip ."), files + folders),
        (made("7z a -bd -tzip -mx0 $TMP/a.zip ."), files + folders),
        (made("7z a -bd -tzip -mx9 -mtc=on -mcu=on $TMP/a.zip ."), files + folders),
        (made("7z a -bd -tzip -mcl=on $TMP/a.zip ."), files + folders),
        (
            made("7z a -bd -tzip $TMP/a.zip bin empty; 7z a -bd -tzip $TMP/a.zip segment.toml 导航"),
            files + folders,
        ),
        (python("out, 'w'", "archive.write(name)"), files),
        (python("out, 'w', zipfile.ZIP_DEFLATED", "archive.write(name)"), files),
        (python("out, 'w', zipfile.ZIP_DEFLATED, allowZip64=False", "archive.write(name)"), files),
        (python("sys.stdout.buffer, 'w'", "archive.write(name)"), files),
        (python("sys.stdout.buffer, 'w', zipfile.ZIP_DEFLATED", "archive.write(name)"), files),
        (
            python(
                "out, 'w', zipfile.ZIP_DEFLATED",
                "archive.open(name, 'w', force_zip64=True).write(open(name, 'rb').read())",
            ),
            files,
        ),
        (
            python(
                "sys.stdout.buffer, 'w', zipfile.ZIP_DEFLATED",
                "archive.open(name, 'w', force_zip64=True).write(open(name, 'rb').read())",
            ),
            files,
        ),
        (
            python(
                "out, 'a'",
                "archive.comment = name.encode(); archive.writestr(name, open(name, 'rb').read())",
            ),
            files,
        ),
        (made("python3 -m zipfile -c $TMP/a.zip segment.toml bin empty 导航"), files + folders),
        (
            made(
                "python3 -c \"import os, shutil; shutil.make_archive(os.environ['TMP'] + '/a', 'zip', '.')\"",
            ),
            files + folders,
        ),
        ("bsdtar -cf $OUT --format=zip *".to_owned(), files + folders),
        ("bsdtar -cf $OUT --format=zip --options zip:compression=store *".to_owned(), files + folders),
        ("bsdtar -cf $OUT --format=zip --options zip:zip64 *".to_owned(), files + folders),
        (
            "export GIT_DIR=$TMP/g GIT_WORK_TREE=$PWD; git init -q; git add .; git -c user.name=a \
             -c user.email=a@b.c commit -qm a; git archive --format=zip HEAD >$OUT"
                .to_owned(),
            files + folders,
        ),
    ];
    let mut wrong = Vec::new();
    for (script, entries) in rows {
        let contents = match inspect(&pack(folder.path(), script), Format::Zip) {
            Ok(contents) => contents,
            Err(error) => {
                wrong.push(format!("{script}: {error}"));
                continue;
            }
        };
        assert_eq!(contents.container, Container::Zip, "{script}");
        assert_eq!(contents.entries, *entries, "{script}");
        assert_eq!(contents.unpacked_size, (PAYLOAD + TOML.len() + 2) as u64, "{script}");
        assert_eq!(contents.manifest.prefix.as_deref(), Some("nav-core"), "{script}");
        assert_eq!(contents.manifest_whole, serde_json::json!({"prefix": "nav-core", "version": "2.1.0"}));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_segment_may_not_hold_is_refused_as_real_tools_write_it() {
    let folder = folder();
    let rows = [
        (made("zip -rP secret $TMP/a.zip ."), "is encrypted"),
        (made("7z a -bd -tzip -psecret -mem=AES256 $TMP/a.zip ."), "is encrypted"),
        (made("zip -0rs 64k $TMP/a.zip .; cp $TMP/a.z01 $TMP/a.zip"), "split"),
        (made("zip -0rs 64k $TMP/a.zip ."), "split"),
        (made("zip -0rs 64m $TMP/a.zip ."), "split"),
        (made("ln -s empty l; zip -ry $TMP/a.zip .; rm l"), "l is refused: it is a symbolic link"),
        (made("chmod u+s empty; zip -r $TMP/a.zip .; chmod u-s empty"), "setuid"),
        (made("zip -rZ bzip2 $TMP/a.zip ."), "compressed with bzip2"),
        (made("7z a -bd -tzip -mm=LZMA $TMP/a.zip ."), "compressed with lzma"),
        (made("7z a -bd -tzip -mm=Deflate64 $TMP/a.zip ."), "compressed with deflate64"),
        (made("7z a -bd -tzip -mm=PPMd $TMP/a.zip ."), "compressed with ppmd"),
        (
            made(
                "zip -r $TMP/a.zip .; printf '#!/bin/sh\\n' | cat - $TMP/a.zip >$TMP/b; mv $TMP/b $TMP/a.zip; zip -A $TMP/a.zip",
            ),
            "data before its first entry",
        ),
        (made("zip -r $TMP/a.zip .; echo >>$TMP/a.zip"), "behind its end record"),
        (made("zip -0r $TMP/a.zip .; truncate -s -1 $TMP/a.zip"), "end record"),
        (
            made("zip -0r $TMP/a.zip .; printf x | dd of=$TMP/a.zip bs=1 seek=9000 conv=notrunc status=none"),
            "its checksum is wrong",
        ),
        (python("out, 'w'", "archive.write(name); archive.writestr(name.upper(), '')"), "only in case"),
        (python("out, 'w'", "archive.writestr('../' + name, '')"), "leads out of its folder"),
        // It fills the last block of what might be a tape.
        ("bsdtar -cf - --format=zip * | cat >$OUT".to_owned(), "data behind its end record"),
        // Info-ZIP 3.0 says that its directory lies elsewhere, in a zip64 record that it does not write; its
        // own unzip calls that an overlap.
        ("zip -r -fz - . 2>/dev/null | cat >$OUT".to_owned(), "its directory is not where"),
    ];
    for (script, said) in rows {
        let Err(error) = inspect(&pack(folder.path(), &script), Format::Zip) else {
            panic!("{script}: taken");
        };
        let error = error.to_string();
        assert!(error.contains(said), "{script}: {error}");
    }
}
