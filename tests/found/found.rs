//! The rows of the page *What is found and what is not*, each with the real crate.
//!
//! A test has the name of its row. `the_page_has_these_rows` compares the page with this file.

use std::error::Error;
use std::net::TcpListener;
use std::sync::Arc;
use std::{fmt, io};

use aws_sdk_backupgateway as backupgateway;
use aws_sdk_backupgateway::operation::get_gateway::GetGatewayError;
use aws_sdk_backupgateway::types::error::InternalServerException;
use retry_runtime::ErrorCode;
use retry_tests::{Busy, retried};
use retry_tests_aws::{GatewayError, internal, throttling, unmodelled};

const BUSY: Busy = Busy { call: 1 };

/// An error and the one that caused it.
#[derive(Debug, thiserror::Error)]
#[error("backup failed")]
struct Failed<E: Error + 'static>(#[source] E);

/// What a caller adds to an error.
#[derive(Debug, thiserror::Error)]
#[error("page {0}")]
struct Page(u32);

fn late() -> io::Error {
    io::ErrorKind::TimedOut.into()
}

#[test]
fn thiserror_from() {
    #[derive(Debug, thiserror::Error)]
    enum FetchError {
        #[error("no disk")]
        Io(#[from] io::Error),
        #[error("no page")]
        Page(#[from] Failed<Busy>),
    }

    assert!(retried!([io::Error], FetchError, late().into()));
    assert!(retried!([FetchError::Io], FetchError, late().into()));
    assert!(retried!([Busy], FetchError, Failed(BUSY).into()));
    assert!(retried!([Busy], Failed<FetchError>, Failed(Failed(BUSY).into())));
    assert!(!retried!([Busy], FetchError, late().into()));
}

#[test]
fn thiserror_source() {
    #[derive(Debug, thiserror::Error)]
    enum ReadError {
        #[error("no body")]
        Body(#[source] Busy),
        #[error("no line {line}")]
        Line { line: u32, source: io::Error },
        #[error("no header: {0}")]
        Header(Busy),
    }

    assert!(retried!([Busy], ReadError, ReadError::Body(BUSY)));
    assert!(retried!([io::Error], ReadError, ReadError::Line { line: 1, source: late() }));
    assert!(!retried!([Busy], ReadError, ReadError::Header(BUSY)));
    assert!(retried!([ReadError::Header], ReadError, ReadError::Header(BUSY)));
}

#[test]
fn thiserror_error_transparent() {
    #[derive(Debug, thiserror::Error)]
    enum FetchError {
        #[error(transparent)]
        Io(#[from] io::Error),
        #[error(transparent)]
        Failed(#[from] Failed<Busy>),
    }

    assert!(retried!([Busy], FetchError, Failed(BUSY).into()));
    assert!(!retried!([Failed<Busy>], FetchError, Failed(BUSY).into()));
    assert!(!retried!([io::Error], FetchError, late().into()));
    assert!(!retried!([io::Error], anyhow::Error, FetchError::from(late()).into()));
    assert!(retried!([FetchError::Io], FetchError, late().into()));
    assert!(retried!([FetchError::Io], anyhow::Error, FetchError::from(late()).into()));
    assert!(retried!(
        [FetchError::Io(e) if e.kind() == io::ErrorKind::TimedOut],
        FetchError,
        late().into()
    ));
}

#[test]
fn snafu() {
    use snafu::{IntoError, Snafu};

    #[derive(Debug, Snafu)]
    enum LoadError {
        #[snafu(display("line {line}"))]
        Line { line: u32, source: Failed<io::Error> },
        #[snafu(transparent)]
        Io { source: io::Error },
        #[snafu(display("no header"))]
        Header {
            #[snafu(source(false))]
            source: Busy,
        },
    }

    let line = || LineSnafu { line: 1_u32 }.into_error(Failed(late()));
    let header = || HeaderSnafu { source: BUSY }.build();
    assert!(retried!([Failed<io::Error>], LoadError, line()));
    assert!(retried!([io::Error], LoadError, line()));
    assert!(!retried!([Busy], LoadError, header()));
    assert!(retried!([LoadError::Header], LoadError, header()));
    assert!(!retried!([io::Error], LoadError, late().into()));
    assert!(retried!([LoadError::Io], LoadError, late().into()));
}

#[test]
fn anyhow() {
    use anyhow::Error;

    let pages = || Error::new(BUSY).context(Page(1)).context(Page(2));
    assert!(retried!([Busy], Error, Error::new(BUSY)));
    assert!(retried!([Busy], Error, Error::new(Failed(BUSY)).context("backup")));
    assert!(retried!([Page], Error, Error::new(BUSY).context(Page(1)).context("backup")));
    assert!(retried!([Page(2)], Error, pages()));
    assert!(!retried!([Page(1)], Error, pages()));
    assert!(retried!(
        [when = |e: &anyhow::Error| e.chain().any(|link| link.to_string() == "page 1")],
        Error,
        pages()
    ));
    let inside = || -> Box<dyn std::error::Error + Send + Sync> { pages().into() };
    assert!(retried!([Busy], Box<dyn std::error::Error + Send + Sync>, inside()));
    assert!(!retried!([Page], Box<dyn std::error::Error + Send + Sync>, inside()));
}

#[test]
fn eyre() {
    use eyre::Report;

    let pages = || Report::new(BUSY).wrap_err(Page(1)).wrap_err(Page(2));
    assert!(retried!([Busy], Report, Report::new(BUSY)));
    assert!(retried!([Busy], Report, Report::new(Failed(BUSY)).wrap_err("backup")));
    assert!(retried!([Page], Report, Report::new(BUSY).wrap_err(Page(1)).wrap_err("backup")));
    assert!(retried!([Page(2)], Report, pages()));
    assert!(!retried!([Page(1)], Report, pages()));
    assert!(retried!(
        [when = |e: &eyre::Report| e.chain().any(|link| link.to_string() == "page 1")],
        Report,
        pages()
    ));
    let inside = || -> Box<dyn Error + Send + Sync> { pages().into() };
    assert!(retried!([Busy], Box<dyn Error + Send + Sync>, inside()));
    assert!(!retried!([Page], Box<dyn Error + Send + Sync>, inside()));
}

/// That a type does not compile there is in `lib.rs`.
#[test]
fn miette() {
    #[derive(Debug, thiserror::Error)]
    #[error("line {line}")]
    struct Syntax {
        line: u32,
        source: io::Error,
    }

    impl miette::Diagnostic for Syntax {}

    let syntax = || Syntax { line: 1, source: late() };
    assert!(retried!([Syntax], Syntax, syntax()));
    assert!(retried!([io::Error], Syntax, syntax()));
    let report = || miette::Report::new(syntax()).wrap_err("backup");
    let no_page = || miette::Report::msg("no page");
    for (report, expected) in [(&report as &dyn Fn() -> _, true), (&no_page, false)] {
        let is_retried = retried!(
            [when = |e: &miette::Report| e.chain().any(<dyn Error>::is::<io::Error>)],
            miette::Report,
            report()
        );
        assert_eq!(is_retried, expected);
    }
}

/// That a type does not compile there is in `lib.rs`.
#[test]
fn error_stack() {
    use error_stack::{Report, ResultExt};

    #[derive(Debug, thiserror::Error)]
    #[error("cannot read")]
    struct ReadError;

    let report = || Err::<(), _>(late()).change_context(ReadError).unwrap_err();
    let alone = || Report::new(ReadError);
    for (report, expected) in [(&report as &dyn Fn() -> _, true), (&alone, false)] {
        let is_retried = retried!(
            [when = |e: &Report<ReadError>| e.contains::<io::Error>()],
            Report<ReadError>,
            report()
        );
        assert_eq!(is_retried, expected);
    }
}

#[test]
fn io_error() {
    assert!(retried!([Busy], io::Error, io::Error::other(BUSY)));
    assert!(retried!([Busy], io::Error, io::Error::other(Failed(BUSY))));
    assert!(retried!([e: io::Error if e.kind() == io::ErrorKind::TimedOut], io::Error, late()));
    assert!(!retried!(
        [e: io::Error if e.kind() == io::ErrorKind::TimedOut],
        io::Error,
        io::Error::other(BUSY)
    ));
}

#[test]
fn arc_e() {
    #[derive(Debug, thiserror::Error)]
    #[error("cannot read")]
    struct ReadError;

    assert!(retried!([ReadError], Arc<ReadError>, ReadError.into()));
    assert!(retried!([ReadError], Box<ReadError>, ReadError.into()));
    assert!(retried!([ReadError], Failed<Arc<ReadError>>, Failed(ReadError.into())));
    assert!(retried!([ReadError], Failed<Box<ReadError>>, Failed(ReadError.into())));
    assert!(!retried!([ReadError], Arc<Box<ReadError>>, Arc::new(ReadError.into())));
    assert!(retried!([Arc<Box<ReadError>>], Arc<Box<ReadError>>, Arc::new(ReadError.into())));
}

#[test]
fn box_dyn_error() {
    assert!(retried!([Busy], Box<dyn Error>, BUSY.into()));
    assert!(retried!([Busy], Box<dyn Error + Send>, Box::new(BUSY)));
    assert!(retried!([Busy], Box<dyn Error + Send + Sync>, Failed(BUSY).into()));
    assert!(retried!([Busy], Arc<dyn Error>, Arc::new(BUSY)));
    assert!(retried!([Busy], Arc<dyn Error + Send + Sync>, Arc::new(Failed(BUSY))));
    assert!(!retried!([Busy], Box<dyn Error>, "busy".into()));
    assert!(retried!([_], Box<dyn Error>, "busy".into()));
}

mod over_http {
    use super::*;

    /// What a request to a port fails with at which nobody listens.
    fn refused() -> reqwest::Error {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.get(format!("http://127.0.0.1:{port}/"));
        block_on(request.send()).unwrap_err()
    }

    fn answered(status: u16) -> reqwest::Result<reqwest::Response> {
        let response = http::Response::builder().status(status).body("").unwrap();
        reqwest::Response::from(response).error_for_status()
    }

    fn block_on<F: Future>(future: F) -> F::Output {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    #[test]
    fn reqwest() {
        use reqwest::{Error, StatusCode};

        let status = |status| answered(status).unwrap_err();
        assert!(retried!([reqwest::Error], Error, refused()));
        assert!(retried!([reqwest::Error], anyhow::Error, refused().into()));
        assert!(retried!(
            [e: io::Error if e.kind() == io::ErrorKind::ConnectionRefused],
            Error,
            refused()
        ));
        assert!(retried!([e: reqwest::Error if e.is_connect()], Error, refused()));
        assert!(!retried!([e: reqwest::Error if e.is_connect()], Error, status(503)));
        for (code, expected) in [(502, true), (404, false)] {
            let is_retried = retried!(
                [e: reqwest::Error if e.status() == Some(StatusCode::BAD_GATEWAY)],
                Error,
                status(code)
            );
            assert_eq!(is_retried, expected, "{code}");
        }
        let response = http::Response::builder().status(500).body("").unwrap();
        assert_eq!(reqwest::Response::from(response).status(), 500, "a value, before it is asked");
    }

    #[test]
    fn reqwest_middleware() {
        use reqwest_middleware::Error;

        assert!(retried!(
            [e: io::Error if e.kind() == io::ErrorKind::ConnectionRefused],
            Error,
            refused().into()
        ));
        assert!(!retried!([reqwest::Error], Error, refused().into()));
        assert!(retried!([Error::Reqwest], Error, refused().into()));
        assert!(retried!(
            [e: Error if e.is_connect()],
            Error,
            refused().into()
        ));
        let busy = || Error::middleware(BUSY);
        assert!(!retried!([Busy], Error, busy()));
        assert!(retried!([Error::Middleware(e) if e.is::<Busy>()], Error, busy()));
        assert!(!retried!(
            [Error::Middleware(e) if e.is::<Busy>()],
            Error,
            Error::middleware(late())
        ));
    }
}

#[test]
fn aws_sdkerror() {
    assert!(retried!([InternalServerException], GatewayError, internal()));
    assert!(retried!([GetGatewayError], GatewayError, internal()));
    assert!(retried!([GetGatewayError::InternalServerException], GatewayError, internal()));
    assert!(retried!(["InternalServerException"], GatewayError, internal()));
    assert!(!retried!([InternalServerException], GatewayError, throttling()));
    assert!(retried!([InternalServerException], anyhow::Error, internal().into()));
    assert!(retried!(["SlowDown"], anyhow::Error, unmodelled().into()));
    assert!(!retried!(["InternalServerException"], anyhow::Error, internal().into()));
}

#[test]
fn aws_the_enum_of_a_crate() {
    use backupgateway::Error;

    assert!(!retried!([InternalServerException], Error, internal().into()));
    assert!(retried!([Error::InternalServerException], Error, internal().into()));
    assert!(retried!(["InternalServerException"], Error, internal().into()));
    assert!(!retried!(["InternalServerException"], Error, throttling().into()));
}

#[test]
fn codes_of_your_own_errorcode() {
    #[derive(Debug)]
    struct Rejected(&'static str);

    impl ErrorCode for Rejected {
        fn code(&self) -> Option<&str> {
            Some(self.0)
        }
    }

    impl fmt::Display for Rejected {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("rejected")
        }
    }

    impl Error for Rejected {}

    let inside = |code| Failed(Rejected(code));
    assert!(retried!(["SlowDown"], Rejected, Rejected("SlowDown")));
    assert!(!retried!(["SlowDown"], Rejected, Rejected("AccessDenied")));
    assert!(!retried!(["SlowDown"], Failed<Rejected>, inside("SlowDown")));
    for (code, expected) in [("SlowDown", true), ("AccessDenied", false)] {
        let is_retried = retried!(
            [e: Rejected if e.code() == Some("SlowDown")],
            Failed<Rejected>,
            inside(code)
        );
        assert_eq!(is_retried, expected, "{code}");
    }
}

/// A row without a test, a test without a row, and a piece of advice that was not tried.
#[test]
fn the_page_has_these_rows() {
    const PAGE: &str = include_str!("../../retry-runtime/src/guide/what_is_found.md");

    let tests = tests();
    let rows: Vec<_> = PAGE.lines().filter(|line| line.starts_with('|')).skip(2).collect();
    let names: Vec<_> = rows.iter().map(|row| name(&cells(row)[0])).collect();
    assert_eq!(names, tests.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>());
    for (row, (name, body)) in rows.iter().zip(&tests) {
        let advice = cells(row)[3].clone();
        for code in advice.split('`').skip(1).step_by(2) {
            assert!(body.contains(&squeezed(code)), "{name}: {code}");
        }
    }
}

/// The cells of a row; `\|` is no border.
fn cells(row: &str) -> Vec<String> {
    let row = row.replace("\\|", "\0");
    let cells = row.trim_matches('|').split('|');
    cells.map(|cell| cell.trim().replace('\0', "|")).collect()
}

/// The name of the test of a row.
fn name(cell: &str) -> String {
    let words = cell.split(|letter: char| !letter.is_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.join("_")
}

/// The name and the text of each test of this file before the last.
fn tests() -> Vec<(String, String)> {
    let tests = include_str!("found.rs").split("#[test]\n").skip(1);
    let tests = tests.map(|text| {
        let name = text.trim_start().strip_prefix("fn ").and_then(|text| text.split('(').next());
        (name.expect("a function").to_owned(), squeezed(text))
    });
    tests.filter(|(name, _)| name != "the_page_has_these_rows").collect()
}

/// Without what rustfmt may change.
fn squeezed(code: &str) -> String {
    code.split_whitespace().collect()
}
