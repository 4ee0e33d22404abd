//! Functions that `macro_rules!` writes, from fragments of every kind.

use std::future::Future;
use std::time::Duration;

use retry_runtime::retry_on;
use retry_runtime::testing::Scope;

use crate::operation::{Busy, Operation};

/// An error to select in every way.
#[derive(Debug, PartialEq, thiserror::Error)]
enum AskError {
    #[error("busy")]
    Busy(#[from] Busy),
    #[error("refused with {status}")]
    Refused { status: u16 },
}

#[tokio::test(start_paused = true)]
async fn name_types_and_body_can_be_fragments() {
    macro_rules! retried {
        (
            $(#[$attribute:meta])*
            $visibility:vis async fn $name:ident($($argument:ident: $type:ty),*) -> $output:ty
            $body:block
        ) => {
            #[retry_on(Busy, max = 5)]
            $(#[$attribute])*
            $visibility async fn $name($($argument: $type),*) -> $output $body
        };
    }

    retried! {
        /// Says hello.
        #[inline]
        pub(crate) async fn greet(name: &str, operation: &Operation) -> Result<String, Busy> {
            operation.run_async().await?;
            Ok(format!("hello {name}"))
        }
    }

    let operation = Operation::new();
    assert_eq!(greet("Ada", &operation).await.unwrap(), "hello Ada");
    assert_eq!(operation.attempts(), 3);
}

#[test]
fn name_types_and_body_can_be_fragments_plain() {
    macro_rules! retried {
        (
            $(#[$attribute:meta])*
            $visibility:vis fn $name:ident($($argument:ident: $type:ty),*) -> $output:ty
            $body:block
        ) => {
            #[retry_on(Busy, max = 5)]
            $(#[$attribute])*
            $visibility fn $name($($argument: $type),*) -> $output $body
        };
    }

    retried! {
        /// Says hello.
        #[inline]
        pub(crate) fn greet(name: &str, operation: &Operation) -> Result<String, Busy> {
            operation.run()?;
            Ok(format!("hello {name}"))
        }
    }

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(greet("Ada", &operation).unwrap(), "hello Ada");
    assert_eq!(operation.attempts(), 3);
}

/// One function for each kind of fragment, so that one test can have all of them.
macro_rules! ask {
    ($name:ident, type $selector:ty) => {
        ask! { @ $name, #[retry_on($selector, max = 5)] }
    };
    ($name:ident, path $selector:path) => {
        ask! { @ $name, #[retry_on($selector, max = 5)] }
    };
    ($name:ident, pat $selector:pat) => {
        ask! { @ $name, #[retry_on($selector, max = 5)] }
    };
    ($name:ident, expr $selector:expr) => {
        ask! { @ $name, #[retry_on($selector, max = 5)] }
    };
    ($name:ident, ident $selector:ident) => {
        ask! { @ $name, #[retry_on($selector, max = 5)] }
    };
    ($name:ident, variant $selector:ident) => {
        ask! { @ $name, #[retry_on(AskError::$selector, max = 5)] }
    };
    ($name:ident, tokens $($selector:tt)*) => {
        ask! { @ $name, #[retry_on($($selector)*, max = 5)] }
    };
    ($name:ident, when $predicate:expr) => {
        ask! { @ $name, #[retry_on(when = $predicate, max = 5)] }
    };
    ($name:ident, guard $guard:expr) => {
        ask! { @ $name, #[retry_on(error: AskError if $guard(error), max = 5)] }
    };
    (@ $name:ident, $(#[$attribute:meta])*) => {
        $(#[$attribute])*
        fn $name(operation: &Operation) -> Result<u32, AskError> {
            operation.run()?;
            Ok(42)
        }
    };
}

type Ask = fn(&Operation) -> Result<u32, AskError>;

/// Asks each of the functions once, with an operation of its own.
fn assert_all_retried(functions: &[Ask]) {
    let _clock = Scope::new().enter();
    for ask in functions {
        let operation = Operation::new();
        assert_eq!(ask(&operation), Ok(42));
        assert_eq!(operation.attempts(), 3);
    }
}

#[test]
fn a_selector_can_be_a_type_fragment_plain() {
    ask!(of_type, type Busy);
    ask!(of_long_type, type super::operation::Busy);
    assert_all_retried(&[of_type, of_long_type]);
}

#[test]
fn a_selector_can_be_a_path_fragment_plain() {
    ask!(of_path, path Busy);
    ask!(of_long_path, path super::operation::Busy);
    ask!(of_variant, path AskError::Busy);
    assert_all_retried(&[of_path, of_long_path, of_variant]);
}

#[test]
fn a_selector_can_be_a_pattern_fragment_plain() {
    ask!(of_variant, pat AskError::Busy(_));
    ask!(of_braces, pat AskError::Busy { .. });
    ask!(of_alternatives, pat AskError::Busy(Busy) | AskError::Refused { status: 500..=599 });
    ask!(of_any, pat _);
    assert_all_retried(&[of_variant, of_braces, of_alternatives, of_any]);
}

#[test]
fn a_selector_can_be_an_expression_fragment_plain() {
    ask!(of_type, expr Busy);
    ask!(of_variant, expr AskError::Busy);
    assert_all_retried(&[of_type, of_variant]);
}

#[test]
fn a_selector_can_be_a_name_fragment_plain() {
    ask!(of_name, ident Busy);
    ask!(of_variant, variant Busy);
    ask!(of_tokens, tokens AskError::Refused { status: 503 } | AskError::Busy(..));
    assert_all_retried(&[of_name, of_variant, of_tokens]);
}

#[test]
fn a_predicate_can_be_a_fragment_plain() {
    fn is_busy(error: &AskError) -> bool {
        matches!(error, AskError::Busy(_))
    }

    ask!(by_path, when is_busy);
    ask!(by_closure, when | error | *error != AskError::Refused { status: 404 });
    ask!(by_guard, guard is_busy);
    assert_all_retried(&[by_path, by_closure, by_guard]);
}

#[test]
fn settings_can_be_fragments_plain() {
    macro_rules! patient {
        (
            $name:ident, $max:expr, $delay:expr, $factor:literal, $max_delay:literal, $jitter:ident,
            $site:literal
        ) => {
            #[retry_on(
                                                                            Busy,
                                                                            max = $max,
                                                                            delay = $delay,
                                                                            factor = $factor,
                                                                            max_delay = $max_delay,
                                                                            jitter = $jitter,
                                                                            name = $site
                                                                        )]
            fn $name(operation: &Operation) -> Result<(), Busy> {
                operation.run()
            }
        };
    }

    patient!(literal, 5, "10ms", 3, "25ms", none, "literals");
    patient!(constant, 4 + 1, Duration::from_millis(10), 3.0, "25ms", none, "constants");

    for patient in [literal, constant] {
        let clock = Scope::new().enter();
        let operation = Operation::new();
        assert_eq!(patient(&operation), Ok(()));
        assert_eq!(operation.attempts(), 3);
        assert_eq!(clock.pauses(), [10, 25].map(Duration::from_millis));
    }
}

#[test]
fn arguments_can_be_fragments_plain() {
    macro_rules! joined {
        ($lifetime:lifetime, $one:ident, $other:ident, $pattern:pat, $operation:ident, $body:expr) => {
            #[retry_on(Busy, max = 5, clone($one))]
            fn joined<$lifetime>(
                $one: Vec<u8>,
                mut $other: Vec<u8>,
                $pattern: (&$lifetime u8, u8),
                $operation: &Operation,
            ) -> Result<(Vec<u8>, &$lifetime u8), Busy> {
                $body
            }
        };
    }

    joined!('a, first, second, (third, mut fourth), operation, {
        second.extend(first);
        fourth += 1;
        operation.run()?;
        second.push(fourth);
        Ok((second, third))
    });

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    let joined = joined(vec![2], vec![1], (&0, 2), &operation);
    assert_eq!(joined.unwrap(), (vec![1, 2, 3], &0));
    assert_eq!(operation.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_whole_function_can_be_a_fragment() {
    macro_rules! retried {
        ($($function:item)*) => {
            $(
                #[retry_on(Busy, max = 5)]
                $function
            )*
        };
    }

    retried! {
        async fn answer(operation: &Operation) -> Result<u32, Busy> {
            operation.run_async().await?;
            Ok(42)
        }

        /// Documented.
        pub(crate) fn future(
            operation: &Operation,
        ) -> impl Future<Output = Result<u32, Busy>> + '_ {
            async move {
                operation.run_async().await?;
                Ok(42)
            }
        }
    }

    let operations = [Operation::new(), Operation::new()];
    assert_eq!(answer(&operations[0]).await, Ok(42));
    assert_eq!(future(&operations[1]).await, Ok(42));
    assert!(operations.iter().all(|it| it.attempts() == 3));
}

#[tokio::test(start_paused = true)]
async fn a_future_can_be_made_of_fragments() {
    macro_rules! future {
        ($name:ident, $output:ty, $body:block) => {
            #[retry_on(Busy, max = 5)]
            fn $name(operation: &Operation) -> impl Future<Output = $output> + '_ {
                async move {
                    operation.run_async().await?;
                    $body
                }
            }
        };
        ($name:ident, $operation:ident, $opaque:ty, $future:expr) => {
            #[retry_on(Busy, max = 5)]
            fn $name($operation: &Operation) -> $opaque {
                $future
            }
        };
    }

    future!(answer, Result<u32, Busy>, { Ok(42) });
    future!(opaque, operation, impl Future<Output = Result<u32, Busy>> + '_, async move {
        operation.run_async().await?;
        Ok(42)
    });

    let operations = [Operation::new(), Operation::new()];
    assert_eq!(answer(&operations[0]).await, Ok(42));
    assert_eq!(opaque(&operations[1]).await, Ok(42));
    assert!(operations.iter().all(|it| it.attempts() == 3));
}

struct Client(Operation);

macro_rules! methods {
    ($self:ident; $($name:ident => $value:expr),*) => {
        impl Client {
            $(
                #[retry_on(Busy, max = 5)]
                async fn $name(&mut $self) -> Result<u32, Busy> {
                    $self.0.run_async().await?;
                    Ok($value)
                }
            )*
        }
    };
}

methods!(self; one => 1, attempts => self.0.attempts());

#[tokio::test(start_paused = true)]
async fn methods_can_be_made_with_self_as_a_fragment() {
    let mut clients = [Client(Operation::new()), Client(Operation::new())];
    assert_eq!(clients[0].one().await, Ok(1));
    assert_eq!(clients[1].attempts().await, Ok(3));
    assert!(clients.iter().all(|client| client.0.attempts() == 3));
}

#[test]
fn a_macro_may_use_its_own_names_for_arguments_plain() {
    macro_rules! twice {
        ($name:ident, $result:expr) => {
            #[retry_on(Busy, max = 5)]
            fn $name(operation: &Operation, mut result: u32) -> Result<u32, Busy> {
                result *= 2;
                operation.run()?;
                let error = $result;
                Ok(result + error)
            }
        };
    }

    twice!(answer, 1);

    let _clock = Scope::new().enter();
    let operation = Operation::new();
    assert_eq!(answer(&operation, 21), Ok(43));
    assert_eq!(operation.attempts(), 3);
}
