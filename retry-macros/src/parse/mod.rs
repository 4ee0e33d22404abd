//! What was written: the attribute's arguments and the function below it.

mod arguments;
mod body;
mod consumed;
mod duration;
mod function;
mod inverted;
mod keys;
mod mutable;
mod readers;
mod selector;
pub(crate) mod tokens;
mod translated;
mod values;
mod which;
mod words;

pub(crate) use arguments::{Arguments, arguments};
pub(crate) use body::{Attempt, generic_types};
pub(crate) use function::{Function, function};
pub(crate) use keys::{KeyName, Property, every_key};
pub(crate) use selector::{Selector, Test};
pub(crate) use values::{
    Budget, Jitter, Key, Keyed, Max, NestedRetries, Timeout, Value, is_reference_to_constant, place,
};
pub(crate) use which::{Which, type_of_parameter};
pub(crate) use words::nearest;
