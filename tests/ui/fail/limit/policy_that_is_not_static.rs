// Took a policy from an argument, and its values from a constant.
use retry_runtime::{Policy, retry_on};

#[retry_on(std::fmt::Error, policy = policy, max = 5)]
fn read(policy: &Policy) -> Result<(), std::fmt::Error> {
    let _ = policy;
    Ok(())
}

fn main() {}
