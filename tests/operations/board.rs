//! The switchboard is one for the whole process: tests that set something take turns.

use std::sync::{Mutex, MutexGuard, PoisonError};

use retry_runtime::switchboard;

static TURN: Mutex<()> = Mutex::new(());

/// While it lives, nobody else sets anything; nothing is set before and after.
pub(crate) struct Board {
    _turn: MutexGuard<'static, ()>,
}

impl Board {
    pub(crate) fn empty() -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        switchboard::reset();
        Self { _turn: turn }
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        switchboard::reset();
    }
}
