//! Functions that are not `async` and return a future that they end in.

use std::future::Future;
use std::pin::Pin;

use retry_runtime::retry_on;

use crate::operation::{Busy, Operation};

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[tokio::test(start_paused = true)]
async fn an_opaque_future() {
    #[retry_on(Busy, max = 5)]
    fn answer(operation: &Operation) -> impl Future<Output = Result<u32, Busy>> + '_ {
        async move {
            operation.run_async().await?;
            Ok(42)
        }
    }

    let operation = Operation::new();
    assert_eq!(answer(&operation).await, Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_opaque_future_of_a_block_that_borrows() {
    static OPERATION: Operation = Operation::new();

    #[retry_on(Busy, max = 5)]
    fn answer() -> impl Future<Output = Result<u32, Busy>> + Send {
        async {
            OPERATION.run_async().await?;
            Ok(42)
        }
    }

    assert_eq!(answer().await, Ok(42));
    assert_eq!(OPERATION.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_boxed_future() {
    #[retry_on(Busy, max = 5)]
    fn answer(
        operation: &Operation,
    ) -> Pin<Box<dyn Future<Output = Result<u32, Busy>> + Send + '_>> {
        Box::pin(async move {
            operation.run_async().await?;
            Ok(42)
        })
    }

    let operation = Operation::new();
    assert_eq!(answer(&operation).await, Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_boxed_future_behind_an_alias() {
    #[retry_on(Busy, max = 5)]
    fn answer(operation: &Operation) -> BoxFuture<'_, Result<u32, Busy>> {
        std::boxed::Box::pin(async move {
            if operation.run_async().await.is_err() {
                return Err(Busy);
            }
            Ok(42)
        })
    }

    let operation = Operation::new();
    assert_eq!(answer(&operation).await, Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_stands_before_the_block_happens_once() {
    #[retry_on(Busy, max = 5)]
    fn greet<'a>(
        name: &'a str,
        made: &'a mut u32,
        operation: &'a Operation,
    ) -> impl Future<Output = Result<String, Box<dyn std::error::Error>>> + 'a {
        *made += 1;
        let greeting = format!("hello {name}");
        async move {
            operation.run_async().await?;
            Ok(format!("{greeting}, {}", operation.attempts()))
        }
    }

    let operation = Operation::new();
    let mut made = 0;
    let greeting = greet("Ada", &mut made, &operation).await;
    assert_eq!(greeting.unwrap(), "hello Ada, 3");
    assert_eq!(operation.attempts(), 3);
    assert_eq!(made, 1);
}

#[tokio::test(start_paused = true)]
async fn owned_arguments_of_a_boxed_future() {
    #[retry_on(Busy, max = 5, clone(consumed))]
    fn joined(
        borrowed: String,
        consumed: String,
        mut changed: String,
        operation: &Operation,
    ) -> BoxFuture<'_, Result<Vec<String>, Busy>> {
        Box::pin(async move {
            changed.push('!');
            let consumed = Some(consumed);
            operation.run_async().await?;
            let all = [Some(borrowed.clone()), consumed, Some(changed)];
            Ok(all.into_iter().flatten().collect())
        })
    }

    let operation = Operation::new();
    let joined = joined("a".into(), "b".into(), "c".into(), &operation);
    assert_eq!(joined.await.unwrap(), ["a", "b", "c!"]);
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_alias_of_the_result_inside_the_future() {
    #[retry_on(Busy, max = 5)]
    fn answer(operation: &Operation) -> impl Future<Output = anyhow::Result<u32>> + use<'_> {
        async move {
            operation.run_async().await?;
            Ok(42)
        }
    }

    let operation = Operation::new();
    assert_eq!(answer(&operation).await.unwrap(), 42);
    assert_eq!(operation.attempts(), 3);
}

trait Ask {
    fn ask(&self, question: &str) -> impl Future<Output = Result<usize, Busy>> + Send;

    fn ask_boxed<'a>(&'a self, question: &'a str) -> BoxFuture<'a, Result<usize, Busy>>;
}

impl Ask for Operation {
    #[retry_on(Busy, max = 5)]
    fn ask(&self, question: &str) -> impl Future<Output = Result<usize, Busy>> + Send {
        let length = question.len();
        async move {
            self.run_async().await?;
            Ok(length)
        }
    }

    #[retry_on(Busy, max = 5)]
    fn ask_boxed<'a>(&'a self, question: &'a str) -> BoxFuture<'a, Result<usize, Busy>> {
        Box::pin(async move {
            self.run_async().await?;
            Ok(question.len())
        })
    }
}

#[tokio::test(start_paused = true)]
async fn methods_of_a_trait_that_return_futures() {
    let operations = [Operation::new(), Operation::new()];
    assert_eq!(operations[0].ask("why?").await, Ok(4));
    assert_eq!(operations[1].ask_boxed("how?").await, Ok(4));
    assert!(operations.iter().all(|it| it.attempts() == 3));
}

type Promise<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
type Answer<'a> = Promise<'a, Result<u32, Busy>>;

#[tokio::test(start_paused = true)]
async fn a_boxed_future_behind_an_alias_of_any_name() {
    #[retry_on(Busy, max = 5)]
    fn promised(operation: &Operation) -> Promise<'_, Result<u32, Busy>> {
        Box::pin(async move {
            operation.run_async().await?;
            Ok(42)
        })
    }

    #[retry_on(Busy, max = 5)]
    fn answer(operation: &Operation) -> Answer<'_> {
        Box::pin(async move {
            operation.run_async().await?;
            Ok(42)
        })
    }

    let operations = [Operation::new(), Operation::new()];
    assert_eq!(promised(&operations[0]).await, Ok(42));
    assert_eq!(answer(&operations[1]).await, Ok(42));
    assert!(operations.iter().all(|it| it.attempts() == 3));
}

#[tokio::test(start_paused = true)]
async fn a_mut_argument_can_be_changed_before_the_block() {
    #[retry_on(Busy, max = 5)]
    fn extended(
        mut values: Vec<u8>,
        operation: &Operation,
    ) -> impl Future<Output = Result<Vec<u8>, Busy>> + '_ {
        values.push(2);
        async move {
            values.push(3);
            operation.run_async().await?;
            Ok(values)
        }
    }

    let operation = Operation::new();
    assert_eq!(extended(vec![1], &operation).await.unwrap(), [1, 2, 3]);
    assert_eq!(operation.attempts(), 3);
}
