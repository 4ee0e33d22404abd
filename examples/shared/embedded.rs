//! The metrics of retries in CloudWatch's embedded metric format: lines of JSON on standard output,
//! from which CloudWatch Logs makes metrics, without a request.

use std::io::{self, Write};

use metrics_cloudwatch_embedded::{Builder, Collector};
use serde_json::{Value, json};

/// Where CloudWatch keeps the metrics; the alarms and the dashboard name it too.
pub(crate) const NAMESPACE: &str = "Retries";

/// Makes CloudWatch's recorder that of the process.
///
/// In a service, `.with_auto_flush_writer(interval, || FewDimensions::new(io::stdout()))` flushes it
/// every so often; a Lambda function flushes at the end of each invocation.
///
/// Of a histogram, the recorder keeps 100 values from one flush to the next, as many as a document
/// may have, and logs an error for each further one. Counters are always exact, and alarms use only
/// counters. If there are many calls, exclude the target `metrics_cloudwatch_embedded` from the log.
pub(crate) fn install() -> Result<&'static Collector, Box<dyn std::error::Error + Send + Sync>> {
    Builder::new().cloudwatch_namespace(NAMESPACE).init()
}

/// Takes the documents of the recorder, and lets few of their labels be dimensions.
///
/// The recorder makes dimensions of all labels, and every combination of their values is a metric,
/// which costs money every month. Here, `error_type` stays in the document, so that CloudWatch Logs
/// Insights can search for it, but is not a dimension; CloudWatch adds up values with the same
/// dimensions.
///
/// And since CloudWatch does not add up over the values of a dimension by itself, calls are counted
/// twice: by `site` and `outcome`, and by `site` alone.
pub(crate) struct FewDimensions<W> {
    to: W,
    line: Vec<u8>,
}

impl<W: Write> FewDimensions<W> {
    pub(crate) fn new(to: W) -> Self {
        Self { to, line: Vec::new() }
    }
}

impl<W: Write> Write for FewDimensions<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                let mut document: Value = serde_json::from_slice(&self.line)?;
                self.line.clear();
                leave_few(&mut document["_aws"]["CloudWatchMetrics"][0]["Dimensions"]);
                writeln!(self.to, "{document}")?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

// Input:   [["site", "outcome"]]              [["site", "error_type"]]
// Output:  [["site", "outcome"], ["site"]]    [["site"]]
fn leave_few(dimensions: &mut Value) {
    let labels = dimensions[0].as_array().cloned().unwrap_or_default();
    let without = |names: &[&str]| -> Vec<Value> {
        labels.iter().filter(|label| !names.iter().any(|name| *label == name)).cloned().collect()
    };
    let most = without(&["error_type"]);
    let fewest = without(&["error_type", "outcome"]);
    *dimensions = if most == fewest { json!([most]) } else { json!([most, fewest]) };
}
