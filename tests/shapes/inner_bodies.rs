//! `?` and `return` inside other macros mean the attempt; inside nested closures, functions and
//! `async` blocks they mean those.

use std::num::ParseIntError;

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;

use crate::operation::{Busy, Operation};

#[tokio::test(start_paused = true)]
async fn a_question_mark_inside_vec_stays_in_the_attempt() {
    #[retry_on(Busy, max = 5)]
    async fn answers(operation: &Operation) -> Result<Vec<()>, Busy> {
        Ok(vec![operation.run_async().await?])
    }

    let operation = Operation::new();
    assert_eq!(answers(&operation).await.unwrap(), [()]);
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn a_question_mark_inside_vec_stays_in_the_attempt_plain() {
    #[retry_on(Busy, max = 5)]
    fn answers(operation: &Operation) -> Result<Vec<()>, Busy> {
        Ok(vec![operation.run()?])
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(answers(&operation).unwrap(), [()]);
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_question_mark_inside_format_stays_in_the_attempt() {
    #[retry_on(Busy, max = 5)]
    async fn answer(operation: &Operation) -> Result<String, Busy> {
        Ok(format!("{:?}", operation.run_async().await?))
    }

    let operation = Operation::new();
    assert_eq!(answer(&operation).await.unwrap(), "()");
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn a_question_mark_inside_format_stays_in_the_attempt_plain() {
    #[retry_on(Busy, max = 5)]
    fn answer(operation: &Operation) -> Result<String, Busy> {
        Ok(format!("{:?}", operation.run()?))
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(answer(&operation).unwrap(), "()");
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn try_join_can_be_tried_again() {
    #[retry_on(Busy, max = 5)]
    async fn both(one: &Operation, other: &Operation) -> Result<((), u32), Busy> {
        let number = async {
            other.run_async().await?;
            Ok(42)
        };
        tokio::try_join!(one.run_async(), number)
    }

    #[retry_on(Busy, max = 5)]
    async fn sum(operation: &Operation) -> Result<u32, Busy> {
        let (one, two) = tokio::try_join!(
            async {
                operation.run_async().await?;
                Ok::<_, Busy>(1)
            },
            async { Ok(2) }
        )?;
        Ok(one + two)
    }

    let (one, other) = (Operation::new(), Operation::new());
    assert_eq!(both(&one, &other).await, Ok(((), 42)));
    assert_eq!(one.attempts(), 3);
    let operation = Operation::new();
    assert_eq!(sum(&operation).await, Ok(3));
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_return_inside_a_macro_of_ones_own_stays_in_the_attempt() {
    macro_rules! give_up_if {
        ($condition:expr) => {
            if $condition {
                return Err(Busy);
            }
        };
    }

    #[retry_on(Busy, max = 5)]
    async fn answer(operation: &Operation) -> Result<u32, Busy> {
        give_up_if!(operation.run_async().await.is_err());
        Ok(42)
    }

    let operation = Operation::new();
    assert_eq!(answer(&operation).await, Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn a_return_inside_a_macro_of_ones_own_stays_in_the_attempt_plain() {
    macro_rules! give_up_if {
        ($condition:expr) => {
            if $condition {
                return Err(Busy);
            }
        };
    }

    #[retry_on(Busy, max = 5)]
    fn answer(operation: &Operation) -> Result<u32, Busy> {
        give_up_if!(operation.run().is_err());
        Ok(42)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(answer(&operation), Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn nested_bodies_keep_their_own_question_marks_and_returns() {
    #[retry_on(Busy, max = 5)]
    async fn sum(words: &[&str], operation: &Operation) -> Result<i32, Busy> {
        fn half(number: i32) -> Option<i32> {
            (number % 2 == 0).then_some(number / 2)?.checked_mul(1)
        }
        let parse = |word: &str| -> Result<i32, ParseIntError> {
            let number: i32 = word.parse()?;
            Ok(number)
        };
        let fallback = async {
            if words.is_empty() {
                return 0;
            }
            tokio::task::yield_now().await;
            -1
        };
        let fallback = fallback.await;
        operation.run_async().await?;
        let halves = words.iter().map(|word| {
            let Ok(number) = parse(word) else {
                return fallback;
            };
            half(number).unwrap_or(fallback)
        });
        Ok(halves.sum())
    }

    let operation = Operation::new();
    let sum = sum(&["8", "x", "10", "3"], &operation);
    assert_eq!(sum.await, Ok(4 - 1 + 5 - 1));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn nested_bodies_keep_their_own_question_marks_and_returns_plain() {
    #[retry_on(Busy, max = 5)]
    fn sum(words: &[&str], operation: &Operation) -> Result<i32, Busy> {
        fn half(number: i32) -> Option<i32> {
            (number % 2 == 0).then_some(number / 2)?.checked_mul(1)
        }
        let parse = |word: &str| -> Result<i32, ParseIntError> {
            let number: i32 = word.parse()?;
            Ok(number)
        };
        operation.run()?;
        let halves = words.iter().map(|word| {
            let Ok(number) = parse(word) else {
                return -1;
            };
            half(number).unwrap_or(-1)
        });
        Ok(halves.sum())
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(sum(&["8", "x", "10", "3"], &operation), Ok(4 - 1 + 5 - 1));
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_error_that_stays_in_a_nested_body_is_no_reason_for_another_attempt() {
    #[retry_on(Busy, max = 5)]
    async fn tolerant(operation: &Operation) -> Result<bool, Busy> {
        let asked = async {
            operation.run_async().await?;
            Ok::<_, Busy>(())
        };
        Ok(asked.await.is_err())
    }

    let operation = Operation::new();
    assert_eq!(tolerant(&operation).await, Ok(true));
    assert_eq!(operation.attempts(), 1);
}

#[test]
fn an_error_that_stays_in_a_nested_body_is_no_reason_for_another_attempt_plain() {
    #[retry_on(Busy, max = 5)]
    fn tolerant(operation: &Operation) -> Result<bool, Busy> {
        let ask = || {
            operation.run()?;
            Ok::<_, Busy>(())
        };
        Ok(ask().is_err())
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(tolerant(&operation), Ok(true));
    assert_eq!(operation.attempts(), 1);
}
