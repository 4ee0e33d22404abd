// Changed one value of a policy that another one limits.
use std::time::Duration;

use retry_runtime::{Policy, retry_on};

const PATIENT: Policy = Policy::builder().delay(Duration::from_secs(5)).build();

#[retry_on(std::io::Error, policy = &PATIENT, max_delay = "1s")]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, policy = &PATIENT, deadline = "1s", jitter = none)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
