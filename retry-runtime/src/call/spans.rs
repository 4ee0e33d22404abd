//! A span for each call, and in it one for each attempt, where a function says so.
//!
//! The fields are those that the exporters of OpenTelemetry know: `otel.name`, `error.type` and
//! `otel.status_code`. An attempt that fails is an error; a call is one where it ends with one.

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

    /// The open spans of a call; none where nobody wants them.
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
            // Looked up only where somebody listens.
            let name = LazyCell::new(|| at.site().name);
            let call = info_span!(
                target: "retry_runtime",
                "call",
                otel.name = *name,
                site = *name,
                error.type = Empty,
                otel.status_code = Empty,
            );
            // A disabled span that is not none is written down by the feature `log`.
            let open = || Box::new(Open { call: call.clone(), attempt: Span::none(), started: 0 });
            Self((!call.is_none()).then(open))
        }

        /// What happens in the span of the call and in none of its attempts.
        pub fn within<R>(&self, tell: impl FnOnce() -> R) -> R {
            match &self.0 {
                None => tell(),
                Some(open) => open.call.in_scope(tell),
            }
        }

        /// An attempt of an async function, in its span.
        pub fn attempt<F>(&mut self, body: F) -> InSpan<F> {
            let span = self.0.as_mut().map(|open| Box::new(open.start()));
            InSpan { body, span: Held(span) }
        }

        /// The call ended in a pause.
        pub fn failed(&self, ended: &Ended) {
            if let Some(open) = &self.0 {
                is_error(&open.call, ended.facts.error_type);
            }
        }

        /// An attempt of a plain function, in its span.
        pub fn run<R>(&mut self, body: impl FnOnce() -> R) -> R {
            match &mut self.0 {
                Some(open) => open.start().in_scope(body),
                None => body(),
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
        pub fn ended<C: Call>(
            &mut self,
            call: &mut C,
            tell: impl FnOnce(&mut C) -> Option<Ended>,
        ) -> Option<Ended> {
            let Some(open) = &mut self.0 else { return tell(call) };
            let ended = open.call.in_scope(|| tell(call));
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
            self.attempt = info_span!(
                target: "retry_runtime",
                parent: &self.call,
                "attempt",
                otel.name = format!("attempt {attempt}"),
                attempt,
                error.type = Empty,
                otel.status_code = Empty,
            );
            self.attempt.clone()
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
mod twin {
    use crate::call::Call;
    use crate::call::failing::Ended;
    use crate::call::terms::CallContext;

    /// Without `tracing` there are no spans.
    #[derive(Debug)]
    pub struct Spans;

    impl Spans {
        /// Nothing.
        #[must_use]
        pub fn of(_: impl CallContext) -> Self {
            Self
        }

        /// Tells.
        pub fn within<R>(&self, tell: impl FnOnce() -> R) -> R {
            tell()
        }

        /// The attempt itself.
        pub fn attempt<F>(&mut self, body: F) -> F {
            body
        }

        /// Nothing.
        pub const fn failed(&self, _: &Ended) {}

        /// The attempt itself.
        pub fn run<R>(&mut self, body: impl FnOnce() -> R) -> R {
            body()
        }

        /// Tells.
        pub fn succeeded(&mut self, tell: impl FnOnce()) {
            tell();
        }

        /// Tells.
        pub fn ended<C: Call>(
            &mut self,
            call: &mut C,
            tell: impl FnOnce(&mut C) -> Option<Ended>,
        ) -> Option<Ended> {
            tell(call)
        }
    }
}
