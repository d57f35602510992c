//! The direction of imports, as `lib.rs` of each crate declares it: a room (a module of the crate's root, with everything
//! below it) uses only rooms that are declared above it, and a crate only the crates of the layers below it. Tests are
//! exempt: they may take what they judge from anywhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use walkdir::WalkDir;

use crate::compare::repository;
use crate::rendered::assert_none;

/// The crates from the lowest layer up, and what of others each may use, beside the layers below it. The program in the
/// cluster shares the ring, so no library of the compiler may come in with it.
const LAYERS: [(&str, &[&str]); 9] = [
    ("crates/streams", &["rustix"]),
    ("crates/wording", &["strsim"]),
    ("crates/ring", &["schemars", "serde", "thiserror"]),
    ("crates/cassandra", &["schemars", "serde", "serde_json", "thiserror"]),
    ("crates/import", &["saphyr-parser", "serde", "serde_json", "serde_path_to_error", "yaml_serde"]),
    ("crates/settle", &["serde", "serde_json"]),
    ("crates/sim", &["serde", "serde_json"]),
    (".", &["*"]),
    ("crates/step", &["*"]),
];

/// What the compiler links nothing of: the program in the cluster, and what every network client is built on.
const NOT_IN_THE_COMPILER: [&str; 8] =
    ["cassc-step", "curl-sys", "mio", "native-tls", "openssl-sys", "rustls", "socket2", "tokio"];

/// What the program in the cluster links nothing of: the compiler, what belongs to it, and the simulation.
const NOT_IN_THE_STEP: [&str; 4] = ["cassc", "cassc-cassandra", "cassc-sim", "cassc-wording"];

/// A file of a crate: its path below `src`, and its text.
type SourceFile = (String, String);

/// The files of a crate.
fn sources(folder: &Path) -> Vec<SourceFile> {
    let files = WalkDir::new(folder).sort_by_file_name().into_iter().map(|entry| entry.expect("a folder can be read"));
    let files = files.filter(|entry| entry.path().extension().is_some_and(|it| it == "rs"));
    let source = |entry: walkdir::DirEntry| {
        let path = entry.path().strip_prefix(folder).expect("a file lies below its folder").to_string_lossy();
        (path.into_owned(), fs::read_to_string(entry.path()).expect("a source file can be read"))
    };
    files.map(source).collect()
}

/// The text without what is compiled for tests alone and without comments. Relies on the layout of `cargo fmt`: an item
/// of several lines ends with a brace that is indented as its first line is.
fn without_tests(text: &str) -> Vec<&str> {
    let (mut kept, mut lines) = (Vec::new(), text.lines());
    while let Some(line) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            let indentation = &line[..line.len() - line.trim_start().len()];
            let mut item =
                lines.by_ref().skip_while(|line| line.trim().starts_with("#[") || line.trim().starts_with("//"));
            let is_long = item.next().is_some_and(|line| !line.ends_with([';', '}']));
            if is_long {
                lines.by_ref().find(|line| line.strip_prefix(indentation) == Some("}"));
            }
        } else if !line.trim_start().starts_with("//") {
            kept.push(line);
        }
    }
    kept
}

/// The modules that a file declares for tests alone.
fn test_modules(text: &str) -> Vec<&str> {
    let lines: Vec<&str> = text.lines().collect();
    let declared = lines.windows(2).filter(|pair| pair[0].trim() == "#[cfg(test)]").map(|pair| pair[1].trim());
    declared.filter_map(|line| line.strip_suffix(';')?.rsplit_once("mod ")).map(|(_, name)| name).collect()
}

/// The modules for tests alone, as paths without `.rs` and `/mod.rs`.
fn paths_of_tests(files: &[SourceFile]) -> Vec<String> {
    let below = |(path, text): &SourceFile| -> Vec<String> {
        let module = module(path);
        let folder = if room(path).is_some() { format!("{module}/") } else { String::new() };
        test_modules(text).into_iter().map(|name| format!("{folder}{name}")).collect()
    };
    files.iter().flat_map(below).collect()
}

/// The path of a module: `check/e101` of `check/e101.rs`, `check` of `check/mod.rs`.
fn module(path: &str) -> &str {
    path.trim_end_matches(".rs").trim_end_matches("/mod")
}

/// The rooms of a crate, in the order in which `lib.rs` declares them.
fn rooms(lib: &str) -> Vec<&str> {
    let declared = without_tests(lib).into_iter().filter_map(|line| line.strip_suffix(';')?.split_once("mod "));
    declared
        .filter(|(visibility, _)| visibility.is_empty() || visibility.starts_with("pub"))
        .map(|(_, it)| it)
        .collect()
}

