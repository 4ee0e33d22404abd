//! Where a selector finds its error: in the error itself, and in every link of its chain.

use std::cell::Cell;
use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::io;
use std::rc::Rc;
use std::sync::Arc;

use retry_tests::{Busy, Service, retried};

type Sendable = dyn Error + Send + Sync;

const BUSY: Busy = Busy { call: 1 };

/// What a caller adds to an error.
#[derive(Debug, thiserror::Error)]
#[error("while reading page {page}")]
struct Reading {
    page: u32,
}

/// An error and the one that caused it.
#[derive(Debug, thiserror::Error)]
#[error("backup failed")]
struct Failed<E: Error + 'static> {
    source: E,
}

/// The same for any cause.
#[derive(Debug, thiserror::Error)]
#[error("backup failed")]
struct Boxed {
    source: Box<dyn Error>,
}

/// The variants of a generic error, without its generic arguments: those are the function's.
mod in_generic_errors {
    use super::*;

    mod api {
        #[derive(Debug, thiserror::Error)]
        pub(super) enum CallError<E, R = u8> {
            #[error("busy")]
            Busy { raw: R },
            #[error(transparent)]
            Cause(E),
        }
    }

    use api::CallError;

    #[test]
    fn by_a_variant() {
        assert!(retried!([CallError::Busy], CallError<Busy>, CallError::Busy { raw: 1 }));
        assert!(!retried!([CallError::Busy], CallError<Busy>, CallError::Cause(BUSY)));
        assert!(
            retried!([api::CallError::Busy], api::CallError<Busy, u64>, CallError::Busy { raw: 1 })
        );
    }

    #[test]
    fn by_a_pattern() {
        assert!(retried!(
            [CallError::Busy { raw: 1 }],
            CallError<Busy>,
            CallError::Busy { raw: 1 }
        ));
        assert!(!retried!(
            [CallError::Busy { raw: 1 }],
            CallError<Busy>,
            CallError::Busy { raw: 2 }
        ));
        assert!(retried!(
            [CallError::Busy { raw } | CallError::Cause(Busy { call: raw }) if *raw > 1],
            CallError<Busy, u32>,
            CallError::Cause(Busy { call: 2 })
        ));
    }

    #[test]
    fn behind_a_pointer() {
        assert!(retried!(
            [CallError::Busy],
            Box<CallError<Busy>>,
            CallError::Busy { raw: 1 }.into()
        ));
        assert!(retried!(
            [CallError::Cause(_)],
            Arc<CallError<Busy>>,
            CallError::Cause(BUSY).into()
        ));
    }

    #[test]
    fn of_other_arguments_by_naming_them() {
        let error = || CallError::<Busy>::Busy { raw: 1 };
        assert!(!retried!([CallError::<Busy, u32>::Busy { .. }], CallError<Busy>, error()));
        assert!(retried!([CallError::<Busy, u8>::Busy { .. }], CallError<Busy>, error()));
    }

    /// What the return type says is not taken for more than it is.
    #[test]
    fn where_something_else_tells_the_arguments() {
        #[derive(Debug, thiserror::Error)]
        #[error("one of two")]
        struct Two<A, B>(A, B);

        #[derive(Debug, Clone, Copy)]
        enum Plain<T> {
            Full,
            Other(T),
        }

        #[derive(Debug, thiserror::Error)]
        enum Call<E> {
            #[error(transparent)]
            Cause(E),
        }

        type Reply<E, T> = Result<T, E>;
        type Nested = CallError<CallError<Busy>>;

        #[retry_runtime::retry_on(Plain::Full, max = 2, delay = "0ms")]
        fn opaque(calls: &Cell<u32>) -> Result<(), Plain<impl Debug + use<>>> {
            calls.set(calls.get() + 1);
            let [full, _] = [Plain::Full, Plain::Other(1)];
            Err(full)
        }

        #[retry_runtime::retry_on(Call::Cause(Busy { .. }), max = 2, delay = "0ms")]
        fn aliased(calls: &Cell<u32>) -> Reply<Call<Busy>, Call<u8>> {
            calls.set(calls.get() + 1);
            Err(Call::Cause(BUSY))
        }

        #[retry_runtime::retry_on(Call::Cause(Busy { .. }), max = 2, delay = "0ms")]
        fn one_of_two(calls: &Cell<u32>) -> Result<(), Two<Call<Reading>, Call<Busy>>> {
            calls.set(calls.get() + 1);
            let reading = Call::Cause(Reading { page: 1 });
            Err(Two(reading, Call::Cause(BUSY)))
        }

        #[retry_runtime::retry_on(
            CallError::Busy { .. } | Nested::Cause(_) if true, max = 2, delay = "0ms"
        )]
        fn alternatives(calls: &Cell<u32>) -> Result<(), CallError<Busy>> {
            calls.set(calls.get() + 1);
            Err(CallError::Cause(BUSY))
        }

        let count = |call: &dyn Fn(&Cell<u32>)| {
            let calls = Cell::new(0);
            call(&calls);
            calls.get()
        };
        assert_eq!(count(&|calls| assert!(opaque(calls).is_err())), 2);
        assert_eq!(count(&|calls| assert!(aliased(calls).is_err())), 2);
        // Neither is in the chain.
        assert_eq!(count(&|calls| assert!(one_of_two(calls).is_err())), 1);
        assert_eq!(count(&|calls| assert!(alternatives(calls).is_err())), 1);
    }

    #[test]
    fn in_a_generic_function() {
        #[retry_runtime::retry_on(CallError::Busy, max = 2, delay = "0ms")]
        fn call<E: Error + 'static>(error: &dyn Fn() -> CallError<E>) -> Result<(), CallError<E>> {
            Err(error())
        }

        let calls = Cell::new(0);
        let busy = || {
            calls.set(calls.get() + 1);
            CallError::<Busy>::Busy { raw: 1 }
        };
        assert!(call(&busy).is_err());
        assert_eq!(calls.get(), 2);
    }
}

