//! Generated code adds nothing that the strictest of crates would complain of.
//!
//! In edition 2021 this file is a library as well, because only there rustc looks for documentation
//! that is missing (and so for documentation that was lost).

#![deny(
    warnings,
    future_incompatible,
    keyword_idents,
    let_underscore,
    nonstandard_style,
    rust_2018_idioms,
    unused,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    meta_variable_misuse,
    missing_copy_implementations,
    missing_debug_implementations,
    missing_docs,
    non_ascii_idents,
    redundant_imports,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unnameable_types,
    unreachable_pub,
    unused_import_braces,
    unused_lifetimes,
    unused_macro_rules,
    unused_qualifications,
    unused_results,
    variant_size_differences,
    clippy::all,
    clippy::nursery,
    clippy::pedantic
)]
#![forbid(unsafe_code)]

use std::error::Error;
use std::fmt;
#[allow(redundant_imports, reason = "needed in edition 2021")]
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use retry_runtime::retry_on;

/// What a busy service says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy;

impl fmt::Display for Busy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("busy")
    }
}

impl Error for Busy {}

/// What can go wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AskError {
    /// Try again.
    Busy(Busy),
    /// Do not try again.
    Refused {
        /// Why.
        status: u16,
        /// In words.
        reason: String,
    },
}

impl From<Busy> for AskError {
    fn from(busy: Busy) -> Self {
        Self::Busy(busy)
    }
}

/// Fails twice, then succeeds.
#[derive(Debug, Default)]
pub struct Service {
    attempts: AtomicU32,
}

/// A delay that a constant names.
const DELAY: Duration = Duration::from_millis(10);

const fn is_busy(error: &AskError) -> bool {
    matches!(error, AskError::Busy(_))
}

impl Service {
    fn run(&self) -> Result<(), Busy> {
        if self.attempts.fetch_add(1, Ordering::Relaxed) < 2 { Err(Busy) } else { Ok(()) }
    }

    async fn run_async(&self) -> Result<(), Busy> {
        tokio::task::yield_now().await;
        self.run()
    }

    /// The shortest attribute.
    ///
    /// # Errors
    ///
    /// When the service stays busy.
    #[retry_on(Busy)]
    pub async fn shared(&self) -> Result<u32, Busy> {
        self.run_async().await?;
        Ok(42)
    }

    /// The shortest attribute.
    ///
    /// # Errors
    ///
    /// When the service stays busy.
    #[retry_on(Busy)]
    pub fn shared_plain(&self) -> Result<u32, Busy> {
        self.run()?;
        Ok(42)
    }

    /// A receiver and an argument that attempts change.
    ///
    /// # Errors
    ///
    /// When the service stays busy.
    #[retry_on(Busy, max = 5)]
    pub async fn exclusive(&mut self, log: &mut Vec<u32>) -> Result<usize, Busy> {
        log.push(*self.attempts.get_mut());
        self.run_async().await?;
        Ok(log.len())
    }

    /// A receiver and an argument that attempts change.
    ///
    /// # Errors
    ///
    /// When the service stays busy.
    #[retry_on(Busy, max = 5)]
    pub fn exclusive_plain(&mut self, log: &mut Vec<u32>) -> Result<usize, Busy> {
        log.push(*self.attempts.get_mut());
        self.run()?;
        Ok(log.len())
    }
}

/// Every key that an async function can have.
///
/// # Errors
///
/// When the service stays busy.
#[retry_on(
    AskError::Busy | AskError::Refused { status: 500..=599, .. },
    AskError::Refused { status, .. } if *status == 429,
    error: AskError if is_busy(error),
    when = is_busy,
    unless = |error| !is_busy(error),
    max = 5,
    delay = DELAY,
    factor = 1.5,
    max_delay = "20s",
    jitter = none,
    name = "everything",
    sleep = tokio::time::sleep,
    clone(consumed),
    crate = ::retry_runtime
)]
pub async fn everything<T: Clone + Send + Sync>(
    consumed: T,
    mut changed: Vec<T>,
    (left, mut right): (u8, u8),
    service: &Service,
) -> Result<(Vec<T>, u8), AskError> {
    changed.push(consumed);
    right += left;
    service.run_async().await?;
    Ok((changed, right))
}