/// The room of a file; `None` for the root.
fn room(path: &str) -> Option<&str> {
    let first = path.split('/').next().unwrap_or(path);
    Some(first.strip_suffix(".rs").unwrap_or(first)).filter(|room| !["lib", "main"].contains(room))
}

/// What a file names of its crate's root: `crate::name`, each name of `crate::{…}`, and `super::name` where that is the
/// root.
fn names_of_root(path: &str, text: &str) -> Vec<String> {
    let code = without_tests(text).join("\n");
    let depth = module(path).split('/').count();
    let from_below = "super::".repeat(depth);
    let prefixes = if room(path).is_some() { vec!["crate::", from_below.as_str()] } else { vec!["crate::"] };
    let after = |prefix: &str| -> Vec<String> {
        let parts = code.match_indices(prefix).map(|(at, _)| (&code[..at], &code[at + prefix.len()..]));
        let is_whole =
            |before: &str| !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '$');
        parts.filter(|(before, _)| is_whole(before)).flat_map(|(_, rest)| first_names(rest)).collect()
    };
    prefixes.into_iter().flat_map(after).collect()
}

/// The name at the beginning of a path, or the names of a group of paths.
fn first_names(path: &str) -> Vec<String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let Some(group) = path.strip_prefix('{') else {
        return vec![path.chars().take_while(|c| is_part(*c)).collect()];
    };
    let (mut names, mut depth, mut name) = (Vec::new(), 0, Some(String::new()));
    for c in group.chars() {
        match (c, &mut name) {
            ('}', _) if depth == 0 => break,
            ('{', _) => depth += 1,
            ('}', _) => depth -= 1,
            (',', _) if depth == 0 => names.extend(name.replace(String::new())),
            (c, Some(part)) if is_part(c) => part.push(c),
            (c, Some(part)) if c.is_whitespace() && part.is_empty() => {}
            _ if depth == 0 => names.extend(name.take()),
            _ => {}
        }
    }
    names.extend(name);
    names.retain(|name| !name.is_empty() && name != "self");
    names
}

/// Every import that goes against the order of the rooms, with the file that has it. What the root itself defines counts
/// as declared below the last room that the root uses.
fn against_the_order(files: &[SourceFile]) -> Vec<String> {
    let (_, lib) = files.iter().find(|(path, _)| path == "lib.rs").expect("a crate has a root");
    let rooms = rooms(lib);
    let place = |name: &str| rooms.iter().position(|room| *room == name);
    let root_code = without_tests(lib).join("\n");
    let root = rooms.iter().rposition(|room| root_code.contains(&format!("{room}::"))).unwrap_or_default();
    let of_file = |(path, text): &SourceFile| -> Vec<String> {
        let Some((own, place_of_own)) = room(path).and_then(|room| Some((room, place(room)?))) else {
            return Vec::new();
        };
        let names = names_of_root(path, text).into_iter();
        let names = names.filter(|name| name != own && place(name).unwrap_or(root) >= place_of_own);
        names.map(|name| format!("{path}: `{own}` uses `{name}`, which is declared below it")).collect()
    };
    let of_tests = paths_of_tests(files);
    let is_of_tests = |path: &str| of_tests.iter().any(|test| Path::new(module(path)).starts_with(test));
    files.iter().filter(|(path, _)| !is_of_tests(path)).flat_map(of_file).collect()
}

/// The dependencies of a package on every platform, by its manifest: without those of its tests.
fn dependencies(manifest: &str) -> Vec<&str> {
    let is_of_program = |section: &&str| {
        let header = section.split_once(']').map_or("", |(header, _)| header);
        header == "dependencies" || header.starts_with("target.") && header.ends_with(".dependencies")
    };
    let lines = manifest.split("\n[").filter(is_of_program).flat_map(|section| section.lines().skip(1));
    let names = lines.filter(|line| !line.trim().is_empty()).filter_map(|line| line.split([' ', '.', '=']).next());
    names.filter(|name| !name.starts_with('#')).collect()
}

#[test]
fn rooms_use_only_what_stands_above_them() {
    for (folder, _) in LAYERS {
        let files = sources(&repository(folder).join("src"));
        assert!(!files.is_empty(), "{folder} has sources");
        assert_none(&against_the_order(&files));
    }
}

#[test]
fn crates_use_only_what_their_layer_allows() {
    for (position, (folder, allowed)) in LAYERS.iter().enumerate() {
        let manifest = fs::read_to_string(repository(folder).join("Cargo.toml")).expect("a crate has a manifest");
        let below = LAYERS[..position].iter().map(|(folder, _)| folder.replace("crates/", "cassc-"));
        let below: Vec<String> = below.collect();
        let is_allowed =
            |name: &&str| allowed.contains(name) || below.iter().any(|it| it == name) || allowed.contains(&"*");
        let others: Vec<&str> = dependencies(&manifest).into_iter().filter(|name| !is_allowed(name)).collect();
        assert_eq!(others, Vec::<&str>::new(), "{folder} uses more than its layer allows");
        assert!(!dependencies(&manifest).is_empty(), "{folder} has dependencies");
    }
    let members = fs::read_dir(repository("crates")).expect("the crates are there").count();
    assert_eq!(members + 1, LAYERS.len(), "every crate has a layer");
}

