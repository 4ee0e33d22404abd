//! A permanent error that somebody wrapped is as permanent as before.

use std::error::Error;

use retry_runtime::retry_on;

type Boxed = Box<dyn Error + Send + Sync>;

#[derive(Debug, thiserror::Error)]
#[error("for good")]
struct Permanent;

#[derive(Debug, thiserror::Error)]
#[error("posting failed")]
struct PostError(#[source] Permanent);

#[derive(Clone, Copy, Debug, thiserror::Error)]
enum ApiError {
    #[error("not found")]
    NotFound,
    #[error("busy")]
    Busy,
}

#[derive(Debug, thiserror::Error)]
#[error("cannot fetch")]
struct FetchError(#[from] ApiError);

#[test]
fn for_a_type() {
    #[retry_on(_, unless = Permanent, delay = "0ms")]
    fn post(calls: &mut u32) -> Result<(), Boxed> {
        *calls += 1;
        Err(PostError(Permanent))?
    }

    #[retry_on(_, unless = Permanent, delay = "0ms")]
    fn post_with_context(calls: &mut u32) -> anyhow::Result<()> {
        *calls += 1;
        Err(anyhow::Error::new(PostError(Permanent)).context("at the second page"))
    }

    let mut calls = [0; 2];
    post(&mut calls[0]).unwrap_err();
    post_with_context(&mut calls[1]).unwrap_err();
    assert_eq!(calls, [1; 2]);
}

#[test]
fn for_a_variant() {
    #[retry_on(ApiError, unless = ApiError::NotFound, delay = "0ms")]
    fn fetch(calls: &mut u32, error: ApiError) -> Result<(), FetchError> {
        *calls += 1;
        Err(error)?
    }

    let mut calls = [0; 2];
    fetch(&mut calls[0], ApiError::NotFound).unwrap_err();
    fetch(&mut calls[1], ApiError::Busy).unwrap_err();
    assert_eq!(calls, [1, 3]);
}

#[test]
fn for_a_closure_that_names_its_type() {
    #[retry_on(_, unless = |_: &Permanent| true, delay = "0ms")]
    fn post(calls: &mut u32) -> anyhow::Result<()> {
        *calls += 1;
        Err(PostError(Permanent))?
    }

    let mut calls = 0;
    post(&mut calls).unwrap_err();
    assert_eq!(calls, 1);
}
