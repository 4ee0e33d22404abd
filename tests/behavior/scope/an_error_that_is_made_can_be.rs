//! Whatever holds an error.

use super::*;

type Sendable = Box<dyn Error + Send + Sync>;

/// A function with this error, async and plain, fails once and recovers.
macro_rules! recovers {
    ($Error:ty, $error:expr) => {{
        #[retry_on(Busy)]
        async fn asynchronous() -> Result<u32, $Error> {
            Ok(7)
        }

        #[retry_on(Busy)]
        fn plain() -> Result<u32, $Error> {
            Ok(8)
        }

        let make = || -> $Error { $error };
        let scope = Scope::new().fail_next("asynchronous", 1, make).fail_next("plain", 1, make);
        assert!(matches!(block_on(scope.run(asynchronous())), Ok(7)));
        assert!(matches!(scope.run_blocking(plain), Ok(8)));
        assert_eq!(scope.pauses().len(), 2);
        scope.check().unwrap();
    }};
}

#[test]
fn a_type_of_ones_own() {
    recovers!(Busy, Busy { call: 0 });
}

#[test]
fn a_box_of_any_error() {
    recovers!(Sendable, Busy { call: 0 }.into());
    recovers!(Box<dyn Error>, Busy { call: 0 }.into());
    recovers!(Arc<dyn Error + Send + Sync>, Arc::new(Busy { call: 0 }));
}

#[test]
fn a_report() {
    recovers!(anyhow::Error, Busy { call: 0 }.into());
    recovers!(eyre::Report, Busy { call: 0 }.into());
}

#[test]
fn an_io_error() {
    recovers!(io::Error, io::Error::other(Busy { call: 0 }));
}

#[test]
fn behind_an_alias_plain() {
    #[retry_on(Busy)]
    fn fetch() -> anyhow::Result<u32> {
        Ok(7)
    }

    let scope = Scope::new().fail_next("fetch", 1, || anyhow::Error::from(Busy { call: 0 }));
    assert_eq!(scope.run_blocking(fetch).unwrap(), 7);
    scope.check().unwrap();
}
