//! Every dependency has its reason beside it.

/// Lines of `Cargo.toml` that add a dependency without a word why.
fn unexplained(manifest: &str) -> Vec<&str> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.trim_matches(['[', ']']).split('.').any(|part| part.ends_with("dependencies"));
        } else if inside && line.contains('=') && !line.starts_with('#') {
            let reason = line.rsplit_once(" # ").map_or("", |(_, reason)| reason);
            if reason.trim().len() < 4 {
                found.push(line);
            }
        }
    }
    found
}

#[test]
fn every_dependency_has_a_reason() {
    let manifest = std::fs::read_to_string(super::checkout().join("Cargo.toml")).unwrap();
    assert!(manifest.contains("[dependencies]"));
    let found = unexplained(&manifest);
    assert!(found.is_empty(), "no reason beside:\n{}", found.join("\n"));
}

/// Lines of the fuzz targets' dependencies that are not the program's own.
fn strangers<'a>(fuzz: &'a str, own: &str) -> Vec<&'a str> {
    let (_, added) = fuzz.split_once("[dependencies]\n").unwrap();
    let added = added.lines().take_while(|line| !line.starts_with('[') && !line.is_empty());
    added.filter(|line| !line.starts_with("libfuzzer-sys") && !own.lines().any(|own| own == *line)).collect()
}

#[test]
fn the_fuzz_targets_read_with_the_programs_own_libraries() {
    let at = |path: &str| std::fs::read_to_string(super::checkout().join(path)).unwrap();
    let (fuzz, own) = (at("fuzz/Cargo.toml"), at("Cargo.toml"));
    assert_eq!(strangers(&fuzz, &own), [""; 0], "copy these lines from Cargo.toml");
    let older = "[dependencies]\nlibfuzzer-sys = \"0.4\" # x\nzip = \"8\" # y\n\n[[bin]]\nname = \"z\"";
    assert_eq!(strangers(older, "zip = \"9\" # y"), ["zip = \"8\" # y"]);
}

#[test]
fn a_dependency_without_a_reason_is_found() {
    let manifest = "[package]\nname = \"x\"\n[dependencies]\na = \"1\"\nb = \"1\" # draws the screen\n\
                    [target.'cfg(unix)'.dev-dependencies]\nc = { version = \"1\" } # x\n[lints]\nd = \"deny\"";
    assert_eq!(unexplained(manifest), ["a = \"1\"", "c = { version = \"1\" } # x"]);
}
