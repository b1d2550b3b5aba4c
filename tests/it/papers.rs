//! Every link and path in the README and the handbook leads to something that exists.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

const README_LINES: usize = 150;
const README_COLUMNS: usize = 120;

/// The checkable parts of a document.
#[derive(Debug, Default)]
struct Paper {
    links: BTreeSet<String>,
    pictures: BTreeSet<String>,
    /// The anchors of its headings, as GitHub and mdBook make them.
    anchors: BTreeSet<String>,
    /// Inline code.
    spans: BTreeSet<String>,
    /// Lines of its code blocks, without comments.
    commands: Vec<String>,
}

impl Paper {
    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let mut paper = Self::default();
        let mut heading: Option<String> = None;
        let mut is_code = false;
        for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
            match event {
                Event::Start(Tag::Link { dest_url, .. }) => {
                    paper.links.insert(dest_url.into_string());
                }
                Event::Start(Tag::Image { dest_url, .. }) => {
                    paper.pictures.insert(dest_url.into_string());
                }
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    let anchor = anchor(&heading.take().unwrap());
                    assert!(
                        paper.anchors.insert(anchor.clone()),
                        "{} has two headings #{anchor}",
                        path.display()
                    );
                }
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => is_code = true,
                Event::End(TagEnd::CodeBlock) => is_code = false,
                Event::Code(code) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&code);
                    }
                    paper.spans.insert(code.into_string());
                }
                Event::Text(text) => match &mut heading {
                    Some(heading) => heading.push_str(&text),
                    None if is_code => paper.commands.extend(text.lines().map(without_comment)),
                    None => {}
                },
                _ => {}
            }
        }
        paper
    }
}

fn without_comment(line: &str) -> String {
    let code = line.split(" # ").next().unwrap();
    code.trim().to_owned()
}

fn anchor(heading: &str) -> String {
    let lower = heading.trim().to_lowercase();
    lower
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            '-' | '_' => Some(c),
            _ => c.is_alphanumeric().then_some(c),
        })
        .collect()
}

fn chapters() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from("docs")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    assert!(found.len() > 1, "the handbook is empty");
    found
}

/// Every document by its path.
fn papers() -> BTreeMap<PathBuf, Paper> {
    let at_the_top = [
        "README.md",
        "README.ru.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
    ];
    let at_the_top = at_the_top.into_iter().map(PathBuf::from);
    at_the_top
        .filter(|path| path.exists())
        .chain(chapters())
        .map(|path| {
            let paper = Paper::read(&path);
            (path, paper)
        })
        .collect()
}

/// A path without `.` and `..`; none when it leads out of the project.
fn plain(path: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => plain.push(name),
            Component::CurDir => {}
            Component::ParentDir => plain.pop().then_some(())?,
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(plain)
}

/// The problem with a link, if any.
fn problem(papers: &BTreeMap<PathBuf, Paper>, from: &Path, link: &str) -> Option<String> {
    if link.contains("://") {
        return None;
    }
    let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
    let target = match file {
        "" => from.to_owned(),
        file => match plain(&from.with_file_name(file)) {
            Some(target) => target,
            None => return Some("leads out of the project".to_owned()),
        },
    };
    if !target.exists() {
        return Some("there is no such file".to_owned());
    }
    if anchor.is_empty() {
        return None;
    }
    match papers.get(&target) {
        Some(paper) if paper.anchors.contains(anchor) => None,
        Some(_) => Some("there is no such heading".to_owned()),
        None => Some("only headings of papers have anchors".to_owned()),
    }
}

fn wrong(links: impl Fn(&Paper) -> &BTreeSet<String>) -> Vec<String> {
    let papers = papers();
    let mut wrong = Vec::new();
    for (path, paper) in &papers {
        for link in links(paper) {
            if let Some(problem) = problem(&papers, path, link) {
                wrong.push(format!("{}: {link}: {problem}", path.display()));
            }
        }
    }
    wrong
}

#[test]
fn every_link_leads_somewhere() {
    assert_eq!(wrong(|paper| &paper.links), [""; 0]);
}

#[test]
fn every_picture_is_there() {
    assert_eq!(wrong(|paper| &paper.pictures), [""; 0]);
}

#[test]
fn the_contents_name_every_chapter() {
    let contents = Path::new("docs/SUMMARY.md");
    let listed: BTreeSet<PathBuf> = Paper::read(contents)
        .links
        .iter()
        .map(|link| Path::new("docs").join(link))
        .collect();
    let there: BTreeSet<PathBuf> = chapters()
        .into_iter()
        .filter(|path| path != contents)
        .collect();
    assert_eq!(listed, there);
}

/// `a/{b,c}` is `a/b` and `a/c`.
fn expanded(path: &str) -> Vec<String> {
    let braces = path
        .split_once('{')
        .and_then(|(head, rest)| Some((head, rest.split_once('}')?)));
    match braces {
        Some((head, (choices, tail))) => choices
            .split(',')
            .map(|choice| format!("{head}{choice}{tail}"))
            .collect(),
        None => vec![path.to_owned()],
    }
}

#[test]
fn every_path_of_the_source_is_there() {
    let mut checked = 0;
    for (path, paper) in papers() {
        // Old versions had other files.
        if path.ends_with("CHANGELOG.md") {
            continue;
        }
        let spans = paper.spans.iter().filter(|span| span.starts_with("src/"));
        for source in spans.flat_map(|span| expanded(span)) {
            // Capitals are a placeholder for a name that the reader chooses.
            if source.contains(|c: char| c.is_ascii_uppercase()) {
                continue;
            }
            assert!(
                Path::new(&source).exists(),
                "{} names {source}",
                path.display()
            );
            checked += 1;
        }
    }
    assert!(checked > 0, "no paper names a file of the source");
}

#[test]
fn the_readme_is_short_and_says_the_same_in_both_languages() {
    for readme in ["README.md", "README.ru.md"] {
        let text = std::fs::read_to_string(readme).unwrap();
        let lines = text.lines().count();
        assert!(lines <= README_LINES, "{readme} has {lines} lines");
        for (n, line) in text.lines().enumerate() {
            let columns = line.chars().count();
            assert!(
                columns <= README_COLUMNS,
                "{readme}:{} has {columns} columns",
                n + 1
            );
        }
    }
    let english = Paper::read(Path::new("README.md"));
    let russian = Paper::read(Path::new("README.ru.md"));
    let others = |paper: &Paper| -> Vec<String> {
        let links = paper.links.iter().chain(&paper.pictures);
        links
            .filter(|link| !link.starts_with("README"))
            // A picture with words has a copy in English.
            .map(|link| link.replace(".en.png", ".png"))
            .collect()
    };
    assert_eq!(others(&english), others(&russian));
    assert_eq!(english.commands, russian.commands);
    assert!(english.links.contains("README.ru.md") && russian.links.contains("README.md"));
    for command in ["cargo run --release -- demo --once", "cargo test"] {
        assert!(english.commands.iter().any(|line| line == command));
    }
}
