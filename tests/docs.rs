//! What the pages say, held against the repository: links lead somewhere, commands exist, quotations are what they quote.
//! Their Rust is compiled and run by the documentation tests of the crate.

use crate::build_script;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The names of the files in a folder that end like this, sorted.
fn files(folder: &str, ending: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names = names.filter(|name| name.ends_with(ending)).collect::<Vec<_>>();
    names.sort();
    names
}

fn pages() -> Vec<String> {
    files("docs", ".md").into_iter().map(|name| format!("docs/{name}")).collect()
}

/// Everything that is written for people, but what belongs to one folder only.
fn texts() -> Vec<String> {
    let mut texts = pages();
    texts.extend(files(".", ".md"));
    texts.push("llms.txt".to_owned());
    texts
}

/// A block of code: its language, the text, and the line it begins at.
struct Block {
    language: String,
    text: String,
    line: usize,
}

/// The blocks of code of a text, and the text without them.
fn blocks(text: &str) -> (Vec<Block>, String) {
    let (mut blocks, mut rest) = (Vec::new(), String::new());
    let mut open: Option<(Block, usize)> = None;
    for (number, line) in text.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        match (&mut open, line.trim_start().strip_prefix("```")) {
            (Some(_), Some("")) => blocks.extend(open.take().map(|(block, _)| block)),
            (Some((block, indent)), _) => {
                block.text.push_str(line.get(*indent..).unwrap_or_default());
                block.text.push('\n');
            }
            (None, Some(language)) => {
                let block = Block { language: language.to_owned(), text: String::new(), line: number + 1 };
                open = Some((block, indent));
            }
            (None, None) => {
                rest.push_str(line);
                rest.push('\n');
            }
        }
    }
    assert!(open.is_none(), "a block is not closed");
    (blocks, rest)
}

/// What stands between single backticks, and the text without it.
fn spans(text: &str) -> (Vec<&str>, String) {
    let (mut spans, mut rest) = (Vec::new(), String::new());
    for (number, part) in text.split('`').enumerate() {
        if number % 2 == 1 { spans.push(part) } else { rest.push_str(part) }
    }
    (spans, rest)
}

/// The links of a text, inline and by definition, and the names that are used as links.
fn links(text: &str) -> (Vec<String>, BTreeSet<String>) {
    let text = spans(&blocks(text).1).1;
    let inline = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let mut targets = inline.map(|(target, _)| target.to_owned()).collect::<Vec<_>>();
    let mut names = BTreeSet::new();
    for line in text.lines() {
        if let Some((name, target)) = line.strip_prefix('[').and_then(|line| line.split_once("]: ")) {
            targets.push(target.to_owned());
            names.remove(name);
            continue;
        }
        for rest in line.split('[').skip(1) {
            let Some((name, after)) = rest.split_once(']') else { continue };
            if name.strip_suffix(".md").is_some() && !after.starts_with('(') {
                names.insert(name.to_owned());
            }
        }
    }
    let defined = |name: &String| text.contains(&format!("\n[{name}]: "));
    names.retain(|name| !defined(name));
    (targets, names)
}

