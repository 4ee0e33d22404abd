// Forgot that a budget is shared.
use retry_runtime::{Budget, retry_on};

static BUDGET: Budget = Budget::standard();

#[retry_on(std::io::Error, budget = BUDGET)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
