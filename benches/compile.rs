//! What a function costs the compiler, with the attribute and without, in one run:
//! `cargo bench -p retry-benches --bench compile`.
//!
//! Functions of two calls each are written to a package of their own, which `cargo check` then
//! compiles. Their processor time is that of `rustc` for 1,000 of them, the best of three runs; it
//! includes its start. Instructions are counted by `valgrind --tool=callgrind` for 50 and for 10
//! of them, so that all but the functions cancels out. Linux only.

mod callgrind;

use std::env;
use std::error::Error;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Where this program, as cargo's wrapper around the compiler, leaves what it measured.
const REPORT: &str = "COMPILE_REPORT";
/// Whether it counts instructions, or else time.
const COUNTS: &str = "COMPILE_COUNTS";

const SHAPES: [(&str, Shape); 5] = [
    ("without retries", without_retries),
    ("loop by hand, silent", |n, kind| by_hand(n, kind, "")),
    ("loop by hand, logs retries", |n, kind| {
        by_hand(n, kind, "tracing::warn!(attempt, ?pause, \"retrying\");")
    }),
    ("#[tracing::instrument]", |n, kind| {
        format!("#[tracing::instrument]\n{}", without_retries(n, kind))
    }),
    ("#[retry_on]", |n, kind| {
        format!(
            "#[retry_runtime::retry_on(ServiceError::Busy, max = 3)]\n{}",
            without_retries(n, kind)
        )
    }),
];

/// Writes the function of this number.
type Shape = fn(usize, Kind) -> String;

#[derive(Clone, Copy)]
enum Kind {
    Plain,
    Async,
}

const SERVICE: &str = r#"
#[derive(Debug)] pub enum ServiceError { Busy, Gone }
impl std::fmt::Display for ServiceError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("failed") }
}
impl std::error::Error for ServiceError {}
#[derive(Debug)] pub struct Service;
impl Service {
    pub fn get(&self, key: &str) -> Result<u64, ServiceError> {
        if key.is_empty() { Err(ServiceError::Busy) } else { Ok(1) }
    }
    pub async fn ask(&self, key: &str) -> Result<u64, ServiceError> { self.get(key) }
}
pub fn pause(attempt: u32) -> std::time::Duration {
    std::time::Duration::from_millis(fastrand::u64(0..100 << attempt))
}
"#;

impl Kind {
    const fn words(self) -> [&'static str; 4] {
        match self {
            Self::Plain => ["", "get", "", "std::thread::sleep"],
            Self::Async => ["async ", "ask", ".await", "tokio::time::sleep"],
        }
    }
}

fn without_retries(number: usize, kind: Kind) -> String {
    function("function", number, kind)
}

fn function(name: &str, number: usize, kind: Kind) -> String {
    let [keyword, call, wait, _] = kind.words();
    format!(
        "pub {keyword}fn {name}{number}(service: &Service, key: &str, n: u64) -> Result<u64, ServiceError> {{
            let first = service.{call}(key){wait}?;
            let second = service.{call}(key){wait}?;
            let sum = first + n + second;
            if sum == 0 {{ return Err(ServiceError::Gone) }}
            Ok(sum * {number})
        }}\n"
    )
}

