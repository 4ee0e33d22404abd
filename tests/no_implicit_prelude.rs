//! Generated code needs no prelude, and nothing that a user may call by the same name is in its
//! way.

#![no_implicit_prelude]

use ::core::prelude::v1::{derive, test};
use ::core::result::Result as Answer;
use ::retry_runtime::retry_on;
use ::retry_runtime::testing::Scope;

/// Named like what generated code uses, or might.
macro_rules! in_the_way {
    ($($name:ident)*) => {$(
        #[expect(dead_code, reason = "it is only in the way")]
        struct $name;
    )*};
}

in_the_way! {
    Result Ok Err Option Some None Duration Box String Vec Policy PolicyBuilder Site Failure
    Selector Jitter AsyncCall PlainCall DefaultTimer Described Coded Searched Fallible Call Look
}

#[expect(dead_code, reason = "it is only in the way")]
trait Clone {}

#[expect(dead_code, reason = "it is only in the way")]
trait Error {}

#[expect(dead_code, reason = "it is only in the way")]
trait Future {}

#[expect(dead_code, reason = "it is only in the way")]
fn drop() {}

mod std {}

mod core {}

mod alloc {}

mod retry_runtime {}

/// No macro of the standard library by this name can be reached without its path.
#[expect(unused_macros, reason = "it is only in the way")]
macro_rules! concat {
    () => {};
}

#[expect(unused_macros, reason = "it is only in the way")]
macro_rules! module_path {
    () => {};
}

#[derive(::core::clone::Clone, Copy, Debug, PartialEq)]
struct Busy;

impl ::core::fmt::Display for Busy {
    fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        formatter.write_str("busy")
    }
}

impl ::core::error::Error for Busy {}

#[derive(Debug, PartialEq)]
enum AskError {
    Busy(Busy),
    Refused { status: u16 },
}

impl ::core::convert::From<Busy> for AskError {
    fn from(busy: Busy) -> Self {
        Self::Busy(busy)
    }
}

use ::core::cmp::PartialEq;
use ::core::fmt::Debug;
use ::core::marker::Copy;

/// Fails twice, then succeeds.
#[derive(::core::default::Default)]
struct Operation(::core::cell::Cell<u32>);

impl Operation {
    fn run(&self) -> Answer<(), Busy> {
        self.0.set(self.0.get() + 1);
        if self.0.get() < 3 { Answer::Err(Busy) } else { Answer::Ok(()) }
    }

    async fn run_async(&self) -> Answer<(), Busy> {
        ::tokio::task::yield_now().await;
        self.run()
    }
}

