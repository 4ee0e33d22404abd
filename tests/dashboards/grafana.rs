//! The dashboard for Grafana and the tables of the documentation name what an exporter for Prometheus
//! really exports: a metric or a label that is renamed cannot leave a panel empty.

#[path = "../../examples/shared/buckets.rs"]
mod buckets;
mod exported;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use exported::Exported;
use metrics_exporter_prometheus::PrometheusBuilder;
use promql_parser::parser::{AggregateExpr, Expr, LabelModifier, VectorSelector};
use promql_parser::util::{ExprVisitor, walk_expr};
use retry_tests_dashboards::{exercise, outcomes};
use serde_json::Value;

static EXPORTED: LazyLock<Exported> = LazyLock::new(|| {
    let exporter = buckets::exporter().and_then(PrometheusBuilder::install_recorder);
    let exporter = exporter.expect("the only recorder of this process");
    exercise().expect("settings that fit");
    Exported::read(&exporter.render())
});

static DASHBOARD: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../examples/dashboards/grafana.json")).expect("JSON")
});

/// All texts under a key, at any depth.
fn texts<'a>(value: &'a Value, key: &str) -> Vec<&'a str> {
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, member)| match member {
                Value::String(text) if name == key => vec![text.as_str()],
                member => texts(member, key),
            })
            .collect(),
        Value::Array(elements) => elements.iter().flat_map(|it| texts(it, key)).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_way_in_which_a_call_ends_is_counted() {
    let counted: Vec<&str> = EXPORTED.outcomes.iter().map(String::as_str).collect();
    let mut expected = outcomes();
    expected.sort_unstable();
    assert_eq!(counted, expected);
}

#[test]
fn every_query_of_the_dashboard_asks_for_what_is_exported() {
    let queries = texts(&DASHBOARD, "expr");
    assert!(queries.len() >= 8, "{queries:?}");
    for query in queries {
        // What Grafana replaces before it asks.
        let query = query.replace("$__rate_interval", "5m");
        let parsed = promql_parser::parser::parse(&query)
            .unwrap_or_else(|error| panic!("no PromQL: {query}: {error}"));
        walk_expr(&mut Names, &parsed).unwrap_or_else(|error| panic!("{error} in {query}"));
    }
}

#[test]
fn every_metric_is_on_the_dashboard() {
    let queries = texts(&DASHBOARD, "expr").join("\n");
    for metric in EXPORTED.types.keys() {
        assert!(queries.contains(metric.as_str()), "{metric} is nowhere to be seen");
    }
}

#[test]
fn legends_and_variables_name_labels_that_are_exported() {
    let labels: BTreeSet<&str> = EXPORTED.series.values().flatten().map(String::as_str).collect();
    for legend in texts(&DASHBOARD, "legendFormat") {
        for named in legend.split("{{").skip(1) {
            let (label, _) = named.split_once("}}").expect("closing braces");
            assert!(labels.contains(label), "`{label}` in {legend}");
        }
    }
    let variables = texts(&DASHBOARD["templating"], "definition");
    assert_eq!(variables, ["label_values(retry_calls_total, site)"]);
    assert_eq!(texts(&DASHBOARD["templating"], "query")[1..], variables);
    assert!(EXPORTED.series["retry_calls_total"].contains("site"));
}

/// Looks at all names in a query.
struct Names;

impl ExprVisitor for Names {
    type Error = String;

    fn pre_visit(&mut self, expression: &Expr) -> Result<bool, String> {
        match expression {
            Expr::VectorSelector(selector) => selects(selector)?,
            Expr::MatrixSelector(range) => selects(&range.vs)?,
            Expr::Aggregate(aggregate) => aggregates(aggregate)?,
            _ => {}
        }
        Ok(true)
    }
}

fn selects(selector: &VectorSelector) -> Result<(), String> {
    let name = selector.name.as_deref().ok_or("a series without a name")?;
    let labels = EXPORTED.series.get(name).ok_or_else(|| format!("no series `{name}`"))?;
    for matcher in &selector.matchers.matchers {
        if !labels.contains(&matcher.name) {
            return Err(format!("`{name}` has no label `{}`", matcher.name));
        }
        let mut words = matcher.value.split('|');
        if matcher.name == "outcome" && !words.all(|word| EXPORTED.outcomes.contains(word)) {
            return Err(format!("no outcome is called {}", matcher.value));
        }
    }
    Ok(())
}

/// What is summed up by a label has it.
fn aggregates(aggregate: &AggregateExpr) -> Result<(), String> {
    struct Series(BTreeSet<String>);

    impl ExprVisitor for Series {
        type Error = String;

        fn pre_visit(&mut self, expression: &Expr) -> Result<bool, String> {
            if let Expr::MatrixSelector(range) = expression {
                self.0.extend(range.vs.name.clone());
            }
            Ok(true)
        }
    }

    let mut series = Series(BTreeSet::new());
    walk_expr(&mut series, &aggregate.expr)?;
    let Some(LabelModifier::Include(by)) = &aggregate.modifier else { return Ok(()) };
    for name in &series.0 {
        let labels = EXPORTED.series.get(name).ok_or_else(|| format!("no series `{name}`"))?;
        if let Some(label) = by.labels.iter().find(|label| !labels.contains(*label)) {
            return Err(format!("`{name}` has no label `{label}`"));
        }
    }
    Ok(())
}

/// The rows of the table of metrics in a text, and only those, are what is exported.
fn is_what_is_exported(table: &str) {
    // | `name` | type | `label`, `label` |
    let rows = table.lines().filter_map(|line| {
        let mut cells = line.trim_start_matches("//!").split('|').map(str::trim).skip(1);
        let name = cells.next()?.strip_prefix("`retry_")?.strip_suffix('`')?;
        let kind = cells.next()?;
        let labels = cells.next()?.split(',').map(|label| label.trim().trim_matches('`'));
        let labels = labels.filter(|label| !label.is_empty()).collect::<BTreeSet<_>>();
        Some((format!("retry_{name}"), kind, labels))
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort();
    let exported: Vec<_> = EXPORTED
        .types
        .iter()
        .map(|(name, kind)| (name.clone(), kind.as_str(), EXPORTED.labels_of(name)))
        .collect();
    assert_eq!(rows, exported);
}

#[test]
fn the_table_in_the_source_lists_what_is_exported() {
    is_what_is_exported(include_str!("../../retry-runtime/src/observe/metrics.rs"));
}

#[test]
fn the_table_in_the_guide_lists_what_is_exported() {
    is_what_is_exported(include_str!("../../retry-runtime/src/guide/in_production.md"));
}

#[test]
fn the_readme_names_what_is_exported() {
    let (_, section) = include_str!("../../README.md")
        .split_once("\n## In production\n")
        .expect("a section on metrics");
    let section = section.split("\n## ").next().unwrap_or_default();
    // `name{label, label}`
    let named = section.split('`').skip(1).step_by(2).filter(|code| code.starts_with("retry_"));
    let named: BTreeMap<&str, BTreeSet<&str>> = named
        .map(|metric| {
            let (name, labels) = metric.split_once('{').unwrap_or((metric, ""));
            (name, labels.trim_end_matches('}').split_terminator(", ").collect())
        })
        .collect();
    let exported = EXPORTED.types.keys().map(|name| (name.as_str(), EXPORTED.labels_of(name)));
    assert_eq!(named, exported.collect());
}
