use super::*;

const GAVE_UP: [&str; 4] = [
    r#"WARN site="fetch" attempt=1 max=4 error.type="_" error="busy, call 1" pause=0.1 since_first_failure=0.0"#,
    r#"WARN site="fetch" attempt=2 max=4 error.type="_" error="busy, call 2" pause=0.2 since_first_failure=0.1"#,
    r#"WARN site="fetch" attempt=3 max=4 error.type="_" error="busy, call 3" pause=0.4 since_first_failure=0.3"#,
    r#"ERROR site="fetch" attempt=4 max=4 error.type="_" error="busy, call 4" reason="max_attempts" since_first_failure=0.7"#,
];

#[tokio::test(start_paused = true)]
async fn are_those_of_a_function() {
    let (recorder, service) = (Recorder::start(), Service::down());
    let call = Retry::new(&POLICY).name("fetch").run(async || service.call());
    call.await.unwrap_err();
    assert_eq!(recorder.lines(), GAVE_UP);
}

#[test]
fn are_those_of_a_function_plain() {
    let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
    let service = Service::down();
    Retry::new(&POLICY).name("fetch").run_blocking(|| service.call()).unwrap_err();
    assert_eq!(recorder.lines(), GAVE_UP);
}

#[test]
fn tell_of_success_after_a_retry_and_not_of_success_at_once_plain() {
    let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
    for failures in [0, 1] {
        let service = Service::failing(failures);
        Retry::new(&POLICY).name("fetch").run_blocking(|| service.call()).unwrap();
    }
    assert_eq!(recorder.lines()[1], r#"INFO site="fetch" attempt=2 max=4 since_first_failure=0.1"#);
    assert_eq!(recorder.lines().len(), 2);
}
