// Made a policy whose values contradict each other.
use std::time::Duration;

use retry_runtime::{Policy, retry_on};

const WRONG: Policy = Policy::builder().max_delay(Duration::from_millis(1)).build();

#[retry_on(std::io::Error, policy = &WRONG)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
