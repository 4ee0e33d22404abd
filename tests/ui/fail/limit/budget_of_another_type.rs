// Took something else for a budget.
use retry_runtime::retry_on;

static LIMIT: u32 = 500;

#[retry_on(std::io::Error, budget = &LIMIT)]
fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
