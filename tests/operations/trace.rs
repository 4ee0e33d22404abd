//! Records spans as OpenTelemetry gets them, and prints them as a tree.

use std::fmt::Write;
use std::sync::Arc;

use opentelemetry::trace::{SpanId, Status, TracerProvider};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use tracing::Subscriber;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry;

/// The spans that have ended.
pub(crate) struct Trace {
    exporter: InMemorySpanExporter,
    _provider: SdkTracerProvider,
}

pub(crate) type AnySubscriber = Arc<dyn Subscriber + Send + Sync>;

impl Trace {
    /// Of this thread, while the guard lives.
    pub(crate) fn start() -> (Self, DefaultGuard) {
        let (trace, subscriber) = Self::apart();
        (trace, tracing::subscriber::set_default(subscriber))
    }

    /// Of those who use the subscriber.
    pub(crate) fn apart() -> (Self, AnySubscriber) {
        let exporter = InMemorySpanExporter::default();
        let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
        let layer = tracing_opentelemetry::layer()
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_tracer(provider.tracer("test"));
        (Self { exporter, _provider: provider }, Arc::new(registry().with(layer)))
    }

    /// The names of the spans that have ended, in this order.
    pub(crate) fn ended(&self) -> Vec<String> {
        let spans = self.exporter.get_finished_spans().unwrap();
        spans.into_iter().map(|span| span.name.into_owned()).collect()
    }

    /// What has ended since this was last asked: a line for each span with its attributes and its
    /// status, below it its events and then the spans in it, each in the order in which they ended.
    pub(crate) fn lines(&self) -> Vec<String> {
        let spans = self.exporter.get_finished_spans().unwrap();
        self.exporter.reset();
        let mut lines = Vec::new();
        print(&spans, SpanId::INVALID, 0, &mut lines);
        assert!(lines.len() >= spans.len(), "a span whose parent is missing: {spans:?}");
        lines
    }
}

fn print(spans: &[SpanData], parent: SpanId, depth: usize, lines: &mut Vec<String>) {
    let indent = "  ".repeat(depth);
    for span in spans.iter().filter(|span| span.parent_span_id == parent) {
        let mut line = format!("{indent}{}", span.name);
        for attribute in &span.attributes {
            write!(line, " {}={}", attribute.key, attribute.value).unwrap();
        }
        match &span.status {
            Status::Unset => {}
            Status::Ok => line += " Ok",
            Status::Error { .. } => line += " Error",
        }
        lines.push(line);
        for event in &span.events.events {
            let level = event.attributes.iter().find(|attribute| attribute.key.as_str() == "level");
            let level = level.map(|level| level.value.to_string()).unwrap_or_default();
            lines.push(format!("{indent}  - {level} {}", event.name));
        }
        print(spans, span.span_context.span_id(), depth + 1, lines);
    }
}
