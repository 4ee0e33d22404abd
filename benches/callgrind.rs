//! Counts the instructions of a program with `valgrind --tool=callgrind`.

use std::error::Error;
use std::path::Path;
use std::process::{Command, Stdio};

/// What the program itself says of its errors is passed on.
pub(crate) fn instructions(
    program: &Path,
    set_up: impl FnOnce(&mut Command),
) -> Result<u64, Box<dyn Error>> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program);
    set_up(&mut valgrind);
    let output = valgrind
        .stdout(Stdio::inherit())
        .output()
        .map_err(|error| format!("valgrind is needed, and could not be run: {error}"))?;
    let report = String::from_utf8_lossy(&output.stderr);
    for line in report.lines().filter(|line| !line.starts_with("==")) {
        eprintln!("{line}");
    }
    let total = report.lines().find_map(|line| line.split_once("Collected : "));
    match total {
        Some((_, total)) if output.status.success() => Ok(total.trim().parse()?),
        _ => Err(format!("callgrind counted nothing:\n{report}").into()),
    }
}
