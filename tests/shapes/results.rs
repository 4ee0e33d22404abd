//! What counts as a result is a matter of its type, not of its spelling.

use std::{fmt, io};

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;

use crate::operation::{Busy, Operation};

type Answer<T> = Result<T, Busy>;
type Done = Answer<()>;

#[tokio::test(start_paused = true)]
async fn an_alias_need_not_be_called_result() {
    #[retry_on(Busy, max = 5)]
    async fn answer(operation: &Operation) -> Answer<u32> {
        operation.run_async().await?;
        Ok(42)
    }

    #[retry_on(Busy, max = 5)]
    async fn done(operation: &Operation) -> Done {
        operation.run_async().await
    }

    let operations = [Operation::new(), Operation::new()];
    assert_eq!(answer(&operations[0]).await, Ok(42));
    assert_eq!(done(&operations[1]).await, Ok(()));
    assert!(operations.iter().all(|it| it.attempts() == 3));
}

#[test]
fn an_alias_need_not_be_called_result_plain() {
    #[retry_on(Busy, max = 5)]
    fn answer(operation: &Operation) -> Answer<u32> {
        operation.run()?;
        Ok(42)
    }

    #[retry_on(Busy, max = 5)]
    fn done(operation: &Operation) -> Done {
        operation.run()
    }

    let _clock = Scope::new().enter();
    let operations = [Operation::new(), Operation::new()];
    assert_eq!(answer(&operations[0]), Ok(42));
    assert_eq!(done(&operations[1]), Ok(()));
    assert!(operations.iter().all(|it| it.attempts() == 3));
}

#[tokio::test(start_paused = true)]
async fn io_result() {
    #[retry_on(io::Error, max = 5)]
    async fn any(operation: &Operation) -> io::Result<u32> {
        operation.run_async().await.map_err(io::Error::other)?;
        Ok(42)
    }

    #[retry_on(Busy, max = 5)]
    async fn what_it_wraps(operation: &Operation) -> io::Result<u32> {
        operation.run_async().await.map_err(io::Error::other)?;
        Ok(42)
    }

    let operations = [Operation::new(), Operation::new()];
    assert_eq!(any(&operations[0]).await.unwrap(), 42);
    assert_eq!(what_it_wraps(&operations[1]).await.unwrap(), 42);
    assert!(operations.iter().all(|it| it.attempts() == 3));
}

#[test]
fn io_result_plain() {
    #[retry_on(error: io::Error if error.kind() == io::ErrorKind::Other, max = 5)]
    fn answer(operation: &Operation) -> io::Result<u32> {
        operation.run().map_err(io::Error::other)?;
        Ok(42)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(answer(&operation).unwrap(), 42);
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn fmt_result() {
    #[retry_on(fmt::Error, max = 5)]
    async fn write(text: &mut String, operation: &Operation) -> fmt::Result {
        let written = operation.run_async().await;
        fmt::write(text, format_args!("{written:?} "))?;
        written.map_err(|_| fmt::Error)
    }

    let operation = Operation::new();
    let mut text = String::new();
    assert_eq!(write(&mut text, &operation).await, Ok(()));
    assert_eq!(text, "Err(Busy) Err(Busy) Ok(()) ");
    assert_eq!(operation.attempts(), 3);
}

/// Where `fmt::Result` really comes from.
struct Patient<'a>(&'a Operation);

impl fmt::Display for Patient<'_> {
    #[retry_on(fmt::Error, max = 5)]
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.run().map_err(|_| fmt::Error)?;
        write!(formatter, "{}", self.0.attempts())
    }
}

#[test]
fn fmt_result_plain() {
    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(Patient(&operation).to_string(), "3");
}

#[tokio::test(start_paused = true)]
async fn anyhow_result() {
    #[retry_on(Busy, max = 5)]
    async fn answer(operation: &Operation) -> anyhow::Result<u32> {
        operation.run_async().await?;
        Ok(42)
    }

    let operation = Operation::new();
    assert_eq!(answer(&operation).await.unwrap(), 42);
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn anyhow_result_plain() {
    use anyhow::Context;

    #[retry_on(Busy, max = 5)]
    fn answer(operation: &Operation) -> anyhow::Result<u32> {
        operation.run().context("asking")?;
        Ok(42)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(answer(&operation).unwrap(), 42);
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn eyre_result() {
    #[retry_on(Busy, max = 5)]
    async fn answer(operation: &Operation) -> eyre::Result<u32> {
        operation.run_async().await?;
        Ok(42)
    }

    let operation = Operation::new();
    assert_eq!(answer(&operation).await.unwrap(), 42);
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn eyre_result_plain() {
    use eyre::WrapErr;

    #[retry_on(Busy, max = 5)]
    fn answer(operation: &Operation) -> eyre::Result<u32> {
        operation.run().wrap_err("asking")?;
        Ok(42)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(answer(&operation).unwrap(), 42);
    assert_eq!(operation.attempts(), 3);
}

trait Ask {
    type Answer;

    fn ask(&self) -> Self::Answer;
}

impl Ask for Operation {
    type Answer = Result<u32, Busy>;

    #[retry_on(Busy, max = 5)]
    fn ask(&self) -> Self::Answer {
        self.run()?;
        Ok(42)
    }
}

#[test]
fn an_associated_type_can_be_the_result_plain() {
    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(operation.ask(), Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn any_error_will_do_where_every_error_is_retried_plain() {
    /// Neither an error nor printable.
    struct Shy;

    #[retry_on(_, max = 5)]
    fn answer(operation: &Operation) -> Result<u32, Shy> {
        operation.run().map_err(|_| Shy)?;
        Ok(42)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert!(matches!(answer(&operation), Ok(42)));
    assert_eq!(operation.attempts(), 3);
}
