//! Tar archives as real tools write them: each is read, and read as the same.

use std::fs::{self, File};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;

use segdeck::archive::{ArchiveError, Container, Contents, Limits, Reading, read};
use segdeck::domain::Format;

/// Bytes of the large file: more than any buffer, and than a block of the compressors.
const PAYLOAD: usize = 3_000_000;

/// What follows packs this folder's entries, in the folder itself, into `$OUT`. Exclusive of the longest names.
const PLAIN: &str = "segment.toml bin empty 导航";
/// And these can be packed by the forms that have room for them.
const LONG: &str = "segment.toml bin empty 导航 long";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    fs::create_dir_all(at("bin")).unwrap();
    fs::create_dir_all(at("导航")).unwrap();
    fs::write(at("segment.toml"), "prefix = \"nav-core\"\nversion = \"2.1.0\"\n").unwrap();
    let payload: Vec<u8> = (0..PAYLOAD as u32)
        .map(|at| (at.wrapping_mul(2_654_435_761) >> 20 & 0xf0 | at >> 17) as u8)
        .collect();
    fs::write(at("bin/payload"), payload).unwrap();
    fs::write(at("导航/核心.so"), "11").unwrap();
    fs::write(at("empty"), "").unwrap();
    let (long, longer) = (
        format!("long/{}", ["a".repeat(60), "a".repeat(80)].join("/")),
        format!("long/{}/{}", "b".repeat(200), "c".repeat(200)),
    );
    fs::create_dir_all(at(&longer)).unwrap();
    fs::create_dir_all(at(&long).parent().unwrap()).unwrap();
    fs::write(at(&long), "222").unwrap();
    fs::write(at(&format!("{longer}/{}", "d".repeat(100))), "3333").unwrap();
    folder
}

pub(crate) fn inspect(path: &Path, format: Format) -> Result<Contents, ArchiveError> {
    let mut last = 0;
    let read = read(
        File::open(path).unwrap(),
        Reading {
            file_name: "nav-core-2.1.0.mpk",
            format,
            limits: &Limits::default(),
            heard: &mut |bytes| {
                assert!(bytes >= last);
                last = bytes;
                ControlFlow::Continue(())
            },
        },
    );
    if read.is_ok() {
        assert_eq!(last, fs::metadata(path).unwrap().len(), "the last word is that all of it was read");
    }
    read
}

/// Runs a script of bash in the folder; it must write `$OUT`. A tool that is missing fails the test.
pub(crate) fn pack(folder: &Path, script: &str) -> tempfile::TempPath {
    let out = tempfile::NamedTempFile::new().unwrap().into_temp_path();
    fs::remove_file(&out).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let run = Command::new("bash")
        .args(["-euo", "pipefail", "-c", script])
        .current_dir(folder)
        .env("OUT", &out)
        .env("TMP", scratch.path())
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    assert!(run.status.success(), "{script}: {}", String::from_utf8_lossy(&run.stderr));
    out
}

