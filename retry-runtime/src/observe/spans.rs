//! A span for each call, and in it one for each attempt, where a function says so.
//!
//! The fields are those that the exporters of OpenTelemetry know: `otel.name`, `error.type` and
//! `otel.status_code`. An attempt that fails is an error; a call is one where it ends with one.

#[cfg(feature = "tracing")]
pub use opened::Spans;
#[cfg(not(feature = "tracing"))]
pub use unopened::Spans;

#[cfg(feature = "tracing")]
mod opened {
    use core::pin::Pin;
    use core::task::{Context, Poll};

    use pin_project_lite::pin_project;
    use tracing::field::Empty;
    use tracing::{Span, info_span};

    use crate::call::{Call, Ended, Terms};
    use crate::observe::Failure;
    use crate::site::Site;

    /// The open spans of a call; none where nobody wants them.
    #[derive(Debug)]
    pub struct Spans(Option<Box<Open>>);

    #[derive(Debug)]
    struct Open {
        call: Span,
        attempt: Span,
    }

    impl Spans {
        /// Opens the span of a call.
        #[must_use]
        pub fn of(site: &'static Site, terms: &Terms<'_>) -> Self {
            Self(terms.policy(site).span.then(|| {
                let call = info_span!(
                    target: "retry_runtime",
                    "call",
                    otel.name = site.name,
                    site = site.name,
                    error.type = Empty,
                    otel.status_code = Empty,
                );
                Box::new(Open { call, attempt: Span::none() })
            }))
        }

        fn start(&mut self, call: &impl Call) -> Option<Span> {
            let open = self.0.as_mut()?;
            let attempt = call.progress().attempt;
            open.attempt = info_span!(
                target: "retry_runtime",
                parent: &open.call,
                "attempt",
                otel.name = format!("attempt {attempt}"),
                attempt,
                error.type = Empty,
                otel.status_code = Empty,
            );
            Some(open.attempt.clone())
        }

        /// An attempt of an async function, in its span.
        pub fn attempt<F>(&mut self, call: &impl Call, body: F) -> InSpan<F> {
            InSpan { span: self.start(call).map(Box::new), body }
        }

        /// An attempt of a plain function, in its span.
        pub fn run<R>(&mut self, call: &impl Call, body: impl FnOnce() -> R) -> R {
            match self.start(call) {
                Some(span) => span.in_scope(body),
                None => body(),
            }
        }

        /// What belongs to the call, but to no attempt: in the span of the call.
        pub fn within<R>(&self, tell: impl FnOnce() -> R) -> R {
            match &self.0 {
                None => tell(),
                Some(open) => open.call.in_scope(tell),
            }
        }

        /// The pause, or what follows it: perhaps the call ended in it.
        pub fn paused<E>(&self, pause: impl FnOnce() -> Option<(Ended, E)>) -> Option<(Ended, E)> {
            self.within(pause).inspect(|(ended, _)| self.gave_up(ended))
        }

        fn gave_up(&self, ended: &Ended) {
            if let Some(open) = &self.0 {
                is_error(&open.call, ended.error_type);
            }
        }

        /// The attempt succeeded.
        pub fn succeeded(&mut self, tell: impl FnOnce()) {
            if let Some(open) = &mut self.0 {
                open.attempt = Span::none();
            }
            self.within(tell);
        }

        /// The attempt failed, and perhaps the call.
        ///
        /// # Errors
        ///
        /// How the call ended.
        pub fn failed<P>(
            &mut self,
            site: &'static Site,
            failure: &Failure<'_>,
            tell: impl FnOnce() -> Result<P, Ended>,
        ) -> Result<P, Ended> {
            if let Some(open) = &mut self.0 {
                is_error(&open.attempt, failure.error_type(site));
                open.attempt = Span::none();
            }
            self.within(tell).inspect_err(|ended| self.gave_up(ended))
        }
    }

    fn is_error(span: &Span, error_type: &'static str) {
        span.record("error.type", error_type);
        span.record("otel.status_code", "ERROR");
    }

    pin_project! {
        /// An attempt that is polled in its span, where there is one; small where there is none.
        #[derive(Debug)]
        #[must_use = "futures do nothing unless polled"]
        pub struct InSpan<F> {
            span: Option<Box<Span>>,
            #[pin]
            body: F,
        }
    }

    impl<F: Future> Future for InSpan<F> {
        type Output = F::Output;

        #[inline]
        fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
            let this = self.project();
            let _entered = this.span.as_ref().map(|span| span.enter());
            this.body.poll(context)
        }
    }
}

#[cfg(not(feature = "tracing"))]
mod unopened {
    use crate::call::{Call, Ended, Terms};
    use crate::observe::Failure;
    use crate::site::Site;

    /// Without `tracing` there are no spans.
    #[derive(Debug)]
    pub struct Spans;

    impl Spans {
        /// Nothing.
        #[must_use]
        pub const fn of(_: &'static Site, _: &Terms<'_>) -> Self {
            Self
        }

        /// The attempt itself.
        pub fn attempt<F>(&mut self, _: &impl Call, body: F) -> F {
            body
        }

        /// The attempt itself.
        pub fn run<R>(&mut self, _: &impl Call, body: impl FnOnce() -> R) -> R {
            body()
        }

        /// Tells.
        pub fn within<R>(&self, tell: impl FnOnce() -> R) -> R {
            tell()
        }

        /// Pauses.
        pub fn paused<E>(&self, pause: impl FnOnce() -> Option<(Ended, E)>) -> Option<(Ended, E)> {
            pause()
        }

        /// Tells.
        pub fn succeeded(&mut self, tell: impl FnOnce()) {
            tell();
        }

        /// Tells.
        ///
        /// # Errors
        ///
        /// How the call ended.
        pub fn failed<P>(
            &mut self,
            _: &'static Site,
            _: &Failure<'_>,
            tell: impl FnOnce() -> Result<P, Ended>,
        ) -> Result<P, Ended> {
            tell()
        }
    }
}
