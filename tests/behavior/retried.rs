//! The question that most tests of selectors ask.

/// Whether the attribute, with these selectors, repeats a function that fails with this error:
/// asked of an async and of a plain function, which must agree.
///
/// ```text
/// retried!([io::Error, unless = is_permanent], ApiError, ApiError::Busy)
/// ```
macro_rules! retried {
    ([$($attribute:tt)*], $Error:ty, $error:expr) => {{
        #[retry_runtime::retry_on($($attribute)*, max = 2, delay = "0ms")]
        async fn asynchronous(attempt: &dyn Fn() -> $Error) -> Result<(), $Error> {
            Err(attempt())
        }

        #[retry_runtime::retry_on($($attribute)*, max = 2, delay = "0ms")]
        fn plain(attempt: &dyn Fn() -> $Error) -> Result<(), $Error> {
            Err(attempt())
        }

        let attempts = ::std::cell::Cell::new(0);
        let attempt = || -> $Error {
            attempts.set(attempts.get() + 1);
            $error
        };
        assert!($crate::executor::block_on(asynchronous(&attempt)).is_err());
        let retried = attempts.replace(0) == 2;
        assert!(plain(&attempt).is_err());
        assert_eq!(attempts.get() == 2, retried, "async and plain functions disagree");
        retried
    }};
}
pub(crate) use retried;
