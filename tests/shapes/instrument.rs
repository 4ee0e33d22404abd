//! `#[tracing::instrument]` below the attribute gives the whole call one span; above it (on plain
//! functions) each attempt gets its own.

use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use retry_runtime::retry_on;
use retry_runtime::testing::Scope;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{self, DefaultGuard};
use tracing::{Event, Metadata, Subscriber};

use crate::operation::{Busy, Operation};

/// Counts the spans that this thread opens.
#[derive(Clone, Default)]
struct Spans(std::sync::Arc<AtomicU64>);

impl Spans {
    fn watch() -> (Self, DefaultGuard) {
        let spans = Self::default();
        (spans.clone(), subscriber::set_default(spans))
    }

    fn opened(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Subscriber for Spans {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span()
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(self.0.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[tokio::test(start_paused = true)]
async fn below_the_attribute_one_span_holds_the_call() {
    #[retry_on(Busy, max = 5)]
    #[tracing::instrument]
    async fn greet(name: &str, operation: &Operation) -> Result<String, Busy> {
        operation.run_async().await?;
        Ok(format!("hello {name}"))
    }

    let (spans, _watching) = Spans::watch();
    let operation = Operation::new();
    assert_eq!(greet("Ada", &operation).await.unwrap(), "hello Ada");
    assert_eq!(operation.attempts(), 3);
    assert_eq!(spans.opened(), 1);
}

#[test]
fn below_the_attribute_one_span_holds_the_call_plain() {
    #[retry_on(Busy, max = 5)]
    #[tracing::instrument]
    fn greet(name: &str, operation: &Operation) -> Result<String, Busy> {
        operation.run()?;
        Ok(format!("hello {name}"))
    }

    let _clock = Scope::new().enter();
    let (spans, _watching) = Spans::watch();
    let operation = Operation::new();
    assert_eq!(greet("Ada", &operation).unwrap(), "hello Ada");
    assert_eq!(operation.attempts(), 3);
    assert_eq!(spans.opened(), 1);
}

#[test]
fn above_the_attribute_each_attempt_has_a_span_plain() {
    #[tracing::instrument]
    #[retry_on(Busy, max = 5)]
    fn greet(name: &str, operation: &Operation) -> Result<String, Busy> {
        operation.run()?;
        Ok(format!("hello {name}"))
    }

    let _clock = Scope::new().enter();
    let (spans, _watching) = Spans::watch();
    let operation = Operation::new();
    assert_eq!(greet("Ada", &operation).unwrap(), "hello Ada");
    assert_eq!(operation.attempts(), 3);
    assert_eq!(spans.opened(), 3);
}

#[tokio::test(start_paused = true)]
async fn its_options_may_be_given() {
    #[retry_on(Busy, max = 5, clone(name))]
    #[tracing::instrument(level = "debug", skip(operation), fields(length = name.len()), ret, err)]
    async fn greet(
        name: String,
        mut greeting: String,
        operation: &Operation,
    ) -> Result<String, Busy> {
        greeting += &name;
        drop(name);
        operation.run_async().await?;
        Ok(greeting)
    }

    let (spans, _watching) = Spans::watch();
    let operation = Operation::new();
    let greeting = greet("Ada".into(), "hello ".into(), &operation);
    assert_eq!(greeting.await.unwrap(), "hello Ada");
    assert_eq!(operation.attempts(), 3);
    assert_eq!(spans.opened(), 1);
}

#[test]
fn its_options_may_be_given_plain() {
    #[retry_on(Busy, max = 5, clone(name))]
    #[tracing::instrument(level = "debug", skip(operation), fields(length = name.len()), ret, err)]
    fn greet(name: String, mut greeting: String, operation: &Operation) -> Result<String, Busy> {
        greeting += &name;
        drop(name);
        operation.run()?;
        Ok(greeting)
    }

    let _clock = Scope::new().enter();
    let (spans, _watching) = Spans::watch();
    let operation = Operation::new();
    let greeting = greet("Ada".into(), "hello ".into(), &operation);
    assert_eq!(greeting.unwrap(), "hello Ada");
    assert_eq!(operation.attempts(), 3);
    assert_eq!(spans.opened(), 1);
}

#[test]
fn above_the_attribute_its_options_may_be_given_plain() {
    #[tracing::instrument(level = "debug", skip_all, fields(length = name.len()), ret, err)]
    #[retry_on(Busy, max = 5)]
    fn greet(name: &str, operation: &Operation) -> Result<String, Busy> {
        operation.run()?;
        Ok(format!("hello {name}"))
    }

    let _clock = Scope::new().enter();
    let (spans, _watching) = Spans::watch();
    let operation = Operation::new();
    assert_eq!(greet("Ada", &operation).unwrap(), "hello Ada");
    assert_eq!(operation.attempts(), 3);
    assert_eq!(spans.opened(), 3);
}

struct Client(Operation);

impl Client {
    #[retry_on(Busy, max = 5)]
    #[tracing::instrument(skip(self))]
    async fn fetch(&mut self, number: u32) -> Result<u32, Busy> {
        self.0.run_async().await?;
        Ok(number)
    }
}

#[tokio::test(start_paused = true)]
async fn a_method_has_one_span_for_the_call() {
    let (spans, _watching) = Spans::watch();
    let mut client = Client(Operation::new());
    assert_eq!(client.fetch(7).await, Ok(7));
    assert_eq!(client.0.attempts(), 3);
    assert_eq!(spans.opened(), 1);
}

#[async_trait]
trait Ask {
    async fn ask(&self, question: &str) -> Result<usize, Busy>;
}

#[async_trait]
impl Ask for Client {
    #[retry_on(Busy, max = 5)]
    #[tracing::instrument(skip(self))]
    async fn ask(&self, question: &str) -> Result<usize, Busy> {
        self.0.run_async().await?;
        Ok(question.len())
    }
}

#[tokio::test(start_paused = true)]
async fn a_method_below_async_trait_has_one_span_for_the_call() {
    let (spans, _watching) = Spans::watch();
    let client = Client(Operation::new());
    let asked: &dyn Ask = &client;
    assert_eq!(asked.ask("why?").await, Ok(4));
    assert_eq!(client.0.attempts(), 3);
    assert_eq!(spans.opened(), 1);
}
