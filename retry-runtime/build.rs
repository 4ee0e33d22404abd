//! Passes the compiler's version to the crate, which prints it in support cases.

use std::env;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let version = env::var_os("RUSTC")
        .filter(|_| env::var_os("CARGO_FEATURE_SUPPORT_CASE").is_some())
        .and_then(|compiler| Command::new(compiler).arg("--version").output().ok())
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .map(|version| version.trim().to_owned())
        .filter(|version| !version.is_empty() && !version.contains('\n'));
    let version = version.as_deref().unwrap_or("rustc of an unknown version");
    println!("cargo::rustc-env=RETRY_RUNTIME_COMPILER={version}");
}
