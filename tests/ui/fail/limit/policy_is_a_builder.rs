// Forgot to build the policy.
use retry_runtime::{Policy, PolicyBuilder, retry_on};

const PATIENT: PolicyBuilder = Policy::builder().max(10);

#[retry_on(std::io::Error, policy = &PATIENT)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, policy = Policy::builder().max(10))]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
