//! The map of the tests, `README.md`, leads to files that exist, and forgets no package.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const MAP: &str = include_str!("README.md");
const REFERENCE: &str = include_str!("../retry-runtime/src/retry_on.md");

/// The texts in backticks in a column of the map's tables that have `columns` columns.
fn column(columns: usize, column: usize) -> Vec<&'static str> {
    cells(MAP, columns, column)
}

fn cells(page: &'static str, columns: usize, column: usize) -> Vec<&'static str> {
    let rows = page.lines().filter(|line| line.starts_with('|'));
    let cells = rows.map(|row| row.trim_matches('|').split('|').collect::<Vec<_>>());
    let cells = cells.filter(|cells| cells.len() == columns);
    cells.flat_map(|cells| cells[column].split('`').skip(1).step_by(2)).collect()
}

/// Whether `path`, without a star at its end, is the beginning of the path of a file or a folder.
fn leads_somewhere(path: &str) -> bool {
    let (folder, name) = path.trim_end_matches('/').rsplit_once('/').unwrap_or((".", path));
    let name = name.trim_matches('*').trim_end_matches('/');
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
    entries.is_ok_and(|mut entries| {
        entries.any(|entry| {
            let entry = entry.unwrap().file_name().into_string().unwrap();
            if path.contains('*') {
                entry.contains(name)
            } else {
                entry.split('.').next() == name.split('.').next()
            }
        })
    })
}

#[test]
fn leads_from_promises_to_files() {
    let paths = column(4, 1);
    assert!(paths.len() > 20, "{paths:?}");
    for path in paths {
        let from_the_root = format!("../{path}");
        let path = if path.starts_with("retry-") { &from_the_root } else { path };
        assert!(leads_somewhere(path), "{path}");
    }
}

#[test]
fn leads_from_keys_to_files() {
    let (tests, mistakes) = (column(3, 1), column(3, 2));
    assert!(tests.len() > 20 && mistakes.len() > 20, "{tests:?} {mistakes:?}");
    for path in tests {
        let in_behavior = format!("behavior/{path}");
        assert!(leads_somewhere(&in_behavior) || leads_somewhere(path), "{path}");
    }
    for path in mistakes {
        assert!(leads_somewhere(&format!("ui/fail/{path}")), "{path}");
    }
}

#[test]
fn forgets_no_key() {
    let (_, keys) = REFERENCE.split_once("\n# Keys\n").expect("the table of keys");
    let keys = cells(keys, 3, 0);
    assert!(keys.len() > 20, "{keys:?}");
    for key in keys {
        let key = key.split('(').next().unwrap();
        assert!(column(3, 0).contains(&key), "{key}");
    }
}

#[test]
fn forgets_no_package_and_no_program() {
    let commands: BTreeSet<_> =
        column(4, 3).into_iter().map(|command| command.split(' ').next().unwrap()).collect();
    for entry in fs::read_dir(env!("CARGO_MANIFEST_DIR")).unwrap() {
        let manifest = entry.unwrap().path().join("Cargo.toml");
        let Ok(manifest) = fs::read_to_string(manifest) else { continue };
        let name = manifest.lines().find_map(|line| line.strip_prefix("name = ")).unwrap();
        assert!(commands.contains(name.trim_matches('"')), "{name}");
    }
    let programs = include_str!("Cargo.toml").split("[[test]]\nname = \"").skip(1);
    for name in programs.map(|rest| rest.split('"').next().unwrap()) {
        assert!(column(4, 3).iter().any(|command| command.ends_with(name)), "{name}");
    }
}
