//! An `unsafe fn` stays one, and its body may do what it could do before.

#![expect(unsafe_code, reason = "what is tested")]

use facade::operation::{Busy, Operation, wait};
use retry::retry_on;
use retry::testing::Scope;

/// Something to call that is unsafe in name only.
unsafe fn answer() -> u32 {
    42
}

#[test]
fn an_unsafe_function() {
    /// In edition 2021 its body is an unsafe block.
    #[retry_on(Busy, max = 5, crate = ::retry)]
    async unsafe fn asked(operation: &Operation) -> Result<u32, Busy> {
        operation.run()?;
        Ok(answer())
    }

    let _clock = Scope::new().enter();
    let operation = Operation::default();
    // SAFETY: it is unsafe in name only.
    let asked = unsafe { asked(&operation) };
    assert_eq!(wait(asked), Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn an_unsafe_function_plain() {
    #[retry_on(Busy, max = 5, crate = ::retry)]
    unsafe fn asked(operation: &Operation) -> Result<u32, Busy> {
        operation.run()?;
        Ok(answer())
    }

    let _clock = Scope::new().enter();
    let operation = Operation::default();
    // SAFETY: it is unsafe in name only.
    assert_eq!(unsafe { asked(&operation) }, Ok(42));
    assert_eq!(operation.attempts(), 3);
}

/// As edition 2024 asks for it.
#[deny(unsafe_op_in_unsafe_fn, unused_unsafe)]
#[test]
fn an_unsafe_function_with_unsafe_blocks() {
    #[retry_on(Busy, max = 5, crate = ::retry)]
    async unsafe fn asked(operation: &Operation) -> Result<u32, Busy> {
        operation.run()?;
        // SAFETY: it is unsafe in name only.
        Ok(unsafe { answer() })
    }

    let _clock = Scope::new().enter();
    let operation = Operation::default();
    // SAFETY: it is unsafe in name only.
    let asked = unsafe { asked(&operation) };
    assert_eq!(wait(asked), Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[deny(unsafe_op_in_unsafe_fn, unused_unsafe)]
#[test]
fn an_unsafe_function_with_unsafe_blocks_plain() {
    #[retry_on(Busy, max = 5, crate = ::retry)]
    unsafe fn asked(operation: &Operation) -> Result<u32, Busy> {
        operation.run()?;
        // SAFETY: it is unsafe in name only.
        Ok(unsafe { answer() })
    }

    let _clock = Scope::new().enter();
    let operation = Operation::default();
    // SAFETY: it is unsafe in name only.
    assert_eq!(unsafe { asked(&operation) }, Ok(42));
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn an_unsafe_extern_function_plain() {
    #[retry_on(Busy, max = 5, crate = ::retry)]
    #[expect(
        improper_ctypes_definitions,
        reason = "a `Result` is not for C, and need not be for this test"
    )]
    unsafe extern "C" fn asked(operation: &Operation) -> Result<u32, Busy> {
        operation.run()?;
        Ok(answer())
    }

    let _clock = Scope::new().enter();
    let operation = Operation::default();
    let pointer: unsafe extern "C" fn(&Operation) -> Result<u32, Busy> = asked;
    // SAFETY: it is unsafe in name only.
    assert_eq!(unsafe { pointer(&operation) }, Ok(42));
    assert_eq!(operation.attempts(), 3);
}

struct Client(Operation);

/// A trait whose methods are unsafe.
trait Ask {
    unsafe fn ask(&mut self) -> Result<u32, Busy>;
}

impl Ask for Client {
    #[retry_on(Busy, max = 5, crate = ::retry)]
    unsafe fn ask(&mut self) -> Result<u32, Busy> {
        self.0.run()?;
        Ok(answer())
    }
}

#[test]
fn an_unsafe_method_plain() {
    let _clock = Scope::new().enter();
    let mut client = Client(Operation::default());
    // SAFETY: it is unsafe in name only.
    assert_eq!(unsafe { client.ask() }, Ok(42));
    assert_eq!(client.0.attempts(), 3);
}
