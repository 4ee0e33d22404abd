//! The closure that makes an error may do what it likes, and must not wait for itself.

use super::*;

/// What the scenario comes to, unless it never ends.
fn ends<R: Send + 'static>(scenario: impl FnOnce() -> R + Send + 'static) -> R {
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || sender.send(scenario()));
    receiver.recv_timeout(Duration::from_secs(5)).expect("it waits for itself")
}

#[test]
fn that_is_retried_itself_plain() {
    #[retry_on(Busy)]
    fn other() -> Result<u32, Busy> {
        Ok(7)
    }

    let scenario = || {
        let scope = Scope::new().fail_next("fetch", 1, || Busy { call: other().unwrap() });
        scope.run_blocking(|| fetch_plain(&Service::failing(0)))
    };
    assert_eq!(ends(scenario), Ok(1));
}

#[test]
fn that_takes_time_plain() {
    let scenario = || {
        let scope = Scope::new();
        let clock = scope.clone();
        let scope = scope.fail_next("fetch", 1, move || {
            clock.advance(1000 * MS);
            Busy { call: 0 }
        });
        scope.run_blocking(|| fetch_plain(&Service::failing(0)))
    };
    assert_eq!(ends(scenario), Ok(1));
}
