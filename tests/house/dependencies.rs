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

#[test]
fn a_dependency_without_a_reason_is_found() {
    let manifest = "[package]\nname = \"x\"\n[dependencies]\na = \"1\"\nb = \"1\" # draws the screen\n\
                    [target.'cfg(unix)'.dev-dependencies]\nc = { version = \"1\" } # x\n[lints]\nd = \"deny\"";
    assert_eq!(unexplained(manifest), ["a = \"1\"", "c = { version = \"1\" } # x"]);
}
