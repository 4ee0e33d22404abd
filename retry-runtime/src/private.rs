//! Not API: the names that expansions of `#[retry_on]` use. They change without notice, because the
//! two crates require exactly the same version.

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
pub use crate::call::attempt::Attempt;
pub use crate::call::given::{Hinted, SharedBudget, Slept, Typed, hook_is_done};
pub use crate::call::idempotency::Identity;
pub use crate::call::nesting::{attempt, attempting};
pub use crate::call::outcome::{ClonesForEachAttempt, Fallible, RefusesPolicy, Unsuccessful};
pub use crate::call::plain::PlainCall;
pub use crate::call::spans::Spans;
pub use crate::call::terms::Terms;
pub use crate::call::timeout::{Bound, Cuts, EndsAtDeadline, Settled, TimesOut, within};
pub use crate::call::used_up::UsedUp;
pub use crate::decide::budget::Budget;
pub use crate::decide::jitter::Jitter;
pub use crate::error::classify::{Look, LookAtBorrowed, MadeFrom, Searched, Sought};
pub use crate::error::coded::{Coded, CodedBorrowed};
pub use crate::error::failure::{Cut, Failure};
pub use crate::policy::builder::PolicyBuilder;
pub use crate::policy::{NestedRetries, Policy};
pub use crate::sites::name::type_name_of;
pub use crate::sites::site::Site;
#[cfg(feature = "test-util")]
pub use crate::testing::Injector;
#[cfg(feature = "registry")]
pub use {crate::sites::registry::Linked, inventory};

/// Emits statements that only tests need: they make an attempt fail before its body runs.
#[cfg(feature = "test-util")]
#[doc(hidden)]
#[macro_export]
macro_rules! __in_tests {
    ($($statements:tt)*) => { $($statements)* };
}

/// Emits nothing without the feature `test-util`.
#[cfg(not(feature = "test-util"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __in_tests {
    ($($statements:tt)*) => {};
}

/// Describes a function, including its attribute and signature as source text.
#[cfg(feature = "support-case")]
#[doc(hidden)]
#[macro_export]
macro_rules! __site {
    ($name:expr, $selectors:expr, $policy:expr, {$($attribute:tt)*}, {$($signature:tt)*}) => {
        $crate::__private::Site::new($name, ::core::file!(), ::core::line!(), $selectors, $policy)
            .declared(
                ::core::stringify!($($attribute)*),
                ::core::stringify!($($signature)*),
                // `None` if the package is not compiled by Cargo.
                (::core::option_env!("CARGO_PKG_NAME"), ::core::option_env!("CARGO_PKG_VERSION")),
            )
    };
}

/// Describes a function.
#[cfg(not(feature = "support-case"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __site {
    ($name:expr, $selectors:expr, $policy:expr, $attribute:tt, $signature:tt) => {
        $crate::__private::Site::new($name, ::core::file!(), ::core::line!(), $selectors, $policy)
    };
}

/// Adds a site to the list of all sites that are linked into the program.
#[cfg(feature = "registry")]
#[doc(hidden)]
#[macro_export]
macro_rules! __registered {
    ($site:ident) => {
        $crate::__private::inventory::submit!($crate::__private::Linked(&$site));
    };
}

/// Emits nothing without the feature `registry`.
#[cfg(not(feature = "registry"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __registered {
    ($site:ident) => {};
}
