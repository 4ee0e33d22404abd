//! Not API: what expansions of `#[retry_on]` call. It changes without notice; the two crates are
//! pinned to each other.

pub use core::future::Future;
pub use core::option::Option::{None, Some};
pub use core::result::Result::{Err, Ok};
pub use core::time::Duration;
pub use core::{concat, module_path};

pub use crate::__in_tests as in_tests;
pub use crate::__registered as registered;
pub use crate::__site as site;
pub use crate::call::Call;
pub use crate::call::async_call::{AsyncCall, AsyncTimer, DefaultTimer, Keep};
pub use crate::call::attempt::{Attempt, Identity};
pub use crate::call::given::{Given, Slept};
pub use crate::call::nesting::{attempt, attempting};
pub use crate::call::outcome::{ClonesForEachAttempt, Fallible, Last, RefusesPolicy};
pub use crate::call::plain::PlainCall;
pub use crate::call::spans::Spans;
pub use crate::call::terms::Terms;
pub use crate::call::timeout::{Bound, TimesOut, within};
pub use crate::decide::budget::Budget;
pub use crate::decide::jitter::Jitter;
pub use crate::error::classify::{Look, Searched};
pub use crate::error::coded::Coded;
pub use crate::error::failure::Failure;
pub use crate::policy::{Nested, Policy, PolicyBuilder};
#[cfg(feature = "registry")]
pub use crate::sites::registry::Linked;
pub use crate::sites::site::Site;
#[cfg(feature = "test-util")]
pub use crate::testing::Injector;
#[cfg(feature = "registry")]
pub use inventory;

/// What only tests need: it fails an attempt before its body runs.
#[cfg(feature = "test-util")]
#[doc(hidden)]
#[macro_export]
macro_rules! __in_tests {
    ($($statements:tt)*) => { $($statements)* };
}

/// Nothing, without the feature `test-util`.
#[cfg(not(feature = "test-util"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __in_tests {
    ($($statements:tt)*) => {};
}

/// The description of a function, with what stands in the source.
#[cfg(feature = "support-case")]
#[doc(hidden)]
#[macro_export]
macro_rules! __site {
    ($name:expr, $selectors:expr, $policy:expr, {$($attribute:tt)*}, {$($signature:tt)*}) => {
        $crate::__private::Site::new($name, ::core::file!(), ::core::line!(), $selectors, $policy)
            .declared(
                ::core::stringify!($($attribute)*),
                ::core::stringify!($($signature)*),
                // Where Cargo compiles the package.
                (::core::option_env!("CARGO_PKG_NAME"), ::core::option_env!("CARGO_PKG_VERSION")),
            )
    };
}

/// The description of a function.
#[cfg(not(feature = "support-case"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __site {
    ($name:expr, $selectors:expr, $policy:expr, $attribute:tt, $signature:tt) => {
        $crate::__private::Site::new($name, ::core::file!(), ::core::line!(), $selectors, $policy)
    };
}

/// Puts a site on the list of all that are linked into the program.
#[cfg(feature = "registry")]
#[doc(hidden)]
#[macro_export]
macro_rules! __registered {
    ($site:ident) => {
        $crate::__private::inventory::submit!($crate::__private::Linked(&$site));
    };
}

/// Nothing, without the feature `registry`.
#[cfg(not(feature = "registry"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __registered {
    ($site:ident) => {};
}