/// The anchors of the headings, as GitHub makes them.
fn anchors(text: &str) -> BTreeSet<String> {
    let text = blocks(text).1;
    let headings = text.lines().filter(|line| line.starts_with('#')).filter_map(|line| line.split_once(' '));
    let anchor = |heading: &str| -> String {
        let kept = heading.chars().filter(|&each| each.is_alphanumeric() || " -_".contains(each));
        kept.flat_map(char::to_lowercase).map(|each| if each == ' ' { '-' } else { each }).collect()
    };
    headings.map(|(_, heading)| anchor(heading)).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut count = 0;
    for from in texts() {
        let text = read(&from);
        let (targets, undefined) = links(&text);
        assert!(undefined.is_empty(), "{from}: these are links to nothing: {undefined:?}");
        for target in targets {
            if target.starts_with("https://") {
                continue;
            }
            count += 1;
            let (path, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let folder = Path::new(&from).parent().unwrap();
            let path = if path.is_empty() { PathBuf::from(&from) } else { folder.join(path) };
            let path = path.to_str().unwrap();
            assert!(root().join(path).exists(), "{from}: `{target}` leads nowhere");
            let is_there = anchor.is_empty() || anchors(&read(path)).contains(anchor);
            assert!(is_there, "{from}: `{target}`: there is no such heading");
        }
    }
    assert!(count > 30, "only {count} links were found");
}

#[test]
fn every_page_is_linked_and_part_of_the_documentation() {
    let [readme, llms, guide, front, names] =
        ["README.md", "llms.txt", "sdk/src/guide.rs", "sdk/src/front.md", "sdk/src/guide_links.md"].map(read);
    for page in pages() {
        let name = page.strip_prefix("docs/").unwrap();
        assert!(readme.contains(&format!("]({page})")), "the README does not link {page}");
        assert!(llms.contains(&format!("]({page})")), "llms.txt does not link {page}");
        assert!(guide.contains(&format!("include_str!(\"../{page}\")")), "{page} is not compiled");
        let module = name.trim_end_matches(".md").replace('-', "_");
        let link = format!("[{name}]: crate::guide::{module}\n");
        assert!(names.contains(&link), "there is no link to {page} for the documentation");
        assert!(front.contains(&format!("[`guide::{module}`]")), "the front page does not name {page}");
        let text = read(&page);
        assert!(text.starts_with("# "), "{page} has no title");
        assert!(!text.contains("](../"), "{page} is packaged without what is outside of its folder");
    }
}

#[test]
fn blocks_are_of_a_kind_that_is_checked() {
    for from in texts() {
        for Block { language, text, line } in blocks(&read(&from)).0 {
            let kinds = ["console", "rust", "rust,no_run", "sh", "sql", "text", "toml", "yaml"];
            assert!(kinds.contains(&language.as_str()), "{from}:{line}: nobody checks `{language}`");
            let hidden = text.lines().filter(|each| each.starts_with("# ")).count();
            assert!(!language.starts_with("rust") || hidden < 3, "{from}:{line}: too much is hidden");
        }
    }
}

/// As a documentation test, what is marked as a test would not even be compiled.
#[test]
fn tests_that_are_shown_are_run() {
    let is_test = |block: &Block| block.text.contains("#[tokio::test]") || block.text.contains("#[test]");
    let shown = ["README.md".to_owned()].into_iter().chain(pages()).flat_map(|from| blocks(&read(&from)).0);
    let shown = shown.filter(is_test).map(|block| block.text).collect::<BTreeSet<_>>();
    let files = files("tests/pages", ".rs").into_iter().filter(|name| name != "mod.rs");
    let run = files.map(|name| read(&format!("tests/pages/{name}"))).collect::<BTreeSet<_>>();
    assert!(!shown.is_empty());
    assert_eq!(shown, run, "what is shown in a page is a file in `tests/pages`");
}

/// All sources that can be quoted from, which are compiled.
fn sources(folder: &Path, all: &mut String) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            all.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn a_provider_is_added_as_the_page_says() {
    let mut compiled = read("sdk/build.rs");
    for folder in ["sdk/src", "tests/fixtures"] {
        sources(&root().join(folder), &mut compiled);
    }
    let [sixth, manifest] = ["tests/fixtures/sixth/sixth.yaml", "sdk/Cargo.toml"].map(read);
    let mut documents = 0;
    for Block { language, text, line } in blocks(&read("docs/add-a-provider.md")).0 {
        match language.as_str() {
            "yaml" if text.starts_with("openapi:") => {
                documents += 1;
                let code =
                    build_script::generate(&text).unwrap_or_else(|error| panic!("line {line}: {error}"));
                assert!(code.contains("pub fn get_note("), "line {line}: the call is not there");
            }
            "yaml" => assert!(sixth.contains(&text), "line {line}: the sixth provider has no such thing"),
            "rust" => assert!(compiled.contains(&text), "line {line}: no source has this"),
            "toml" => assert!(text.lines().all(|each| manifest.contains(each)), "line {line}: not so"),
            _ => {}
        }
    }
    assert_eq!(documents, 1);
}

/// What commands can name.
struct Known {
    features: BTreeSet<String>,
    dependencies: BTreeSet<String>,
    packages: BTreeSet<String>,
    /// Commands that are built here.
    binaries: BTreeSet<String>,
}

impl Known {
    fn read() -> Self {
        let keys = |text: &str, table: &str| {
            let (_, rest) = text.split_once(&format!("[{table}]\n")).unwrap();
            let lines = rest.lines().take_while(|line| !line.starts_with('['));
            let key = |line: &str| Some(line.split_once([' ', '.'])?.0.to_owned());
            lines.filter(|line| !line.starts_with('#')).filter_map(key).collect()
        };
        let workspace = read("Cargo.toml");
        let (_, members) = workspace.split_once("members = [").unwrap();
        let (members, _) = members.split_once(']').unwrap();
        let manifests = members.split(',').map(|member| member.trim().trim_matches('"'));
        let manifests = manifests.map(|member| read(&format!("{member}/Cargo.toml"))).collect::<Vec<_>>();
        let name = |text: &str| {
            let (_, name) = text.split_once("name = \"").unwrap();
            name.split_once('"').unwrap().0.to_owned()
        };
        let binaries = manifests.iter().flat_map(|manifest| manifest.split("[[bin]]").skip(1));
        let mut dependencies: BTreeSet<_> = keys(&workspace, "workspace.dependencies");
        dependencies.insert("tokio".to_owned());
        Self {
            features: keys(&read("sdk/Cargo.toml"), "features"),
            dependencies,
            packages: manifests.iter().map(|manifest| name(manifest)).collect(),
            binaries: binaries.map(name).collect(),
        }
    }

    /// Whether the command could be run, as far as that can be told without running it.
    fn check(&self, command: &str) -> Result<(), String> {
        let (command, _) = command.split_once(" #").unwrap_or((command, ""));
        let (command, _) = command.split_once(" -- ").unwrap_or((command, ""));
        if let Some((first, second)) = command.split_once(" && ") {
            return self.check(first).and_then(|()| self.check(second));
        }
        let mut words = command.split_whitespace().skip_while(|word| word.contains('='));
        let exists = |path: &str| root().join(path).exists();
        match words.next().unwrap_or_default() {
            "cargo" => self.check_cargo(&words.collect::<Vec<_>>()),
            "." | "cd" | "export" | "npx" | "openssl" => Ok(()),
            binary if self.binaries.contains(binary) => Ok(()),
            script if script.starts_with("scripts/") || script == ".ci/run" => {
                exists(script).then_some(()).ok_or_else(|| format!("there is no `{script}`"))
            }
            other => Err(format!("nothing is known of `{other}`")),
        }
    }

    fn check_cargo(&self, words: &[&str]) -> Result<(), String> {
        let verbs = "add bench check clippy deny doc fmt install new package run test tree"
            .split(' ')
            .collect::<Vec<_>>();
        let verb = words.first().filter(|verb| verbs.contains(verb)).ok_or("cargo has no such command")?;
        let package = words.get(1).filter(|_| *verb == "add").copied();
        if package.is_some_and(|package| !self.dependencies.contains(package)) {
            return Err(format!("`{}` is no dependency of anything here", package.unwrap_or_default()));
        }
        let ours = package.is_none_or(|package| package == "countersign");
        if *verb == "add" && ours && !words.contains(&"--path") {
            return Err("it is not on crates.io: say its path".to_owned());
        }
        for pair in words.windows(2) {
            let [option, value] = pair else { continue };
            let exists = match *option {
                "--features" if ours => value.split(',').all(|feature| self.features.contains(feature)),
                "-p" => self.packages.contains(*value),
                "--bin" => self.binaries.contains(*value),
                "--path" => {
                    // Commands of an application are run beside the checkout.
                    let path = value.strip_prefix("../countersign/").unwrap_or(value);
                    root().join(path).join("Cargo.toml").is_file()
                }
                "--example" => root().join(format!("examples/{value}.rs")).is_file(),
                "--bench" => root().join(format!("sdk/benches/{value}.rs")).is_file(),
                _ => true,
            };
            if !exists {
                return Err(format!("there is no `{option} {value}`"));
            }
        }
        Ok(())
    }
}

/// Terminal sessions, `console`, are run by the tests of the command.
#[test]
fn every_command_is_one_that_there_is() {
    let known = Known::read();
    let mut count = 0;
    for from in texts() {
        let text = read(&from);
        let (blocks, rest) = blocks(&text);
        let shell = blocks.iter().filter(|block| block.language == "sh").flat_map(|block| block.text.lines());
        let begins = |span: &&str| ["cargo ", "scripts/"].iter().any(|start| span.starts_with(start));
        // In running text a script may be named together with what belongs to it, and a command cut short.
        let whole = |span: &&str| !span.contains(['…', '*']);
        let inline = spans(&rest).0.into_iter().filter(begins).filter(whole).map(str::trim);
        for command in shell.chain(inline).filter(|line| !line.is_empty()) {
            count += 1;
            known.check(command).unwrap_or_else(|problem| panic!("{from}: `{command}`: {problem}"));
        }
    }
    assert!(count > 40, "only {count} commands were found");
}

#[test]
fn what_is_written_for_agents_has_its_form() {
    let text = read("llms.txt");
    let mut lines = text.lines().filter(|line| !line.is_empty());
    assert_eq!(lines.next(), Some("# countersign"));
    assert!(lines.next().is_some_and(|line| line.starts_with("> ")), "the summary is missing");
    let (_, sections) = text.split_once("\n## ").unwrap();
    let entries = sections.lines().filter(|line| line.starts_with("- "));
    let is_entry = |line: &str| line.starts_with("- [") && line.contains("](") && line.contains("): ");
    assert_eq!(entries.clone().find(|line| !is_entry(line)), None, "a section has links only");
    assert!(entries.count() > 10);
}
