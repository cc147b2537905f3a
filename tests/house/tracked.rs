//! What is checked in holds nothing of one machine: no absolute path of it, no registry but the default one.

/// Tracked text files that say such things on purpose, and what they are.
const EXEMPT: [&str; 1] = ["tests/house/tracked.rs"];

/// What must not stand in a file; `/root` alone may, as the home of the user of that name.
fn betrays(text: &str) -> Option<String> {
    for (number, line) in text.lines().enumerate() {
        let local = ["/work/", "/root/", "/home/runner/", "/Users/"].iter().find(|path| {
            // A path begins the text or follows a sign that cannot be part of one.
            line.match_indices(*path).any(|(at, _)| {
                !line[..at].ends_with(|before: char| before.is_alphanumeric() || "._-}~*".contains(before))
            })
        });
        let registry = line.contains("registry+http")
            && !line.contains("registry+https://github.com/rust-lang/crates.io-index");
        let mirror = line.contains("replace-with") || line.contains("[registries");
        if local.is_some() || registry || mirror {
            return Some(format!("line {}: {}", number + 1, line.trim()));
        }
    }
    None
}

#[test]
fn nothing_of_one_machine_is_checked_in() {
    let mut looked = 0;
    let mut found = Vec::new();
    for name in super::tracked().iter().filter(|name| !EXEMPT.contains(&name.as_str())) {
        let Ok(text) = std::fs::read_to_string(super::checkout().join(name)) else { continue };
        looked += 1;
        found.extend(betrays(&text).map(|line| format!("{name}, {line}")));
    }
    // A source archive without git has nothing to look at.
    assert!(looked > 100 || !super::checkout().join(".git").exists(), "only {looked} files");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_marks_of_a_machine_are_found() {
    for line in [
        "see /root/notes",
        "\"/work/x\"",
        "file:///work/files",
        "source = \"registry+https://crates.example/index\"",
        "replace-with = \"mirror\"",
    ] {
        assert!(betrays(line).is_some(), "{line}");
    }
    for line in
        ["src/work/x", "a/root/b", "{root}/work/", "registry+https://github.com/rust-lang/crates.io-index"]
    {
        assert_eq!(betrays(line), None, "{line}");
    }
}
