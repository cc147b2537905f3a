//! Reads the paths out of a Rust file: what it names of this crate (`crate::`, `super::` up to the root) and
//! of others, in `use` and in the middle of code.

/// A path that a file names, from the root of this crate or of another one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Named {
    pub(crate) line: usize,
    /// `crate` first for this crate's own; else the name of a crate, or of a module beside the file.
    pub(crate) path: Vec<String>,
}

/// All of them in a file that is module `module` of the crate, e.g. `["store", "etcd"]`.
pub(crate) fn named(module: &[&str], source: &str) -> Vec<Named> {
    let tokens = tokens(source);
    let mut found = Vec::new();
    // Braces that are open, and whether they belong to `mod name {`, where `super` is one step shorter.
    let mut open = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let text = tokens[at].text.as_str();
        let before = at.checked_sub(1).map(|before| tokens[before].text.as_str());
        let begins_path = is_name(text)
            && tokens.get(at + 1).is_some_and(|next| next.text == "::")
            && !matches!(before, Some("::" | "."))
            // `pub(in crate::x)` imports nothing.
            && !(before == Some("in") && at >= 2 && tokens[at - 2].text == "(");
        if text == "use" || begins_path {
            let first = found.len();
            at = tree(&tokens, if text == "use" { at + 1 } else { at }, &[], &mut found);
            // Where a path stands decides how far its `super` reaches.
            resolve(module, open.iter().filter(|&&is_module| is_module).count(), &mut found[first..]);
            continue;
        }
        match text {
            "{" => open.push(at >= 2 && tokens[at - 2].text == "mod"),
            "}" => drop(open.pop()),
            _ => {}
        }
        at += 1;
    }
    found.retain(|named| named.path.first().is_some_and(|first| first != "self" && first != "super"));
    found.sort();
    found.dedup();
    found
}

/// Rewrites `super::x` to `crate::...::x`; `inner` modules are open inside the file.
fn resolve(module: &[&str], inner: usize, found: &mut [Named]) {
    for named in found {
        let supers = named.path.iter().take_while(|part| *part == "super").count();
        if supers == 0 {
            continue;
        }
        let Some(kept) = (module.len() + inner).checked_sub(supers) else { continue };
        let mut path = vec!["crate".to_owned()];
        path.extend(module.iter().take(kept).map(|part| (*part).to_owned()));
        // What lies inside the file's own inner modules stays below the file.
        path.extend(named.path.drain(..).skip(supers));
        named.path = path;
    }
}

/// Reads a path with its groups from `at`; gives where it ends.
fn tree(tokens: &[Token], mut at: usize, prefix: &[String], found: &mut Vec<Named>) -> usize {
    let mut path = prefix.to_vec();
    let line = tokens.get(at).map_or(0, |token| token.line);
    while let Some(token) = tokens.get(at) {
        match token.text.as_str() {
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token.text != "}") {
                    let next = tree(tokens, at, &path, found);
                    at = if next == at { at + 1 } else { next };
                    if tokens.get(at).is_some_and(|token| token.text == ",") {
                        at += 1;
                    }
                }
                return at + 1;
            }
            "::" => at += 1,
            "as" => at += 2,
            text if is_name(text) || text == "*" => {
                path.push(text.to_owned());
                at += 1;
                let follows = tokens.get(at).map(|token| token.text.as_str());
                if !matches!(follows, Some("::" | "as")) {
                    break;
                }
            }
            _ => break,
        }
    }
    if path.len() > prefix.len() {
        found.push(Named { line, path });
    }
    at
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

struct Token {
    line: usize,
    text: String,
}

