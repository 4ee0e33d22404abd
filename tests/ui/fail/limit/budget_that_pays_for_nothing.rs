// Made a budget that cannot pay for a single retry.
use retry_runtime::{Budget, retry_on};

static BUDGET: Budget = Budget::builder().capacity(4).retry_cost(5).timeout_cost(10).build();

#[retry_on(std::io::Error, budget = &BUDGET)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
