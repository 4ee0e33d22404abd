//! Records what the library counts and measures on this thread.

use metrics::LocalRecorderGuard;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};

/// While it lives, the metrics of its thread are written down.
pub(crate) struct Measured {
    snapshotter: Snapshotter,
    _local: LocalRecorderGuard<'static>,
}

impl Measured {
    pub(crate) fn start() -> Self {
        let recorder: &'static DebuggingRecorder = Box::leak(Box::default());
        Self {
            snapshotter: recorder.snapshotter(),
            _local: metrics::set_default_local_recorder(recorder),
        }
    }

    /// What has been written down since this was last asked, sorted by names.
    pub(crate) fn lines(&self) -> Vec<String> {
        lines(&self.snapshotter)
    }
}

/// `name{label="value"} 3` for a counter, `name{label="value"} [0.1, 0.2]` for a histogram.
pub(crate) fn lines(snapshotter: &Snapshotter) -> Vec<String> {
    let line = |(key, _, _, value): (metrics_util::CompositeKey, _, _, DebugValue)| {
        let key = key.key();
        let mut labels: Vec<String> =
            key.labels().map(|label| format!("{}={:?}", label.key(), label.value())).collect();
        labels.sort();
        let value = match value {
            DebugValue::Counter(count) => count.to_string(),
            DebugValue::Gauge(gauge) => format!("gauge {gauge}"),
            DebugValue::Histogram(values) => {
                format!("{:?}", values.into_iter().map(f64::from).collect::<Vec<_>>())
            }
        };
        format!("{}{{{}}} {value}", key.name(), labels.join(","))
    };
    // Counters begin at 0.
    let is_zero = |value: &DebugValue| matches!(value, DebugValue::Counter(0));
    let snapshot = snapshotter.snapshot().into_vec();
    let mut lines: Vec<String> =
        snapshot.into_iter().filter(|(.., value)| !is_zero(value)).map(line).collect();
    lines.sort();
    lines
}
