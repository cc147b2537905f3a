//! Finds the calls of segdeck in the code blocks of a page.

/// The code blocks of a page, continued lines joined.
pub(crate) fn blocks(page: &str) -> Vec<String> {
    page.split("```").skip(1).step_by(2).map(|block| block.replace("\\\n", " ")).collect()
}

/// The arguments of each call of segdeck in a block. A line is a command after `$ `, in a systemd unit, or, in a
/// list of commands, when it begins with segdeck; there two spaces and more begin the explanation.
pub(crate) fn calls(block: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for line in block.lines() {
        let command = if let Some(rest) = line.strip_prefix("$ ") {
            rest
        } else if let Some(rest) = line.strip_prefix("ExecStart=") {
            rest
        } else if line.starts_with("segdeck ") || line == "segdeck" {
            line.split("  ").next().unwrap_or_default()
        } else if line.starts_with("cargo run ") {
            line
        } else {
            continue;
        };
        for simple in commands(&words(command)) {
            if simple.first().is_some_and(|program| program.rsplit('/').next() == Some("segdeck")) {
                found.push(simple[1..].to_vec());
            } else if simple.first().is_some_and(|program| program == "cargo")
                && let Some(at) = simple.iter().position(|word| word == "--")
            {
                found.push(simple[at + 1..].to_vec());
            }
        }
    }
    found
}

/// Splits at what ends a simple command, and leaves redirections out.
fn commands(words: &[String]) -> Vec<Vec<String>> {
    let ends = |word: &String| matches!(word.as_str(), "|" | "&" | "&&" | ";" | "||");
    let redirects = |word: &String| word.starts_with(['>', '<']) || word.starts_with("2>");
    let split = words.split(|word| ends(word));
    split.map(|simple| simple.iter().filter(|word| !redirects(word)).cloned().collect()).collect()
}

/// The words of a line; quotes keep spaces together.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for sign in line.chars() {
        match (quote, sign) {
            (Some(open), _) if open == sign => quote = None,
            (None, '\'' | '"') => {
                quote = Some(sign);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            _ => word.get_or_insert_default().push(sign),
        }
    }
    words.extend(word);
    words
}

#[test]
fn calls_are_found() {
    let page = "text\n```\n$ segdeck seat list >x 2>&1 &\nseat-1  ops\n$ A=1 b | segdeck audit list\n```\n`segdeck no`\n\
                ```\nsegdeck segment list --filter 'a !b'   a list\nExecStart=/usr/bin/segdeck \\\n controller\n\
                cargo run --release -- demo\n```\n";
    let found: Vec<Vec<String>> = blocks(page).iter().flat_map(|block| calls(block)).collect();
    let expected: [&[&str]; 5] = [
        &["seat", "list"],
        &["audit", "list"],
        &["segment", "list", "--filter", "a !b"],
        &["controller"],
        &["demo"],
    ];
    assert_eq!(found, expected);
}
