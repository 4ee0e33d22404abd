//! Functions of every shape: an operation that fails twice is attempted exactly three times.
//!
//! `max` is 5 throughout, so that what ends at the third attempt ends because it succeeded.

mod operation;

mod arguments;
mod names;
mod patterns;

mod receivers;

mod generics;
mod lifetimes;

mod inner_bodies;
mod question_mark;
mod results;

mod async_traits;
mod traits;

mod futures;
mod sendable;

mod attributes;
mod instrument;
mod macro_made;
mod nesting;
