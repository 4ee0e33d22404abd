//! Calls in the destructor of a thread-local. A binary of its own: once a test has paused the clock of
//! tokio, it can no longer be asked for the time there.

use std::cell::Cell;
use std::sync::mpsc::{Sender, channel};
use std::thread;
use std::time::Duration;

use retry_runtime::{Policy, Retry, Stop, retry_on};

const POLICY: Policy = Policy::builder().max(2).delay(Duration::from_millis(1)).build();

#[retry_on(_, policy = &POLICY)]
fn fail(calls: &Cell<u32>) -> Result<(), &'static str> {
    calls.set(calls.get() + 1);
    Err("busy")
}

/// A failed call of each kind, inside a stop; how many attempts were made. The destructor of a
/// thread-local may not panic: that ends the process.
fn calls_inside_a_stop() -> u32 {
    let calls = Cell::new(0);
    Stop::new().scope_blocking(|| {
        let _ = fail(&calls);
        let closure = || -> Result<(), &'static str> {
            calls.set(calls.get() + 1);
            Err("busy")
        };
        let _ = Retry::new(&POLICY).run_blocking(closure);
    });
    calls.get()
}

/// Makes its calls when its thread ends.
struct AtTheEnd(Sender<u32>);

impl Drop for AtTheEnd {
    fn drop(&mut self) {
        let _ = self.0.send(calls_inside_a_stop());
    }
}

thread_local! {
    static AT_THE_END: Cell<Option<AtTheEnd>> = const { Cell::new(None) };
}

/// Thread-locals end in the order of their first use, or in the opposite one.
#[test]
fn a_stop_can_be_used_in_the_destructor_of_a_thread_local_plain() {
    for is_used_before in [false, true] {
        let (sender, calls) = channel();
        let thread = thread::spawn(move || {
            if is_used_before {
                calls_inside_a_stop();
            }
            AT_THE_END.set(Some(AtTheEnd(sender)));
            calls_inside_a_stop()
        });
        assert_eq!(thread.join().expect("no panic"), 4);
        assert_eq!(calls.recv(), Ok(4));
    }
}
