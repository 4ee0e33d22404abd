use std::num::ParseIntError;

use super::*;

/// thiserror passes on the `source()` of what a transparent variant holds, not the error itself.
#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error(transparent)]
    Number(#[from] ParseIntError),
    #[error("busy")]
    Busy(#[from] Busy),
}

/// The lines at INFO, without the place.
fn informed(log: &Recorder) -> Vec<String> {
    let lines = log.lines().into_iter().filter(|line| line.starts_with("INFO"));
    let without_place = |line: String| match (line.find(" at="), line.find(" error=")) {
        (Some(start), Some(end)) => format!("{}{}", &line[..start], &line[end..]),
        _ => line,
    };
    lines.map(without_place).collect()
}

#[test]
fn is_one_info_with_the_variant_that_may_hide_the_type_plain() {
    #[retry_on(ParseIntError, name = "fetch")]
    fn fetch(text: &str) -> Result<u32, FetchError> {
        Ok(text.parse::<u32>()?)
    }

    let log = Recorder::start();
    for _ in 0..3 {
        fetch("x").unwrap_err();
    }
    let types =
        ["events::the_first_unmatched_error::FetchError", "core::num::error::ParseIntError"];
    let [of, hidden] = types;
    assert_eq!(
        informed(&log),
        [format!(
            r#"INFO site="fetch" error="invalid digit found in string" error_type_name="{of}" selectors="ParseIntError" hidden="{hidden}""#
        )]
    );
}

#[tokio::test(start_paused = true)]
async fn names_no_variant_if_the_type_cannot_be_in_the_error() {
    #[retry_on(io::Error | FetchError::Busy(_), name = "fetch")]
    async fn fetch() -> Result<u32, FetchError> {
        Ok("x".parse::<u32>()?)
    }

    let log = Recorder::start();
    fetch().await.unwrap_err();
    fetch().await.unwrap_err();
    let lines = informed(&log);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains(r#"selectors="io::Error | FetchError::Busy""#), "{lines:?}");
    assert!(!lines[0].contains("hidden="), "{lines:?}");
}

#[test]
fn is_silent_where_no_type_is_named_or_the_error_is_excluded_plain() {
    #[retry_on(when = |_| false, name = "fetch")]
    fn by_predicate() -> Result<u32, Busy> {
        Service::down().call()
    }

    #[retry_on(Busy, unless = |_| true, name = "fetch")]
    fn excluded() -> Result<u32, Busy> {
        Service::down().call()
    }

    let log = Recorder::start();
    by_predicate().unwrap_err();
    excluded().unwrap_err();
    assert_eq!(informed(&log), [""; 0]);
}

#[test]
fn names_no_variant_where_the_chain_holds_the_type_plain() {
    #[retry_on(busy: Busy if busy.call > 1, max = 2, delay = "0ms", name = "fetch")]
    fn fetch(service: &Service) -> Result<u32, FetchError> {
        Ok(service.call()?)
    }

    let log = Recorder::start();
    fetch(&Service::down()).unwrap_err();
    let lines = informed(&log);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(!lines[0].contains("hidden="), "{lines:?}");
}
