//! The runtime crate has another name in this package's manifest.

use facade::operation::{Busy, Operation, wait};
use retry::retry_on;
use retry::testing::Scope;

#[test]
fn the_new_name_is_given_with_crate() {
    #[retry_on(Busy, max = 5, crate = ::retry)]
    async fn answer(operation: &Operation) -> Result<u32, Busy> {
        operation.run()?;
        Ok(42)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::default();
    assert_eq!(wait(answer(&operation)), Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn the_new_name_is_given_with_crate_plain() {
    #[retry_on(Busy, max = 5, crate = ::retry)]
    fn answer(operation: &Operation) -> Result<u32, Busy> {
        operation.run()?;
        Ok(42)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::default();
    assert_eq!(answer(&operation), Ok(42));
    assert_eq!(operation.attempts(), 3);
}

/// Every key that makes the expansion name something of the runtime crate.
#[test]
fn nothing_bypasses_the_new_name() {
    #[retry_on(
        Busy,
        when = |error| *error == Busy,
        unless = |error| *error != Busy,
        max = 5,
        delay = "1ms",
        factor = 1,
        max_delay = "1s",
        jitter = retry::Jitter::None,
        clone(name),
        crate = retry
    )]
    async fn greet(
        name: String,
        mut greeting: String,
        operation: &Operation,
    ) -> Result<String, Busy> {
        greeting.extend([name]);
        operation.run()?;
        Ok(greeting)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::default();
    let greeting = wait(greet("Ada".into(), "hello ".into(), &operation));
    assert_eq!(greeting.unwrap(), "hello Ada");
    assert_eq!(operation.attempts(), 3);
}
