//! What an exporter for Prometheus really exports.

use std::collections::{BTreeMap, BTreeSet};

/// The labels of each series, and the type of each metric.
#[derive(Debug, Default)]
pub(crate) struct Exported {
    pub(crate) series: BTreeMap<String, BTreeSet<String>>,
    pub(crate) types: BTreeMap<String, String>,
    pub(crate) outcomes: BTreeSet<String>,
}

impl Exported {
    /// From Prometheus' text format.
    pub(crate) fn read(text: &str) -> Self {
        let mut exported = Self::default();
        for line in text.lines().filter(|line| !line.is_empty()) {
            if let Some(metric) = line.strip_prefix("# TYPE ") {
                let (name, kind) = metric.split_once(' ').expect("a name and a type");
                exported.types.insert(name.to_owned(), kind.to_owned());
            } else if !line.starts_with('#') {
                exported.read_sample(line);
            }
        }
        exported
    }

    // name{label="value",label="value"} 1
    fn read_sample(&mut self, line: &str) {
        let (series, _) = line.rsplit_once(' ').expect("a series and a value");
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        let known = self.series.entry(name.to_owned()).or_default();
        let labels = labels.strip_suffix('}').expect("a closing brace");
        for label in labels.split_terminator(',') {
            let (label, value) = label.split_once('=').expect("a label and a value");
            known.insert(label.to_owned());
            if label == "outcome" {
                self.outcomes.insert(value.trim_matches('"').to_owned());
            }
        }
    }

    /// The labels of a metric, without those that make series of a histogram.
    pub(crate) fn labels_of(&self, metric: &str) -> BTreeSet<&str> {
        let count = format!("{metric}_count");
        let series = self.series.get(metric).or_else(|| self.series.get(&count));
        series.into_iter().flatten().map(String::as_str).collect()
    }
}
