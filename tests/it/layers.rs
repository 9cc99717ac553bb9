//! The source keeps its shape: which module may import which, how long a file may be, and what stands in no shipped code.
//!
//! The table below is the design. A change of it is a decision, not a fix.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Each module of the library and those of ours that it may import. The command line sees everything, through the
/// library's name.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("json", &[]),
    ("model", &["json"]),
    ("input", &["model"]),
    ("integrity", &["model", "input"]),
    ("decode", &["json", "input", "model"]),
    ("filter", &["model"]),
    ("aggregate", &["model"]),
    ("coverage", &["model", "input"]),
    ("scan", &["model", "input", "integrity", "decode", "filter", "aggregate", "coverage"]),
    ("posture", &["model"]),
    ("report", &["model", "integrity", "aggregate", "posture", "coverage"]),
    ("output", &["model", "report", "coverage"]),
    ("rollup", &["model", "input", "aggregate", "coverage", "report", "scan", "output"]),
    ("snapshot", &["model", "input", "posture", "output"]),
    ("answer", &["input", "report", "coverage", "scan", "output"]),
];

/// The most lines of code that a file may have, tests and comments left out.
const MOST_LINES: usize = 400;

/// A file of `src/`, without its tests and comments.
struct Source {
    /// Below `src/`.
    path: PathBuf,
    /// Its lines of code and their numbers.
    code: Vec<(usize, String)>,
}

impl Source {
    /// The module that it belongs to: the first part of its path.
    fn module(&self) -> String {
        let first = self.path.components().next().expect("a path has a part");
        Path::new(first.as_os_str()).file_stem().expect("a name").to_string_lossy().into_owned()
    }

    fn at(&self, line: usize) -> String {
        format!("src/{}:{line}", self.path.display())
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every file that is shipped: modules that exist only for tests are left out.
fn sources() -> Vec<Source> {
    let mut texts = BTreeMap::new();
    read(&root(), &mut texts);
    let tests: Vec<PathBuf> = texts.iter().flat_map(|(path, text)| test_modules(path, text)).collect();
    let is_test = |path: &Path| tests.iter().any(|test| path.starts_with(test) || path.with_extension("") == *test);
    texts
        .into_iter()
        .filter(|(path, _)| !is_test(path))
        .map(|(path, text)| Source { code: code_of(&text), path })
        .collect()
}

fn read(folder: &Path, texts: &mut BTreeMap<PathBuf, String>) {
    for entry in std::fs::read_dir(folder).expect("a folder of source") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read(&path, texts);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("UTF-8");
            texts.insert(path.strip_prefix(root()).expect("below src").to_owned(), text);
        }
    }
}

/// Where the modules lie that a file declares for tests only.
fn test_modules(path: &Path, text: &str) -> Vec<PathBuf> {
    let home = match path.file_stem().and_then(|stem| stem.to_str()) {
        Some("mod" | "lib" | "main") => path.parent().expect("a folder").to_owned(),
        _ => path.with_extension(""),
    };
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let declared =
        lines.windows(2).filter(|pair| pair[0].starts_with("#[cfg(test)]") || pair[0].starts_with("#[cfg(all(test"));
    let named = declared.filter_map(|pair| {
        let rest = pair[1].trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ").strip_prefix("mod ")?;
        rest.strip_suffix(';')
    });
    named.map(|name| home.join(name)).collect()
}

