use super::*;

#[tokio::test]
async fn pauses_pass_at_once() {
    let (scope, service) = (Scope::new(), Service::failing(2));
    let call = retry(&POLICY, async || service.call());
    assert_eq!(scope.run(call).await, Ok(3));
    assert_eq!(scope.pauses(), [100 * MS, 200 * MS]);
}

#[test]
fn fewer_attempts_are_made_plain() {
    let (scope, service) = (Scope::new().max(2), Service::down());
    let call = scope.run_blocking(|| retry_blocking(&POLICY, || service.call()));
    assert_eq!(call, Err(Busy { call: 2 }));
}
