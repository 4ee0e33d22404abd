//! The public API is the one that is listed in `listing.txt`.
//!
//! After a change of it on purpose, list it again and read the difference:
//! `LISTING=overwrite cargo test -p retry-tests-public-api`.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use public_api::Builder;

/// Each public item of the runtime with all its features, a line each.
fn listing() -> String {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("public-api");
    let status = Command::new(env!("CARGO"))
        .args(["rustdoc", "--quiet", "--locked", "--lib", "--all-features"])
        .args(["--package", "retry-runtime", "--target-dir"])
        .arg(&target)
        .args(["--", "-Z", "unstable-options", "--output-format", "json"])
        // The output as JSON is not stable yet.
        .env("RUSTC_BOOTSTRAP", "1")
        .env_remove("RUSTDOCFLAGS")
        .status()
        .expect("cargo runs");
    assert!(status.success(), "the documentation of the runtime is built");
    let api = Builder::from_rustdoc_json(target.join("doc/retry_runtime.json"))
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .build()
        .expect("the JSON of this compiler can be read");
    let mut lines: Vec<String> = api.items().map(|item| format!("{item}\n")).collect();
    // An item that is re-exported is listed in both places, and its `impl` twice.
    lines.dedup();
    lines.concat()
}

#[test]
fn the_public_api_is_the_one_that_is_listed() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("listing.txt");
    let listing = listing();
    assert!(listing.lines().count() > 300, "{listing}");
    if env::var_os("LISTING").is_some_and(|value| value == "overwrite") {
        fs::write(&file, &listing).expect("the listing is written");
    }
    let listed = fs::read_to_string(&file).expect("the listing is there");
    let added = listing.lines().filter(|line| !listed.lines().any(|known| known == *line));
    let removed = listed.lines().filter(|line| !listing.lines().any(|known| known == *line));
    let changes: Vec<String> = added
        .map(|line| format!("+ {line}"))
        .chain(removed.map(|line| format!("- {line}")))
        .collect();
    assert!(
        changes.is_empty(),
        "the public API has changed; if on purpose, list it again with \
         `LISTING=overwrite cargo test -p retry-tests-public-api`:\n{}",
        changes.join("\n"),
    );
}
