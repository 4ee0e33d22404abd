//! `TryLockError<MutexGuard<'_, T>>` borrows, and a `source()` chain is `'static`: nothing is searched.

use std::sync::{Mutex, MutexGuard, TryLockError};

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;

#[retry_on(_, max = 5, delay = "1ms")]
fn lock(m: &Mutex<u32>) -> Result<MutexGuard<'_, u32>, TryLockError<MutexGuard<'_, u32>>> {
    m.try_lock()
}

#[test]
fn by_every_error() {
    let (scope, number) = (Scope::new(), Mutex::new(1));
    let held = number.lock().unwrap();
    assert!(matches!(scope.run_blocking(|| lock(&number)), Err(TryLockError::WouldBlock)));
    assert_eq!(scope.pauses().len(), 4);
    drop(held);
    assert_eq!(*lock(&number).unwrap(), 1);
}
