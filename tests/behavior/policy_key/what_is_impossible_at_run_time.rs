//! The function's own error, made from `PolicyError`.

use super::*;

#[retry_on(Busy, max = max, on_give_up = |_| unreachable!("there was no attempt"))]
async fn fetch(service: &Service, max: u32) -> Result<u32, FetchError> {
    Ok(service.call()?)
}

#[retry_on(Busy, max = max, on_give_up = |_| unreachable!("there was no attempt"))]
fn fetch_plain(service: &Service, max: u32) -> Result<u32, FetchError> {
    Ok(service.call()?)
}

/// The refusal of a function that has these values.
macro_rules! refusal {
    ([$($attribute:tt)*], $value:ident: $Value:ty) => {{
        #[retry_on(Busy, $($attribute)*)]
        fn fetch(service: &Service, $value: $Value) -> Result<u32, FetchError> {
            Ok(service.call()?)
        }

        let service = Service::failing(0);
        let error = fetch(&service, $value).unwrap_err();
        assert_eq!(service.calls(), 0, "an attempt was made");
        match error {
            FetchError::Policy(refusal) => refusal,
            FetchError::Busy(busy) => panic!("{busy}"),
        }
    }};
}

#[tokio::test(start_paused = true)]
async fn comes_back_as_an_error_and_no_attempt_is_made() {
    let service = Service::failing(0);
    assert_eq!(fetch(&service, 0).await, Err(PolicyError::Max.into()));
    assert_eq!(service.calls(), 0);
}

#[test]
fn comes_back_as_an_error_and_no_attempt_is_made_plain() {
    let service = Service::failing(0);
    assert_eq!(fetch_plain(&service, 0), Err(PolicyError::Max.into()));
    assert_eq!(service.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn says_nothing_in_events() {
    let recorder = Recorder::start();
    fetch(&Service::failing(0), 0).await.unwrap_err();
    assert!(recorder.events().is_empty());
}

#[test]
fn is_found_in_every_value_plain() {
    let factor = 0.5;
    let refusal = refusal!([factor = factor], factor: f64);
    assert!(matches!(refusal, PolicyError::Factor { factor: 0.5, .. }));
    let factor = f64::NAN;
    let refusal = refusal!([factor = factor], factor: f64);
    assert!(matches!(refusal, PolicyError::Factor { factor, .. } if factor.is_nan()));
    let max_delay = 99 * MS;
    assert_eq!(
        refusal!([max_delay = max_delay], max_delay: Duration).to_string(),
        "`max_delay` (99ms) is shorter than the first `delay` (100ms)"
    );
    let deadline = 99 * MS;
    assert_eq!(
        refusal!([jitter = none, deadline = deadline], deadline: Duration).to_string(),
        "`deadline` (99ms) is too short for the first pause (`delay` is 100ms)"
    );
}

/// Each is possible alone.
#[test]
fn is_found_between_a_policy_and_a_key_beside_it_plain() {
    const PATIENT: Policy =
        built(Policy::builder().delay(Duration::from_secs(2)).jitter(Jitter::None));
    let deadline = Duration::from_secs(1);
    assert_eq!(
        refusal!([policy = &PATIENT, deadline = deadline], deadline: Duration).to_string(),
        "`deadline` (1s) is too short for the first pause (`delay` is 2s)"
    );
}

#[test]
fn can_be_an_error_of_any_type_that_takes_it_plain() {
    #[retry_on(Busy, max = max)]
    fn anyhow(max: u32) -> anyhow::Result<()> {
        Err(Busy { call: max }.into())
    }

    #[retry_on(Busy, max = max)]
    fn eyre(max: u32) -> eyre::Result<()> {
        Err(Busy { call: max }.into())
    }

    #[retry_on(Busy, max = max)]
    fn boxed(max: u32) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Err(Busy { call: max }.into())
    }

    assert_eq!(anyhow(0).unwrap_err().downcast_ref(), Some(&PolicyError::Max));
    assert_eq!(eyre(0).unwrap_err().downcast_ref(), Some(&PolicyError::Max));
    assert_eq!(boxed(0).unwrap_err().downcast_ref(), Some(&PolicyError::Max));
}