/// The packages that a package is built with, itself included, by Cargo.lock: on any platform, with any features, tests
/// included. Versions of one package count as one.
fn closure<'l>(lock: &'l str, package: &'l str) -> BTreeSet<&'l str> {
    let quoted = |line: &'l str| line.split('"').nth(1).expect("a quoted text");
    let mut needed: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for block in lock.split("[[package]]").skip(1) {
        let name = block.lines().find(|line| line.starts_with("name = ")).map(quoted).expect("a package has a name");
        let listed = block.lines().map(str::trim).filter(|line| line.starts_with('"')).map(quoted);
        needed.entry(name).or_default().extend(listed.filter_map(|text| text.split(' ').next()));
    }
    let (mut found, mut open) = (BTreeSet::new(), vec![package]);
    while let Some(name) = open.pop() {
        if found.insert(name) {
            open.extend(needed.get(name).into_iter().flatten());
        }
    }
    found
}

#[test]
fn the_two_programs_share_the_ring_and_only_one_has_a_network() {
    let lock = fs::read_to_string(repository("Cargo.lock")).expect("it is committed");
    let (compiler, step) = (closure(&lock, "cassc"), closure(&lock, "cassc-step"));
    let wrong = |found: &BTreeSet<&str>, never: &[&'static str]| -> Vec<&str> {
        never.iter().copied().filter(|name| found.contains(name)).collect()
    };
    assert_eq!(wrong(&compiler, &NOT_IN_THE_COMPILER), Vec::<&str>::new(), "in the compiler");
    assert_eq!(wrong(&step, &NOT_IN_THE_STEP), Vec::<&str>::new(), "in the program in the cluster");
    assert!(compiler.contains("cassc-ring") && compiler.contains("serde_json"), "{compiler:?}");
    assert!(step.contains("cassc-ring") && step.contains("mio"), "{step:?}");
}

#[test]
fn the_documentation_of_the_root_names_every_room() {
    for (folder, _) in LAYERS {
        let lib = fs::read_to_string(repository(folder).join("src/lib.rs")).expect("a crate has a root");
        let told: String = lib.lines().filter(|line| line.starts_with("//!")).collect();
        let is_told =
            |room: &str| ["`{}`", "`{}::", "mod@{}`"].iter().any(|form| told.contains(&form.replace("{}", room)));
        let untold: Vec<&str> = rooms(&lib).into_iter().filter(|room| !is_told(room)).collect();
        assert_eq!(untold, Vec::<&str>::new(), "{folder}/src/lib.rs does not say what these are");
    }
}

/// A crate of three rooms, in which `check` imports something.
fn planted(import: &str) -> Vec<SourceFile> {
    let lib = "pub mod parse;\npub mod check;\n\nmod render;\n\nuse check::check;\n\npub fn compile() {}\n";
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    vec![
        file("lib.rs", lib),
        file("parse.rs", "use std::fs;\n"),
        file("check/mod.rs", "mod deep;\n#[cfg(test)]\nmod hostile;\n"),
        file("check/deep.rs", import),
        file("check/hostile.rs", "use crate::render::objects;\n"),
        file("render/mod.rs", "use crate::check::{Rule, parse};\nuse crate::{compile, parse};\n"),
    ]
}

#[test]
fn a_planted_import_is_found_however_it_is_written() {
    let tests = "#[cfg(test)]\nmod tests {\n    use crate::render::objects;\n\n    fn f() {}\n}\n";
    let fixtures = "#[cfg(test)]\nuse crate::render::objects;\n";
    for right in
        ["use crate::parse::parse;\n", "/// [`crate::render`] reads it.\n", tests, fixtures, "use super::Rule;\n"]
    {
        assert_eq!(against_the_order(&planted(right)), Vec::<String>::new(), "{right}");
    }
    let after_tests = format!("{tests}use crate::render::objects;\n");
    for wrong in [
        "use crate::render::objects;\n",
        "pub(crate) use crate::{parse::{self, Text}, render};\n",
        "fn f() -> usize { crate::render::objects().len() }\n",
        "use super::super::render;\n",
        "use crate::{\n    parse,\n    render::{objects, Stage},\n};\n",
        "use crate::compile;\n",
        &after_tests,
    ] {
        let found = against_the_order(&planted(wrong));
        assert_eq!(found.len(), 1, "{wrong}: {found:?}");
        assert!(found[0].starts_with("check/deep.rs: `check` uses `"), "{found:?}");
    }
}
