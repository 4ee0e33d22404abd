//! Who is told of an event on this thread.
//!
//! A subscriber, a recorder and an observer are code of the program, so they may call annotated
//! functions. One that is told of the calls that it makes itself would make a call for each of them,
//! without end. So it is not told of those; the other receivers are. Everything that tells goes
//! through here.

use core::cell::Cell;

use crate::call::nesting::notes;

/// A receiver of events.
#[derive(Clone, Copy)]
pub(crate) enum Receiver {
    /// That of logs and spans.
    Subscriber = 1,
    /// That of metrics.
    Recorder = 2,
    Observers = 4,
}

thread_local! {
    /// The receivers that are being told.
    static TOLD: Cell<u8> = const { Cell::new(0) };
}

/// Tells a receiver, unless what happened is the receiver's own doing: then it returns `None`.
///
/// Calls that the receiver makes are not nested in the current attempt.
pub(crate) fn tell<R>(receiver: Receiver, tell: impl FnOnce() -> R) -> Option<R> {
    struct Before(u8);
    impl Drop for Before {
        fn drop(&mut self) {
            TOLD.set(self.0);
        }
    }
    let told = TOLD.get();
    if told & receiver as u8 != 0 {
        return None;
    }
    // Also after a panic of the receiver.
    let _before = Before(told);
    TOLD.set(told | receiver as u8);
    Some(notes::apart(tell))
}
