use super::*;

#[tokio::test(start_paused = true)]
async fn every_error_unless_told_otherwise() {
    let service = Service::failing(2);
    assert_eq!(retry(&POLICY, async || service.call()).await, Ok(3));
}

#[tokio::test(start_paused = true)]
async fn by_when() {
    let service = Service::down();
    let call = Retry::new(&POLICY).when(|busy: &Busy| busy.call < 2);
    assert_eq!(call.run(async || service.call()).await, Err(Busy { call: 2 }));
}

#[test]
fn by_when_plain() {
    let (service, _clock) = (Service::down(), Scope::new().enter());
    let call = Retry::new(&POLICY).when(|busy: &Busy| busy.call < 2);
    assert_eq!(call.run_blocking(|| service.call()), Err(Busy { call: 2 }));
}

#[test]
fn by_unless_which_always_wins_plain() {
    let (service, _clock) = (Service::down(), Scope::new().enter());
    let call = Retry::new(&POLICY).when(|_| true).unless(|busy: &Busy| busy.call == 2);
    assert_eq!(call.run_blocking(|| service.call()), Err(Busy { call: 2 }));
}

#[test]
fn and_tells_in_events_by_what_plain() {
    let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
    let service = Service::down();
    let call = Retry::new(&POLICY).when(|busy: &Busy| busy.call < 2);
    call.run_blocking(|| service.call()).unwrap_err();
    let events = recorder.events();
    assert_eq!(events[0].field("error.type"), Some("when"));
    assert_eq!(events[1].field("error.type"), Some("_OTHER"));
    assert_eq!(events[1].field("reason"), Some("not_retryable"));
}