/// Names, `::` and single signs; comments, strings and characters are left out.
fn tokens(source: &str) -> Vec<Token> {
    let text: Vec<char> = source.chars().collect();
    let (mut tokens, mut line, mut at) = (Vec::new(), 1, 0);
    let starts =
        |at: usize, with: &str| with.chars().enumerate().all(|(n, sign)| text.get(at + n) == Some(&sign));
    while at < text.len() {
        let begun = at;
        let sign = text[at];
        if starts(at, "//") {
            at += text[at..].iter().take_while(|&&sign| sign != '\n').count();
        } else if starts(at, "/*") {
            let mut depth = 0;
            while at < text.len() {
                if starts(at, "/*") {
                    (depth, at) = (depth + 1, at + 2);
                } else if starts(at, "*/") {
                    (depth, at) = (depth - 1, at + 2);
                } else {
                    at += 1;
                }
                if depth == 0 {
                    break;
                }
            }
        } else if let Some(end) = raw_string(&text, at) {
            at = end;
        } else if sign == '"' {
            at += 1;
            while at < text.len() && text[at] != '"' {
                at += if text[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
        } else if sign == '\'' {
            // A character, or else a lifetime.
            at += match (text.get(at + 1), text.get(at + 2)) {
                (Some('\\'), _) => {
                    3 + text[(at + 3).min(text.len())..].iter().take_while(|&&sign| sign != '\'').count() + 1
                }
                (Some(_), Some('\'')) => 3,
                _ => 1,
            };
        } else if sign.is_alphanumeric() || sign == '_' {
            at += text[at..].iter().take_while(|sign| sign.is_alphanumeric() || **sign == '_').count();
            tokens.push(Token { line, text: text[begun..at].iter().collect() });
        } else if starts(at, "::") {
            at += 2;
            tokens.push(Token { line, text: "::".to_owned() });
        } else {
            at += 1;
            if !sign.is_whitespace() {
                tokens.push(Token { line, text: sign.to_string() });
            }
        }
        line += text[begun..at.min(text.len())].iter().filter(|&&sign| sign == '\n').count();
    }
    tokens
}

/// The end of `r"..."`, `r#"..."#` or `br"..."` that begins here.
fn raw_string(text: &[char], at: usize) -> Option<usize> {
    if at > 0 && (text[at - 1].is_alphanumeric() || text[at - 1] == '_') {
        return None;
    }
    let mut here = at + usize::from(text[at] == 'b');
    (text.get(here) == Some(&'r')).then_some(())?;
    here += 1;
    let hashes = text[here..].iter().take_while(|&&sign| sign == '#').count();
    here += hashes;
    (text.get(here) == Some(&'"')).then_some(())?;
    here += 1;
    while here < text.len() {
        let closes = text[here] == '"'
            && text[here + 1..].iter().take(hashes).filter(|&&s| s == '#').count() == hashes;
        here += 1;
        if closes {
            return Some(here + hashes);
        }
    }
    Some(here)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(module: &[&str], source: &str) -> Vec<String> {
        named(module, source)
            .into_iter()
            .map(|named| format!("{} {}", named.line, named.path.join("::")))
            .collect()
    }

    #[test]
    fn a_group_is_every_path_in_it() {
        let source = "pub use crate::{store::{self, etcd::Etcd as E}, domain};\nuse std::fmt;";
        assert_eq!(
            paths(&["service"], source),
            ["1 crate::domain", "1 crate::store::etcd::Etcd", "1 crate::store::self", "2 std::fmt"]
        );
    }

    #[test]
    fn a_path_in_the_middle_of_code_counts() {
        assert_eq!(
            paths(&["store"], "fn f(x: &crate::ui::Model<'_>) {\n crate::cli::run() }"),
            ["1 crate::ui::Model", "2 crate::cli::run"]
        );
    }

    #[test]
    fn super_counts_from_the_module_it_stands_in() {
        assert_eq!(paths(&["store", "etcd"], "use super::super::ui::Model;"), ["1 crate::ui::Model"]);
        assert_eq!(paths(&["store", "etcd"], "use super::keys;"), ["1 crate::store::keys"]);
        assert_eq!(paths(&["store"], "use super::{ui, cli::run};"), ["1 crate::cli::run", "1 crate::ui"]);
        assert_eq!(paths(&["store"], "mod tests {\n use super::super::ui;\n}"), ["2 crate::ui"]);
        assert_eq!(paths(&["store"], "mod tests {\n use super::keys;\n}"), ["2 crate::store::keys"]);
    }

    #[test]
    fn comments_strings_and_visibility_do_not_count() {
        let source = r##"
            // use crate::ui;  and the reader's apostrophe
            /* use /* crate::ui */ crate::cli; */
            /// [`crate::ui::Model`]
            pub(in crate::ui) fn f<'a>() -> &'a str { "use crate::ui; \" crate::cli"; r#"use " crate::ui"#; '"' }
            fn g() { '\''; '\u{1f}'; "crate::ui" }
        "##;
        assert_eq!(paths(&["store"], source), Vec::<String>::new());
    }
}
