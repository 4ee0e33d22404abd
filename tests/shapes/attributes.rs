//! What is written around the attribute is kept. The compiler checks it: it would complain about
//! an `#[expect(..)]` that nothing fulfils.

#![deny(unfulfilled_lint_expectations)]

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;

use crate::operation::{Busy, Operation};

mod inside {
    use super::{Busy, Operation};
    use retry_runtime::retry_on;

    #[retry_on(Busy, max = 5)]
    #[allow(unreachable_pub, reason = "the visibility in question")]
    pub async fn everywhere(operation: &Operation) -> Result<u32, Busy> {
        operation.run_async().await?;
        Ok(1)
    }

    #[retry_on(Busy, max = 5)]
    pub(crate) fn in_the_crate(operation: &Operation) -> Result<u32, Busy> {
        operation.run()?;
        Ok(2)
    }

    #[retry_on(Busy, max = 5)]
    pub(super) async fn in_the_parent(operation: &Operation) -> Result<u32, Busy> {
        operation.run_async().await?;
        Ok(3)
    }

    #[retry_on(Busy, max = 5)]
    pub(in crate::attributes) fn in_a_path(operation: &Operation) -> Result<u32, Busy> {
        operation.run()?;
        Ok(4)
    }
}

#[tokio::test(start_paused = true)]
async fn visibility_is_kept() {
    let operations = [Operation::new(), Operation::new()];
    assert_eq!(inside::everywhere(&operations[0]).await, Ok(1));
    assert_eq!(inside::in_the_parent(&operations[1]).await, Ok(3));
    assert!(operations.iter().all(|it| it.attempts() == 3));
}

#[test]
fn visibility_is_kept_plain() {
    let _clock = Scope::new().enter();
    let operations = [Operation::new(), Operation::new()];
    assert_eq!(inside::in_the_crate(&operations[0]), Ok(2));
    assert_eq!(inside::in_a_path(&operations[1]), Ok(4));
    assert!(operations.iter().all(|it| it.attempts() == 3));
}

