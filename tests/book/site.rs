//! The site: what mdBook is handed leads everywhere it says.

use crate::page::Page;
use crate::summary::entries;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};

/// All chapters after the site's own preprocessor: the path of each on the site, and its text.
fn chapters() -> Vec<(PathBuf, String)> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let summary = Page::read("docs/SUMMARY.md");
    let chapter = |(_, title, page): (&str, &str, String)| {
        let path = page.trim_start_matches("docs/").to_owned();
        json!({ "Chapter": {
            "name": title, "content": Page::read(&page).text(), "number": null, "sub_items": [],
            "path": path, "source_path": path, "parent_names": [],
        } })
    };
    let items: Vec<Value> = entries(summary.text()).into_iter().map(chapter).collect();
    let mut python = Command::new("python3")
        .args(["-B", "repository.py"])
        .current_dir(&docs)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 starts");
    let root = docs.canonicalize().expect("the pages are there");
    let asked = json!([{ "root": root }, { "items": items }]);
    let mut input = python.stdin.take().expect("a pipe");
    input.write_all(asked.to_string().as_bytes()).expect("it reads");
    drop(input);
    let answered = python.wait_with_output().expect("it ends");
    assert!(answered.status.success());
    let book: Value = serde_json::from_slice(&answered.stdout).expect("a book");
    let mut found = Vec::new();
    let mut waiting = book["items"].as_array().expect("chapters").clone();
    while let Some(item) = waiting.pop() {
        let chapter = &item["Chapter"];
        waiting.extend(chapter["sub_items"].as_array().cloned().unwrap_or_default());
        if let (Some(path), Some(text)) = (chapter["path"].as_str(), chapter["content"].as_str()) {
            found.push((path.into(), text.to_owned()));
        }
    }
    found
}

/// The targets of links outside of code.
fn links(text: &str) -> Vec<&str> {
    let mut fenced = false;
    let mut links = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let targets = line.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
            links.extend(targets.map(|(target, _)| target));
        }
    }
    links
}

fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => assert!(plain.pop(), "{} leaves the site", path.display()),
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}

#[test]
fn every_link_of_the_site_leads_to_a_page_or_a_file_of_it() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let chapters = chapters();
    let pages: BTreeSet<&Path> = chapters.iter().map(|(path, _)| path.as_path()).collect();
    assert_eq!(pages.len(), chapters.len(), "two chapters have one path");
    let mut followed = 0;
    for (path, text) in &chapters {
        // Files are shown as they are: what looks like a link there is code.
        let is_code =
            path.starts_with("repository") && path.with_extension("").extension().is_some();
        for link in links(text).into_iter().filter(|_| !is_code) {
            let target = link.split('#').next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            let there = plain(&path.parent().expect("a folder").join(target));
            let leads = pages.contains(there.as_path()) || docs.join(&there).is_file();
            assert!(leads, "{} links to {link}, which the site has not", path.display());
            followed += 1;
        }
    }
    assert!(followed > 200, "only {followed} links were found");
}

#[test]
fn scenarios_that_pages_name_can_be_read_on_the_site() {
    let chapters = chapters();
    let wanted = Path::new("repository/scenarios/claims/the-mtu-splits.toml.md");
    let (_, text) = chapters.iter().find(|(path, _)| path == wanted).expect("it is a page");
    assert!(text.contains("```toml\n") && text.contains("the-mtu-splits"), "{text}");
}

/// The values of an attribute in a page of the site.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let begin = format!(" {name}=\"");
    html.split(&begin).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0)).collect()
}

fn html_files(folder: &Path, found: &mut BTreeMap<PathBuf, String>) {
    for entry in std::fs::read_dir(folder).expect("a folder of the site").flatten() {
        let path = entry.path();
        if path.is_dir() {
            html_files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "html") {
            let text = std::fs::read_to_string(&path).expect("a page");
            found.insert(path, text);
        }
    }
}

#[test]
#[ignore = "needs mdBook: tests/book/install"]
fn the_site_is_built_and_every_link_and_heading_of_it_is_there() {
    let folder = std::env::var_os("WIREBENCH_TEST_BOOK")
        .expect("WIREBENCH_TEST_BOOK names the folder that tests/book/install was given");
    let site = tempfile::tempdir().expect("a folder");
    let path = format!(
        "{}:{}",
        Path::new(&folder).join("bin").display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let build = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/build");
    let built = Command::new(build).arg(site.path()).env("PATH", path).output().expect("it starts");
    let said = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success() && !said.contains("WARN"), "{said}");
    let mut pages = BTreeMap::new();
    html_files(site.path(), &mut pages);
    // These hold the others once more, or are in no folder.
    pages.retain(|path, _| !path.ends_with("print.html") && !path.ends_with("404.html"));
    let mut followed = 0;
    for (path, html) in &pages {
        for link in attributes(html, "href") {
            let (target, heading) = link.split_once('#').unwrap_or((link, ""));
            if link.contains(':') || link.is_empty() {
                continue;
            }
            let there = match target {
                "" => path.clone(),
                target => plain(&path.parent().expect("a folder").join(target)),
            };
            assert!(there.is_file(), "{} links to {link}", path.display());
            let headings = pages.get(&there).map(|html| attributes(html, "id"));
            let found = headings.is_none_or(|ids| heading.is_empty() || ids.contains(&heading));
            assert!(found, "{} links to {link}: no such heading", path.display());
            followed += 1;
        }
    }
    assert!(followed > 1_000, "only {followed} links were found");
}
