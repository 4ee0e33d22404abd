//! Arguments that are patterns, and `mut` arguments, of which every attempt has its own.

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;

use crate::operation::{Busy, Operation};

struct Point {
    x: u8,
    y: u8,
}

#[tokio::test(start_paused = true)]
async fn arguments_can_be_patterns() {
    #[retry_on(Busy, max = 5)]
    async fn sum(
        (a, b): (u8, u8),
        Point { x, y }: Point,
        [first, .., last]: [u8; 3],
        &(c, d): &(u64, u64),
        _: u8,
        _ignored: u8,
        operation: &Operation,
    ) -> Result<(u8, u64), Busy> {
        operation.run_async().await?;
        Ok((a + b + x + y + first + last, c + d))
    }

    let operation = Operation::new();
    let sum = sum((1, 2), Point { x: 3, y: 4 }, [5, 0, 6], &(7, 8), 0, 0, &operation);
    assert_eq!(sum.await, Ok((21, 15)));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn arguments_can_be_patterns_plain() {
    #[retry_on(Busy, max = 5)]
    fn sum(
        (a, b): (u8, u8),
        Point { x, y }: Point,
        [first, .., last]: [u8; 3],
        &(c, d): &(u64, u64),
        _: u8,
        _ignored: u8,
        operation: &Operation,
    ) -> Result<(u8, u64), Busy> {
        operation.run()?;
        Ok((a + b + x + y + first + last, c + d))
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    let sum = sum((1, 2), Point { x: 3, y: 4 }, [5, 0, 6], &(7, 8), 0, 0, &operation);
    assert_eq!(sum, Ok((21, 15)));
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn every_attempt_starts_from_the_original_of_a_mut_argument() {
    #[retry_on(Busy, max = 5)]
    async fn extended(mut v: Vec<u8>, operation: &Operation) -> Result<Vec<u8>, Busy> {
        v.push(2);
        operation.run_async().await?;
        v.push(3);
        Ok(v)
    }

    let operation = Operation::new();
    assert_eq!(extended(vec![1], &operation).await.unwrap(), [1, 2, 3]);
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn every_attempt_starts_from_the_original_of_a_mut_argument_plain() {
    #[retry_on(Busy, max = 5)]
    fn extended(mut v: Vec<u8>, operation: &Operation) -> Result<Vec<u8>, Busy> {
        v.push(2);
        operation.run()?;
        v.push(3);
        Ok(v)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(extended(vec![1], &operation).unwrap(), [1, 2, 3]);
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn every_attempt_starts_from_the_original_of_a_mut_argument_that_clone_names() {
    #[retry_on(Busy, max = 5, clone(v))]
    async fn extended(mut v: Vec<u8>, operation: &Operation) -> Result<Vec<u8>, Busy> {
        v.push(2);
        operation.run_async().await?;
        v.push(3);
        Ok(v)
    }

    let operation = Operation::new();
    assert_eq!(extended(vec![1], &operation).await.unwrap(), [1, 2, 3]);
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn every_attempt_starts_from_the_original_of_a_mut_argument_that_clone_names_plain() {
    #[retry_on(Busy, max = 5, clone(v))]
    fn extended(mut v: Vec<u8>, operation: &Operation) -> Result<Vec<u8>, Busy> {
        v.push(2);
        operation.run()?;
        v.push(3);
        Ok(v)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(extended(vec![1], &operation).unwrap(), [1, 2, 3]);
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn every_attempt_starts_from_the_original_of_a_mut_inside_a_pattern() {
    #[retry_on(Busy, max = 5)]
    async fn sum(
        (mut a, b): (u8, u8),
        Point { mut x, y: mut z }: Point,
        operation: &Operation,
    ) -> Result<u8, Busy> {
        a += b;
        x += a;
        z += x;
        operation.run_async().await?;
        Ok(z)
    }

    let operation = Operation::new();
    let sum = sum((1, 2), Point { x: 3, y: 4 }, &operation);
    assert_eq!(sum.await, Ok(10));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn every_attempt_starts_from_the_original_of_a_mut_inside_a_pattern_plain() {
    #[retry_on(Busy, max = 5)]
    fn sum(
        (mut a, b): (u8, u8),
        Point { mut x, y: mut z }: Point,
        operation: &Operation,
    ) -> Result<u8, Busy> {
        a += b;
        x += a;
        z += x;
        operation.run()?;
        Ok(z)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    let sum = sum((1, 2), Point { x: 3, y: 4 }, &operation);
    assert_eq!(sum, Ok(10));
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_ref_mut_binding_is_shared_by_the_attempts() {
    #[retry_on(Busy, max = 5)]
    async fn counted([ref mut count]: [u32; 1], operation: &Operation) -> Result<u32, Busy> {
        *count += 1;
        operation.run_async().await?;
        Ok(*count)
    }

    let operation = Operation::new();
    assert_eq!(counted([0], &operation).await, Ok(3));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn a_ref_mut_binding_is_shared_by_the_attempts_plain() {
    #[retry_on(Busy, max = 5)]
    fn counted([ref mut count]: [u32; 1], operation: &Operation) -> Result<u32, Busy> {
        *count += 1;
        operation.run()?;
        Ok(*count)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(counted([0], &operation), Ok(3));
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_a_mut_argument_refers_to_is_shared_by_the_attempts() {
    #[retry_on(Busy, max = 5)]
    async fn rest(mut text: &str, operation: &Operation) -> Result<String, Busy> {
        text = &text[1..];
        operation.run_async().await?;
        Ok(text.to_owned())
    }

    let operation = Operation::new();
    assert_eq!(rest("abcd", &operation).await.unwrap(), "bcd");
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn what_a_mut_argument_refers_to_is_shared_by_the_attempts_plain() {
    #[retry_on(Busy, max = 5)]
    fn rest(mut text: &str, operation: &Operation) -> Result<String, Busy> {
        text = &text[1..];
        operation.run()?;
        Ok(text.to_owned())
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(rest("abcd", &operation).unwrap(), "bcd");
    assert_eq!(operation.attempts(), 3);
}
