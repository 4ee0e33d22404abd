//! What the attribute promises: one test for each promise, named after it.
//!
//! No test waits. Async functions run on tokio's paused clock, plain ones on the library's
//! `ManualClock`; the few pauses that must be real last a millisecond.

#[path = "behavior/executor.rs"]
mod executor;
#[path = "behavior/recorder.rs"]
mod recorder;
#[path = "behavior/retried.rs"]
mod retried;
#[path = "behavior/service.rs"]
mod service;

#[path = "behavior/budget.rs"]
mod budget;
#[path = "behavior/deadline.rs"]
mod deadline;
#[path = "behavior/hint.rs"]
mod hint;
#[path = "behavior/limits.rs"]
mod limits;
#[path = "behavior/pauses.rs"]
mod pauses;
#[path = "behavior/policy.rs"]
mod policy;
#[path = "behavior/policy_key.rs"]
mod policy_key;
#[path = "behavior/timeout.rs"]
mod timeout;

#[path = "behavior/codes.rs"]
mod codes;
#[path = "behavior/matching.rs"]
mod matching;
#[path = "behavior/ok.rs"]
mod ok;
#[path = "behavior/selection.rs"]
mod selection;

#[path = "behavior/attempt_key.rs"]
mod attempt_key;
#[path = "behavior/attempts.rs"]
mod attempts;
#[path = "behavior/cancellation.rs"]
mod cancellation;
#[path = "behavior/cost.rs"]
mod cost;
#[path = "behavior/function_api.rs"]
mod function_api;
#[path = "behavior/nesting.rs"]
mod nesting;
#[path = "behavior/stop.rs"]
mod stop;
#[path = "behavior/surroundings.rs"]
mod surroundings;

#[path = "behavior/events.rs"]
mod events;
#[path = "behavior/hooks.rs"]
mod hooks;

#[path = "behavior/scope.rs"]
mod scope;
#[path = "behavior/testing.rs"]
mod testing;

#[path = "behavior/traps.rs"]
mod traps;
