//! Which operations a service has.

use std::path::PathBuf;
use std::process::Command;
use std::{env, fs, io};

use serde_json::Value;

/// The names of all operations in the package of a service, as the SDK names their modules.
///
/// They are read from the package's source, wherever Cargo keeps it. So an operation that a new
/// version of the SDK brings is noticed.
///
/// # Errors
///
/// When Cargo, or the source, does not give them.
pub fn operations_of(package: &str) -> io::Result<Vec<String>> {
    let modules = fs::read_to_string(source_of(package)?.join("operation.rs"))?;
    let module = |line: &str| Some(line.strip_prefix("pub mod ")?.strip_suffix(';')?.to_owned());
    Ok(modules.lines().filter_map(module).collect())
}

fn source_of(package: &str) -> io::Result<PathBuf> {
    let metadata = Command::new(env::var_os("CARGO").unwrap_or("cargo".into()))
        .args(["metadata", "--format-version=1", "--locked", "--filter-platform=host-tuple"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()?;
    if !metadata.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&metadata.stderr)));
    }
    let metadata: Value = serde_json::from_slice(&metadata.stdout)?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let mut libraries = packages
        .filter(|it| it["name"] == package)
        .filter_map(|it| it["targets"][0]["src_path"].as_str())
        .filter_map(|root| Some(PathBuf::from(root).parent()?.to_owned()));
    libraries.next().ok_or_else(|| io::Error::other(format!("no package {package}")))
}
