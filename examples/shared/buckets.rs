//! The exporter for Prometheus, with buckets that suit retries.

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder};

/// In seconds: from the first pause of a quick function to the longest that a server asks for. With
/// jitter, a pause is anything from nothing to its delay, so the steps are wide.
const PAUSES: [f64; 10] = [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Each of the first attempts for itself: 1 is a success at the first try, or an error that is not
/// retried.
const ATTEMPTS: [f64; 7] = [1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0];

/// Without buckets, the exporter computes quantiles in the process, which cannot be added up over
/// several processes.
pub(crate) fn exporter() -> Result<PrometheusBuilder, BuildError> {
    let metric = |name: &str| Matcher::Full(name.to_owned());
    PrometheusBuilder::new()
        .set_buckets_for_metric(metric("retry_pause_seconds"), &PAUSES)?
        .set_buckets_for_metric(metric("retry_attempts"), &ATTEMPTS)
}
