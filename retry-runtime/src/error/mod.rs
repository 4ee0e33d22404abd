//! Which errors, and what an error says of itself.

pub(crate) mod chain;
pub(crate) mod classify;
pub(crate) mod probe;

pub(crate) mod code;
pub(crate) mod coded;
pub(crate) mod text;

pub(crate) mod failure;
