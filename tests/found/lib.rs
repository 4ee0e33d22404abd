//! Tests of errors of other crates; they are in `found.rs`. Here is what does not compile.
//!
//! In a report that is not a `std::error::Error` a type cannot be named, which the compiler says:
//!
//! ```compile_fail
//! #[retry_runtime::retry_on(std::io::Error)]
//! fn read() -> Result<(), miette::Report> {
//!     Ok(())
//! }
//! ```
//!
//! ```compile_fail
//! #[retry_runtime::retry_on(std::io::Error)]
//! fn read() -> Result<(), error_stack::Report<std::fmt::Error>> {
//!     Ok(())
//! }
//! ```
//!
//! The same with a predicate:
//!
//! ```
//! #[retry_runtime::retry_on(when = |e: &miette::Report| e.is::<std::io::Error>())]
//! fn read() -> Result<(), miette::Report> {
//!     Ok(())
//! }
//!
//! #[retry_runtime::retry_on(when = |e: &error_stack::Report<_>| e.contains::<std::io::Error>())]
//! fn write() -> Result<(), error_stack::Report<std::fmt::Error>> {
//!     Ok(())
//! }
//! ```
