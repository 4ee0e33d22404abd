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
    use core::cell::LazyCell;
    use core::pin::Pin;
    use core::task::{Context, Poll};

    use pin_project_lite::pin_project;
    use tracing::field::Empty;
    use tracing::{Span, info_span};

    use crate::call::{Call, Ended, Terms};
    use crate::observe::Failure;
    use crate::site::{Located, Site};

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
        #[inline]
        pub fn of(site: impl Located, terms: &Terms<'_>) -> Self {
            if terms.has_spans(site) { Self::open(site) } else { Self(None) }
        }

        #[inline(never)]
        fn open(site: impl Located) -> Self {
            // Looked up only where somebody listens.
            let name = LazyCell::new(|| site.site().name);
            let call = info_span!(
                target: "retry_runtime",
                "call",
                otel.name = *name,
                site = *name,
                error.type = Empty,
                otel.status_code = Empty,
            );
            // A disabled span that is not none is written down by the feature `log`.
            Self((!call.is_none()).then(|| Box::new(Open { call, attempt: Span::none() })))
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
            InSpan { body, span: Held(self.start(call).map(Box::new)) }
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
        /// An attempt that is polled and dropped in its span, where there is one; small where there
        /// is none.
        #[derive(Debug)]
        #[must_use = "futures do nothing unless polled"]
        pub struct InSpan<F> {
            #[pin]
            body: F,
            // Dropped after the body, whose drop is to happen in the span.
            span: Held,
        }

        impl<F> PinnedDrop for InSpan<F> {
            fn drop(this: Pin<&mut Self>) {
                this.project().span.enter_to_drop();
            }
        }
    }

    /// The span of an attempt, left when it is dropped: an `Option` around the body, to be emptied
    /// in the span, would be another word in every future.
    #[derive(Debug)]
    struct Held(Option<Box<Span>>);

    impl Held {
        /// Enters the span, to be left by the drop that follows.
        fn enter_to_drop(&self) {
            if let Some(span) = &self.0 {
                span.with_subscriber(|(id, subscriber)| subscriber.enter(id));
            }
        }
    }

    impl Drop for Held {
        fn drop(&mut self) {
            if let Some(span) = &self.0 {
                span.with_subscriber(|(id, subscriber)| subscriber.exit(id));
            }
        }
    }

    impl<F: Future> Future for InSpan<F> {
        type Output = F::Output;

        #[inline]
        fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
            let this = self.project();
            let _entered = this.span.0.as_ref().map(|span| span.enter());
            this.body.poll(context)
        }
    }

    #[test]
    fn an_attempt_is_one_pointer_larger_than_its_body() {
        assert_eq!(size_of::<InSpan<[usize; 4]>>(), 5 * size_of::<usize>());
    }
}

#[cfg(not(feature = "tracing"))]
mod unopened {
    use crate::call::{Call, Ended, Terms};
    use crate::observe::Failure;
    use crate::site::{Located, Site};

    /// Without `tracing` there are no spans.
    #[derive(Debug)]
    pub struct Spans;

    impl Spans {
        /// Nothing.
        #[must_use]
        pub fn of(_: impl Located, _: &Terms<'_>) -> Self {
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