#[tokio::test(start_paused = true)]
async fn attributes_above_and_below_are_kept() {
    /// Documented above.
    #[deprecated = "to see that it is kept"]
    #[expect(clippy::inline_always, reason = "to see that it is kept")]
    #[retry_on(Busy, max = 5)]
    /// Documented below.
    #[expect(non_snake_case, reason = "to see that it is kept")]
    #[inline(always)]
    async fn Answer(operation: &Operation) -> Result<u32, Busy> {
        operation.run_async().await?;
        Ok(42)
    }

    let operation = Operation::new();
    #[expect(deprecated, reason = "fulfilled by the attribute above `#[retry_on]`")]
    let answer = Answer(&operation);
    assert_eq!(answer.await, Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn attributes_above_and_below_are_kept_plain() {
    /// Documented above.
    #[inline]
    #[retry_on(Busy, max = 5)]
    /// Documented below.
    #[expect(clippy::double_must_use, reason = "to see that it is kept")]
    #[must_use]
    #[deprecated = "to see that it is kept"]
    fn answer(operation: &Operation) -> Result<u32, Busy> {
        operation.run()?;
        Ok(42)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    #[expect(deprecated, reason = "fulfilled by the attribute below `#[retry_on]`")]
    let answer = answer(&operation);
    assert_eq!(answer, Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn lint_levels_hold_in_the_body() {
    #![deny(unused_variables, unused_mut)]

    #[retry_on(Busy, max = 5)]
    #[allow(unused_variables, reason = "to see that it is kept")]
    async fn allowed(operation: &Operation) -> Result<u32, Busy> {
        let unused = 1;
        operation.run_async().await?;
        Ok(42)
    }

    #[expect(unused_variables, reason = "to see that it is kept")]
    #[retry_on(Busy, max = 5)]
    async fn expected(operation: &Operation) -> Result<u32, Busy> {
        operation.run_async().await?;
        let unused = 1;
        Ok(42)
    }

    let operations = [Operation::new(), Operation::new()];
    assert_eq!(allowed(&operations[0]).await, Ok(42));
    assert_eq!(expected(&operations[1]).await, Ok(42));
    assert!(operations.iter().all(|it| it.attempts() == 3));
}

#[tokio::test(start_paused = true)]
async fn inner_attributes_are_kept() {
    #[retry_on(Busy, max = 5)]
    async fn answer(operation: &Operation) -> Result<u32, Busy> {
        #![expect(unused_variables, reason = "to see that it is kept")]
        #![allow(unused_mut, reason = "a second one")]
        let mut unused = 1;
        operation.run_async().await?;
        Ok(42)
    }

    let operation = Operation::new();
    assert_eq!(answer(&operation).await, Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn inner_attributes_are_kept_plain() {
    #[retry_on(Busy, max = 5)]
    fn answer(operation: &Operation) -> Result<u32, Busy> {
        #![expect(unused_variables, reason = "to see that it is kept")]
        //! Even documentation.
        let unused = 1;
        operation.run()?;
        Ok(42)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(answer(&operation), Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn attributes_of_arguments_are_kept() {
    #[retry_on(Busy, max = 5)]
    async fn answer(
        #[cfg(not(test))] gone: Nothing,
        #[expect(unused_variables, reason = "to see that it is kept")] unused: u8,
        #[cfg(test)] operation: &Operation,
    ) -> Result<u32, Busy> {
        operation.run_async().await?;
        Ok(42)
    }

    let operation = Operation::new();
    assert_eq!(answer(0, &operation).await, Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn attributes_of_arguments_are_kept_plain() {
    #[retry_on(Busy, max = 5)]
    fn answer(
        #[cfg(not(test))] gone: Nothing,
        #[expect(unused_variables, reason = "to see that it is kept")] unused: u8,
        #[cfg(test)] operation: &Operation,
    ) -> Result<u32, Busy> {
        operation.run()?;
        Ok(42)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(answer(0, &operation), Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_function_can_be_configured_away() {
    #[cfg(not(test))]
    #[retry_on(Busy, max = 5)]
    async fn answer(operation: &Operation) -> Result<Nothing, Busy> {
        operation.run_async().await
    }

    #[retry_on(Busy, max = 5)]
    #[cfg(test)]
    async fn answer(operation: &Operation) -> Result<u32, Busy> {
        operation.run_async().await?;
        Ok(42)
    }

    #[retry_on(Busy, max = 5)]
    #[cfg(not(test))]
    async fn answer(operation: &Operation) -> Result<Nothing, Busy> {
        operation.run_async().await
    }

    let operation = Operation::new();
    assert_eq!(answer(&operation).await, Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn the_attribute_itself_can_be_configured_away_plain() {
    #[cfg_attr(test, retry_on(Busy, max = 5))]
    fn retried(operation: &Operation) -> Result<(), Busy> {
        operation.run()
    }

    #[cfg_attr(not(test), retry_on(Busy, max = 5))]
    fn not_retried(operation: &Operation) -> Result<(), Busy> {
        operation.run()
    }

    let _clock = Scope::new().enter();
    let operations = [Operation::new(), Operation::new()];
    assert_eq!(retried(&operations[0]), Ok(()));
    assert_eq!(operations[0].attempts(), 3);
    assert_eq!(not_retried(&operations[1]), Err(Busy));
    assert_eq!(operations[1].attempts(), 1);
}

#[test]
fn an_extern_function_plain() {
    #[retry_on(Busy, max = 5)]
    #[expect(
        improper_ctypes_definitions,
        reason = "a `Result` is not for C, and need not be for this test"
    )]
    extern "C" fn answer(operation: &Operation) -> Result<u32, Busy> {
        operation.run()?;
        Ok(42)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    let pointer: extern "C" fn(&Operation) -> Result<u32, Busy> = answer;
    assert_eq!(pointer(&operation), Ok(42));
    assert_eq!(operation.attempts(), 3);
}

mod watched {
    use retry_runtime::retry_on;

    use super::{Busy, Operation};

    #[retry_on(Busy, max = 5)]
    #[expect(dead_code, reason = "to see that the compiler looks")]
    async fn never_called(operation: &Operation) -> Result<(), Busy> {
        operation.run_async().await
    }

    #[retry_on(Busy, max = 5)]
    #[expect(dead_code, reason = "to see that the compiler looks")]
    fn never_called_plain(operation: &Operation) -> Result<(), Busy> {
        operation.run()
    }

    #[retry_on(Busy, max = 5)]
    #[expect(unreachable_pub, reason = "to see that the compiler looks")]
    pub async fn called(operation: &Operation) -> Result<(), Busy> {
        operation.run_async().await
    }

    #[retry_on(Busy, max = 5)]
    #[expect(unreachable_pub, reason = "to see that the compiler looks")]
    pub fn called_plain(operation: &Operation) -> Result<(), Busy> {
        operation.run()
    }
}

#[tokio::test(start_paused = true)]
async fn the_compiler_looks_at_the_function_as_before() {
    let operation = Operation::new();
    assert_eq!(watched::called(&operation).await, Ok(()));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn the_compiler_looks_at_the_function_as_before_plain() {
    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(watched::called_plain(&operation), Ok(()));
    assert_eq!(operation.attempts(), 3);
}