mod in_errors_of_thiserror {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum BackupError {
        #[error("no disk")]
        Io(#[from] io::Error),
        #[error("the service refused")]
        Busy(#[from] Busy),
        #[error("page {page}")]
        Page { page: u32, source: Box<BackupError> },
        #[error(transparent)]
        Transparent(Reading),
    }

    fn deep() -> BackupError {
        let busy = BackupError::from(BUSY);
        BackupError::Page {
            page: 2,
            source: BackupError::Page { page: 1, source: busy.into() }.into(),
        }
    }

    #[test]
    fn a_source_is_found() {
        assert!(retried!([Busy], BackupError, BUSY.into()));
        assert!(retried!([io::Error], BackupError, io::Error::other("full").into()));
        assert!(!retried!([fmt::Error], BackupError, BUSY.into()));
        assert!(!retried!([Busy], BackupError, io::Error::other("full").into()));
    }

    #[test]
    fn so_is_a_source_of_a_source() {
        assert!(retried!([Busy], BackupError, deep()));
        assert!(retried!([BackupError::Busy], BackupError, deep()));
        assert!(!retried!([BackupError::Io], BackupError, deep()));
    }

    #[test]
    fn a_guard_false_for_one_link_can_be_true_for_a_deeper_one() {
        assert!(retried!([BackupError::Page { page: 1, .. }], BackupError, deep()));
        assert!(retried!([BackupError::Page { page, .. } if *page == 1], BackupError, deep()));
        assert!(!retried!([BackupError::Page { page, .. } if *page == 3], BackupError, deep()));
    }

    /// It is not a link of the chain: `transparent` forwards `source()` to what it wraps.
    #[test]
    fn what_a_transparent_variant_wraps_is_found_by_the_variant() {
        assert!(retried!(
            [BackupError::Transparent],
            BackupError,
            BackupError::Transparent(Reading { page: 1 })
        ));
        assert!(!retried!([Reading], BackupError, BackupError::Transparent(Reading { page: 1 })));
    }
}

mod in_boxes_and_shared_pointers {
    use super::*;

    fn failed() -> Failed<Busy> {
        Failed { source: BUSY }
    }

    #[test]
    fn of_any_error() {
        assert!(retried!([Busy], Box<dyn Error>, BUSY.into()));
        assert!(retried!([Busy], Box<dyn Error + Send>, Box::new(BUSY)));
        assert!(retried!([Busy], Box<Sendable>, BUSY.into()));
        assert!(retried!([Busy], Arc<dyn Error>, Arc::new(BUSY)));
        assert!(retried!([Busy], Arc<Sendable>, Arc::new(BUSY)));
        assert!(retried!([Busy], Rc<dyn Error>, Rc::new(BUSY)));
        assert!(!retried!([Busy], Box<dyn Error>, fmt::Error.into()));
        assert!(!retried!([Busy], Box<Sendable>, "busy".into()));
        assert!(!retried!([Busy], Arc<Sendable>, Arc::new(fmt::Error)));
    }

    #[test]
    fn of_any_error_with_a_chain() {
        assert!(retried!([Busy], Box<dyn Error>, failed().into()));
        assert!(retried!([Busy], Box<Sendable>, failed().into()));
        assert!(retried!([Busy], Arc<Sendable>, Arc::new(failed())));
        assert!(retried!([Busy], Rc<dyn Error>, Rc::new(failed())));
    }

