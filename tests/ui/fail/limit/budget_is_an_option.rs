// Believed that no budget is `None`.
use retry_runtime::{Budget, retry_on};

static BUDGET: Budget = Budget::standard();

#[retry_on(std::io::Error, budget = None)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, budget = Some(&BUDGET))]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
