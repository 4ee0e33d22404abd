//! Opens a span for each call, and in it a span for each attempt, where spans are enabled (key `span`).
//!
//! The fields are those that OpenTelemetry exporters know: `otel.name`, `error.type` and
//! `otel.status_code`. The span of a failed attempt has the status ERROR, and so does the span of a
//! call that ends with an error.

pub use twin::Spans;

#[cfg(feature = "tracing")]
mod twin {
    use core::cell::LazyCell;
    use core::pin::Pin;
    use core::task::{Context, Poll};

    use pin_project_lite::pin_project;
    use tracing::field::Empty;
    use tracing::{Span, info_span};

    use crate::call::Call;
    use crate::call::failing::Ended;
    use crate::call::terms::CallContext;
    use crate::call::terms::Terms;
    use crate::observe::guard::{Receiver, tell};

    /// The open spans of a call, if it has any.
    #[derive(Debug)]
    pub struct Spans(Option<Box<Open>>);

    #[derive(Debug)]
    struct Open {
        call: Span,
        attempt: Span,
        /// How many attempts have started.
        started: u32,
    }

    impl Spans {
        /// Opens the span of a call.
        #[must_use]
        #[inline]
        pub fn of(at: impl CallContext) -> Self {
            if Terms::has_spans(&at) { Self::open(at) } else { Self(None) }
        }

        #[inline(never)]
        fn open(at: impl CallContext) -> Self {
            // Looked up only if a subscriber records the span.
            let name = LazyCell::new(|| at.site().name());
            let call = tell(Receiver::Subscriber, || {
                info_span!(
                    target: "retry_runtime",
                    "call",
                    otel.name = *name,
                    site = *name,
                    error.type = Empty,
                    otel.status_code = Empty,
                )
            });
            let call = call.unwrap_or_else(Span::none);
            // With tracing's feature `log`, a span that no subscriber wants is disabled, but not none.
            let open = || Box::new(Open { call: call.clone(), attempt: Span::none(), started: 0 });
            Self((!call.is_disabled()).then(open))
        }

        /// Runs `report` in the span of the call, outside of the spans of its attempts.
        pub fn within<R>(&self, report: impl FnOnce() -> R) -> R {
            match &self.0 {
                None => report(),
                Some(open) => open.call.in_scope(report),
            }
        }

        /// Wraps an attempt of an async function in its span.
        pub fn attempt<F>(&mut self, body: F) -> InSpan<F> {
            let span = self.0.as_mut().map(|open| Box::new(open.start()));
            InSpan { body, span: ExitOnDrop(span) }
        }

        /// Records that the call ended during a pause.
        pub fn failed(&self, ended: &Ended) {
            if let Some(open) = &self.0 {
                is_error(&open.call, ended.facts.error_type);
            }
        }

        /// Runs an attempt of a plain function in its span.
        pub fn run<R>(&mut self, body: impl FnOnce() -> R) -> R {
            match &mut self.0 {
                Some(open) => open.start().in_scope(body),
                None => body(),
            }
        }

        /// Closes the span of a successful attempt, then runs `report` in the span of the call.
        pub fn succeeded(&mut self, report: impl FnOnce()) {
            if let Some(open) = &mut self.0 {
                open.attempt = Span::none();
            }
            self.within(report);
        }

        /// Runs `report` after a failed attempt, and records the error in the span of the attempt. If
        /// the call ended, records it in the span of the call too.
        pub fn ended<C: Call>(
            &mut self,
            call: &mut C,
            report: impl FnOnce(&mut C) -> Option<Ended>,
        ) -> Option<Ended> {
            let Some(open) = &mut self.0 else { return report(call) };
            let ended = open.call.in_scope(|| report(call));
            let of_retry = || call.progress().error_type.unwrap_or("_OTHER");
            let error_type = ended.as_ref().map_or_else(of_retry, |ended| ended.facts.error_type);
            is_error(&open.attempt, error_type);
            if ended.is_some() {
                is_error(&open.call, error_type);
            }
            open.attempt = Span::none();
            ended
        }
    }

    impl Open {
        fn start(&mut self) -> Span {
            self.started += 1;
            let attempt = self.started;
            let span = tell(Receiver::Subscriber, || {
                info_span!(
                    target: "retry_runtime",
                    parent: &self.call,
                    "attempt",
                    otel.name = format!("attempt {attempt}"),
                    attempt,
                    error.type = Empty,
                    otel.status_code = Empty,
                )
            });
            self.attempt = span.unwrap_or_else(Span::none);
            self.attempt.clone()
        }
    }

    fn is_error(span: &Span, error_type: &'static str) {
        span.record("error.type", error_type);
        span.record("otel.status_code", "ERROR");
    }

    pin_project! {
        /// An attempt that is polled and dropped in its span, if it has one. It is one pointer larger
        /// than its body.
        #[derive(Debug)]
        #[must_use = "futures do nothing unless polled"]
        pub struct InSpan<F> {
            #[pin]
            body: F,
            // Dropped after the body, so that the body is dropped inside the span.
            span: ExitOnDrop,
        }

        impl<F> PinnedDrop for InSpan<F> {
            fn drop(this: Pin<&mut Self>) {
                this.project().span.enter_to_drop();
            }
        }
    }

    /// The span of an attempt, exited when this value is dropped. The alternative, an `Option` around
    /// the body that is emptied inside the span, would add a word to every future.
    #[derive(Debug)]
    struct ExitOnDrop(Option<Box<Span>>);

    impl ExitOnDrop {
        /// Enters the span; the drop that follows exits it.
        fn enter_to_drop(&self) {
            if let Some(span) = &self.0 {
                span.with_subscriber(|(id, subscriber)| subscriber.enter(id));
            }
        }
    }

    impl Drop for ExitOnDrop {
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
#[expect(missing_docs, reason = "not API")]
mod twin {
    use crate::call::Call;
    use crate::call::failing::Ended;
    use crate::call::terms::CallContext;

    /// Without the feature `tracing` there are no spans.
    #[derive(Debug)]
    pub struct Spans;

    impl Spans {
        #[must_use]
        pub fn of(_: impl CallContext) -> Self {
            Self
        }

        pub fn within<R>(&self, report: impl FnOnce() -> R) -> R {
            report()
        }

        pub fn attempt<F>(&mut self, body: F) -> F {
            body
        }

        pub const fn failed(&self, _: &Ended) {}

        pub fn run<R>(&mut self, body: impl FnOnce() -> R) -> R {
            body()
        }

        pub fn succeeded(&mut self, report: impl FnOnce()) {
            report();
        }

        pub fn ended<C: Call>(
            &mut self,
            call: &mut C,
            report: impl FnOnce(&mut C) -> Option<Ended>,
        ) -> Option<Ended> {
            report(call)
        }
    }
}
