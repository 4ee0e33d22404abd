//! A crate of one's own in front of the library: those who use it depend on nothing else.
//!
//! ```
//! use std::cell::Cell;
//!
//! use facade::operation::{wait, Busy, Operation};
//! use facade::retry_on;
//!
//! #[retry_on(Busy, max = 5, crate = facade::runtime)]
//! async fn answer(operation: &Operation) -> Result<u32, Busy> {
//!     operation.run()?;
//!     Ok(42)
//! }
//!
//! fn main() -> Result<(), Busy> {
//!     #[retry_on(Busy, max = 5, crate = facade::runtime)]
//!     fn answer_plain(operation: &Operation) -> Result<u32, Busy> {
//!         operation.run()?;
//!         Ok(42)
//!     }
//!
//!     let _clock = facade::runtime::testing::Scope::new().enter();
//!     let operations = [Operation::default(), Operation::default()];
//!     assert_eq!(wait(answer(&operations[0]))?, 42);
//!     assert_eq!(answer_plain(&operations[1])?, 42);
//!     assert!(operations.iter().all(|it| it.attempts() == 3));
//!     Ok(())
//! }
//! ```
//!
//! Without a `main` of one's own:
//!
//! ```
//! # use facade::operation::{wait, Busy, Operation};
//! #[facade::retry_on(Busy, max = 5, delay = "0ms", crate = ::facade::runtime)]
//! fn answer(operation: &Operation) -> Result<u32, Busy> {
//!     operation.run()?;
//!     Ok(42)
//! }
//!
//! let operation = Operation::default();
//! assert_eq!(answer(&operation)?, 42);
//! assert_eq!(operation.attempts(), 3);
//! # Ok::<(), Busy>(())
//! ```

pub mod operation;

pub use retry as runtime;
pub use retry::retry_on;

/// Writes a function that is retried; those who call it name neither the attribute nor its crate.
#[macro_export]
macro_rules! patient {
    ($(#[$attribute:meta])* $visibility:vis async fn $name:ident $($rest:tt)*) => {
        #[$crate::retry_on($crate::operation::Busy, max = 5, crate = $crate::runtime)]
        $(#[$attribute])* $visibility async fn $name $($rest)*
    };
    ($(#[$attribute:meta])* $visibility:vis fn $name:ident $($rest:tt)*) => {
        #[$crate::retry_on($crate::operation::Busy, max = 5, crate = $crate::runtime)]
        $(#[$attribute])* $visibility fn $name $($rest)*
    };
}
