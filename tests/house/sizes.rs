//! Files stay small and have one reason to exist.

/// Most lines of a file in `src`.
const MOST: usize = 500;
/// Names that say nothing about what a file is for.
const EMPTY_NAMES: [&str; 6] = ["utils", "util", "helpers", "helper", "manager", "common"];

fn too_long(sources: &[(String, String)]) -> Vec<String> {
    let lines = |text: &str| text.lines().count();
    let long = sources.iter().filter(|(_, text)| lines(text) > MOST);
    long.map(|(file, text)| format!("src/{file}: {} lines, {MOST} is the most", lines(text))).collect()
}

fn says_nothing(file: &str) -> bool {
    file.trim_end_matches(".rs").split('/').any(|part| EMPTY_NAMES.contains(&part))
}

fn without_first_line(sources: &[(String, String)]) -> Vec<&str> {
    sources.iter().filter(|(_, text)| !text.starts_with("//!")).map(|(file, _)| file.as_str()).collect()
}

#[test]
fn no_file_is_too_long() {
    let sources = super::sources();
    let mut lengths: Vec<usize> = sources.iter().map(|(_, text)| text.lines().count()).collect();
    lengths.sort_unstable();
    println!(
        "{} files, median {} lines, p90 {}, longest {}",
        lengths.len(),
        lengths[lengths.len() / 2],
        lengths[lengths.len() * 9 / 10],
        lengths[lengths.len() - 1]
    );
    let offenders = too_long(&sources);
    assert!(offenders.is_empty(), "{}", offenders.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    let sources = super::sources();
    let nameless: Vec<_> = sources.iter().map(|(file, _)| file).filter(|file| says_nothing(file)).collect();
    assert!(nameless.is_empty(), "a name that says what belongs there, please: {nameless:?}");
    let silent = without_first_line(&sources);
    assert!(silent.is_empty(), "the first line shall say what the file is for: {silent:?}");
}

#[test]
fn offenders_are_found() {
    let long = ("a.rs".to_owned(), "//!\n".repeat(501));
    let short = ("b.rs".to_owned(), "use x;\n".repeat(500));
    let sources = [long, short];
    assert_eq!(too_long(&sources), ["src/a.rs: 501 lines, 500 is the most"]);
    assert_eq!(without_first_line(&sources), ["b.rs"]);
    assert!(
        says_nothing("store/utils.rs") && says_nothing("common/mod.rs") && !says_nothing("store/commit.rs")
    );
}