#[test]
fn what_real_tools_write_is_read_as_the_same() {
    let folder = folder();
    let (plain, long) = ((6, PAYLOAD as u64 + 40), (12, PAYLOAD as u64 + 47));
    // With an entry for the folder itself.
    let dot = (long.0 + 1, long.1);
    let rows: &[(&str, Container, (u64, u64))] = &[
        (&format!("tar cf $OUT --format=v7 {PLAIN}"), Container::Tar, plain),
        (&format!("tar cf $OUT --format=ustar {PLAIN}"), Container::Tar, plain),
        (&format!("tar cf $OUT --format=ustar {PLAIN} long/a*"), Container::Tar, (plain.0 + 2, plain.1 + 3)),
        (&format!("tar cf $OUT --format=oldgnu {LONG}"), Container::Tar, long),
        (&format!("tar cf $OUT --format=gnu {LONG}"), Container::Tar, long),
        (&format!("tar cf $OUT --format=pax {LONG}"), Container::Tar, long),
        ("tar cf $OUT --format=gnu .", Container::Tar, dot),
        ("tar cf $OUT --format=pax .", Container::Tar, dot),
        (&format!("tar cf $OUT --format=gnu --owner=u:4000000 --mtime=@-5 {LONG}"), Container::Tar, long),
        (&format!("tar cf $OUT --format=pax --xattrs --mtime=@0.123456789 {LONG}"), Container::Tar, long),
        (&format!("tar c {LONG} | gzip -9 >$OUT"), Container::TarGzip, long),
        (&format!("tar c {LONG} | split -b 700000 --filter='gzip -1' >$OUT"), Container::TarGzip, long),
        (&format!("tar c {LONG} | xz -0 >$OUT"), Container::TarXz, long),
        (&format!("tar c {LONG} | xz -8 >$OUT"), Container::TarXz, long),
        (&format!("tar c {LONG} | xz -T2 --block-size=512KiB >$OUT"), Container::TarXz, long),
        (&format!("tar c {LONG} | xz --check=sha256 --x86 --lzma2 >$OUT"), Container::TarXz, long),
        (&format!("tar c {LONG} | xz --check=crc32 --delta=dist=4 --lzma2 >$OUT"), Container::TarXz, long),
        (&format!("tar c {LONG} | xz --check=none >$OUT"), Container::TarXz, long),
        (
            &format!("tar c {LONG} | split -b 700000 --filter='xz -1' >$OUT; head -c 8 /dev/zero >>$OUT"),
            Container::TarXz,
            long,
        ),
        (&format!("tar c {LONG} | zstd -q >$OUT"), Container::TarZstd, long),
        (&format!("tar c {LONG} | zstd -q -19 --no-check >$OUT"), Container::TarZstd, long),
        (&format!("tar c {LONG} | zstd -q --ultra -22 --long=25 >$OUT"), Container::TarZstd, long),
        (
            &format!("tar cf $TMP/t {LONG}; zstd -q -3 --content-size $TMP/t -o $OUT"),
            Container::TarZstd,
            long,
        ),
        (&format!("tar c {LONG} | split -b 700000 --filter='zstd -q' >$OUT"), Container::TarZstd, long),
        (&format!("tar cf $TMP/t {LONG}; pzstd -q -p 2 $TMP/t -o $OUT"), Container::TarZstd, long),
        (&python("w", "USTAR", PLAIN), Container::Tar, plain),
        (&python("w", "GNU", LONG), Container::Tar, long),
        (&python("w:gz", "PAX", LONG), Container::TarGzip, long),
        (&python("w:xz", "PAX", LONG), Container::TarXz, long),
        (&git("tar", LONG), Container::Tar, long),
        (&git("tar.gz", LONG), Container::TarGzip, long),
        (&format!("bsdtar cf $OUT --format=pax {LONG}"), Container::Tar, long),
        (&format!("bsdtar cf $OUT --format=gnutar {LONG}"), Container::Tar, long),
        (&format!("bsdtar cf $OUT --format=ustar {PLAIN}"), Container::Tar, plain),
        (&format!("bsdtar caf $TMP/t.tar.xz {LONG}; mv $TMP/t.tar.xz $OUT"), Container::TarXz, long),
        (&format!("7z a -bd -ttar $TMP/t.tar {LONG}; mv $TMP/t.tar $OUT"), Container::Tar, long),
        (&format!("7z a -bd -ttar -mm=pax $TMP/t.tar {LONG}; mv $TMP/t.tar $OUT"), Container::Tar, long),
    ];
    let whole = |script: &str| {
        inspect(&pack(folder.path(), script), Format::Mpk).unwrap_or_else(|error| panic!("{script}: {error}"))
    };
    let first = whole(rows[0].0);
    for (script, container, (entries, bytes)) in rows {
        let contents = whole(script);
        assert_eq!(contents.container, *container, "{script}");
        assert_eq!((contents.entries, contents.unpacked_size), (*entries, *bytes), "{script}");
        assert_eq!(contents.manifest, first.manifest, "{script}");
        assert_eq!(contents.manifest_whole, first.manifest_whole, "{script}");
    }
}

fn python(mode: &str, form: &str, files: &str) -> String {
    format!(
        "python3 - {files} <<'.'\nimport os, sys, tarfile\nwith tarfile.open(os.environ['OUT'], '{mode}', \
         format=tarfile.{form}_FORMAT) as tar:\n for name in sys.argv[1:]: tar.add(name)\n."
    )
}

/// `git archive` keeps no empty folders; there are none.
fn git(form: &str, files: &str) -> String {
    format!(
        "export GIT_DIR=$TMP/g GIT_WORK_TREE=$PWD; git init -q; git add {files}; git -c user.name=a \
         -c user.email=a@b.c commit -qm a; git archive --format={form} HEAD >$OUT"
    )
}