    #[test]
    fn of_a_known_error() {
        assert!(retried!([Busy], Box<Busy>, BUSY.into()));
        assert!(retried!([Busy], Arc<Busy>, BUSY.into()));
        assert!(retried!([Busy { call: 1 }], Arc<Busy>, BUSY.into()));
        assert!(retried!([Busy], Box<Failed<Busy>>, failed().into()));
        assert!(retried!([Busy], Arc<Failed<Busy>>, failed().into()));
        assert!(!retried!([Busy { call: 2 }], Arc<Busy>, BUSY.into()));
    }

    #[test]
    fn as_links_of_a_chain() {
        assert!(retried!([Busy], Failed<Box<Busy>>, Failed { source: BUSY.into() }));
        assert!(retried!([Busy], Failed<Arc<Busy>>, Failed { source: BUSY.into() }));
        assert!(retried!([Busy], Boxed, Boxed { source: BUSY.into() }));
        assert!(retried!([Busy], Boxed, Boxed { source: failed().into() }));
        assert!(retried!([Busy], Failed<Arc<Sendable>>, Failed { source: Arc::new(BUSY) }));
        assert!(retried!([Busy], Failed<Arc<dyn Error>>, Failed { source: Arc::new(BUSY) }));
        assert!(retried!([Busy], Failed<Arc<Failed<Busy>>>, Failed { source: failed().into() }));
        assert!(!retried!([Busy], Failed<Arc<Sendable>>, Failed { source: Arc::new(fmt::Error) }));
    }
}

mod in_io_errors {
    use super::*;

    /// Whose `source()` passes by what they wrap.
    #[test]
    fn what_they_wrap_is_found() {
        assert!(retried!([Busy], io::Error, io::Error::other(BUSY)));
        assert!(retried!([Busy], io::Error, io::Error::other(io::Error::other(BUSY))));
        assert!(retried!([Busy], Failed<io::Error>, Failed { source: io::Error::other(BUSY) }));
        assert!(retried!([Busy], Box<dyn Error>, io::Error::other(BUSY).into()));
        assert!(retried!([Busy], Arc<io::Error>, io::Error::other(BUSY).into()));
        assert!(retried!([Busy], io::Error, io::Error::other(Failed { source: BUSY })));
        assert!(!retried!([Busy], io::Error, io::Error::other("busy")));
        assert!(!retried!([Busy], io::Error, io::ErrorKind::TimedOut.into()));
    }

    #[test]
    fn so_are_they() {
        fn is_late(error: &io::Error) -> bool {
            error.kind() == io::ErrorKind::TimedOut
        }

        let late = || io::Error::from(io::ErrorKind::TimedOut);
        assert!(retried!([io::Error], io::Error, late()));
        assert!(retried!([e: io::Error if is_late(e)], io::Error, late()));
        assert!(
            retried!([e: io::Error if is_late(e)], Failed<io::Error>, Failed { source: late() })
        );
        assert!(!retried!([e: io::Error if is_late(e)], io::Error, io::Error::other("full")));
    }
}

/// The same for both: a report with a plain text as context, or with an error as context.
macro_rules! reports {
    ($reports:ident, $Report:ty, $context:ident) => {
        mod $reports {
            use super::*;

            fn report(error: impl Error + Send + Sync + 'static) -> $Report {
                <$Report>::new(error)
            }

            #[test]
            fn the_error_is_found() {
                assert!(retried!([Busy], $Report, report(BUSY)));
                assert!(retried!([Busy { call: 1 }], $Report, report(BUSY)));
                assert!(!retried!([Busy { call: 2 }], $Report, report(BUSY)));
                assert!(!retried!([Busy], $Report, report(fmt::Error)));
            }

            #[test]
            fn so_is_one_in_its_chain() {
                assert!(retried!([Busy], $Report, report(Failed { source: BUSY })));
                assert!(retried!([Busy], $Report, report(io::Error::other(BUSY))));
                assert!(retried!([Busy], $Report, report(Failed { source: Arc::new(BUSY) })));
                assert!(!retried!([Busy], $Report, report(Failed { source: fmt::Error })));
            }

            #[test]
            fn so_is_one_below_a_context() {
                assert!(retried!([Busy], $Report, report(BUSY).$context("reading")));
                assert!(retried!(
                    [Busy],
                    $Report,
                    report(BUSY).$context("reading").$context("backup")
                ));
                assert!(retried!([Busy], $Report, report(BUSY).$context(Reading { page: 1 })));
                assert!(retried!(
                    [Busy],
                    $Report,
                    report(Failed { source: BUSY }).$context("reading")
                ));
                assert!(!retried!([Busy], $Report, report(fmt::Error).$context("reading")));
            }

            #[test]
            fn so_is_a_context_that_is_an_error() {
                let reading = || report(BUSY).$context(Reading { page: 1 });
                assert!(retried!([Reading], $Report, reading()));
                assert!(retried!([Reading { page: 1 }], $Report, reading().$context("backup")));
                assert!(!retried!([Reading { page: 2 }], $Report, reading()));
                assert!(!retried!([Reading], $Report, report(BUSY).$context("reading")));
            }

            #[test]
            fn a_report_in_a_box_is_searched_too() {
                let reading = || report(BUSY).$context("reading");
                assert!(retried!([Busy], Box<Sendable>, reading().into()));
                assert!(retried!([Busy], Boxed, Boxed { source: reading().into() }));
            }

            /// Only a report itself can be asked for contexts, and only for the outermost of each
            /// type: as a link of a chain, a context is of a type that its crate keeps private.
            #[test]
            fn a_hidden_context_is_not_found() {
                let reading = |page| report(BUSY).$context(Reading { page });
                let both = || reading(1).$context(Reading { page: 2 });
                assert!(retried!([Reading { page: 2 }], $Report, both()));
                assert!(!retried!([Reading { page: 1 }], $Report, both()));
                assert!(!retried!([Reading], Boxed, Boxed { source: reading(1).into() }));
            }
        }
    };
}

reports!(in_anyhow, anyhow::Error, context);
reports!(in_eyre, eyre::Report, wrap_err);

/// Anything can be an error. One without `std::error::Error` has no chain, and is searched itself.
mod in_what_is_no_error {
    use super::*;

