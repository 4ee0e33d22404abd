//! The place of the call, unless it has a name.

use super::*;

fn sites(recorder: &Recorder) -> Vec<String> {
    let site = |event: &LogEvent| event.field("site").unwrap().to_owned();
    recorder.events().iter().map(site).collect()
}

/// The beginning of a place in this file, on this line.
fn place(line: u32) -> String {
    format!("{}:{line}:", file!())
}

#[tokio::test(start_paused = true)]
async fn is_the_place_of_the_call() {
    let (recorder, service) = (Recorder::start(), Service::failing(1));
    let (call, line) = (retry(&POLICY, async || service.call()), line!());
    call.await.unwrap();
    let sites = sites(&recorder);
    assert!(sites[0].starts_with(&place(line)), "{sites:?}");
    assert_eq!(sites, vec![sites[0].clone(); 2]);
}

#[test]
fn is_the_place_of_the_call_plain() {
    let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
    let service = Service::failing(1);
    let (call, line) = (retry_blocking(&POLICY, || service.call()), line!());
    call.unwrap();
    let sites = sites(&recorder);
    assert!(sites[0].starts_with(&place(line)), "{sites:?}");
}

#[test]
fn is_the_place_of_new_in_a_chain_plain() {
    let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
    let service = Service::failing(1);
    let (line, retry) = (line!(), Retry::new(&POLICY));
    retry.when(|_| true).run_blocking(|| service.call()).unwrap();
    let sites = sites(&recorder);
    assert!(sites[0].starts_with(&place(line)), "{sites:?}");
}

#[test]
fn can_have_a_name_plain() {
    let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
    let service = Service::failing(1);
    Retry::new(&POLICY).name("orders.fetch").run_blocking(|| service.call()).unwrap();
    assert_eq!(sites(&recorder), ["orders.fetch"; 2]);
}

/// The caller's, of a function that passes it on.
#[test]
fn is_that_of_the_caller_where_a_function_says_so_plain() {
    #[track_caller]
    fn patiently(service: &Service) -> Result<u32, Busy> {
        retry_blocking(&POLICY, || service.call())
    }

    let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
    let (call, line) = (patiently(&Service::failing(1)), line!());
    call.unwrap();
    let sites = sites(&recorder);
    assert!(sites[0].starts_with(&place(line)), "{sites:?}");
}
