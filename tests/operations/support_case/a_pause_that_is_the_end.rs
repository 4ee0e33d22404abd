use super::*;

fn assert_complete(case: &SupportCase, reason: EndReason) {
    let value = json(case);
    assert_eq!(value["reason"], reason.as_str());
    // The pause before the attempt that did not start is told as well.
    let attempts = value["attempts"].as_array().unwrap();
    let pauses: Vec<_> = attempts.iter().map(|attempt| &attempt["pause_seconds"]).collect();
    assert_eq!(pauses, [0.1, 0.2]);
    assert_eq!(case.code(), Some("InternalError"));
    assert_eq!(case.request_ids(), ["id-1", "id-2"]);
    assert_eq!(value["error"], "busy, call 2");
}

/// Requested by a hook, so that it falls into the pause.
#[test]
fn by_a_stop_has_all_attempts() {
    #[retry_on(
        Fault,
        jitter = none,
        attempt = attempt,
        on_retry = |retry| if retry.attempt() == 2 { stop.request() },
        on_give_up = |gave_up| tell(told, gave_up.support_case()),
    )]
    async fn fetch(told: &Told, stop: &Stop) -> Result<u32, Fault> {
        Err(fault(attempt.number()))
    }

    #[retry_on(
        Fault,
        jitter = none,
        attempt = attempt,
        on_retry = |retry| if retry.attempt() == 2 { stop.request() },
        on_give_up = |gave_up| tell(told, gave_up.support_case()),
    )]
    fn fetch_plain(told: &Told, stop: &Stop) -> Result<u32, Fault> {
        Err(fault(attempt.number()))
    }

    let stop = Stop::new();
    let stopped = case(|told| stop.scope_blocking(|| fetch_plain(told, &stop)));
    assert_complete(&stopped, EndReason::Stopped);
    let stop = Stop::new();
    let stopped = case(|told| {
        let scope = Scope::new();
        wait(scope.run(stop.scope(fetch(told, &stop))))
    });
    assert_complete(&stopped, EndReason::Stopped);
}

/// The hook takes longer than the deadline allows.
#[test]
fn by_the_deadline_has_all_attempts() {
    #[retry_on(
        Fault,
        max = 3,
        jitter = none,
        deadline = "1s",
        attempt = attempt,
        on_retry = |retry| if retry.attempt() == 2 { scope.advance(Duration::from_secs(2)) },
        on_give_up = |gave_up| tell(told, gave_up.support_case()),
    )]
    fn fetch(told: &Told, scope: &Scope) -> Result<u32, Fault> {
        Err(fault(attempt.number()))
    }

    let (told, scope) = (Told::default(), Scope::new());
    scope.run_blocking(|| fetch(&told, &scope)).unwrap_err();
    let case = told.into_inner().unwrap().unwrap();
    assert_complete(&case, EndReason::Deadline);
    assert_eq!(json(&case)["elapsed_seconds"], 2.3);
}
