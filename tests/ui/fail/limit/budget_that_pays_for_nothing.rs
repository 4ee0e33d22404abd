// Made a budget that cannot pay for a single retry.
use retry_runtime::{Budget, retry_on};

static BUDGET: Budget = match Budget::tokens(4, 5, 10) {
    Ok(budget) => budget,
    Err(_) => panic!("no budget"),
};

#[retry_on(std::io::Error, budget = &BUDGET)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
