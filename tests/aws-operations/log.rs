//! What calls log.

use retry_runtime::EndReason;
use retry_runtime::observe::{EventKind, OwnedEvent};
use retry_runtime::testing::Scope;

/// Runs a call where its pauses pass at once, and tells with its result what it logs: the level and
/// the fields that have the same values in every run.
pub async fn logged<T>(call: impl Future<Output = T>) -> (T, Vec<String>) {
    let scope = Scope::new();
    let result = scope.run(call).await;
    (result, scope.events().iter().map(line).collect())
}

fn line(event: &OwnedEvent) -> String {
    let level = match event.kind() {
        EventKind::Retry { .. } => "WARN",
        EventKind::Recovered => "INFO",
        EventKind::NotRetried { .. } => "DEBUG",
        _ => "ERROR",
    };
    let fields = [
        ("error.type", event.error_type()),
        ("code", event.code()),
        ("request_id", event.request_id()),
        ("reason", event.reason().map(EndReason::as_str)),
    ];
    let fields = fields.map(|(name, value)| value.map(|value| format!(" {name}={value:?}")));
    let fields: String = fields.into_iter().flatten().collect();
    format!("{level} attempt={}{fields}", event.attempt())
}
