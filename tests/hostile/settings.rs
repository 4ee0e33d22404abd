//! Settings from a file that is wrong, or no file at all. They are set for the whole process.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use retry_runtime::overrides;

/// The settings of the process, which one test at a time sets.
static TURN: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn rules(count: usize) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for rule in 0..count {
        let _ = write!(text, "[\"service{rule}::*\"]\nmax = {}\n", rule % 9 + 1);
    }
    text
}

fn time_of(mut run: impl FnMut()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

/// Not a bound in seconds, since that says nothing on another machine: four times the rules take about
/// four times as long, where it was sixteen.
#[test]
fn forty_thousand_rules_take_four_times_as_long_as_ten_thousand() {
    let _turn = turn();
    let (few, many) = (rules(10_000), rules(40_000));
    let best = |text: &str| {
        let load = || overrides::load_toml(text, "retries.toml").unwrap();
        (0..3).map(|_| time_of(load)).min().unwrap()
    };
    let (few, many) = (best(&few), best(&many));
    overrides::reset();
    assert!(many < few * 8 + Duration::from_millis(50), "{few:?} {many:?}");
}

#[test]
fn an_error_quotes_nothing_of_a_file_that_is_another() {
    let _turn = turn();
    for text in [
        "AWS_SECRET_ACCESS_KEY=hunter2hunter2",
        "password = \"hunter2\"",
        "[database]\npassword = \"hunter2\"",
        "[database\npassword = \"hunter2\"",
        "password: hunter2\n",
        "{\"password\": \"hunter2\"}",
        "[\"*\"]\nmax = 3 # hunter2 = \"\nhunter2",
        "hunter2",
        "[hunter2]\nmax = ",
    ] {
        let error = overrides::load_toml(text, "retries.toml").unwrap_err();
        let told = format!("{error} {error:?}");
        assert!(told.contains("retries.toml"), "{told}");
        // A name of a table may be told, because that says where to look.
        let told = told.replace("[\"hunter2\"]", "").replace("[hunter2]", "");
        assert!(!told.contains("hunter2"), "{text:?}: {told}");
    }
}

#[test]
fn a_device_without_an_end_is_an_error() {
    let _turn = turn();
    let zeros = Path::new("/dev/zero");
    if zeros.exists() {
        let error = overrides::load_file(zeros).unwrap_err();
        assert!(error.to_string().contains("/dev/zero"), "{error}");
    }
}

#[test]
fn a_pipe_without_an_end_is_an_error() {
    static WRITTEN: AtomicUsize = AtomicUsize::new(0);

    let _turn = turn();
    let pipe = std::env::temp_dir().join(format!("retries-{}.toml", std::process::id()));
    let is_made = Command::new("mkfifo").arg(&pipe).status().is_ok_and(|status| status.success());
    if !is_made {
        return;
    }
    // Not waited for: where the pipe is not even opened, it never comes to an end.
    let _writer = std::thread::spawn({
        let pipe = pipe.clone();
        move || {
            let mut pipe = OpenOptions::new().write(true).open(pipe).unwrap();
            while pipe.write_all(&[b'#'; 4_096]).is_ok() {
                WRITTEN.fetch_add(4_096, Ordering::Relaxed);
            }
        }
    });
    overrides::load_file(&pipe).unwrap_err();
    std::fs::remove_file(&pipe).unwrap();
    let written = WRITTEN.load(Ordering::Relaxed);
    assert!(written < 2 * 1024 * 1024, "{written}");
}

#[test]
fn a_file_of_a_megabyte_is_read() {
    let _turn = turn();
    let path = std::env::temp_dir().join(format!("retries-large-{}.toml", std::process::id()));
    let text = |length: usize| format!("[\"*\"]\nmax = 3\n#{}", "x".repeat(length));
    std::fs::write(&path, text(1_000_000)).unwrap();
    overrides::load_file(&path).unwrap();
    std::fs::write(&path, text(1_100_000)).unwrap();
    let error = overrides::load_file(&path).unwrap_err();
    overrides::reset();
    std::fs::remove_file(&path).unwrap();
    assert!(!error.to_string().contains("xxx"), "{error}");
}
