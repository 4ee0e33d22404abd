//! One word for one thing: each concept has the same name in every place, or a reason why not. A name
//! that a place has and no concept explains is a mistake too.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use retry_runtime::observe::{OwnedEvent, SupportCase};
use retry_runtime::testing::Scope;
use retry_runtime::{OnGiveUp, PolicyBuilder, retry_on};
use serde_json::Value;

/// Where a concept can have a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// A key of the attribute.
    Key,
    /// A method of `PolicyBuilder`.
    Builder,
    /// A field of a configuration file, or a setting from outside.
    Setting,
    /// A method of `Retry`.
    Retry,
    /// A field of the log.
    Log,
    /// A metric, or a label of one.
    Metric,
    /// A method of `Event`.
    Event,
    /// A key of an event as JSON.
    Json,
    /// A key of a support case as JSON.
    Case,
}
use Place::{Builder, Case, Event, Json, Key, Log, Metric, Retry, Setting};

/// A concept, the places where it has its own name, and those where it has another, with the reason.
struct Concept(&'static str, &'static [Place], &'static [(Place, &'static str, &'static str)]);

const UNIT: &str = "a number as data says its unit";
const LABEL: &str = "a label cannot contain a dot";
const METHOD: &str = "a method cannot contain a dot";
const PROMETHEUS: &str = "Prometheus' rules: prefix, unit, and `_total` for counters";

const CONCEPTS: &[Concept] = &[
    // What a policy says.
    Concept(
        "max",
        &[Key, Builder, Setting, Log, Event, Json],
        &[(Builder, "without_max", "`max = none` as a method")],
    ),
    Concept("delay", &[Key, Builder, Setting], &[]),
    Concept("factor", &[Key, Builder, Setting], &[]),
    Concept("backoff", &[Builder, Setting], &[]),
    Concept("max_delay", &[Key, Builder, Setting], &[]),
    Concept("max_hint", &[Key, Builder, Setting], &[]),
    Concept("throttling_delay", &[Builder, Setting], &[]),
    Concept("jitter", &[Key, Builder, Setting], &[]),
    Concept("deadline", &[Key, Builder, Setting], &[]),
    Concept("timeout", &[Key, Builder, Setting, Retry], &[]),
    Concept(
        "budget",
        &[Key, Builder, Setting, Retry],
        &[
            (Builder, "budget_tokens", "a number as a method: `budget` takes a budget"),
            (Builder, "without_budget", "`budget = none` as a method"),
        ],
    ),
    Concept(
        "nested",
        &[Key, Builder, Setting],
        &[
            (Log, "nested", "how often it happened; the setting itself is not logged"),
            (Metric, "retry_nested_total", PROMETHEUS),
        ],
    ),
    Concept("span", &[Key, Builder, Setting], &[]),
    Concept("enabled", &[Builder, Setting], &[]),
    Concept("give_up_level", &[Builder, Setting], &[]),
    Concept("observer", &[Builder], &[]),
    Concept("policy", &[Key, Event, Case], &[(Retry, "new", "a constructor")]),
    // What a call is given.
    Concept("when", &[Key, Retry], &[]),
    Concept("unless", &[Key, Retry], &[]),
    Concept("until", &[Key, Retry], &[]),
    Concept("when_ok", &[Key, Retry], &[]),
    Concept("throttling", &[Key, Retry], &[]),
    Concept("hint", &[Key, Retry, Log, Event], &[(Json, "hint_seconds", UNIT)]),
    Concept("timed_out", &[Key, Retry], &[]),
    Concept("on_retry", &[Key, Retry], &[]),
    Concept("on_give_up", &[Key, Retry], &[]),
    Concept("clone", &[Key], &[]),
    Concept("crate", &[Key], &[]),
    Concept("sleep", &[Key], &[(Retry, "run_with_sleep", "it decides the type of the future")]),
    Concept("error_codes", &[Retry], &[]),
    Concept("with_text", &[Retry], &[]),
    Concept(
        "run",
        &[Retry],
        &[
            (Retry, "run_blocking", "for plain closures"),
            (Retry, "run_lending", "for closures whose futures borrow from them"),
        ],
    ),
    // What is told.
    Concept(
        "site",
        &[Log, Metric, Event, Json, Case],
        &[
            (Key, "name", "a function is named, and where it is used is a site"),
            (Retry, "name", "as the key"),
        ],
    ),
    Concept(
        "attempt",
        &[Key, Log, Event, Json],
        &[(Metric, "retry_attempts", PROMETHEUS), (Case, "attempts", "the list of them")],
    ),
    Concept("kind", &[Event, Json], &[]),
    Concept("error", &[Log, Event, Json, Case], &[]),
    Concept(
        "error.type",
        &[Log],
        &[
            (Metric, "error_type", LABEL),
            (Event, "error_type", METHOD),
            (Json, "error_type", "as the method"),
            (Case, "error_type", "as the method"),
        ],
    ),
    Concept("code", &[Log, Event, Json, Case], &[]),
    Concept("request_id", &[Log, Event, Json], &[(Case, "request_ids", "those of all attempts")]),
    Concept("requests", &[Log, Event, Json], &[(Metric, "retry_requests_total", PROMETHEUS)]),
    Concept(
        "pause",
        &[Log, Event],
        &[(Json, "pause_seconds", UNIT), (Metric, "retry_pause_seconds", PROMETHEUS)],
    ),
    Concept("reason", &[Log, Event, Json, Case], &[(Metric, "outcome", "a success has no reason")]),
    Concept(
        "elapsed",
        &[Log, Event],
        &[(Json, "elapsed_seconds", UNIT), (Case, "elapsed_seconds", UNIT)],
    ),
    Concept(
        "since_first_failure",
        &[Log, Event],
        &[(Json, "since_first_failure_seconds", UNIT), (Case, "since_first_failure_seconds", UNIT)],
    ),
    Concept("error_type_name", &[Log], &[]),
    Concept("selectors", &[Log], &[]),
    Concept("hidden", &[Log], &[]),
    Concept("calls", &[], &[(Metric, "retry_calls_total", PROMETHEUS)]),
    Concept("retries", &[], &[(Metric, "retry_retries_total", PROMETHEUS)]),
    Concept("observer panics", &[], &[(Metric, "retry_observer_panics_total", PROMETHEUS)]),
    Concept("inner", &[Log], &[]),
    Concept("worst_case", &[Log], &[]),
    Concept("settings", &[Log], &[]),
    Concept("place", &[Case], &[(Log, "at", "short, because it stands in many lines")]),
    Concept("service", &[Case], &[]),
    Concept("operation", &[Case], &[]),
    Concept("omitted_attempts", &[Case], &[]),
    Concept("package", &[Case], &[]),
    Concept("runtime", &[Case], &[]),
    Concept("compiler", &[Case], &[]),
    Concept("reproduce", &[Case], &[]),
    Concept("links", &[Case], &[]),
];

fn file(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names in the first cells of the first table behind a line.
fn table(text: &str, behind: &str) -> BTreeSet<String> {
    let (_, text) = text.split_once(behind).expect("the line is there");
    let rows = text.lines().skip_while(|line| !line.starts_with('|')).skip(2);
    rows.take_while(|line| line.starts_with('|'))
        .flat_map(|row| row.split(" | ").next().unwrap().split("`, `").map(str::to_owned))
        .map(|name| name.trim_matches(['|', ' ', '`']).split('(').next().unwrap().to_owned())
        .collect()
}

/// The public methods of a type, from the listing of the public API.
fn methods(of: &str) -> BTreeSet<String> {
    let listing = file("tests/public-api/listing.txt");
    let path = format!("fn retry_runtime::{of}::");
    let calls = listing.lines().filter_map(|line| line.split_once(path.as_str()));
    let names = calls.map(|(_, rest)| rest.split(['(', '<']).next().unwrap().to_owned());
    let of_traits = ["clone", "default", "eq", "fmt", "from", "serialize", "deserialize"];
    names.filter(|name| !of_traits.contains(&name.as_str())).collect()
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().expect("an object").keys().cloned().collect()
}

static CASE: Mutex<Option<Value>> = Mutex::new(None);

fn report(gave_up: &OnGiveUp<'_, String>) {
    let case: SupportCase = gave_up.support_case();
    *CASE.lock().unwrap() = Some(serde_json::to_value(case).unwrap());
}

#[retry_on(_, max = 2, on_give_up = report, name = "concepts")]
fn fetch() -> Result<(), String> {
    Err("busy".to_owned())
}

/// What is really there.
fn names() -> BTreeMap<Place, BTreeSet<String>> {
    let scope = Scope::new();
    scope.run_blocking(fetch).unwrap_err();
    let json = |event: &OwnedEvent| keys(&serde_json::to_value(event).unwrap());
    let events = scope.events();
    let case = CASE.lock().unwrap().take().expect("the hook was called");
    let unknown = serde_json::from_str::<PolicyBuilder>(r#"{"": 0}"#).unwrap_err().to_string();
    let (_, known) = unknown.split_once("expected one of ").expect("a list");
    let (known, _) = known.rsplit_once('`').expect("a list");
    let settings = known.split(", ").map(|name| name.trim_matches('`').to_owned()).collect();
    let in_production = file("retry-runtime/src/guide/in_production.md");
    let labels: BTreeSet<String> =
        ["site", "outcome", "error_type"].into_iter().map(str::to_owned).collect();
    for label in &labels {
        assert!(in_production.contains(&format!("`{label}`")), "{label}");
    }
    let reading_the_logs = file("retry-runtime/src/guide/reading_the_logs.md");
    let but_build = |name: &String| !["build", "try_build"].contains(&name.as_str());
    [
        (Key, table(&file("retry-runtime/src/retry_on.md"), "\n# Keys\n")),
        (Builder, methods("PolicyBuilder").into_iter().filter(but_build).collect()),
        (Setting, settings),
        (Retry, methods("Retry<'a, T, E>")),
        (Log, table(&reading_the_logs, "\n# The fields\n")),
        (Metric, table(&in_production, "facade [`metrics`]").into_iter().chain(labels).collect()),
        (Event, methods("observe::Event<'a>")),
        (Json, events.iter().flat_map(json).collect()),
        (Case, keys(&case)),
    ]
    .into()
}

#[test]
fn each_concept_has_one_name_in_all_places_or_a_reason_why_not() {
    let names = names();
    let mut explained: BTreeMap<Place, BTreeSet<String>> = BTreeMap::new();
    let mut mistakes = Vec::new();
    let mut explain = |place: Place, name: &str| {
        if !names[&place].contains(name) {
            mistakes.push(format!("{place:?} has no `{name}`"));
        }
        explained.entry(place).or_default().insert(name.to_owned());
    };
    for Concept(concept, same, other) in CONCEPTS {
        for place in *same {
            explain(*place, concept);
        }
        for (place, name, reason) in *other {
            assert!(!reason.is_empty(), "{concept}");
            explain(*place, name);
        }
    }
    for (place, names) in &names {
        let unexplained = names.difference(&explained[place]);
        mistakes.extend(unexplained.map(|name| format!("{place:?} has `{name}`, of no concept")));
    }
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}
