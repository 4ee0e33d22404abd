use super::*;

static EMPTY: Budget = Budget::builder().capacity(10).retry_cost(10).timeout_cost(10).build();

const GAVE_UP: &str = r#"ERROR site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" reason="budget" since_first_failure=0.0"#;

/// Takes all that is left.
#[retry_on(Busy, max = 2, budget = &EMPTY)]
fn drain() -> Result<(), Busy> {
    Err(Busy { call: 0 })
}

#[retry_on(Busy, budget = &EMPTY, name = "fetch")]
async fn fetch(service: &Service) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, budget = &EMPTY, name = "fetch")]
fn fetch_plain(service: &Service) -> Result<u32, Busy> {
    service.call()
}

#[tokio::test(start_paused = true)]
async fn ends_a_call_with_its_own_error_and_the_reason_budget() {
    let (service, _clock) = (Service::down(), Scope::new().enter());
    drain().unwrap_err();
    let recorder = Recorder::start();
    assert_eq!(fetch(&service).await, Err(Busy { call: 1 }));
    assert_eq!(service.calls(), 1);
    assert_eq!(recorder.lines(), [GAVE_UP]);
}

#[test]
fn ends_a_call_with_its_own_error_and_the_reason_budget_plain() {
    let (service, clock) = (Service::down(), Scope::new().enter());
    drain().unwrap_err();
    let (recorder, pauses) = (Recorder::start(), clock.pauses().len());
    assert_eq!(fetch_plain(&service), Err(Busy { call: 1 }));
    assert_eq!(service.calls(), 1);
    assert_eq!(recorder.lines(), [GAVE_UP]);
    assert_eq!(clock.pauses().len(), pauses, "it paused before it gave up");
}

#[test]
fn keeps_no_first_attempt_from_being_made_plain() {
    let _clock = Scope::new().enter();
    drain().unwrap_err();
    assert_eq!(fetch_plain(&Service::failing(0)), Ok(1));
}
