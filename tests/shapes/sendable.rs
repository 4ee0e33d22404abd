//! The future is as `Send` as the body, whatever the result is.

use std::cell::Cell;
use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use retry_runtime::retry_on;

use crate::operation::{Busy, Operation};

/// An error that can be sent, and not shared.
#[derive(Debug, thiserror::Error)]
#[error("busy for the {} time", .0.get())]
struct BusyAgain(Cell<u32>);

/// Fails to compile if the future is not `Send`.
fn assert_send<T: Send>(value: T) -> T {
    value
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_future_can_be_spawned() {
    #[retry_on(Busy, max = 5, delay = "0ms")]
    async fn greet(name: String, operation: Arc<Operation>) -> Result<String, Busy> {
        operation.run_async().await?;
        Ok(format!("hello {name}"))
    }

    let operation = Arc::new(Operation::new());
    let greeting = tokio::spawn(greet("Ada".to_owned(), Arc::clone(&operation)));
    assert_eq!(greeting.await.unwrap().unwrap(), "hello Ada");
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_value_nor_error_need_be_sync() {
    #[retry_on(BusyAgain, max = 5, delay = "0ms")]
    async fn answer(operation: Arc<Operation>) -> Result<Cell<u32>, BusyAgain> {
        let ran = operation.run_async().await;
        ran.map_err(|_| BusyAgain(Cell::new(operation.attempts())))?;
        Ok(Cell::new(42))
    }

    let operation = Arc::new(Operation::new());
    let answer = tokio::spawn(answer(Arc::clone(&operation)));
    assert_eq!(answer.await.unwrap().unwrap().get(), 42);
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn generic_values_and_errors_need_not_be_sync() {
    #[retry_on(E, max = 5, delay = "0ms")]
    async fn converted<T, E>(operation: Arc<Operation>) -> Result<T, E>
    where
        T: From<u32> + Send,
        E: From<BusyAgain> + Error + Send + 'static,
    {
        let ran = operation.run_async().await;
        ran.map_err(|_| BusyAgain(Cell::new(operation.attempts())))?;
        Ok(T::from(42))
    }

    let operation = Arc::new(Operation::new());
    let converted = converted::<Cell<u32>, BusyAgain>(Arc::clone(&operation));
    let converted = tokio::spawn(assert_send(converted));
    assert_eq!(converted.await.unwrap().unwrap().get(), 42);
    assert_eq!(operation.attempts(), 3);
}

/// It is gone before the pause, and that is the only `.await` outside the body.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_error_need_not_be_send_where_the_body_does_not_keep_it() {
    #[retry_on(Busy, max = 5, delay = "0ms")]
    async fn answer(operation: &Operation) -> Result<u32, Box<dyn Error>> {
        let ran = operation.run_async().await;
        ran?;
        Ok(42)
    }

    let operation = Arc::new(Operation::new());
    let shared = Arc::clone(&operation);
    let answer = tokio::spawn(async move { answer(&shared).await.ok() });
    assert_eq!(answer.await.unwrap(), Some(42));
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_boxed_future_is_send_as_well() {
    #[retry_on(BusyAgain, max = 5, delay = "0ms")]
    fn answer(
        operation: &Operation,
    ) -> Pin<Box<dyn Future<Output = Result<Cell<u32>, BusyAgain>> + Send + '_>> {
        Box::pin(async move {
            let ran = operation.run_async().await;
            ran.map_err(|_| BusyAgain(Cell::new(operation.attempts())))?;
            Ok(Cell::new(42))
        })
    }

    let operation = Operation::new();
    let answer = assert_send(answer(&operation)).await;
    assert_eq!(answer.unwrap().get(), 42);
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn predicates_guards_and_clones_keep_the_future_send() {
    #[retry_on(
        error: BusyAgain if error.0.get() > 0,
        when = |error| error.to_string().is_empty(),
        unless = |error| error.0.get() > 9,
        max = 5,
        delay = "0ms",
        clone(name)
    )]
    async fn greet(
        name: String,
        mut greeting: String,
        operation: Arc<Operation>,
    ) -> Result<String, BusyAgain> {
        let name = Some(name);
        let ran = operation.run_async().await;
        ran.map_err(|_| BusyAgain(Cell::new(operation.attempts())))?;
        greeting.extend(name);
        Ok(greeting)
    }

    let operation = Arc::new(Operation::new());
    let greeting = greet("Ada".into(), "hello ".into(), Arc::clone(&operation));
    let greeting = tokio::spawn(assert_send(greeting));
    assert_eq!(greeting.await.unwrap().unwrap(), "hello Ada");
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stays_on_its_thread_may_stay_there() {
    #[retry_on(Busy, max = 5)]
    async fn counted(count: Rc<Cell<u32>>, operation: &Operation) -> Result<u32, Busy> {
        let own = Rc::clone(&count);
        operation.run_async().await?;
        own.set(own.get() + 1);
        Ok(count.get())
    }

    let operation = Operation::new();
    assert_eq!(counted(Rc::default(), &operation).await, Ok(1));
    assert_eq!(operation.attempts(), 3);
}
