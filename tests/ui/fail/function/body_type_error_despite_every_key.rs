// Returned a number for a text, beside everything that an attribute can say.
use retry_runtime::{Budget, Policy, PolicyError, TimedOut, retry_on};

static BUDGET: Budget = Budget::standard();
const POLICY: Policy = Policy::DEFAULT;

#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error("wrong policy")]
    Policy(#[from] PolicyError),
    #[error("took too long")]
    TimedOut(#[from] TimedOut),
}

#[retry_on(
    _,
    max = limit,
    deadline = "10s",
    timeout = "1s",
    until = |text| text.is_empty(),
    when_ok = |text| text.is_empty(),
    hint = |_| None,
    budget = &BUDGET,
    policy = &POLICY,
    nested = "inner",
    attempt = attempt,
    on_retry = |_| (),
    on_give_up = |_| ()
)]
async fn read(limit: u32) -> Result<String, ReadError> {
    let _ = (limit, attempt);
    Ok(1)
}

#[retry_on(_, max = limit, until = |text| text.is_empty(), attempt = attempt)]
fn read_plain(limit: u32) -> Result<String, ReadError> {
    let _ = (limit, attempt);
    let number: u32 = "1".parse()?;
    Ok(number.to_string())
}

fn main() {}