/// Runs a future, whose pauses a [`Scope`] makes pass.
fn wait<F: ::core::future::Future>(future: F) -> F::Output {
    let mut future = ::core::pin::pin!(future);
    let mut context = ::core::task::Context::from_waker(::core::task::Waker::noop());
    loop {
        if let ::core::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

#[test]
fn an_async_function() {
    #[retry_on(Busy, max = 5)]
    async fn answer(operation: &Operation) -> Answer<u32, Busy> {
        operation.run_async().await?;
        Answer::Ok(42)
    }

    let _clock = Scope::new().enter();
    let operation = <Operation as ::core::default::Default>::default();
    ::std::assert_eq!(wait(answer(&operation)), Answer::Ok(42));
    ::std::assert_eq!(operation.0.get(), 3);
}

#[test]
fn a_plain_function() {
    #[retry_on(Busy, max = 5)]
    fn answer(operation: &Operation) -> Answer<u32, Busy> {
        operation.run()?;
        Answer::Ok(42)
    }

    let _clock = Scope::new().enter();
    let operation = <Operation as ::core::default::Default>::default();
    ::std::assert_eq!(answer(&operation), Answer::Ok(42));
    ::std::assert_eq!(operation.0.get(), 3);
}

#[test]
fn functions_in_spans() {
    #[retry_on(Busy, max = 5, span = true, on_retry = |_| (), on_give_up = |_| ())]
    async fn answer(operation: &Operation) -> Answer<(), Busy> {
        operation.run_async().await
    }

    #[retry_on(Busy, max = 5, span = true, on_retry = |_| (), on_give_up = |_| ())]
    fn answer_plain(operation: &Operation) -> Answer<(), Busy> {
        operation.run()
    }

    let _clock = Scope::new().enter();
    let operation = <Operation as ::core::default::Default>::default();
    ::std::assert_eq!(wait(answer(&operation)), Answer::Ok(()));
    let operation = <Operation as ::core::default::Default>::default();
    ::std::assert_eq!(answer_plain(&operation), Answer::Ok(()));
}

#[test]
fn an_async_function_with_selectors_and_settings_of_all_kinds() {
    #[retry_on(
        AskError::Refused { status: 500..=599 } | AskError::Refused { status: 429 },
        AskError::Refused { status } if *status == 408,
        error: AskError if *error == AskError::Busy(Busy),
        when = |error| *error == AskError::Busy(Busy),
        unless = |error| *error == AskError::Refused { status: 404 },
        max = 5,
        delay = "10ms",
        factor = 3,
        max_delay = "25ms",
        jitter = none,
        clone(consumed)
    )]
    async fn answer(
        consumed: ::std::string::String,
        mut changed: ::std::string::String,
        operation: &Operation,
    ) -> Answer<::std::string::String, AskError> {
        let consumed: ::std::string::String = consumed;
        changed.push_str(&consumed);
        operation.run_async().await?;
        Answer::Ok(changed)
    }

    let clock = Scope::new().enter();
    let operation = <Operation as ::core::default::Default>::default();
    let text = |text: &str| <::std::string::String as ::core::convert::From<_>>::from(text);
    let answer = wait(answer(text("b"), text("a"), &operation));
    ::std::assert_eq!(answer, Answer::Ok(text("ab")));
    ::std::assert_eq!(operation.0.get(), 3);
    ::std::assert_eq!(clock.pauses(), [10, 25].map(::core::time::Duration::from_millis));
}

#[test]
fn a_plain_function_with_selectors_and_settings_of_all_kinds() {
    #[retry_on(
        AskError::Refused { status: 500..=599 } | AskError::Refused { status: 429 },
        AskError::Refused { status } if *status == 408,
        error: AskError if *error == AskError::Busy(Busy),
        when = |error| *error == AskError::Busy(Busy),
        unless = |error| *error == AskError::Refused { status: 404 },
        max = 5,
        delay = "10ms",
        factor = 3,
        max_delay = "25ms",
        jitter = none,
        clone(consumed)
    )]
    fn answer(
        consumed: ::std::string::String,
        mut changed: ::std::string::String,
        operation: &Operation,
    ) -> Answer<::std::string::String, AskError> {
        let consumed: ::std::string::String = consumed;
        changed.push_str(&consumed);
        operation.run()?;
        Answer::Ok(changed)
    }

    let clock = Scope::new().enter();
    let operation = <Operation as ::core::default::Default>::default();
    let text = |text: &str| <::std::string::String as ::core::convert::From<_>>::from(text);
    let answer = answer(text("b"), text("a"), &operation);
    ::std::assert_eq!(answer, Answer::Ok(text("ab")));
    ::std::assert_eq!(operation.0.get(), 3);
    ::std::assert_eq!(clock.pauses(), [10, 25].map(::core::time::Duration::from_millis));
}

#[test]
fn a_future_in_a_box() {
    #[retry_on(Busy, max = 5)]
    fn answer(
        operation: &Operation,
    ) -> ::core::pin::Pin<
        ::std::boxed::Box<dyn ::core::future::Future<Output = Answer<u32, Busy>> + '_>,
    > {
        ::std::boxed::Box::pin(async move {
            operation.run_async().await?;
            Answer::Ok(42)
        })
    }

    let _clock = Scope::new().enter();
    let operation = <Operation as ::core::default::Default>::default();
    ::std::assert_eq!(wait(answer(&operation)), Answer::Ok(42));
    ::std::assert_eq!(operation.0.get(), 3);
}
