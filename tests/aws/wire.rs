//! The real SDK on real sockets: a server on this machine counts what arrives.

#![expect(clippy::result_large_err, reason = "the errors of the SDK are large")]

mod server;
mod services;

mod answers;
mod layers;
mod requests_everywhere;