/// Every key that a plain function can have.
///
/// # Errors
///
/// When the service stays busy.
#[retry_on(
    AskError::Busy | AskError::Refused { status: 500..=599, .. },
    AskError::Refused { status, .. } if *status == 429,
    error: AskError if is_busy(error),
    when = is_busy,
    unless = |error| !is_busy(error),
    max = 5,
    delay = DELAY,
    factor = 1.5,
    max_delay = "20s",
    jitter = none,
    name = "everything",
    clone(consumed),
    crate = ::retry_runtime
)]
pub fn everything_plain(
    consumed: String,
    mut changed: Vec<String>,
    (left, mut right): (u8, u8),
    service: &Service,
) -> Result<(Vec<String>, u8), AskError> {
    changed.push(consumed);
    right += left;
    service.run()?;
    Ok((changed, right))
}

/// Any error, found by its type in a box.
///
/// # Errors
///
/// When the service stays busy.
#[retry_on(Busy, max = 5)]
pub async fn boxed_error(service: &Service) -> Result<u32, Box<dyn Error + Send + Sync>> {
    service.run_async().await?;
    Ok("42".parse()?)
}

/// Any error, found by its type in a box.
///
/// # Errors
///
/// When the service stays busy.
#[retry_on(_, max = 5)]
pub fn boxed_error_plain(service: &Service) -> Result<u32, Box<dyn Error>> {
    service.run()?;
    Ok("42".parse()?)
}

/// A future that is written out.
///
/// # Errors
///
/// When the service stays busy.
#[retry_on(Busy, max = 5)]
pub fn opaque_future(service: &Service) -> impl Future<Output = Result<u32, Busy>> + Send + '_ {
    let answer = 42;
    async move {
        service.run_async().await?;
        Ok(answer)
    }
}

/// An argument that only the code before the future changes.
///
/// # Errors
///
/// When the service stays busy.
#[retry_on(Busy, max = 5)]
pub fn changed_before(
    mut items: Vec<u32>,
    service: &Service,
) -> impl Future<Output = Result<usize, Busy>> + Send + '_ {
    items.push(42);
    async move {
        service.run_async().await?;
        Ok(items.len())
    }
}

/// An argument that the code before the future changes, and each attempt again.
///
/// # Errors
///
/// When the service stays busy.
#[retry_on(Busy, max = 5)]
pub fn changed_before_and_inside(
    mut items: Vec<u32>,
    service: &Service,
) -> impl Future<Output = Result<usize, Busy>> + Send + '_ {
    items.push(42);
    async move {
        items.push(43);
        service.run_async().await?;
        Ok(items.len())
    }
}

/// A future that is written out, in a box; it calls itself.
///
/// # Errors
///
/// When the service stays busy.
#[retry_on(Busy, max = 5)]
pub fn boxed_future(
    depth: u32,
    service: &Service,
) -> Pin<Box<dyn Future<Output = Result<u32, Busy>> + Send + '_>> {
    Box::pin(async move {
        if depth > 0 {
            return Ok(1 + boxed_future(depth - 1, service).await?);
        }
        service.run_async().await?;
        Ok(0)
    })
}

/// An opaque value that borrows, and a function inside.
///
/// # Errors
///
/// When the service stays busy.
#[retry_on(Busy, max = 5)]
pub fn opaque_value_plain<'a>(
    text: &'a str,
    service: &Service,
) -> Result<impl Iterator<Item = char> + use<'a>, Busy> {
    #[retry_on(Busy, max = 5)]
    fn inner(service: &Service) -> Result<(), Busy> {
        service.run()
    }

    inner(service)?;
    Ok(text.chars().rev())
}

/// Spans around the hooks.
///
/// # Errors
///
/// When the service is busy.
#[retry_on(Busy, max = 5, span = true, on_retry = |_| (), on_give_up = |_| ())]
pub fn in_spans_plain(service: &Service) -> Result<(), Busy> {
    service.run()
}

/// Spans around the hooks.
///
/// # Errors
///
/// When the service is busy.
#[retry_on(Busy, max = 5, deadline = "1min", timeout = none, span = true, on_retry = |_| (), on_give_up = |_| ())]
pub async fn in_spans(service: &Service) -> Result<(), Busy> {
    service.run_async().await
}

/// A function whose attempts are cut.
///
/// # Errors
///
/// When the service is busy.
#[retry_on(Busy, deadline = "1min", timed_out = |_| Busy, unless = fmt::Error | std::io::Error)]
pub async fn in_time(service: &Service) -> Result<(), Busy> {
    service.run_async().await
}

/// The same with a timeout for each attempt.
///
/// # Errors
///
/// When the service is busy.
#[retry_on(Busy, timeout = "1s", timed_out = |_| Busy, throttling = |_: &Busy| true)]
pub async fn each_in_time(service: &Service) -> Result<(), Busy> {
    service.run_async().await
}

