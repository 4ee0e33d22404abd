//! `RETRY_ON`, which a process reads when it asks for it: so each test starts this program again, with
//! the variable.

use std::env;
use std::error::Error;
use std::ffi::OsStr;
use std::process::Command;

use retry_runtime::observe::OwnedEvent;
use retry_runtime::testing::Scope;
use retry_runtime::{Policy, overrides, retry_on};
use retry_tests::{Busy, Recorder, Service};

#[retry_on(Busy, jitter = none, name = "shop::fetch")]
fn fetch(service: &Service) -> Result<u32, Busy> {
    service.call()
}

/// Says what a process is to do that another test has started.
const MODE: &str = "RETRY_TESTS_MODE";

/// What the process does that has the variable, and prints for the one that started it.
#[test]
fn is_taken_back_like_all_settings() {
    let output = Output::of("reset", Some("off".as_ref()));
    assert_eq!(output.lines("calls"), ["3", "3"]);
}

#[test]
fn child() {
    let Ok(mode) = env::var(MODE) else { return };
    let recorder = Recorder::start();
    if mode == "file" || mode == "code" {
        overrides::load_toml("[\"shop::fetch\"]\nmax = 6\nfactor = 1\n", "retries.toml").unwrap();
    }
    let asked = if mode == "unasked" { Ok(()) } else { overrides::load_environment() };
    if let Err(error) = asked {
        let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
        println!("refused {error}{cause}");
    }
    if mode == "code" {
        overrides::set("shop::fetch", Policy::builder().max(7)).unwrap();
    }
    if mode == "reset" {
        overrides::reset();
    }
    if mode == "on" {
        overrides::set_enabled(Some(true));
    }
    for _ in 0..2 {
        let (scope, service) = (Scope::new(), Service::down());
        scope.run_blocking(|| fetch(&service)).unwrap_err();
        let events = scope.events();
        println!("calls {}", service.calls());
        println!("reason {}", events.last().and_then(OwnedEvent::reason).unwrap());
        println!("pauses {:?}", scope.pauses());
    }
    for event in recorder.events() {
        if let Some(settings) = event.field("settings") {
            println!("told {settings}");
        }
        if event.message.contains("ignored") {
            println!("{} {}", event.level, event.field("error").unwrap());
        }
    }
}

/// The lines that begin with this word.
struct Output(String);

impl Output {
    fn of(mode: &str, variable: Option<&OsStr>) -> Self {
        let mut child = Command::new(env::current_exe().unwrap());
        child.args(["--exact", "child", "--nocapture"]);
        child.env(MODE, mode).env_remove("RETRY_ON");
        if let Some(variable) = variable {
            child.env("RETRY_ON", variable);
        }
        let output = child.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{text}\n{errors}");
        Self(text)
    }

    fn lines(&self, word: &str) -> Vec<&str> {
        let lines = self.0.lines().filter_map(|line| line.strip_prefix(word));
        lines.filter_map(|line| line.strip_prefix(' ')).collect()
    }
}

fn with(variable: &str) -> Output {
    Output::of("call", Some(OsStr::new(variable)))
}

#[test]
fn without_it_nothing_is_set() {
    for output in [Output::of("call", None), with(""), with(" ; ")] {
        assert_eq!(output.lines("calls"), ["3", "3"]);
        assert!(output.lines("told").is_empty() && output.lines("ERROR").is_empty());
        assert!(output.lines("refused").is_empty());
    }
}

/// A library that switches the feature on must not change a program that knows nothing of it.
#[test]
fn it_is_not_read_before_the_program_asks_for_it() {
    let output = Output::of("unasked", Some(OsStr::new("off")));
    assert_eq!(output.lines("calls"), ["3", "3"]);
    assert!(output.lines("told").is_empty());
}

#[test]
fn off_ends_every_call_after_its_first_attempt() {
    for off in ["off", "OFF", " false ", "0", "shop::fetch(enabled = false)", "*(enabled=false)"] {
        let output = with(off);
        assert_eq!(output.lines("calls"), ["1", "1"], "{off}");
        assert_eq!(output.lines("reason"), ["disabled", "disabled"], "{off}");
    }
    let told = "enabled = false (the environment variable RETRY_ON, for all)";
    assert_eq!(with("off").lines("told"), [told]);
}

#[test]
fn on_changes_nothing() {
    for on in ["on", "true", "1"] {
        assert_eq!(with(on).lines("calls"), ["3", "3"], "{on}");
    }
}

#[test]
fn rules_hold_for_the_functions_that_they_name() {
    for rules in [
        "shop::*(max = 5, delay = 20ms, factor = 1); search::find(enabled = false)",
        "search::find(enabled = false);shop::fetch(max=5,delay=\"20ms\",factor=1.0);",
        "shop::fetch( max = 5 , delay = '20ms' , factor = 1 , budget = none, )",
    ] {
        let output = with(rules);
        assert_eq!(output.lines("calls"), ["5", "5"], "{rules}");
        assert_eq!(output.lines("pauses")[0], "[20ms, 20ms, 20ms, 20ms]", "{rules}");
        assert!(output.lines("ERROR").is_empty());
    }
    assert_eq!(
        with("shop::*(jitter = equal, deadline = 5s, max = 2)").lines("told"),
        [
            "max = 2 (the environment variable RETRY_ON, \"shop::*\"), jitter = equal (the environment \
          variable RETRY_ON, \"shop::*\"), deadline = 5s (the environment variable RETRY_ON, \
          \"shop::*\")"
        ]
    );
}

