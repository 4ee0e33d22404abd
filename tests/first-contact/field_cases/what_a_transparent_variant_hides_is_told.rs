//! An enum with `#[error(transparent)]` hands out the `source()` of what it holds, and so leaves out the
//! thing itself. The selector is compared with what is there, and the log says so.

use std::io;

use retry_runtime::retry_on;
use retry_tests::Recorder;
use tracing::Level;

#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error(transparent)]
    Io(#[from] io::Error),
}

fn reset() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

#[retry_on(io::Error, delay = "0ms", name = "by_type")]
fn by_type(calls: &mut u32) -> Result<(), FetchError> {
    *calls += 1;
    Err(reset())?
}

#[retry_on(io::Error, delay = "0ms")]
fn by_type_in_a_report(calls: &mut u32) -> anyhow::Result<()> {
    *calls += 1;
    Err(FetchError::from(reset()))?
}

#[retry_on(FetchError::Io(e) if e.kind() == io::ErrorKind::ConnectionReset, delay = "0ms")]
fn by_variant(calls: &mut u32) -> Result<(), FetchError> {
    *calls += 1;
    Err(reset())?
}

#[test]
fn once_at_info() {
    let (log, mut calls) = (Recorder::start(), 0);
    by_type(&mut calls).unwrap_err();
    by_type(&mut calls).unwrap_err();
    assert_eq!(calls, 2);
    let events = log.events();
    let told: Vec<_> = events.iter().filter(|event| event.level == Level::INFO).collect();
    assert_eq!(told.len(), 1, "{events:?}");
    let told = told[0].to_string();
    for part in ["FetchError", "io::Error", "transparent", "select the variant"] {
        assert!(told.contains(part), "{told}");
    }
}

#[test]
fn in_a_report_too() {
    let (log, mut calls) = (Recorder::start(), 0);
    by_type_in_a_report(&mut calls).unwrap_err();
    assert_eq!(calls, 1);
    assert!(log.events().iter().any(|event| event.level == Level::INFO));
}

#[test]
fn and_its_variant_is_found() {
    let mut calls = 0;
    by_variant(&mut calls).unwrap_err();
    assert_eq!(calls, 3);
}
