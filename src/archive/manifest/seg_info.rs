//! `SegInfo` of a DII COE segment: sections as in an INI file. What is not known is kept and named.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::super::ArchiveError;
use super::super::error::shown;
use super::super::intake::Kept;
use super::bounds::Lists;
use super::lines::{self, Line};
use super::remarks::Remarks;
use crate::domain::requirement::Comparison;
use crate::domain::words::{Say, say, word};
use crate::domain::{FreeText, Prefix, Requirement, Version};

/// Most sections; a repeated one counts once.
const MAX_SECTIONS: usize = 256;

/// What is said there.
#[derive(Debug, Default)]
pub(super) struct SegInfo {
    pub(super) requires: Vec<FreeText>,
    pub(super) conflicts: Vec<FreeText>,
    /// All lines of all sections, by the name as it is written first; those outside of any have none.
    pub(super) sections: Map<String, Value>,
}

/// What a section is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Requires,
    Conflicts,
    /// Known and kept, for the seat.
    Security,
    Unknown,
    /// Lines outside of any section.
    None,
}

struct Section {
    name: String,
    purpose: Purpose,
    lines: Vec<Value>,
}

/// Reads it.
pub(super) fn read(file: &Kept, lists: &mut Lists, remarks: &mut Remarks) -> Result<SegInfo, ArchiveError> {
    let mut info = SegInfo::default();
    let outside = Section { name: String::new(), purpose: Purpose::None, lines: Vec::new() };
    let (mut sections, mut by_name, mut current) = (vec![outside], HashMap::new(), 0);
    by_name.insert(String::new(), 0);
    for line in lines::read(file)? {
        let begun = line.text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        if let Some((name, rest)) = begun {
            let name = name.trim();
            current = *by_name.entry(name.to_lowercase()).or_insert(sections.len());
            if current == sections.len() {
                if current > MAX_SECTIONS {
                    let message = say!("manifest-sections", max = MAX_SECTIONS);
                    return Err(lines::wrong(file, line.number, None, &line.text, message));
                }
                let purpose = purpose(name);
                if purpose == Purpose::Unknown {
                    remark(remarks, file, &line, word!("remark-section"));
                }
                sections.push(Section { name: name.to_owned(), purpose, lines: Vec::new() });
            }
            if !rest.trim().is_empty() && !rest.trim_start().starts_with(['#', '!', ';']) {
                remark(remarks, file, &line, word!("remark-behind-section"));
            }
            continue;
        }
        let section = &mut sections[current];
        let list = match section.purpose {
            Purpose::Requires => Some(&mut info.requires),
            Purpose::Conflicts => Some(&mut info.conflicts),
            Purpose::None => {
                remark(remarks, file, &line, word!("remark-no-section"));
                None
            }
            Purpose::Security | Purpose::Unknown => None,
        };
        if let Some(list) = list
            && let Some(item) = requirement(file, &line, section.purpose, remarks)
        {
            let item = item.to_string();
            let field = format!("[{}]", section.name);
            lists
                .take(&item)
                .map_err(|message| lines::wrong(file, line.number, Some(&field), &line.text, message))?;
            list.push(item.into());
        }
        section.lines.push(line.text.into());
    }
    let there = |section: &Section| section.purpose != Purpose::None || !section.lines.is_empty();
    info.sections = sections
        .into_iter()
        .filter(there)
        .map(|section| (section.name, Value::Array(section.lines)))
        .collect();
    Ok(info)
}

fn purpose(name: &str) -> Purpose {
    match name.to_lowercase().as_str() {
        "requires" => Purpose::Requires,
        "conflicts" => Purpose::Conflicts,
        "security" => Purpose::Security,
        _ => Purpose::Unknown,
    }
}

/// What a line `name:prefix:home:version` asks for. The home may hold a `:`, and may be left out.
///
/// Public sources state the form of the line alone. That a version means "this one or a later one" where it
/// is required, and exactly this one where it conflicts, is our reading: an older one would not be named.
fn requirement(file: &Kept, line: &Line, purpose: Purpose, remarks: &mut Remarks) -> Option<Requirement> {
    let Some((_, rest)) = line.text.split_once(':') else {
        remark(remarks, file, line, word!("remark-no-requirement"));
        return None;
    };
    let (prefix, rest) = rest.split_once(':').map_or((rest, None), |(prefix, rest)| (prefix, Some(rest)));
    let prefix = match prefix.trim().parse::<Prefix>() {
        Ok(prefix) => prefix,
        Err(error) => {
            remark(remarks, file, line, say!("remark-no-effect", error = error.say()));
            return None;
        }
    };
    let version = rest.and_then(|rest| match rest.rsplit_once(':') {
        Some((_, version)) => Some(version.trim()),
        // The only one of the two that is there.
        None => Some(rest.trim()).filter(|text| text.starts_with(|first: char| first.is_ascii_digit())),
    });
    let comparison = if purpose == Purpose::Requires { Comparison::AtLeast } else { Comparison::Equal };
    let versions = match version.filter(|version| !version.is_empty()).map(str::parse::<Version>) {
        None => None,
        Some(Ok(version)) => Some((comparison, version)),
        Some(Err(error)) => {
            remark(remarks, file, line, say!("remark-any-version", prefix = &prefix, error = error.say()));
            None
        }
    };
    Some(Requirement { prefix, versions })
}

fn remark(remarks: &mut Remarks, file: &Kept, line: &Line, message: impl Into<Say>) {
    let text = FreeText::from(line.text.as_str()).cut(60);
    let message: Say = message.into();
    remarks.say(|| {
        say!("remark-line", path = shown(&file.path), line = line.number, text = &text, message = message)
    });
}