/// A policy that may have a deadline, and an error that cannot be made.
///
/// # Errors
///
/// When the service is busy.
#[retry_on(Busy, policy = &retry_runtime::Policy::DEFAULT)]
pub async fn by_policy(service: &Service) -> Result<(), Busy> {
    service.run_async().await
}

/// The same with an error that can be made.
///
/// # Errors
///
/// When the service is busy.
#[retry_on(_, policy = &retry_runtime::Policy::DEFAULT, when_ok = |()| false, unless = |_: &Busy| false)]
pub async fn by_policy_in_time(service: &Service) -> std::io::Result<()> {
    service.run_async().await.map_err(std::io::Error::other)
}

/// Methods of a trait.
pub trait Ask {
    /// What is asked.
    fn service(&self) -> &Service;

    /// A default method.
    ///
    /// # Errors
    ///
    /// When the service stays busy.
    #[retry_on(Busy, max = 5)]
    fn ask_plain(&self) -> Result<u32, Busy> {
        self.service().run()?;
        Ok(42)
    }

    /// A method that is implemented with `async fn`.
    fn ask(&self) -> impl Future<Output = Result<u32, Busy>> + Send;
}

impl Ask for Service {
    fn service(&self) -> &Service {
        self
    }

    #[retry_on(Busy, max = 5)]
    async fn ask(&self) -> Result<u32, Busy> {
        self.run_async().await?;
        Ok(42)
    }
}

/// Methods of a trait that is used as `dyn`.
#[async_trait::async_trait]
pub trait AskBoxed: Sync {
    /// A default method.
    ///
    /// # Errors
    ///
    /// When the service stays busy.
    async fn ask_boxed(&self, mut question: String) -> Result<String, Busy>;
}

#[async_trait::async_trait]
impl AskBoxed for Service {
    #[retry_on(Busy, max = 5)]
    async fn ask_boxed(&self, mut question: String) -> Result<String, Busy> {
        question += "!";
        self.run_async().await?;
        Ok(question)
    }
}

/// So large that Clippy would complain of a function that returns it; a trait's method must.
#[derive(Debug)]
pub struct Large(pub String, pub [u8; 512]);

/// What a trait dictates the signature of.
#[derive(Clone, Copy, Debug)]
pub struct Parsed(pub u8);

impl TryFrom<&str> for Parsed {
    type Error = Large;

    #[retry_on(Large)]
    fn try_from(text: &str) -> Result<Self, Large> {
        text.parse().map(Self).map_err(|_| Large(text.to_owned(), [0; 512]))
    }
}

#[cfg(test)]
mod tests {
    use retry_runtime::testing::Scope;

    use super::*;

    /// Runs once with a service of its own, which must have been asked three times.
    macro_rules! assert_asked_three_times {
        ($($service:ident => $call:expr, $expected:pat,)*) => {$(
            #[allow(unused_mut, reason = "not all calls change the service")]
            let mut $service = Service::default();
            let answer = $call;
            assert!(matches!(answer, $expected));
            assert_eq!($service.attempts.load(Ordering::Relaxed), 3);
        )*};
    }

    #[tokio::test(start_paused = true)]
    async fn async_functions_are_retried() {
        let _clock = Scope::new().enter();
        assert_asked_three_times! {
            service => service.shared().await, Ok(42),
            service => service.exclusive(&mut vec![]).await, Ok(3),
            service => boxed_error(&service).await, Ok(42),
            service => opaque_future(&service).await, Ok(42),
            service => changed_before(vec![1], &service).await, Ok(2),
            service => changed_before_and_inside(vec![1], &service).await, Ok(3),
            service => boxed_future(4, &service).await, Ok(4),
            service => service.ask().await, Ok(42),
            service => in_spans(&service).await, Ok(()),
            service => service.ask_boxed("why".into()).await.map(|text| text.len()), Ok(4),
            service => everything('c', vec!['m'], (1, 2), &service).await, Ok((_, 3)),
        }
    }

    #[test]
    fn plain_functions_are_retried() {
        let _clock = Scope::new().enter();
        assert_asked_three_times! {
            service => service.shared_plain(), Ok(42),
            service => service.exclusive_plain(&mut vec![]), Ok(3),
            service => boxed_error_plain(&service), Ok(42),
            service => opaque_value_plain("abc", &service).map(Iterator::last), Ok(Some('a')),
            service => service.ask_plain(), Ok(42),
            service => in_spans_plain(&service), Ok(()),
            service => everything_plain("c".into(), vec![], (1, 2), &service), Ok((_, 3)),
        }
    }
}
