//! What the library logs: for each event its level and its fields.

use std::error::Error;
use std::{fmt, io};

use retry_runtime::testing::Scope;
use retry_runtime::{ErrorCode, retry_on};
use retry_tests::{Busy, Recorder, Service};
use tracing::Level;

#[retry_on(Busy, jitter = none, name = "fetch")]
async fn fetch(service: &Service) -> Result<u32, Busy> {
    service.call()
}

#[retry_on(Busy, jitter = none, name = "fetch")]
fn fetch_plain(service: &Service) -> Result<u32, Busy> {
    service.call()
}

mod a_call {
    use super::*;

    const GAVE_UP: [&str; 3] = [
        r#"WARN site="fetch" attempt=1 max=3 error.type="Busy" error="busy, call 1" pause=0.1 since_first_failure=0.0"#,
        r#"WARN site="fetch" attempt=2 max=3 error.type="Busy" error="busy, call 2" pause=0.2 since_first_failure=0.1"#,
        r#"ERROR site="fetch" attempt=3 max=3 error.type="Busy" error="busy, call 3" reason="max_attempts" since_first_failure=0.3"#,
    ];

    #[tokio::test(start_paused = true)]
    async fn that_gives_up_warns_before_each_pause_and_ends_with_one_error() {
        let recorder = Recorder::start();
        fetch(&Service::down()).await.unwrap_err();
        assert_eq!(recorder.lines(), GAVE_UP);
    }

    #[test]
    fn that_gives_up_warns_before_each_pause_and_ends_with_one_error_plain() {
        let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
        fetch_plain(&Service::down()).unwrap_err();
        assert_eq!(recorder.lines(), GAVE_UP);
    }