#[test]
fn it_wins_over_the_file_and_code_wins_over_it() {
    let rule = OsStr::new("shop::fetch(max = 5)");
    let output = Output::of("file", Some(rule));
    assert_eq!(output.lines("calls"), ["5", "5"]);
    assert_eq!(output.lines("pauses")[0], "[100ms, 100ms, 100ms, 100ms]", "of the file");
    assert_eq!(Output::of("code", Some(rule)).lines("calls"), ["7", "7"]);
    let less_specific = OsStr::new("shop::*(max = 5)");
    assert_eq!(Output::of("file", Some(less_specific)).lines("calls"), ["6", "6"]);
    assert_eq!(Output::of("on", Some(OsStr::new("off"))).lines("calls"), ["3", "3"]);
}

#[test]
fn what_is_malformed_is_an_error_and_none_of_it_is_applied() {
    const ORIGIN: &str = "the environment variable RETRY_ON";
    let malformed = |message: &str| format!("malformed retry settings in {ORIGIN}: {message}");
    let no_rule = |rule: &str| {
        malformed(&format!(
            "`{rule}` is not `off`, `on` or a rule, such as `orders::*(max = 5, delay = 200ms)`"
        ))
    };
    for (variable, expected) in [
        ("of", no_rule("of")),
        ("shop::fetch", no_rule("shop::fetch")),
        ("shop::fetch(max = 9", no_rule("shop::fetch(max = 9")),
        ("(max = 9)", no_rule("(max = 9)")),
        ("shop::fetch(max = 9); of", no_rule("of")),
        (
            "shop::fetch(max)",
            malformed("shop::fetch: `max` has no value: write for example `max = 5`"),
        ),
        ("shop::fetch(max = 9, max = 8)", malformed("shop::fetch: `max` is set twice")),
        ("shop::fetch(max = 9); shop::fetch(max = 8)", malformed("`shop::fetch` is set twice")),
        ("off; on", malformed("`off` or `on` is set twice")),
        (
            "shop::fetch(max = 9); x(mxa = 1)",
            malformed(
                "x: unknown field `mxa`, expected one of `enabled`, `max`, `delay`, `factor`, \
                 `max_delay`, `max_hint`, `throttling_delay`, `backoff`, `jitter`, `deadline`, \
                 `timeout`, `budget`, `nested`, `give_up_level`, `span`",
            ),
        ),
        (
            "shop::fetch(delay = 200)",
            malformed(
                "shop::fetch: delay: invalid value: string \"200\", expected a duration up to a year, \
                 such as \"200ms\" or \"1m 30s\"",
            ),
        ),
        (
            "shop::fetch(max = )",
            malformed(
                "shop::fetch: max: invalid value: string \"\", expected a number of attempts from 1 to \
                 4294967295, or \"none\"",
            ),
        ),
        (
            "shop::fetch(max = 0)",
            format!(
                "invalid retry settings in {ORIGIN} for `shop::fetch`: `max` counts attempts, the first included, so it is at \
                 least 1"
            ),
        ),
        (
            "shop::fetch(factor = nan)",
            format!(
                "invalid retry settings in {ORIGIN} for `shop::fetch`: `factor` is a number from 1 (constant delay) to 4294967295, \
                 not NaN"
            ),
        ),
    ] {
        let output = with(variable);
        assert_eq!(output.lines("calls"), ["3", "3"], "{variable}");
        assert_eq!(output.lines("refused"), [expected.as_str()], "{variable}");
        assert!(output.lines("told").is_empty(), "{variable}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_unicode_is_an_error() {
    use std::os::unix::ffi::OsStrExt;

    let output = Output::of("call", Some(OsStr::from_bytes(b"off\xff")));
    assert_eq!(output.lines("calls"), ["3", "3"]);
    let errors = output.lines("refused");
    assert_eq!(errors.len(), 1);
    assert!(errors[0].ends_with("it is not valid Unicode"), "{}", errors[0]);
}

/// No function is known when the variable is read.
#[test]
fn what_does_not_fit_is_logged_when_the_function_is_called() {
    let output = with("shop::fetch(max_delay = 1ms, max = 9)");
    assert_eq!(output.lines("calls"), ["3", "3"]);
    let errors = output.lines("ERROR");
    assert_eq!(errors.len(), 1);
    assert!(errors[0].starts_with("the retry settings do not fit `shop::fetch`"), "{}", errors[0]);
    assert_eq!(with("off; shop::fetch(max_delay = 1ms)").lines("calls"), ["1", "1"], "off is off");
}
