//! What was written: the attribute's arguments and the function below it.

mod arguments;
mod body;
mod duration;
mod function;
mod selector;
mod values;
mod words;

pub(crate) use arguments::{Arguments, arguments};
pub(crate) use body::{Attempt, generic_types};
pub(crate) use function::{Function, function};
pub(crate) use selector::{Selector, Test, spaceless};
pub(crate) use values::{Budget, Jitter, Key, Keyed, Value, is_reference_to_constant, place};
#[cfg(test)]
pub(crate) use words::is_key;
pub(crate) use words::nearest;
