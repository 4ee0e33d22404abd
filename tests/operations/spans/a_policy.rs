use super::*;

const ON: Policy = Policy::builder().span(true).build();

#[retry_on(Busy, policy = policy, name = "fetch")]
async fn fetch(service: &Service, policy: &Policy) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, policy = policy, name = "fetch")]
fn fetch_plain(service: &Service, policy: &Policy) -> Result<u32, Busy> {
    service.call()
}

// The error needs no `From<PolicyError>`: these keys contradict nothing.
#[retry_on(Busy, policy = policy, span = false, name = "fetch")]
async fn never(service: &Service, policy: &Policy) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, policy = policy, span = false, name = "fetch")]
fn never_plain(service: &Service, policy: &Policy) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, policy = policy, span = true, nested = "allow", name = "fetch")]
async fn always(service: &Service, policy: &Policy) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, policy = policy, span = true, nested = "allow", name = "fetch")]
fn always_plain(service: &Service, policy: &Policy) -> Result<u32, Busy> {
    service.call()
}

const CALL: [&str; 2] = ["fetch site=fetch", "  attempt 1 attempt=1"];
const NOTHING: [&str; 0] = [];

#[tokio::test]
async fn says_whether_there_are_spans() {
    let (trace, _subscriber) = Trace::start();
    fetch(&Service::failing(0), &ON).await.unwrap();
    assert_eq!(trace.lines(), CALL);
    fetch(&Service::failing(0), &Policy::DEFAULT).await.unwrap();
    assert_eq!(trace.lines(), NOTHING);
}

#[test]
fn says_whether_there_are_spans_plain() {
    let (trace, _subscriber) = Trace::start();
    fetch_plain(&Service::failing(0), &ON).unwrap();
    assert_eq!(trace.lines(), CALL);
    fetch_plain(&Service::failing(0), &Policy::DEFAULT).unwrap();
    assert_eq!(trace.lines(), NOTHING);
}

#[tokio::test]
async fn is_overridden_by_the_key_beside_it() {
    let (trace, _subscriber) = Trace::start();
    never(&Service::failing(0), &ON).await.unwrap();
    assert_eq!(trace.lines(), NOTHING);
    always(&Service::failing(0), &Policy::DEFAULT).await.unwrap();
    assert_eq!(trace.lines(), CALL);
}

#[test]
fn is_overridden_by_the_key_beside_it_plain() {
    let (trace, _subscriber) = Trace::start();
    never_plain(&Service::failing(0), &ON).unwrap();
    assert_eq!(trace.lines(), NOTHING);
    always_plain(&Service::failing(0), &Policy::DEFAULT).unwrap();
    assert_eq!(trace.lines(), CALL);
}

/// A constant beside a constant.
#[test]
fn that_is_a_constant_is_heeded_and_overridden_too_plain() {
    #[retry_on(Busy, policy = &ON, name = "fetch")]
    fn on(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy, policy = &ON, span = false, name = "fetch")]
    fn off(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (trace, _subscriber) = Trace::start();
    on(&Service::failing(0)).unwrap();
    assert_eq!(trace.lines(), CALL);
    off(&Service::failing(0)).unwrap();
    assert_eq!(trace.lines(), NOTHING);
}
