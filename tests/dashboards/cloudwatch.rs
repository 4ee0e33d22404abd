//! The documents for CloudWatch have few dimensions, and the alarms and the dashboard name no others.

#[path = "../../examples/shared/embedded.rs"]
mod embedded;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use embedded::{FewDimensions, NAMESPACE};
use retry_tests_dashboards::{exercise, outcomes};
use serde_json::Value;

static DOCUMENTS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let recorder = embedded::install().expect("the only recorder of this process");
    exercise().expect("settings that fit");
    let mut documents = Vec::new();
    recorder.flush(FewDimensions::new(&mut documents)).expect("documents that can be read");
    let text = String::from_utf8(documents).expect("JSON is text");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
});

/// A metric of CloudWatch: its name, and its dimensions by name.
type Metric<'a> = (&'a str, BTreeMap<&'a str, &'a str>);

/// The names of its dimensions.
fn names<'a>(metric: &Metric<'a>) -> (&'a str, Vec<&'a str>) {
    (metric.0, metric.1.keys().copied().collect())
}

fn elements(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap_or_else(|| panic!("no array: {value}"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// What CloudWatch makes of the documents.
static METRICS: LazyLock<BTreeSet<Metric<'static>>> = LazyLock::new(|| {
    let mut metrics = BTreeSet::new();
    for document in DOCUMENTS.iter() {
        let directive = &document["_aws"]["CloudWatchMetrics"][0];
        for metric in elements(&directive["Metrics"]) {
            for set in elements(&directive["Dimensions"]) {
                let values = elements(set).iter().map(|name| {
                    let name = text(name);
                    (name, text(&document[name]))
                });
                metrics.insert((text(&metric["Name"]), values.collect()));
            }
        }
    }
    metrics
});

/// The names of dimensions with which a metric exists.
fn exists(metric: &Metric<'_>) -> bool {
    let is_known = |known: &Metric<'_>| names(known) == names(metric);
    let outcome = metric.1.get("outcome");
    METRICS.iter().any(is_known) && outcome.is_none_or(|outcome| outcomes().contains(outcome))
}

#[test]
fn the_only_dimensions_are_site_and_outcome() {
    for document in DOCUMENTS.iter() {
        let directives = elements(&document["_aws"]["CloudWatchMetrics"]);
        let [directive] = &directives[..] else { panic!("{document}") };
        assert_eq!(directive["Namespace"], NAMESPACE);
        for metric in elements(&directive["Metrics"]) {
            let name = text(&metric["Name"]);
            let expected = match name {
                "retry_calls_total" => serde_json::json!([["site", "outcome"], ["site"]]),
                "retry_observer_panics_total" => serde_json::json!([[]]),
                _ => serde_json::json!([["site"]]),
            };
            assert_eq!(directive["Dimensions"], expected, "{name}");
            let values = &document[name];
            assert!(values.is_u64() || elements(values).iter().all(Value::is_f64), "{document}");
            assert!(["Count", "Seconds"].contains(&text(&metric["Unit"])), "{document}");
        }
        assert!(document["_aws"]["Timestamp"].is_u64());
    }
}

#[test]
fn the_error_is_still_to_be_found_in_the_log() {
    let is_told = |document: &&Value| document["error_type"] == "Failure::Busy";
    let retries = DOCUMENTS.iter().filter(is_told);
    assert!(
        retries.filter_map(|document| document["retry_retries_total"].as_u64()).sum::<u64>() > 0
    );
}

#[test]
fn every_way_in_which_a_call_ends_has_a_metric() {
    for outcome in outcomes() {
        let is_it = |(_, dimensions): &&Metric<'_>| dimensions.get("outcome") == Some(&outcome);
        assert!(METRICS.iter().any(|metric| is_it(&metric)), "{outcome}");
    }
}

/// The words of an expression that begin with a small letter: the ids that it uses.
fn ids(expression: &str) -> BTreeSet<&str> {
    expression
        .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .filter(|word| word.starts_with(|letter: char| letter.is_ascii_lowercase()))
        .collect()
}

#[test]
fn the_alarms_watch_metrics_that_exist() {
    let template = include_str!("../../examples/dashboards/cloudwatch-alarms.json");
    let template: Value = serde_json::from_str(template).expect("JSON");
    assert_eq!(template["Parameters"]["Topic"]["Type"], "String");
    for name in ["GaveUp", "Amplified"] {
        let alarm = &template["Resources"][name];
        assert_eq!(alarm["Type"], "AWS::CloudWatch::Alarm", "{name}");
        let alarm = &alarm["Properties"];
        assert_eq!(alarm["AlarmActions"][0]["Ref"], "Topic");
        let mut watched = BTreeSet::new();
        let mut alarms = Vec::new();
        for query in elements(&alarm["Metrics"]) {
            if query["ReturnData"] == true {
                alarms.push(query);
                continue;
            }
            watched.insert(text(&query["Id"]));
            let metric = &query["MetricStat"]["Metric"];
            assert_eq!(metric["Namespace"], NAMESPACE);
            let dimensions = elements(&metric["Dimensions"]).iter().map(|dimension| {
                let value = &dimension["Value"];
                (text(&dimension["Name"]), value.as_str().unwrap_or_else(|| text(&value["Ref"])))
            });
            let metric = (text(&metric["MetricName"]), dimensions.collect());
            assert!(exists(&metric), "{name}: there is no {metric:?}");
        }
        let [raised] = alarms[..] else { panic!("{name} has not one result") };
        assert_eq!(ids(text(&raised["Expression"])), watched, "{name}");
        // CloudWatch takes no more in an alarm.
        assert!(watched.len() <= 10);
    }
}

#[test]
fn the_dashboard_shows_metrics_that_exist_and_all_of_them() {
    let dashboard = include_str!("../../examples/dashboards/cloudwatch-dashboard.json");
    let dashboard: Value = serde_json::from_str(dashboard).expect("JSON");
    let mut shown = BTreeSet::new();
    for widget in elements(&dashboard["widgets"]) {
        let mut expressions = BTreeSet::new();
        let mut named = BTreeSet::new();
        for line in elements(&widget["properties"]["metrics"]) {
            let line = elements(line);
            let options = line.last().filter(|last| last.is_object());
            if let Some(expression) = options.and_then(|options| options["expression"].as_str()) {
                expressions.extend(ids(expression));
                continue;
            }
            if let Some(id) = options.and_then(|options| options["id"].as_str()) {
                named.insert(id);
            }
            // Namespace, name, then pairs of a dimension's name and value.
            let texts: Vec<&str> = line.iter().filter_map(Value::as_str).collect();
            let [NAMESPACE, name, ref dimensions @ ..] = texts[..] else { panic!("{line:?}") };
            let dimensions = dimensions.chunks(2).map(|pair| (pair[0], pair[1]));
            let metric = (name, dimensions.collect());
            assert!(exists(&metric), "there is no {metric:?}");
            shown.insert(name);
        }
        assert_eq!(expressions, named, "{}", widget["properties"]["title"]);
    }
    let all: BTreeSet<&str> = METRICS.iter().map(|(name, _)| *name).collect();
    assert_eq!(shown, all);
    let search = text(&dashboard["variables"][0]["search"]);
    assert_eq!(search, format!("{{{NAMESPACE},site}} MetricName=\"retry_calls_total\""));
}