#[test]
fn what_a_segment_may_not_hold_is_refused_as_real_tools_write_it() {
    let folder = folder();
    let rows: &[(&str, &str)] = &[
        ("tar c . | xz -9 >$OUT", "the xz stream needs a window of more than 32 MiB"),
        ("tar c . | xz --lzma2=dict=64MiB >$OUT", "the xz stream needs a window of more than 32 MiB"),
        (
            "tar cf $TMP/t .; { head -c 1000000 $TMP/t | xz -1; tail -c +1000001 $TMP/t | xz -9; } >$OUT",
            "the xz stream needs a window of more than 32 MiB",
        ),
        ("tar c . | zstd -q --long=27 >$OUT", "the zstd stream needs a window of more than 32 MiB"),
        ("tar c . | zstd -q --long=31 >$OUT", "the zstd stream needs a window of more than 32 MiB"),
        ("tar c . | zstd -q -D segment.toml >$OUT", "its zstd stream is damaged"),
        ("ln -sf /etc/passwd l; tar cf $OUT .; rm l", "the entry ./l is refused: it is a symbolic link"),
        ("ln -f empty h; tar cf $OUT .; rm h", "is a hard link"),
        ("mkfifo f; tar cf $OUT .; rm f", "the entry ./f is refused: it is a pipe"),
        (
            "truncate -s 1M s; tar cf $OUT --format=gnu -S .; rm s",
            "the entry ./s is refused: it is a sparse file",
        ),
        ("truncate -s 1M s; tar cf $OUT --format=pax -S .; rm s", "it describes a sparse file"),
        ("chmod u+s empty; tar cf $OUT .; chmod u-s empty", "the entry ./empty is refused: it is setuid"),
        ("tar cf $OUT -V label .", "label of a volume"),
        ("tar cf $OUT -g $TMP/snapshot --format=gnu .", "incremental"),
        ("tar c -M -L 1000 -f $OUT -f $TMP/2 -f $TMP/3 -f $TMP/4 .; cp $TMP/2 $OUT", "split"),
        ("tar cf $TMP/t .; head -c 1000000 $TMP/t >$OUT", "ends within an entry"),
        ("tar c . | gzip -1 >$TMP/t; head -c -100 $TMP/t >$OUT", "its gzip stream is cut off"),
        ("tar c . | gzip -1 >$OUT; echo more >>$OUT", "there is data behind its gzip stream"),
        ("tar c . | zstd -q >$OUT; echo more >>$OUT", "there is data behind its zstd stream"),
        ("tar c . | xz -1 >$OUT; echo more >>$OUT", "its xz stream"),
        ("tar cf $OUT .; echo more >>$OUT", "there is data behind the end of the tar archive"),
        ("tar cf $OUT .; tar c . >>$OUT", "there is data behind the end of the tar archive"),
        ("gzip <segment.toml >$OUT", "this is a gzip file whose content is no tar archive"),
        ("tar c . | gzip | gzip >$OUT", "a gzip file whose content is a gzip file"),
        ("7z a -bd $TMP/a.7z segment.toml; mv $TMP/a.7z $OUT", "this is a 7z archive"),
    ];
    for (script, said) in rows {
        let error = inspect(&pack(folder.path(), script), Format::Mpk).unwrap_err().to_string();
        assert!(error.contains(said), "{script}: {error}");
    }
}

#[test]
fn a_zip_must_be_a_zip_whatever_else_could_be_read() {
    let folder = folder();
    for (script, said) in [
        ("tar cf $OUT .", "this is a tar archive;"),
        ("tar c . | gzip -1 >$OUT", "this is a tar archive in gzip;"),
        ("tar c . | xz -0 >$OUT", "this is a tar archive in xz;"),
        ("tar c . | zstd -q >$OUT", "this is a tar archive in zstd;"),
        ("tar c . | xz -9 >$OUT", "this is an xz file;"),
        ("gzip <segment.toml >$OUT", "this is a gzip file;"),
    ] {
        let error = inspect(&pack(folder.path(), script), Format::Zip).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("a .zip must be a zip archive; {said} pack the segment as zip"),
            "{script}"
        );
    }
}
