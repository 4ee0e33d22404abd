//! What the attribute promises: one test for each promise, named after it.
//!
//! No test waits. Async functions run on tokio's paused clock, plain ones on the library's
//! a `Scope`; the few pauses that must be real last a millisecond.

mod budget;
mod cut;
mod deadline;
mod hint;
mod limits;
mod pauses;
mod policy;
mod policy_key;
mod throttling;
mod timeout;

mod codes;
mod excluded;
mod matching;
mod selection;

mod attempt_key;
mod attempts;
mod cancellation;
mod cost;
mod function_api;
mod nesting;
mod site_names;
mod stop;
mod surroundings;

mod events;
mod hooks;

mod scope;
mod testing;

mod traps;
mod until;
mod when_ok;

use retry_runtime::{Policy, PolicyBuilder};

/// A policy in a constant.
const fn built(builder: PolicyBuilder) -> Policy {
    builder.build()
}
