//! Every seed of the fuzz targets, through the same checks: none panics, and each gets the verdict its name says.

use std::path::Path;

#[path = "../../fuzz/checks.rs"]
mod checks;

/// `ok-...` is accepted, `no-...` refused.
fn replay(target: &str, check: fn(&[u8]) -> bool) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let (mut accepted, mut refused, mut wrong) = (0, 0, Vec::new());
    for seed in std::fs::read_dir(folder).unwrap() {
        let seed = seed.unwrap();
        let name = seed.file_name().into_string().unwrap();
        let verdict = check(&std::fs::read(seed.path()).unwrap());
        let expected = match name.split_once('-') {
            Some(("ok", _)) => true,
            Some(("no", _)) => false,
            _ => panic!("{target}/{name}: the name of a seed begins with ok- or no-"),
        };
        *(if expected { &mut accepted } else { &mut refused }) += 1;
        if verdict != expected {
            wrong.push(format!("{target}/{name}: {}", if verdict { "accepted" } else { "refused" }));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(accepted >= 5 && refused >= 5, "{target}: only {accepted} and {refused} seeds");
}

#[test]
fn containers() {
    replay("container", checks::container);
}

#[test]
fn manifests() {
    replay("manifest", checks::manifest);
}

#[test]
fn seg_infos() {
    replay("seg_info", checks::seg_info);
}

#[test]
fn entry_names() {
    replay("entry_name", checks::entry_name);
}