    #[tokio::test(start_paused = true)]
    async fn that_recovers_says_so() {
        let recorder = Recorder::start();
        fetch(&Service::failing(2)).await.unwrap();
        assert_eq!(
            recorder.lines()[2..],
            [r#"INFO site="fetch" attempt=3 max=3 since_first_failure=0.3"#]
        );
    }

    #[test]
    fn that_recovers_says_so_plain() {
        let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
        fetch_plain(&Service::failing(2)).unwrap();
        assert_eq!(
            recorder.lines()[2..],
            [r#"INFO site="fetch" attempt=3 max=3 since_first_failure=0.3"#]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn that_succeeds_at_once_says_nothing() {
        let recorder = Recorder::start();
        fetch(&Service::failing(0)).await.unwrap();
        fetch_plain(&Service::failing(0)).unwrap();
        assert!(recorder.events().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn that_no_selector_matches_is_worth_a_debug_and_the_first_of_them_an_info() {
        #[retry_on(io::Error, name = "fetch")]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        #[retry_on(io::Error, name = "fetch")]
        fn fetch_plain(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let recorder = Recorder::start();
        for _ in 0..2 {
            fetch(&Service::down()).await.unwrap_err();
            fetch_plain(&Service::down()).unwrap_err();
        }
        let event = r#"DEBUG site="fetch" attempt=1 max=3 error.type="_OTHER" error="busy, call 1" reason="not_retryable" since_first_failure=0.0"#;
        let (told, lines): (Vec<_>, Vec<_>) =
            recorder.lines().into_iter().partition(|line| line.starts_with("INFO"));
        assert_eq!(lines, [event; 4]);
        let found = r#"error="busy, call 1" error_type_name="retry_tests::service::Busy" selectors="io::Error""#;
        assert!(told.len() == 2 && told.iter().all(|line| line.contains(found)), "{told:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn that_ends_with_an_unselected_error_ends_with_a_debug() {
        #[retry_on(Busy { call: 1 }, jitter = none, name = "fetch")]
        async fn fetch(service: &Service) -> Result<u32, Busy> {
            service.call()
        }

        let recorder = Recorder::start();
        fetch(&Service::down()).await.unwrap_err();
        let levels: Vec<_> = recorder.events().iter().map(|event| event.level).collect();
        assert_eq!(levels, [Level::WARN, Level::INFO, Level::DEBUG]);
        assert_eq!(
            recorder.lines()[2],
            r#"DEBUG site="fetch" attempt=2 max=3 error.type="_OTHER" error="busy, call 2" reason="not_retryable" since_first_failure=0.1"#
        );
    }
}

mod since_first_failure {
    use std::time::Duration;

    use super::*;

    #[retry_on(Busy, jitter = none)]
    async fn slow(service: &Service) -> Result<u32, Busy> {
        tokio::time::sleep(Duration::from_secs(1)).await;
        service.call()
    }

    #[retry_on(Busy, jitter = none)]
    fn slow_plain(service: &Service, clock: &Scope) -> Result<u32, Busy> {
        clock.advance(Duration::from_secs(1));
        service.call()
    }

    fn recorded(recorder: &Recorder) -> Vec<String> {
        recorder
            .events()
            .iter()
            .map(|event| event.field("since_first_failure").unwrap().to_owned())
            .collect()
    }

    #[tokio::test(start_paused = true)]
    async fn counts_pauses_and_attempts_after_the_first_failure() {
        let recorder = Recorder::start();
        slow(&Service::down()).await.unwrap_err();
        assert_eq!(recorded(&recorder), ["0.0", "1.1", "2.3"]);
    }

    #[test]
    fn counts_pauses_and_attempts_after_the_first_failure_plain() {
        let (recorder, clock) = (Recorder::start(), Scope::new().enter());
        slow_plain(&Service::failing(2), &clock).unwrap();
        assert_eq!(recorded(&recorder), ["0.0", "1.1", "2.3"]);
    }
}

#[test]
fn the_last_message_says_how_often_and_how_long_at_most() {
    let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
    fetch_plain(&Service::down()).unwrap_err();
    assert_eq!(
        recorder.events()[2].message,
        "gave up after attempt 3 (at most 3 calls: 1 + 2 retries; pauses of 100 ms, 200 ms; \
         at most 300 ms of waiting)"
    );
}

#[test]
fn all_events_have_one_target() {
    #[retry_on(Busy { call: 1..=2 })]
    fn fetch(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
    fetch(&Service::down()).unwrap_err();
    fetch(&Service::failing(1)).unwrap();
    let events = recorder.events();
    assert_eq!(events.len(), 6);
    assert!(events.iter().all(|event| event.target == "retry_runtime"), "{events:?}");
}

mod the_site {
    use super::*;

    #[retry_on(Busy)]
    fn unnamed(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    struct Client;

    impl Client {
        #[retry_on(Busy)]
        fn fetch(&self, service: &Service) -> Result<u32, Busy> {
            let Self = self;
            service.call()
        }
    }

    #[retry_on(Busy, name = "orders.fetch")]
    fn named(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    #[retry_on(Busy)]
    fn r#loop(service: &Service) -> Result<u32, Busy> {
        service.call()
    }

    fn site(function: impl Fn(&Service) -> Result<u32, Busy>) -> String {
        let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
        function(&Service::failing(1)).unwrap();
        recorder.events()[0].field("site").unwrap().to_owned()
    }

    #[test]
    fn is_named_by_the_module_the_type_and_the_function() {
        assert_eq!(site(unnamed), "behavior::events::the_site::unnamed");
        assert_eq!(
            site(|service| Client.fetch(service)),
            "behavior::events::the_site::Client::fetch"
        );
        assert_eq!(site(r#loop), "behavior::events::the_site::loop");
    }

    #[test]
    fn can_have_a_name_of_its_own() {
        assert_eq!(site(named), "orders.fetch");
    }
}

/// Always one of the names in the attribute, or `_OTHER`, so that it is fit for a label.
mod the_error_type {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{self:?}")]
    enum BackupError {
        Throttled,
        Http { status: u16 },
        Io(#[from] io::Error),
    }

    fn throttled() -> BackupError {
        BackupError::Throttled
    }

    fn http() -> BackupError {
        BackupError::Http { status: 503 }
    }

    fn io() -> BackupError {
        io::Error::other("full").into()
    }

    /// In the first event of a call that fails with this error.
    macro_rules! error_type {
        ([$($attribute:tt)*], $error:expr) => {{
            #[retry_on($($attribute)*)]
            fn fail() -> Result<(), BackupError> {
                Err($error)
            }

            let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
            fail().unwrap_err();
            let events = recorder.events();
            let told = events.iter().find_map(|event| event.field("error.type"));
            told.unwrap().to_owned()
        }};
    }

    #[test]
    fn is_the_selector_that_matched() {
        assert_eq!(error_type!([BackupError], throttled()), "BackupError");
        assert_eq!(error_type!([io::Error], io()), "io::Error");
        assert_eq!(error_type!([std::io::Error], io()), "io::Error");
        assert_eq!(error_type!([BackupError::Throttled], throttled()), "BackupError::Throttled");
        assert_eq!(
            error_type!([self::BackupError::Throttled], throttled()),
            "BackupError::Throttled"
        );
    }

    #[test]
    fn is_the_selector_without_its_fields_and_guard() {
        assert_eq!(
            error_type!([BackupError::Http { status: 500..=599 }], http()),
            "BackupError::Http"
        );
        assert_eq!(
            error_type!([BackupError::Http { status } if *status == 503], http()),
            "BackupError::Http"
        );
        assert_eq!(error_type!([e: io::Error if e.get_ref().is_some()], io()), "io::Error");
        assert_eq!(
            error_type!([BackupError::Io(_) | BackupError::Throttled if true], throttled()),
            "BackupError::Io | BackupError::Throttled"
        );
    }

    #[test]
    fn is_one_of_several() {
        assert_eq!(error_type!([io::Error | BackupError::Http], http()), "BackupError::Http");
        assert_eq!(error_type!([io::Error, BackupError::Http], http()), "BackupError::Http");
    }

    #[test]
    fn is_the_first_of_those_that_match() {
        assert_eq!(error_type!([io::Error, BackupError::Io], io()), "io::Error");
        assert_eq!(error_type!([BackupError::Io, io::Error], io()), "BackupError::Io");
        assert_eq!(error_type!([BackupError::Io, when = |_| true], io()), "BackupError::Io");
    }

    #[test]
    fn is_a_word_where_no_error_was_named() {
        assert_eq!(error_type!([_], http()), "_");
        assert_eq!(error_type!([when = |_| true], http()), "when");
        assert_eq!(error_type!([io::Error, when = |_| true], http()), "when");
    }

    #[test]
    fn is_other_where_none_matched() {
        assert_eq!(error_type!([io::Error], http()), "_OTHER");
        assert_eq!(error_type!([when = |_| false], http()), "_OTHER");
        assert_eq!(error_type!([_, unless = |_| true], http()), "_OTHER");
    }
}

mod the_error {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("backup failed")]
    struct Failed {
        source: Disk,
    }

    #[derive(Debug, thiserror::Error)]
    #[error("disk failed")]
    struct Disk {
        source: io::Error,
    }

    /// As the only event of a call writes it that fails with this error.
    macro_rules! written {
        ($Error:ty, $error:expr) => {{
            #[retry_on(_, max = 1)]
            fn fail() -> Result<(), $Error> {
                Err($error)
            }

            let recorder = Recorder::start();
            assert!(fail().is_err());
            recorder.events()[0].field("error").unwrap().to_owned()
        }};
    }

    fn failed() -> Failed {
        Failed { source: Disk { source: io::Error::other("full") } }
    }

    #[test]
    fn is_written_with_its_whole_chain() {
        let chain = "backup failed: disk failed: full";
        assert_eq!(written!(Failed, failed()), chain);
        assert_eq!(written!(Box<dyn Error>, failed().into()), chain);
        assert_eq!(written!(Box<dyn Error + Send + Sync>, failed().into()), chain);
        assert_eq!(written!(anyhow::Error, failed().into()), chain);
        assert_eq!(
            written!(anyhow::Error, anyhow::Error::new(failed()).context("at night")),
            format!("at night: {chain}")
        );
        assert_eq!(
            written!(eyre::Report, eyre::Report::new(failed()).wrap_err("at night")),
            format!("at night: {chain}")
        );
    }

    /// Many errors print their source themselves.
    #[test]
    fn is_not_written_twice() {
        #[derive(Debug, thiserror::Error)]
        #[error("backup failed: {source}")]
        struct Wordy {
            source: io::Error,
        }

        assert_eq!(
            written!(Wordy, Wordy { source: io::Error::other("full") }),
            "backup failed: full"
        );
    }

    #[test]
    fn need_not_be_an_error() {
        #[derive(Debug)]
        struct OnlyDebug;

        struct Nothing;

        assert_eq!(written!(String, "full".to_owned()), "full");
        assert_eq!(written!(OnlyDebug, OnlyDebug), "OnlyDebug");
        let nothing = written!(Nothing, Nothing);
        assert!(nothing.ends_with("::Nothing"), "{nothing}");
    }

    #[test]
    fn cannot_forge_a_line_of_the_log() {
        #[derive(Debug, thiserror::Error)]
        #[error("{0}")]
        struct Hostile(&'static str);

        let forged = written!(Hostile, Hostile("full\nERROR pwned\r\u{1b}[31m\u{85}\u{2028}"));
        assert_eq!(forged, r"full\nERROR pwned\r\u{1b}[31m\u{85}\u{2028}");
        let forged = written!(io::Error, io::Error::other(Hostile("a\nb")));
        assert_eq!(forged, r"a\nb");
        assert_eq!(written!(String, "a\nb".to_owned()), r"a\nb");
    }

    /// What is logged never changes what the caller gets.
    #[test]
    fn may_refuse_to_be_written() {
        #[derive(Debug)]
        struct Speechless;

        impl fmt::Display for Speechless {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("busy, because")?;
                Err(fmt::Error)
            }
        }

        impl Error for Speechless {}

        assert_eq!(written!(Speechless, Speechless), "busy, because");
    }

    #[test]
    fn keeps_what_is_no_control_character() {
        assert_eq!(written!(String, "größer: \"日本\" \\ 🦀".to_owned()), "größer: \"日本\" \\ 🦀");
    }
}

mod the_code {
    use super::*;

    #[derive(Debug)]
    struct Rejected {
        request_id: Option<&'static str>,
    }

    impl fmt::Display for Rejected {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("rejected")
        }
    }

    impl Error for Rejected {}

    impl ErrorCode for Rejected {
        fn code(&self) -> Option<&str> {
            Some("SlowDown")
        }

        fn request_id(&self) -> Option<&str> {
            self.request_id
        }
    }

    #[retry_on(Rejected, max = 2, jitter = none, name = "store")]
    fn store(request_id: Option<&'static str>) -> Result<(), Rejected> {
        Err(Rejected { request_id })
    }

    #[test]
    fn and_the_request_id_are_what_the_error_says() {
        let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
        store(Some("4711")).unwrap_err();
        assert_eq!(
            recorder.lines(),
            [
                r#"WARN site="store" attempt=1 max=2 error.type="Rejected" error="rejected" code="SlowDown" request_id="4711" pause=1.0 since_first_failure=0.0"#,
                r#"ERROR site="store" attempt=2 max=2 error.type="Rejected" error="rejected" code="SlowDown" request_id="4711" reason="max_attempts" since_first_failure=1.0"#,
            ]
        );
    }

    #[test]
    fn is_left_out_where_there_is_none() {
        let (recorder, _clock) = (Recorder::start(), Scope::new().enter());
        store(None).unwrap_err();
        fetch_plain(&Service::down()).unwrap_err();
        let events = recorder.events();
        assert_eq!(events[0].field("code"), Some("SlowDown"));
        assert_eq!(events[0].field("request_id"), None);
        assert_eq!(events[2].field("code"), None);
    }
}