    #[derive(Clone, Copy)]
    enum Status {
        Busy,
        Http(u16),
    }

    #[test]
    fn the_type_itself_is_found() {
        assert!(retried!([Status], Status, Status::Busy));
        assert!(retried!([String], String, "busy".to_owned()));
    }

    #[test]
    fn so_are_its_patterns() {
        assert!(retried!([Status::Busy], Status, Status::Busy));
        assert!(retried!([Status::Http(500..)], Status, Status::Http(503)));
        assert!(retried!([status: Status if matches!(status, Status::Busy)], Status, Status::Busy));
        assert!(!retried!([Status::Http(500..)], Status, Status::Http(404)));
        assert!(!retried!([Status::Http], Status, Status::Busy));
    }
}

mod in_generic_functions {
    use retry_runtime::retry_on;
    use retry_runtime::testing::Scope;

    use super::*;

    #[retry_on(Busy, max = 2)]
    fn fetch<E: Error + 'static>(service: &Service, error: fn() -> E) -> Result<(), E> {
        service.count_call();
        Err(error())
    }

    #[retry_on(E, max = 2)]
    async fn fetch_any<E>(service: &Service, error: fn() -> E) -> Result<(), E>
    where
        E: Error + Send + 'static,
    {
        service.count_call();
        Err(error())
    }

    #[test]
    fn each_error_is_searched_for_what_it_is() {
        let _clock = Scope::new().enter();
        let services = [Service::down(), Service::down(), Service::down()];
        fetch(&services[0], || BUSY).unwrap_err();
        fetch(&services[1], || Failed { source: BUSY }).unwrap_err();
        fetch(&services[2], || fmt::Error).unwrap_err();
        assert_eq!(services.map(|service| service.calls()), [2, 2, 1]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_error_parameter_is_a_selector() {
        let service = Service::down();
        fetch_any(&service, || fmt::Error).await.unwrap_err();
        assert_eq!(service.calls(), 2);
    }
}

/// And so does writing the text of such an error to the log.
mod a_search_ends {
    use super::*;

    /// Is its own source.
    #[derive(Debug)]
    struct Circle;

    impl Display for Circle {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("circle")
        }
    }

    impl Error for Circle {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(self)
        }
    }

    #[derive(Debug, thiserror::Error)]
    #[error("link {number}")]
    struct Link {
        number: u32,
        source: Option<Box<Link>>,
    }

    fn chain_of(links: u32) -> Link {
        let last = Link { number: links, source: None };
        (1..links).rev().fold(last, |link, number| Link { number, source: Some(link.into()) })
    }

    #[test]
    fn in_a_circle() {
        let _recorder = retry_tests::Recorder::start();
        assert!(!retried!([Busy], Circle, Circle));
        assert!(retried!([Circle], Circle, Circle));
    }

    #[test]
    fn in_a_chain_of_a_thousand_links() {
        let _recorder = retry_tests::Recorder::start();
        assert!(!retried!([Busy], Link, chain_of(1000)));
        assert!(retried!([Link { number: 100, .. }], Link, chain_of(1000)));
    }
}
