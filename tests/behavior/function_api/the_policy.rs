use super::*;

#[tokio::test(start_paused = true)]
async fn can_have_a_deadline_that_counts_from_the_first_attempt() {
    const LIMITED: Policy = built(POLICY.to_builder().deadline(Duration::from_millis(301)));
    let (service, start) = (Service::down(), Instant::now());
    let call = retry(&LIMITED, async || service.call());
    sleep(60_000 * MS).await;
    assert_eq!(call.await, Err(Busy { call: 3 }));
    assert_eq!(start.elapsed(), 60_300 * MS);
}

#[test]
fn can_have_a_deadline_plain() {
    const LIMITED: Policy = built(POLICY.to_builder().deadline(Duration::from_millis(301)));
    let (service, _clock) = (Service::down(), Scope::new().enter());
    assert_eq!(retry_blocking(&LIMITED, || service.call()), Err(Busy { call: 3 }));
}

#[test]
fn can_share_a_budget_plain() {
    static BUDGET: Budget = Budget::standard_2_0();
    const SHARED: Policy = built(Policy::builder().budget(&BUDGET));
    let (service, _clock) = (Service::down(), Scope::new().enter());
    retry_blocking(&SHARED, || service.call()).unwrap_err();
    assert_eq!(BUDGET.available(), 490);
}

#[test]
fn can_be_made_at_run_time_and_dropped_plain() {
    let (service, _clock) = (Service::down(), Scope::new().enter());
    for max in 1..5 {
        let policy = Policy::builder().max(max).build();
        let calls = service.calls();
        retry_blocking(&policy, || service.call()).unwrap_err();
        assert_eq!(service.calls() - calls, max);
    }
}

/// For a loop of one's own.
#[test]
fn gives_out_its_pauses() {
    let pauses: Vec<_> = (1..).map_while(|retry| POLICY.pause_before(retry)).collect();
    assert_eq!(pauses, [100 * MS, 200 * MS, 400 * MS]);
    assert_eq!(built(Policy::builder().max(1)).pause_before(1), None);
    assert_eq!(built(Policy::builder().max(u32::MAX)).pause_before(u32::MAX), None);
    assert!(built(Policy::builder().without_max()).pause_before(u32::MAX).is_some());
}