/// The lines of code: no comments, no blank lines, no `mod tests` at the end of the file.
fn code_of(text: &str) -> Vec<(usize, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let tests = lines
        .windows(2)
        .position(|pair| pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{'));
    let end = tests.unwrap_or(lines.len());
    let code = lines[..end].iter().enumerate().map(|(i, line)| (i + 1, line.trim().to_owned()));
    code.filter(|(_, line)| !line.is_empty() && !line.starts_with("//")).collect()
}

/// The modules of ours that a line names after `crate::`.
fn imported(line: &str) -> Vec<String> {
    let word = |text: &str| -> String { text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect() };
    line.match_indices("crate::").map(|(at, found)| word(&line[at + found.len()..])).collect()
}

#[test]
fn modules_import_what_the_design_lets_them() {
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for source in sources() {
        let module = source.module();
        if ["lib", "main", "cli"].contains(&module.as_str()) {
            continue;
        }
        let allowed = MAY_IMPORT.iter().find(|(name, _)| *name == module);
        let (_, allowed) = allowed.unwrap_or_else(|| panic!("{module} is not in the table: decide what it may import"));
        for (line, code) in &source.code {
            for import in imported(code) {
                seen += 1;
                if import != module && !allowed.contains(&import.as_str()) {
                    wrong.push(format!("{}: {module} may not import {import:?}", source.at(*line)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 100, "the reader of imports sees {seen}");
}

#[test]
fn the_command_line_uses_the_library_by_its_name() {
    for source in sources().iter().filter(|source| source.module() == "cli") {
        for (line, code) in &source.code {
            let ours = imported(code).iter().all(|name| name == "cli");
            assert!(ours, "{}: {code}", source.at(*line));
        }
    }
}

/// The paths of a use tree: `crate::a::{b, c::D}` names two.
fn paths(tree: &str) -> Vec<Vec<String>> {
    let tree = tree.trim();
    let Some((before, group)) = tree.strip_suffix('}').and_then(|tree| tree.split_once('{')) else {
        let path = tree.split(" as ").next().unwrap_or_default();
        return vec![path.split("::").map(|word| word.trim().to_owned()).collect()];
    };
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for letter in group.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        match (letter, depth) {
            (',', 0) => parts.push(String::new()),
            _ => parts.last_mut().expect("a part").push(letter),
        }
    }
    let head: Vec<String> = before.split("::").map(|word| word.trim().to_owned()).filter(|w| !w.is_empty()).collect();
    let of_part = |part: &String| paths(part).into_iter().map(|path| [head.clone(), path].concat()).collect::<Vec<_>>();
    parts.iter().filter(|part| !part.trim().is_empty()).flat_map(of_part).collect()
}

/// The paths that begin with one of these words, in `use` declarations and in expressions.
fn named(code: &str, words: &[&str]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for word in words {
        for (at, _) in code.match_indices(word) {
            let is_inside = code[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || "_:".contains(c));
            let rest = &code[at..];
            let end = rest.find(|c: char| !(c.is_alphanumeric() || "_:".contains(c))).unwrap_or(rest.len());
            if is_inside {
                continue;
            }
            let is_group = rest[..end].ends_with("::") && rest[end..].starts_with('{');
            let end = if is_group { rest.find(';').unwrap_or(end) } else { end };
            found.extend(paths(&rest[..end]));
        }
    }
    found
}

/// The paths that a module re-exports.
fn re_exported(code: &str) -> Vec<Vec<String>> {
    let public = code.match_indices(" use ").filter(|(at, _)| {
        let before = &code[..*at];
        let before = before.strip_suffix(')').and_then(|text| Some(text.rsplit_once('(')?.0)).unwrap_or(before);
        before.ends_with("pub")
    });
    let trees = public.map(|(at, found)| code[at + found.len()..].split(';').next().unwrap_or_default());
    trees.flat_map(paths).collect()
}

/// The modules of `src/`, each with those of ours that it names. What a module re-exports is in the module that defines it.
/// A module and what lies below it are one house: they may name each other.
struct Imports {
    /// By path, with the re-exported paths and the code.
    modules: BTreeMap<Vec<String>, (Vec<Vec<String>>, String)>,
}

impl Imports {
    fn read() -> Self {
        let modules = sources().into_iter().map(|source| {
            let mut path: Vec<String> =
                source.path.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
            if path.last().is_some_and(|last| last == "mod" || last == "lib") {
                path.pop();
            }
            let code: String = source.code.into_iter().map(|(_, line)| line + "\n").collect();
            (path, (re_exported(&code), code))
        });
        Self { modules: modules.collect() }
    }

    /// The module where a path leads that stands in the module `from`; `None` when it is not one of ours.
    fn module_of(&self, from: &[String], path: &[String]) -> Option<Vec<String>> {
        let mut rest = path;
        let mut at = if path.first()? == "crate" { Vec::new() } else { from.to_vec() };
        while let Some((word, after)) =
            rest.split_first().filter(|(word, _)| ["crate", "super", "self"].contains(&word.as_str()))
        {
            if word == "super" {
                at.pop();
            }
            rest = after;
        }
        while let Some((word, after)) = rest.split_first() {
            let below = [at.clone(), vec![word.clone()]].concat();
            if !self.modules.contains_key(&below) {
                let (public, _) = self.modules.get(&at)?;
                let defined = public.iter().find(|path| path.last() == Some(word));
                let elsewhere = defined.filter(|path| path.as_slice() != rest && path.len() > 1);
                return elsewhere.and_then(|path| self.module_of(&at, path)).or(Some(at));
            }
            (at, rest) = (below, after);
        }
        Some(at)
    }

    fn of(&self, module: &[String]) -> Vec<Vec<String>> {
        let (_, code) = &self.modules[module];
        let named = named(code, &["crate::", "super::"]);
        let met = named.iter().filter_map(|path| self.module_of(module, path));
        met.filter(|to| !to.is_empty() && !to.starts_with(module) && !module.starts_with(to)).collect()
    }

    /// The modules that reach each other, as `a, b, c`.
    fn circles(&self) -> Vec<Vec<String>> {
        let direct: BTreeMap<_, Vec<_>> = self.modules.keys().map(|module| (module.clone(), self.of(module))).collect();
        let reached = |from: &Vec<String>| {
            let (mut seen, mut open) = (BTreeMap::new(), direct[from].clone());
            while let Some(next) = open.pop() {
                if seen.insert(next.clone(), ()).is_none() {
                    open.extend(direct[&next].iter().cloned());
                }
            }
            seen
        };
        let all: BTreeMap<_, _> = direct.keys().map(|module| (module, reached(module))).collect();
        let mut circles: Vec<Vec<String>> = Vec::new();
        for (module, reach) in all.iter().filter(|(module, reach)| reach.contains_key(**module)) {
            let with = reach.keys().filter(|other| all[other].contains_key(*module));
            let circle: Vec<String> = with.map(|path| path.join("::")).collect();
            if !circles.contains(&circle) {
                circles.push(circle);
            }
        }
        circles
    }
}

#[test]
fn no_module_imports_another_in_a_circle() {
    let imports = Imports::read();
    let circles: Vec<String> = imports.circles().iter().map(|circle| circle.join(", ")).collect();
    assert!(circles.is_empty(), "modules that import each other:\n{}", circles.join("\n"));
    let count: usize = imports.modules.keys().map(|module| imports.of(module).len()).sum();
    assert!(count > 500, "the reader of imports sees {count}");
}

/// The reader of circles finds one, through a re-export and a third module; what names nothing back is none.
#[test]
fn a_circle_of_imports_is_found() {
    let modules = [
        ("a", "pub use b::B;\nmod b;\n"),
        ("a::b", "use super::c::C;\n"),
        ("a::c", "use crate::d::D;\n"),
        ("d", "use crate::a::B;\n"),
        ("e", "use crate::a::B;\n"),
    ];
    let imports = Imports {
        modules: modules
            .into_iter()
            .map(|(path, code)| (path.split("::").map(str::to_owned).collect(), (re_exported(code), code.to_owned())))
            .collect(),
    };
    let circles: Vec<String> = imports.circles().iter().map(|circle| circle.join(", ")).collect();
    assert_eq!(circles, ["a::b, a::c, d"]);
}

#[test]
fn files_stay_short() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|source| source.code.len() > MOST_LINES)
        .map(|source| {
            format!("src/{} has {} lines of code: split it by responsibility", source.path.display(), source.code.len())
        })
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// What a run of the program leaves in the working directory is committed by nobody.
#[test]
fn nothing_generated_lies_in_the_root() {
    const KNOWN: &[&str] = &[
        "CHANGELOG.md",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "benches",
        "build.rs",
        "docs",
        "examples",
        "fuzz",
        "proptest-regressions",
        "rustfmt.toml",
        "sample-logs",
        "src",
        "target",
        "tests",
    ];
    let names = std::fs::read_dir(env!("CARGO_MANIFEST_DIR"))
        .expect("the repository")
        .map(|entry| entry.expect("an entry").file_name());
    let names = names.map(|name| name.to_string_lossy().into_owned()).filter(|name| !name.starts_with('.'));
    let unknown: Vec<String> = names.filter(|name| !KNOWN.contains(&name.as_str())).collect();
    assert_eq!(unknown, [""; 0], "generated, or to be added to the list");
}

#[test]
fn some_words_stand_in_no_shipped_code() {
    let mut found = Vec::new();
    for source in sources() {
        for (line, code) in &source.code {
            for word in
                [".unwrap()", "dbg!", "todo!", "unimplemented!", "panic!(", "println!(", "eprintln!(", "process::exit"]
            {
                // The one place where a second Ctrl-C leaves at once; and a constant fails the build, not a run.
                let known = word == "process::exit" && source.path == Path::new("cli/interrupt.rs")
                    || word == ".unwrap()" && code.trim_start_matches("pub ").starts_with("const ");
                if code.contains(word) && !known {
                    found.push(format!("{}: {word}", source.at(*line)));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_library_prints_only_the_answer_and_never_exits() {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| !["cli", "main"].contains(&source.module().as_str())) {
        for (line, code) in &source.code {
            // An answer goes to standard output where its caller says so.
            let is_answer = ["output/mod.rs", "output/destination.rs", "output/new_file.rs"]
                .iter()
                .any(|path| source.path == Path::new(path));
            for word in ["stdout()", "stderr()", "print!(", "process::", "set_global_default", "set_hook"] {
                // A credential_process is a command of the user.
                let is_command = word == "process::" && source.path == Path::new("input/s3/command.rs");
                if code.contains(word) && !(is_answer && word == "stdout()") && !is_command {
                    found.push(format!("{}: {word}", source.at(*line)));
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Not even a level is compared once a record: these modules see each.
#[test]
fn what_sees_every_record_tells_nothing() {
    for source in
        sources().iter().filter(|source| ["json", "decode", "filter", "aggregate"].contains(&source.module().as_str()))
    {
        for (line, code) in &source.code {
            assert!(!code.contains("tracing"), "{}: {code}", source.at(*line));
        }
    }
}

/// "x is no time" stops a reader of English, "x is not a time" does not; "there is no" and "is no longer" are as they should be.
#[test]
fn nothing_is_said_to_be_no_thing() {
    let mut found = Vec::new();
    for source in sources() {
        for (line, code) in &source.code {
            for word in [" is no ", " are no "] {
                for (at, _) in code.match_indices(word) {
                    let (before, after) = (code[..at].to_lowercase(), &code[at + word.len()..]);
                    let is_said = before.ends_with("there") || after.starts_with("longer") || after.starts_with("more");
                    if !is_said {
                        found.push(format!("{}: {code}", source.at(*line)));
                    }
                }
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn files_open_with_what_they_are() {
    for (path, text) in {
        let mut texts = BTreeMap::new();
        read(&root(), &mut texts);
        texts
    } {
        let test = ["tests.rs", "testing.rs"].iter().any(|name| path.ends_with(name));
        assert!(test || text.starts_with("//! "), "src/{} does not say what it is", path.display());
    }
}

#[test]
fn the_reader_itself() {
    assert_eq!(imported("use crate::model::{Arn, Event}; let x = crate::scan::y();"), ["model", "scan"]);
    assert_eq!(imported("use super::model::Arn;"), [""; 0]);
    assert_eq!(
        paths("super::a::{b, c::{D, e as f}}").iter().map(|path| path.join(".")).collect::<Vec<_>>(),
        ["super.a.b", "super.a.c.D", "super.a.c.e"]
    );
    assert_eq!(named("use super::x::{Y, z};\nlet a = crate::b::C(d);", &["crate::", "super::"]).len(), 3);
    let text = "//! Doc.\n\nuse x;\n// why\nfn f() {}\n#[cfg(test)]\nmod tests {\n    x.unwrap();\n}\n";
    assert_eq!(code_of(text), [(3, "use x;".to_owned()), (5, "fn f() {}".to_owned())]);
    let declared = test_modules(Path::new("output/mod.rs"), "#[cfg(test)]\nmod sample;\nmod json;\n");
    assert_eq!(declared, [Path::new("output/sample")]);
    assert_eq!(test_modules(Path::new("report/geo.rs"), "#[cfg(test)]\nmod w;"), [Path::new("report/geo/w")]);
    let all: Vec<PathBuf> = sources().into_iter().map(|source| source.path).collect();
    assert!(all.contains(&"output/json.rs".into()) && !all.contains(&"output/sample.rs".into()));
    assert!(!all.iter().any(|path| path.ends_with("tests.rs")), "{all:?}");
}
