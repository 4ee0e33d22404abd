//! The log as people and machines read it: in the default formatter of `tracing-subscriber`, and as
//! JSON. Nothing that a service says can pass for something else.

use std::error::Error;
use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use retry_runtime::observe::{Event, GiveUpAlerts, Observer};
use retry_runtime::testing::Scope;
use retry_runtime::{ErrorCode, Policy, retry_on};
use retry_tests::{Busy, Service};
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

/// What was written.
#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Page {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn for_people(call: impl FnOnce()) -> String {
    let page = Page::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .without_time()
        .with_ansi(false)
        .with_writer(page.clone());
    tracing::subscriber::with_default(subscriber.finish(), call);
    page.text()
}

fn for_machines(call: impl FnOnce()) -> Vec<Value> {
    let page = Page::default();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::DEBUG)
        .without_time()
        .with_writer(page.clone());
    tracing::subscriber::with_default(subscriber.finish(), call);
    page.text().lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

fn fetch() {
    #[retry_on(Busy, max = 2, jitter = none, name = "fetch")]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let _clock = Scope::new().enter();
    fetch(&Service::failing(1)).unwrap();
    fetch(&Service::down()).unwrap_err();
}

#[test]
fn people_read_lines() {
    assert_eq!(
        for_people(fetch),
        "\x20WARN retry_runtime: attempt 1 of 2 failed, retrying in 100.0ms site=\"fetch\" attempt=1 max=2 error.type=\"Busy\" error=\"busy, call 1\" pause=0.1 since_first_failure=0.0
 INFO retry_runtime: recovered on attempt 2 of 2 site=\"fetch\" attempt=2 max=2 since_first_failure=0.1
 WARN retry_runtime: attempt 1 of 2 failed, retrying in 100.0ms site=\"fetch\" attempt=1 max=2 error.type=\"Busy\" error=\"busy, call 1\" pause=0.1 since_first_failure=0.0
ERROR retry_runtime: gave up after attempt 2 (at most 2 calls: 1 + 1 retry; pauses of 100 ms; at most 100 ms of waiting) site=\"fetch\" attempt=2 max=2 error.type=\"Busy\" error=\"busy, call 2\" reason=\"max_attempts\" since_first_failure=0.1
"
    );
}

#[test]
fn machines_read_json() {
    let lines = for_machines(fetch);
    assert_eq!(lines.len(), 4);
    assert_eq!(
        lines[0],
        json!({
            "level": "WARN",
            "target": "retry_runtime",
            "fields": {
                "message": "attempt 1 of 2 failed, retrying in 100.0ms",
                "site": "fetch",
                "attempt": 1,
                "max": 2,
                "error.type": "Busy",
                "error": "busy, call 1",
                "pause": 0.1,
                "since_first_failure": 0.0,
            },
        })
    );
    assert_eq!(
        lines[1],
        json!({
            "level": "INFO",
            "target": "retry_runtime",
            "fields": {
                "message": "recovered on attempt 2 of 2",
                "site": "fetch",
                "attempt": 2,
                "max": 2,
                "since_first_failure": 0.1,
            },
        })
    );
    assert_eq!(lines[3]["fields"]["reason"], "max_attempts");
}

/// What ends a line or paints it, in all the places where a service can put it.
#[derive(Debug)]
struct Hostile;

const FORGED: &str =
    "x\nERROR retry_runtime: pwned\r\u{1b}[31m\u{7f}\u{85}\u{9b}2J\u{2028}\u{2029}\0";
/// The same, as it is to be read.
const HARMLESS: &str =
    r"x\nERROR retry_runtime: pwned\r\u{1b}[31m\u{7f}\u{85}\u{9b}2J\u{2028}\u{2029}\u{0}";

impl fmt::Display for Hostile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(FORGED)
    }
}

impl Error for Hostile {}

impl ErrorCode for Hostile {
    fn code(&self) -> Option<&str> {
        Some(FORGED)
    }

    fn request_id(&self) -> Option<&str> {
        Some(FORGED)
    }
}

fn rejected() {
    #[retry_on(Hostile, max = 2, name = "store", policy = &ALERTING)]
    fn store() -> Result<(), Hostile> {
        Err(Hostile)
    }

    static ALERTING: Policy = Policy::builder().observer(&Alerting).build();

    let _clock = Scope::new().enter();
    store().unwrap_err();
}

static ALERTED: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Alerting;

impl Observer for Alerting {
    fn observe(&self, event: &Event<'_>) {
        let alerts = GiveUpAlerts::new(std::time::Duration::from_secs(1), 0, |alert| {
            ALERTED.lock().unwrap().push(alert.to_string());
        });
        alerts.observe(event);
    }
}

fn is_harmless(character: char) -> bool {
    !character.is_control() && !matches!(character, '\u{2028}' | '\u{2029}')
}

#[test]
fn nothing_forges_a_line_for_people() {
    let page = for_people(rejected);
    let lines: Vec<&str> = page.lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].starts_with(" WARN ") && lines[1].starts_with("ERROR "), "{lines:?}");
    for line in lines {
        assert!(line.chars().all(is_harmless), "{line:?}");
        assert!(line.contains("code=\"x\\"), "{line}");
        assert!(line.contains("request_id=\"x\\"), "{line}");
    }
}

/// A formatter that prints the fields as they are prints no extra line either.
#[test]
fn nothing_forges_a_line_for_machines() {
    let lines = for_machines(rejected);
    assert_eq!(lines.len(), 2);
    for line in lines {
        for field in ["error", "code", "request_id"] {
            assert_eq!(line["fields"][field], HARMLESS, "{field}");
        }
        let message = line["fields"]["message"].as_str().unwrap();
        assert!(message.chars().all(is_harmless), "{message:?}");
        assert!(!message.contains("pwned"), "{message}");
    }
}

#[test]
fn nothing_forges_a_line_of_an_alert() {
    rejected();
    let alerted = ALERTED.lock().unwrap();
    let alert = alerted.last().unwrap();
    assert!(alert.chars().all(is_harmless), "{alert:?}");
    assert_eq!(alert.matches(HARMLESS).count(), 3, "{alert}");
}
