// Wrote in a hurry.
use retry_runtime::{Budget, retry_on};

static BUDGET: Budget = Budget::standard();

#[retry_on(std::io::Error, budget = &BUGDET)]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, budget = non)]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
