//! Which errors to retry, and how an error is described.

pub(crate) mod chain;
pub(crate) mod classify;
pub(crate) mod probe;

pub(crate) mod code;
pub(crate) mod coded;
pub(crate) mod text;

pub(crate) mod failure;
pub(crate) mod seen;

pub(crate) mod mask;