fn by_hand(number: usize, kind: Kind, logged: &str) -> String {
    let [keyword, _, wait, sleep] = kind.words();
    let once = function("once", number, kind);
    format!(
        "{once}
        pub {keyword}fn function{number}(service: &Service, key: &str, n: u64) -> Result<u64, ServiceError> {{
            let mut attempt = 1;
            loop {{
                match once{number}(service, key, n){wait} {{
                    Err(ServiceError::Busy) if attempt < 3 => {{
                        let pause = pause(attempt);
                        {logged}
                        {sleep}(pause){wait};
                        attempt += 1;
                    }}
                    result => return result,
                }}
            }}
        }}\n"
    )
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    if let Some(report) = env::var_os(REPORT) {
        return compile(Path::new(&report), &env::args_os().skip(1).collect::<Vec<_>>());
    }
    let package = Package::new()?;
    println!("{:<36} {:>14} {:>14}", "per function", "M instructions", "s per 1,000");
    for (name, kind) in [("plain", Kind::Plain), ("async", Kind::Async)] {
        for (shape, write) in SHAPES {
            let instructions = package.instructions(write, kind)?;
            let seconds = package.seconds(write, kind)?;
            println!("{:<36} {instructions:>14.1} {seconds:>14.2}", format!("{name}, {shape}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The package that the functions are written to.
struct Package {
    root: PathBuf,
}

impl Package {
    fn new() -> Result<Self, Box<dyn Error>> {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile");
        fs::create_dir_all(root.join("src"))?;
        let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("retry-runtime");
        let manifest = format!(
            "[package]
            name = \"functions\"
            edition = \"2024\"
            [dependencies]
            fastrand = \"2\"
            retry-runtime = {{ path = '{}' }}
            tokio = {{ version = \"1\", features = [\"time\"] }}
            tracing = \"0.1\"
            [workspace]\n",
            runtime.display()
        );
        fs::write(root.join("Cargo.toml"), manifest)?;
        Ok(Self { root })
    }

    /// Millions a function.
    fn instructions(&self, write: Shape, kind: Kind) -> Result<f64, Box<dyn Error>> {
        const FEW: u32 = 10;
        const MORE: u32 = 50;
        let few = self.measured(write, kind, FEW, true)?;
        let more = self.measured(write, kind, MORE, true)?;
        Ok((more - few) / f64::from(MORE - FEW) / 1e6)
    }

    fn seconds(&self, write: Shape, kind: Kind) -> Result<f64, Box<dyn Error>> {
        (0..3).try_fold(f64::INFINITY, |best, _| {
            Ok(best.min(self.measured(write, kind, 1000, false)?))
        })
    }

    fn measured(
        &self,
        write: Shape,
        kind: Kind,
        functions: u32,
        counts: bool,
    ) -> Result<f64, Box<dyn Error>> {
        let mut source = SERVICE.to_owned();
        for number in 0..functions as usize {
            source.write_str(&write(number, kind))?;
        }
        fs::write(self.root.join("src/lib.rs"), source)?;
        let report = self.root.join("report");
        if report.exists() {
            fs::remove_file(&report)?;
        }
        let checked = Command::new(env!("CARGO"))
            .args(["check", "--quiet"])
            .current_dir(&self.root)
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TARGET_DIR", self.root.join("target"))
            .env_remove("RUSTC_WRAPPER")
            .env("RUSTC_WORKSPACE_WRAPPER", env::current_exe()?)
            .env(REPORT, &report)
            .env(COUNTS, counts.to_string())
            .status()?;
        if !checked.success() {
            return Err("the functions do not compile".into());
        }
        Ok(fs::read_to_string(report)?.trim().parse()?)
    }
}

/// Does what cargo wants of the compiler, and measures it.
fn compile(report: &Path, arguments: &[OsString]) -> Result<ExitCode, Box<dyn Error>> {
    let (compiler, arguments) = arguments.split_first().ok_or("no compiler is named")?;
    let is_asked = !arguments.iter().any(|argument| argument == "functions");
    if is_asked || env::var(COUNTS)? == "false" {
        let status = Command::new(compiler).args(arguments).status()?;
        if !is_asked {
            fs::write(report, seconds_of_children()?.to_string())?;
        }
        return Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    // What rustup puts in its place would be counted instead.
    let root = Command::new(compiler).args(["--print", "sysroot"]).output()?.stdout;
    let compiler = Path::new(String::from_utf8(root)?.trim()).join("bin/rustc");
    let total = callgrind::instructions(&compiler, |compiler| {
        compiler.args(arguments);
    })?;
    fs::write(report, total.to_string())?;
    Ok(ExitCode::SUCCESS)
}

/// What the processes that this one waited for took of the processor.
fn seconds_of_children() -> Result<f64, Box<dyn Error>> {
    // In hundredths (`USER_HZ`); the name of the process, in parentheses, may contain spaces.
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(") ").ok_or("an unknown format")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    let [user, system] = [fields[13], fields[14]].map(str::parse::<f64>);
    Ok((user? + system?) / 100.0)
}
