//! `?` and `return` end the attempt, not the function.

use std::error::Error;
use std::num::ParseIntError;

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;

use crate::operation::{Busy, Operation};

type BoxError = Box<dyn Error + Send + Sync>;

/// A conversion that a `?` needs.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error("the service failed")]
    Service(#[from] Busy),
    #[error("not a number")]
    NotANumber(#[from] ParseIntError),
}

#[tokio::test(start_paused = true)]
async fn a_question_mark_ends_the_attempt() {
    #[retry_on(Busy, max = 5)]
    async fn answer(operation: &Operation) -> Result<u32, Busy> {
        operation.run_async().await?;
        Ok(42)
    }

    let operation = Operation::new();
    assert_eq!(answer(&operation).await, Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn a_question_mark_ends_the_attempt_plain() {
    #[retry_on(Busy, max = 5)]
    fn answer(operation: &Operation) -> Result<u32, Busy> {
        operation.run()?;
        Ok(42)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(answer(&operation), Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_return_ends_the_attempt() {
    #[retry_on(Busy, max = 5)]
    async fn answer(operation: &Operation) -> Result<u32, Busy> {
        if operation.run_async().await.is_err() {
            return Err(Busy);
        }
        if operation.attempts() == 3 {
            return Ok(42);
        }
        Ok(0)
    }

    let operation = Operation::new();
    assert_eq!(answer(&operation).await, Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn a_return_ends_the_attempt_plain() {
    #[retry_on(Busy, max = 5)]
    fn answer(operation: &Operation) -> Result<u32, Busy> {
        if operation.run().is_err() {
            return Err(Busy);
        }
        if operation.attempts() == 3 {
            return Ok(42);
        }
        Ok(0)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(answer(&operation), Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_question_mark_converts_into_a_boxed_error() {
    #[retry_on(Busy, max = 5)]
    async fn number(text: &str, operation: &Operation) -> Result<u32, BoxError> {
        operation.run_async().await?;
        Ok(text.parse()?)
    }

    let operation = Operation::new();
    assert_eq!(number("42", &operation).await.unwrap(), 42);
    assert_eq!(operation.attempts(), 3);
    let text = number("?", &operation).await.unwrap_err().to_string();
    assert_eq!(text, "invalid digit found in string");
    assert_eq!(operation.attempts(), 4, "not an error to retry on");
}

#[test]
fn a_question_mark_converts_into_a_boxed_error_plain() {
    #[retry_on(Busy, max = 5)]
    fn number(text: &str, operation: &Operation) -> Result<u32, Box<dyn Error>> {
        operation.run()?;
        if text.is_empty() {
            return Err("no text".into());
        }
        Ok(text.parse()?)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(number("42", &operation).unwrap(), 42);
    assert_eq!(operation.attempts(), 3);
    assert_eq!(number("", &operation).unwrap_err().to_string(), "no text");
    assert_eq!(operation.attempts(), 4, "not an error to retry on");
}

#[tokio::test(start_paused = true)]
async fn a_question_mark_converts_into_an_anyhow_error() {
    use anyhow::Context;

    #[retry_on(Busy, max = 5)]
    async fn number(text: &str, operation: &Operation) -> Result<u32, anyhow::Error> {
        operation.run_async().await.context("asking")?;
        anyhow::ensure!(!text.is_empty(), "no text");
        Ok(text.parse()?)
    }

    let operation = Operation::new();
    assert_eq!(number("42", &operation).await.unwrap(), 42);
    assert_eq!(operation.attempts(), 3);
    let text = number("", &operation).await.unwrap_err().to_string();
    assert_eq!(text, "no text");
    assert_eq!(operation.attempts(), 4, "not an error to retry on");
}

#[test]
fn a_question_mark_converts_into_an_anyhow_error_plain() {
    #[retry_on(Busy, max = 5)]
    fn number(text: &str, operation: &Operation) -> Result<u32, anyhow::Error> {
        operation.run()?;
        if text.is_empty() {
            anyhow::bail!("no text");
        }
        Ok(text.parse()?)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(number("42", &operation).unwrap(), 42);
    assert_eq!(operation.attempts(), 3);
    assert_eq!(number("", &operation).unwrap_err().to_string(), "no text");
    assert_eq!(operation.attempts(), 4, "not an error to retry on");
}

#[tokio::test(start_paused = true)]
async fn a_question_mark_converts_into_an_enum_of_ones_own() {
    #[retry_on(ReadError::Service, max = 5)]
    async fn number(text: &str, operation: &Operation) -> Result<u32, ReadError> {
        operation.run_async().await?;
        Ok(text.parse()?)
    }

    let operation = Operation::new();
    assert_eq!(number("42", &operation).await.unwrap(), 42);
    assert_eq!(operation.attempts(), 3);
    let error = number("?", &operation).await.unwrap_err();
    assert!(matches!(error, ReadError::NotANumber(_)));
    assert_eq!(operation.attempts(), 4, "not an error to retry on");
}

#[test]
fn a_question_mark_converts_into_an_enum_of_ones_own_plain() {
    #[retry_on(Busy, max = 5)]
    fn number(text: &str, operation: &Operation) -> Result<u32, ReadError> {
        operation.run()?;
        Ok(text.parse()?)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(number("42", &operation).unwrap(), 42);
    assert_eq!(operation.attempts(), 3);
    let error = number("?", &operation).unwrap_err();
    assert!(matches!(error, ReadError::NotANumber(_)));
    assert_eq!(operation.attempts(), 4, "not an error to retry on");
}

/// A tail expression gets the expected type as well, and is coerced to it.
#[tokio::test(start_paused = true)]
async fn the_last_expression_is_coerced_to_the_declared_type() {
    type Functions = (Box<dyn Fn() -> u32>, fn(u32) -> u32);

    #[retry_on(Busy, max = 5)]
    async fn functions(operation: &Operation) -> Result<Functions, BoxError> {
        match operation.run_async().await {
            Ok(()) => Ok((Box::new(|| 1), |number| 2 * number)),
            Err(busy) => Err(Box::new(busy)),
        }
    }

    let operation = Operation::new();
    let (one, double) = functions(&operation).await.unwrap();
    assert_eq!(double(one()), 2);
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn the_last_expression_is_coerced_to_the_declared_type_plain() {
    type Functions = (Box<dyn Fn() -> u32>, fn(u32) -> u32);

    #[retry_on(Busy, max = 5)]
    fn functions(operation: &Operation) -> Result<Functions, BoxError> {
        match operation.run() {
            Ok(()) => Ok((Box::new(|| 1), |number| 2 * number)),
            Err(busy) => Err(Box::new(busy)),
        }
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    let (one, double) = functions(&operation).unwrap();
    assert_eq!(double(one()), 2);
    assert_eq!(operation.attempts(), 3);
}
