//! The rooms of the runtime: which file may use which. The picture is in `.github/CONTRIBUTING.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each file of the runtime with the files it imports from, by their paths below `src`.
fn imports() -> BTreeMap<String, BTreeSet<String>> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../retry-runtime/src");
    let mut files = BTreeMap::new();
    read(&source, &source, &mut files);
    let known: BTreeSet<String> = files.keys().cloned().collect();
    let imported = |text: &str| paths(text).iter().filter_map(|path| file(path, &known)).collect();
    files.into_iter().map(|(name, text)| (name, imported(&text))).collect()
}

fn read(folder: &Path, source: &Path, files: &mut BTreeMap<String, String>) {
    let entries = fs::read_dir(folder).expect("a folder");
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            read(&path, source, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            // Tests may use what they like.
            let end = ["#[cfg(test)]", "#[cfg(all(test,"].map(|start| text.find(start));
            let end = end.into_iter().flatten().min().unwrap_or(text.len());
            let text = text[..end].to_owned();
            files.insert(name(&path, source), text);
        }
    }
}

fn name(path: &Path, source: &Path) -> String {
    let path: PathBuf = path.strip_prefix(source).expect("below the source").into();
    path.to_string_lossy().replace('\\', "/")
}

/// What follows each `crate::`: the names of a path, once for each item of a list in braces.
fn paths(text: &str) -> Vec<Vec<String>> {
    let is_of_path = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | ':');
    let names = |path: &str| path.split("::").map(str::to_owned).collect::<Vec<String>>();
    let code: Vec<&str> =
        text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    // A visibility is no import.
    let code = code.join("\n").replace("(in crate::", "(");
    let mut found = Vec::new();
    for (at, start) in code.match_indices("crate::") {
        let rest = &code[at + start.len()..];
        let end = rest.find(|letter| !is_of_path(letter)).unwrap_or(rest.len());
        let path = rest[..end].trim_end_matches("::");
        match rest[end..].strip_prefix('{').and_then(|list| list.split_once('}')) {
            Some((list, _)) => {
                let items = list.split(',').map(|item| [names(path), names(item.trim())].concat());
                found.extend(items);
            }
            None => found.push(names(path)),
        }
    }
    found
}

/// The file that the longest beginning of a path names.
fn file(path: &[String], known: &BTreeSet<String>) -> Option<String> {
    (1..=path.len()).rev().find_map(|length| {
        let module = path[..length].join("/");
        let files = [format!("{module}.rs"), format!("{module}/mod.rs")];
        files.into_iter().find(|file| known.contains(file))
    })
}

/// All that a file reaches through imports.
fn reached(from: &str, imports: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut next = vec![from.to_owned()];
    while let Some(file) = next.pop() {
        for other in imports.get(&file).into_iter().flatten() {
            if *other != file && reached.insert(other.clone()) {
                next.push(other.clone());
            }
        }
    }
    reached
}

#[test]
fn the_imports_of_the_runtime_are_found() {
    let imports = imports();
    assert!(imports.len() > 60, "{}", imports.len());
    assert!(imports["call/failing.rs"].contains("decide/attempts.rs"));
    assert!(imports["observe/event.rs"].contains("error/failure.rs"));
}

#[test]
fn deciding_and_errors_use_nothing_of_calls_events_and_sites() {
    for (file, imported) in imports() {
        if !file.starts_with("decide/") && !file.starts_with("error/") {
            continue;
        }
        for room in ["call/", "observe/", "sites/", "overrides/", "testing/"] {
            let upward = imported.iter().find(|other| other.starts_with(room));
            assert_eq!(upward, None, "{file}");
        }
    }
}

#[test]
fn only_the_ruling_asks_settings_and_tests_on_behalf_of_a_call() {
    for (file, imported) in imports() {
        let asks = imported
            .iter()
            .any(|other| ["overrides/", "testing/"].iter().any(|room| other.starts_with(room)));
        if file.starts_with("call/") {
            assert_eq!(asks, file == "call/ruling.rs", "{file}");
        }
    }
}

#[test]
fn no_files_import_each_other_but_four_data_types() {
    let imports = imports();
    let in_a_circle: Vec<&String> =
        imports.keys().filter(|file| reached(file, &imports).contains(*file)).collect();
    assert_eq!(
        in_a_circle,
        ["observe/event.rs", "observe/observer.rs", "policy/mod.rs", "sites/site.rs"],
    );
}
