use super::*;

#[test]
fn says_once_that_no_timeout_can_end_it() {
    let recorder = Recorder::start();
    for _ in 0..2 {
        let answer = Retry::new(&Policy::DEFAULT)
            .timeout(Duration::from_secs(1))
            .run_blocking(|| Ok::<_, io::Error>(42));
        assert_eq!(answer.expect("a success"), 42);
    }
    let [warning] = recorder.events().try_into().expect("one event");
    assert_eq!(warning.level, tracing::Level::WARN);
    assert!(warning.message.starts_with("neither a timeout"), "{}", warning.message);
}

#[test]
fn is_called_until_it_succeeds_plain() {
    let (service, clock) = (Service::failing(3), Scope::new().enter());
    assert_eq!(retry_blocking(&POLICY, || service.call()), Ok(4));
    assert_eq!(clock.pauses(), [100 * MS, 200 * MS, 400 * MS]);
}

#[test]
fn is_called_as_often_as_the_policy_says_and_its_last_error_comes_back_plain() {
    let (service, _clock) = (Service::down(), Scope::new().enter());
    assert_eq!(retry_blocking(&POLICY, || service.call()), Err(Busy { call: 4 }));
}

#[test]
fn may_borrow_mutably_plain() {
    let (_clock, mut calls) = (Scope::new().enter(), Vec::new());
    let call = retry_blocking(&POLICY, || {
        calls.push(calls.len());
        if calls.len() < 3 { Err("busy") } else { Ok(()) }
    });
    assert_eq!(call, Ok(()));
    assert_eq!(calls, [0, 1, 2]);
}

/// Unlike a loop around it would.
#[test]
fn keeps_its_question_marks_to_itself_plain() {
    fn fetch(service: &Service) -> Result<u32, Busy> {
        let call = retry_blocking(&POLICY, || {
            let call = service.call()?;
            Ok::<_, Busy>(call)
        })?;
        Ok(call * 10)
    }

    let _clock = Scope::new().enter();
    assert_eq!(fetch(&Service::failing(1)), Ok(20));
}
