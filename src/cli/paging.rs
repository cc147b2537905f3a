//! Which page of a list, in which order, through which filter.

use clap::Args;

use crate::service::{ListRequest, Sort};

/// Arguments of every list.
#[derive(Debug, Clone, Args)]
pub(super) struct Paging {
    /// Page, from 1
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = at_least_one)]
    page: usize,
    /// Items a page
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = at_least_one)]
    per_page: usize,
    /// Column to sort by, named as in the JSON; `:desc` for the greatest first
    #[arg(long, value_name = "COL[:desc]", value_parser = sort)]
    sort: Option<Sort>,
    /// Words, `col:value`, `!not`, `~fuzzy`; all must match
    #[arg(long, value_name = "EXPR", default_value = "", allow_hyphen_values = true)]
    filter: String,
}

impl Paging {
    /// The request.
    pub(super) fn request(self) -> ListRequest {
        ListRequest { page: self.page, per_page: self.per_page, sort: self.sort, filter: self.filter }
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("a whole number from 1 is needed".to_owned()),
        Ok(number) => Ok(number),
    }
}

fn sort(text: &str) -> Result<Sort, String> {
    let (column, descending) = match text.rsplit_once(':') {
        None => (text, false),
        Some((column, "desc")) => (column, true),
        Some((column, "asc")) => (column, false),
        Some((_, other)) => return Err(format!("{other:?} is no order; it is asc or desc")),
    };
    if column.is_empty() {
        return Err("the column is missing".to_owned());
    }
    Ok(Sort { column: column.to_owned(), descending })
}
