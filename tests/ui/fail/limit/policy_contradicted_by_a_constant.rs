// Changed one value of a policy that another one limits, by a constant.
use std::time::Duration;

use retry_runtime::{Policy, retry_on};

const CAP: Duration = Duration::from_millis(10);

mod policies {
    use retry_runtime::Policy;

    pub(crate) const DEFAULT: Policy = Policy::DEFAULT;
}

#[retry_on(std::io::Error, policy = &policies::DEFAULT, max_delay = CAP)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, policy = &Policy::DEFAULT, factor = FLAT)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

const FLAT: f64 = 0.0;

fn main() {}
