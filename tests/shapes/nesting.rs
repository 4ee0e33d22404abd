//! Functions wherever they can be written: in themselves, in each other, in modules, in tests and in
//! `main`.

use std::future::Future;
use std::pin::Pin;

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;

use crate::operation::{Busy, Operation};

/// Only the innermost call fails, so only that one has more than one attempt.
#[tokio::test(start_paused = true)]
async fn a_function_can_call_itself() {
    #[retry_on(Busy, max = 5)]
    async fn descend(depth: u32, operation: &Operation) -> Result<u32, Busy> {
        if depth > 0 {
            return Ok(1 + Box::pin(descend(depth - 1, operation)).await?);
        }
        operation.run_async().await?;
        Ok(0)
    }

    let operation = Operation::new();
    assert_eq!(descend(4, &operation).await, Ok(4));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn a_function_can_call_itself_plain() {
    #[retry_on(Busy, max = 5)]
    fn descend(depth: u32, operation: &Operation) -> Result<u32, Busy> {
        if depth > 0 {
            return Ok(1 + descend(depth - 1, operation)?);
        }
        operation.run()?;
        Ok(0)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(descend(4, &operation), Ok(4));
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_that_calls_itself_can_be_spawned() {
    static OPERATION: Operation = Operation::new();

    #[retry_on(Busy, max = 5, delay = "0ms")]
    fn descend(depth: u32) -> Pin<Box<dyn Future<Output = Result<u32, Busy>> + Send>> {
        Box::pin(async move {
            if depth > 0 {
                return Ok(1 + descend(depth - 1).await?);
            }
            OPERATION.run_async().await?;
            Ok(0)
        })
    }

    assert_eq!(tokio::spawn(descend(4)).await.unwrap(), Ok(4));
    assert_eq!(OPERATION.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_function_in_the_body_of_another_has_attempts_of_its_own() {
    #[retry_on(Busy, max = 5)]
    async fn outer(outside: &Operation, inside: &Operation) -> Result<u32, Busy> {
        #[retry_on(Busy, max = 5)]
        async fn inner(operation: &Operation) -> Result<u32, Busy> {
            operation.run_async().await?;
            Ok(1)
        }

        let one = inner(inside).await?;
        outside.run_async().await?;
        Ok(one + 1)
    }

    let (outside, inside) = (Operation::new(), Operation::new());
    assert_eq!(outer(&outside, &inside).await, Ok(2));
    assert_eq!(outside.attempts(), 3);
    assert_eq!(inside.attempts(), 3 + 1 + 1);
}

#[test]
fn a_function_in_the_body_of_another_has_attempts_of_its_own_plain() {
    #[retry_on(Busy, max = 5)]
    fn outer(outside: &Operation, inside: &Operation) -> Result<u32, Busy> {
        #[retry_on(Busy, max = 5)]
        fn inner(operation: &Operation) -> Result<u32, Busy> {
            operation.run()?;
            Ok(1)
        }

        let one = inner(inside)?;
        outside.run()?;
        Ok(one + 1)
    }

    let _clock = Scope::new().enter();
    let (outside, inside) = (Operation::new(), Operation::new());
    assert_eq!(outer(&outside, &inside), Ok(2));
    assert_eq!(outside.attempts(), 3);
    assert_eq!(inside.attempts(), 3 + 1 + 1);
}

mod at_the_top {
    pub(super) mod below {
        use crate::operation::{Busy, Operation};

        #[retry_runtime::retry_on(Busy, max = 5)]
        pub(in crate::nesting) async fn answer(operation: &Operation) -> Result<u32, Busy> {
            operation.run_async().await?;
            Ok(42)
        }
    }

    #[retry_runtime::retry_on(super::Busy, max = 5)]
    pub(super) fn answer(operation: &super::Operation) -> Result<u32, super::Busy> {
        operation.run()?;
        Ok(42)
    }
}

#[tokio::test(start_paused = true)]
async fn a_function_in_a_module_needs_no_imports() {
    let operation = Operation::new();
    assert_eq!(at_the_top::below::answer(&operation).await, Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn a_function_in_a_module_needs_no_imports_plain() {
    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(at_the_top::answer(&operation), Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn a_function_in_a_block_sees_its_types_plain() {
    let _clock = Scope::new().enter();
    let operation = Operation::new();
    let answer = {
        #[derive(Debug, PartialEq, thiserror::Error)]
        #[error("local")]
        struct Local;

        #[retry_on(Local, max = 5)]
        fn answer(operation: &Operation) -> Result<u32, Local> {
            operation.run().map_err(|_| Local)?;
            Ok(42)
        }

        answer(&operation).ok()
    };
    assert_eq!(answer, Some(42));
    assert_eq!(operation.attempts(), 3);
}

/// Each attempt builds a runtime of its own, and the pauses between them are those of a thread.
#[tokio::test(start_paused = true)]
#[retry_on(Busy, max = 5, delay = "0ms")]
async fn an_async_test_can_be_retried_from_below() -> Result<(), Busy> {
    static OPERATION: Operation = Operation::new();
    OPERATION.run_async().await?;
    assert_eq!(OPERATION.attempts(), 3);
    Ok(())
}

#[retry_on(Busy, max = 5)]
#[tokio::test(start_paused = true)]
async fn an_async_test_can_be_retried_from_above() -> Result<(), Busy> {
    static OPERATION: Operation = Operation::new();
    OPERATION.run_async().await?;
    assert_eq!(OPERATION.attempts(), 3);
    Ok(())
}

#[test]
#[retry_on(Busy, max = 5, delay = "0ms")]
fn a_test_can_be_retried_from_below_plain() -> Result<(), Busy> {
    static OPERATION: Operation = Operation::new();
    OPERATION.run()?;
    assert_eq!(OPERATION.attempts(), 3);
    Ok(())
}

#[retry_on(Busy, max = 5, delay = "0ms")]
#[test]
fn a_test_can_be_retried_from_above_plain() -> Result<(), Busy> {
    static OPERATION: Operation = Operation::new();
    OPERATION.run()?;
    assert_eq!(OPERATION.attempts(), 3);
    Ok(())
}

#[test]
fn main_can_be_retried_above_tokio_main() {
    static OPERATION: Operation = Operation::new();

    #[retry_on(Busy, max = 5)]
    #[tokio::main(flavor = "current_thread", start_paused = true)]
    async fn main() -> Result<(), Busy> {
        OPERATION.run_async().await
    }

    assert_eq!(main(), Ok(()));
    assert_eq!(OPERATION.attempts(), 3);
}

#[test]
fn main_can_be_retried_below_tokio_main() {
    static OPERATION: Operation = Operation::new();

    #[tokio::main]
    #[retry_on(Busy, max = 5)]
    async fn main() -> Result<(), Box<dyn std::error::Error>> {
        OPERATION.run_async().await?;
        Ok(())
    }

    let _clock = Scope::new().enter();
    assert!(main().is_ok());
    assert_eq!(OPERATION.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_selector_can_be_named_from_the_root_of_the_crate() {
    #[retry_on(crate::operation::Busy, max = 5)]
    async fn answer(operation: &Operation) -> Result<u32, Busy> {
        operation.run_async().await?;
        Ok(42)
    }

    let operation = Operation::new();
    assert_eq!(answer(&operation).await, Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn a_selector_can_be_named_from_the_root_of_the_crate_plain() {
    #[retry_on(crate::operation::Busy, max = 5)]
    fn answer(operation: &Operation) -> Result<u32, Busy> {
        operation.run()?;
        Ok(42)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(answer(&operation), Ok(42));
    assert_eq!(operation.attempts(), 3);
}
