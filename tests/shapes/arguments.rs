//! Arguments of every kind reach every attempt.

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;

use crate::operation::{Busy, Operation};

/// Can be borrowed, and not cloned.
struct Ticket(u32);

#[tokio::test(start_paused = true)]
async fn a_function_needs_no_arguments() {
    static OPERATION: Operation = Operation::new();

    #[retry_on(Busy, max = 5)]
    async fn answer() -> Result<u32, Busy> {
        OPERATION.run_async().await?;
        Ok(42)
    }

    assert_eq!(answer().await, Ok(42));
    assert_eq!(OPERATION.attempts(), 3);
}

#[test]
fn a_function_needs_no_arguments_plain() {
    static OPERATION: Operation = Operation::new();

    #[retry_on(Busy, max = 5)]
    fn answer() -> Result<u32, Busy> {
        OPERATION.run()?;
        Ok(42)
    }

    let _clock = Scope::new().enter();
    assert_eq!(answer(), Ok(42));
    assert_eq!(OPERATION.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_borrowed_text_reaches_every_attempt() {
    #[retry_on(Busy, max = 5)]
    async fn greet(name: &str, operation: &Operation) -> Result<String, Busy> {
        operation.run_async().await?;
        Ok(format!("hello {name}"))
    }

    let operation = Operation::new();
    assert_eq!(greet("Ada", &operation).await.unwrap(), "hello Ada");
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn a_borrowed_text_reaches_every_attempt_plain() {
    #[retry_on(Busy, max = 5)]
    fn greet(name: &str, operation: &Operation) -> Result<String, Busy> {
        operation.run()?;
        Ok(format!("hello {name}"))
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(greet("Ada", &operation).unwrap(), "hello Ada");
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_owned_argument_that_is_only_borrowed_needs_no_clone() {
    #[retry_on(Busy, max = 5)]
    async fn greet(name: String, operation: &Operation) -> Result<String, Busy> {
        operation.run_async().await?;
        Ok(format!("hello {name}"))
    }

    let operation = Operation::new();
    let greeting = greet("Ada".to_owned(), &operation).await;
    assert_eq!(greeting.unwrap(), "hello Ada");
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn an_owned_argument_that_is_only_borrowed_needs_no_clone_plain() {
    #[retry_on(Busy, max = 5)]
    #[expect(clippy::needless_pass_by_value, reason = "the shape in question")]
    fn greet(name: String, operation: &Operation) -> Result<String, Busy> {
        operation.run()?;
        Ok(format!("hello {name}"))
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(greet("Ada".to_owned(), &operation).unwrap(), "hello Ada");
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_argument_that_is_consumed_is_cloned_where_it_is_named() {
    #[retry_on(Busy, max = 5, clone(name, title))]
    async fn greet(name: String, title: String, operation: &Operation) -> Result<Vec<u8>, Busy> {
        let bytes = title.into_bytes();
        operation.run_async().await?;
        Ok([bytes, name.into_bytes()].concat())
    }

    let operation = Operation::new();
    let greeting = greet("Ada".to_owned(), "Lady ".to_owned(), &operation).await;
    assert_eq!(greeting.unwrap(), b"Lady Ada");
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn an_argument_that_is_consumed_is_cloned_where_it_is_named_plain() {
    #[retry_on(Busy, max = 5, clone(name, title))]
    fn greet(name: String, title: String, operation: &Operation) -> Result<Vec<u8>, Busy> {
        let bytes = title.into_bytes();
        operation.run()?;
        Ok([bytes, name.into_bytes()].concat())
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    let greeting = greet("Ada".to_owned(), "Lady ".to_owned(), &operation);
    assert_eq!(greeting.unwrap(), b"Lady Ada");
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_owned_argument_that_cannot_be_cloned_can_be_borrowed() {
    #[retry_on(Busy, max = 5)]
    async fn number(ticket: Ticket, operation: &Operation) -> Result<u32, Busy> {
        operation.run_async().await?;
        Ok(ticket.0)
    }

    let operation = Operation::new();
    assert_eq!(number(Ticket(7), &operation).await, Ok(7));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn an_owned_argument_that_cannot_be_cloned_can_be_borrowed_plain() {
    #[retry_on(Busy, max = 5)]
    #[expect(clippy::needless_pass_by_value, reason = "the shape in question")]
    fn number(ticket: Ticket, operation: &Operation) -> Result<u32, Busy> {
        operation.run()?;
        Ok(ticket.0)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(number(Ticket(7), &operation), Ok(7));
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_attempts_do_to_a_mutable_reference_adds_up() {
    #[retry_on(Busy, max = 5)]
    async fn note(log: &mut Vec<u32>, operation: &Operation) -> Result<usize, Busy> {
        log.push(operation.attempts());
        operation.run_async().await?;
        Ok(log.len())
    }

    let operation = Operation::new();
    let mut log = Vec::new();
    assert_eq!(note(&mut log, &operation).await, Ok(3));
    assert_eq!(log, [0, 1, 2]);
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn what_attempts_do_to_a_mutable_reference_adds_up_plain() {
    #[retry_on(Busy, max = 5)]
    fn note(log: &mut Vec<u32>, operation: &Operation) -> Result<usize, Busy> {
        log.push(operation.attempts());
        operation.run()?;
        Ok(log.len())
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    let mut log = Vec::new();
    assert_eq!(note(&mut log, &operation), Ok(3));
    assert_eq!(log, [0, 1, 2]);
    assert_eq!(operation.attempts(), 3);
}
