//! No name of the expansion is in the way of an argument, and none is seen by the body.

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;

use crate::operation::{Busy, Operation};

#[tokio::test(start_paused = true)]
async fn arguments_may_be_called_like_the_machinery() {
    #[retry_on(Busy, max = 5)]
    #[expect(clippy::too_many_arguments, reason = "one for each name")]
    async fn sum(
        attempts: u32,
        counter: u32,
        delay: u32,
        result: u32,
        error: u32,
        call: u32,
        site: u32,
        r#loop: u32,
        selector: u32,
        failure: u32,
        operation: &Operation,
    ) -> Result<[u32; 10], Busy> {
        operation.run_async().await?;
        Ok([attempts, counter, delay, result, error, call, site, r#loop, selector, failure])
    }

    let operation = Operation::new();
    let sum = sum(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, &operation).await;
    assert_eq!(sum, Ok([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn arguments_may_be_called_like_the_machinery_plain() {
    #[retry_on(Busy, max = 5)]
    #[expect(clippy::too_many_arguments, reason = "one for each name")]
    fn sum(
        attempts: u32,
        counter: u32,
        delay: u32,
        result: u32,
        error: u32,
        call: u32,
        site: u32,
        r#loop: u32,
        selector: u32,
        failure: u32,
        operation: &Operation,
    ) -> Result<[u32; 10], Busy> {
        operation.run()?;
        Ok([attempts, counter, delay, result, error, call, site, r#loop, selector, failure])
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    let sum = sum(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, &operation);
    assert_eq!(sum, Ok([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn arguments_called_like_the_machinery_can_be_mut_and_cloned() {
    #[retry_on(Busy, max = 5, clone(failure, r#loop))]
    async fn joined(
        mut attempts: Vec<u8>,
        mut result: Vec<u8>,
        failure: Vec<u8>,
        r#loop: Vec<u8>,
        operation: &Operation,
    ) -> Result<Vec<u8>, Busy> {
        attempts.push(2);
        result.push(4);
        operation.run_async().await?;
        attempts.extend(result);
        attempts.extend(failure);
        attempts.extend(r#loop);
        Ok(attempts)
    }

    let operation = Operation::new();
    let joined = joined(vec![1], vec![3], vec![5], vec![6], &operation).await;
    assert_eq!(joined.unwrap(), [1, 2, 3, 4, 5, 6]);
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn arguments_called_like_the_machinery_can_be_mut_and_cloned_plain() {
    #[retry_on(Busy, max = 5, clone(failure, r#loop))]
    fn joined(
        mut attempts: Vec<u8>,
        mut result: Vec<u8>,
        failure: Vec<u8>,
        r#loop: Vec<u8>,
        operation: &Operation,
    ) -> Result<Vec<u8>, Busy> {
        attempts.push(2);
        result.push(4);
        operation.run()?;
        attempts.extend(result);
        attempts.extend(failure);
        attempts.extend(r#loop);
        Ok(attempts)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    let joined = joined(vec![1], vec![3], vec![5], vec![6], &operation);
    assert_eq!(joined.unwrap(), [1, 2, 3, 4, 5, 6]);
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn even_the_reserved_names_are_free() {
    #[retry_on(Busy, max = 5)]
    async fn sum(
        __call: u32,
        __result: u32,
        __error: u32,
        __selector: u32,
        __failure: u32,
        __never: u32,
        operation: &Operation,
    ) -> Result<u32, Busy> {
        operation.run_async().await?;
        Ok(__call + __result + __error + __selector + __failure + __never)
    }

    let operation = Operation::new();
    assert_eq!(sum(1, 2, 3, 4, 5, 6, &operation).await, Ok(21));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn even_the_reserved_names_are_free_plain() {
    #[retry_on(Busy, max = 5)]
    fn sum(
        __call: u32,
        __result: u32,
        __error: u32,
        __selector: u32,
        __failure: u32,
        __never: u32,
        operation: &Operation,
    ) -> Result<u32, Busy> {
        operation.run()?;
        Ok(__call + __result + __error + __selector + __failure + __never)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(sum(1, 2, 3, 4, 5, 6, &operation), Ok(21));
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_function_and_its_raw_name_may_be_called_like_the_machinery() {
    #[retry_on(Busy, max = 5)]
    async fn r#loop(operation: &Operation) -> Result<u32, Busy> {
        operation.run_async().await?;
        Ok(1)
    }

    #[retry_on(Busy, max = 5)]
    async fn pause(operation: &Operation) -> Result<u32, Busy> {
        operation.run_async().await?;
        Ok(2)
    }

    let operations = [Operation::new(), Operation::new()];
    assert_eq!(r#loop(&operations[0]).await, Ok(1));
    assert_eq!(pause(&operations[1]).await, Ok(2));
    assert!(operations.iter().all(|it| it.attempts() == 3));
}

/// Labels, `break` and `continue` of the body stay inside as well.
#[test]
fn the_body_has_its_own_loops_plain() {
    #[retry_on(Busy, max = 5)]
    fn third_odd(operation: &Operation) -> Result<u32, Busy> {
        let mut found = 0;
        'search: loop {
            for number in 0.. {
                if number % 2 == 0 {
                    continue;
                }
                found += 1;
                if found == 3 {
                    operation.run()?;
                    break 'search Ok(number);
                }
            }
        }
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(third_odd(&operation), Ok(5));
    assert_eq!(operation.attempts(), 3);
}

trait Index {
    fn search(&self, word: &str) -> usize;

    fn downcast_ref(&self) -> usize;
}

impl Index for Operation {
    fn search(&self, word: &str) -> usize {
        word.len()
    }

    fn downcast_ref(&self) -> usize {
        1
    }
}

#[tokio::test(start_paused = true)]
async fn the_body_calls_the_methods_of_its_own_traits() {
    #[retry_on(Busy, max = 5)]
    async fn found(operation: &Operation) -> Result<usize, Busy> {
        operation.run_async().await?;
        Ok(operation.search("word") + operation.downcast_ref())
    }

    let operation = Operation::new();
    assert_eq!(found(&operation).await, Ok(5));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn the_body_calls_the_methods_of_its_own_traits_plain() {
    #[retry_on(Busy, max = 5)]
    fn found(operation: &Operation) -> Result<usize, Busy> {
        operation.run()?;
        Ok(operation.search("word") + operation.downcast_ref())
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(found(&operation), Ok(5));
    assert_eq!(operation.attempts(), 3);
}

mod fluent {
    pub(super) trait Fluent {
        fn any(&self) -> bool {
            false
        }

        fn text(&self) -> u8 {
            0
        }

        fn code(&self) -> u8 {
            0
        }
    }

    impl<T> Fluent for T {}

    pub(super) trait Consuming: Sized {
        fn selects(self) -> u8 {
            0
        }

        fn failed(self) -> u8 {
            0
        }

        fn succeeded(self) -> u8 {
            0
        }

        fn pause(self) -> u8 {
            0
        }
    }

    impl<T> Consuming for T {}
}

#[test]
fn the_expansion_calls_the_methods_of_its_own_types_plain() {
    use std::error::Error;

    use fluent::{Consuming, Fluent};

    #[retry_on(Busy, max = 5)]
    fn asked(operation: &Operation) -> Result<u8, Box<dyn Error>> {
        operation.run()?;
        assert!(!0.any());
        Ok(0.text() + 0.code() + 0.selects() + 0.failed() + 0.succeeded() + 0.pause())
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(asked(&operation).ok(), Some(0));
    assert_eq!(operation.attempts(), 3);
}
