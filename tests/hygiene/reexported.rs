//! The runtime crate is reached through other crates and modules only.

use facade::operation::{Busy, Operation, wait};
use facade::patient;
use facade::runtime::testing::Scope;

/// What a program might gather its dependencies in.
mod vendor {
    pub(crate) use facade::runtime as retries;
}

#[test]
fn through_another_crate() {
    #[facade::retry_on(Busy, max = 5, crate = ::facade::runtime)]
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
fn through_another_crate_plain() {
    #[facade::retry_on(Busy, max = 5, crate = facade::runtime)]
    fn answer(operation: &Operation) -> Result<u32, Busy> {
        operation.run()?;
        Ok(42)
    }

    let _clock = Scope::new().enter();
    let operation = Operation::default();
    assert_eq!(answer(&operation), Ok(42));
    assert_eq!(operation.attempts(), 3);
}

mod user {
    use super::vendor::retries::retry_on;
    use super::{Busy, Operation};

    #[retry_on(Busy, max = 5, crate = crate::vendor::retries)]
    pub(super) async fn answer(operation: &Operation) -> Result<u32, Busy> {
        operation.run()?;
        Ok(42)
    }

    #[retry_on(Busy, max = 5, crate = super::vendor::retries)]
    pub(super) fn answer_plain(operation: &Operation) -> Result<u32, Busy> {
        operation.run()?;
        Ok(42)
    }
}

#[test]
fn through_a_module() {
    let _clock = Scope::new().enter();
    let operation = Operation::default();
    assert_eq!(wait(user::answer(&operation)), Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn through_a_module_plain() {
    let _clock = Scope::new().enter();
    let operation = Operation::default();
    assert_eq!(user::answer_plain(&operation), Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn through_a_macro_of_another_crate() {
    patient! {
        async fn answer(operation: &Operation) -> Result<u32, Busy> {
            operation.run()?;
            Ok(42)
        }
    }

    let _clock = Scope::new().enter();
    let operation = Operation::default();
    assert_eq!(wait(answer(&operation)), Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn through_a_macro_of_another_crate_plain() {
    patient! {
        fn joined(mut text: String, operation: &Operation) -> Result<String, Busy> {
            text.push('!');
            operation.run()?;
            Ok(text)
        }
    }

    let _clock = Scope::new().enter();
    let operation = Operation::default();
    assert_eq!(joined("a".to_owned(), &operation).unwrap(), "a!");
    assert_eq!(operation.attempts(), 3);
}
