//! The pages of `docs/` and of the plugins: what they list is compared with the product, so that no
//! list goes stale, and recipes are run as they stand.

mod abi;
mod hosts;
mod limits;
mod plugins;
mod reference;
mod roles;
mod soap;
mod token;

use std::path::PathBuf;

/// The repository.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A file of the repository.
fn read(path: &str) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The page says what is given; with `LDS_REWRITE=1` in the environment it is written first.
fn assert_written(page: &str, written: &str) {
    if std::env::var_os("LDS_REWRITE").is_some() {
        std::fs::write(root().join(page), written).expect("the page can be written");
    }
    let found = read(page);
    let differs = written
        .lines()
        .zip(found.lines())
        .find(|(new, old)| new != old);
    assert_eq!(differs, None, "{page} is old: run `make reference`");
    assert!(
        written == found,
        "{page} has an old end: run `make reference`"
    );
}

/// The first block in a language.
fn block<'a>(page: &'a str, language: &str) -> &'a str {
    let start = format!("```{language}\n");
    let (_, after) = page
        .split_once(&start)
        .unwrap_or_else(|| panic!("no {start}"));
    after.split("```").next().unwrap_or(after)
}

/// What stands under a heading, up to the next one.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let start = format!("\n{heading}\n");
    let (_, after) = page
        .split_once(&start)
        .unwrap_or_else(|| panic!("no {heading}"));
    after.split("\n#").next().unwrap_or(after)
}

/// The rows of the tables in a text, without their heads, each cell trimmed.
fn rows(text: &str) -> Vec<Vec<&str>> {
    let lines: Vec<_> = text.lines().collect();
    let body = (1..lines.len())
        .filter(|line| lines[*line].starts_with('|') && lines[*line - 1].starts_with('|'));
    body.map(|line| {
        lines[line]
            .trim_matches('|')
            .split('|')
            .map(str::trim)
            .collect()
    })
    .filter(|row: &Vec<&str>| !row[0].trim_matches('-').is_empty())
    .collect()
}

/// The words in backquotes.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The blocks of a page that name a file, each with its text.
pub(crate) fn quotations(page: &str) -> Vec<(&str, &str)> {
    let parts: Vec<_> = page.split("```").collect();
    let blocks = parts.iter().skip(1).step_by(2);
    blocks
        .filter_map(|block| {
            let (info, text) = block.split_once('\n')?;
            Some((info.split_once(' ')?.1, text))
        })
        .collect()
}
