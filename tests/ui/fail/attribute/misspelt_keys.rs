// Wrote in a hurry.
use retry_runtime::retry_on;

#[retry_on(
    std::io::Error,
    deadlin = "10s",
    time_out = "1s",
    hints = retry_after,
    budgets = none,
    polcy = &POLICY,
    nest = "inner",
    atempt = attempt,
    onretry = note,
    on_giveup = alert
)]
async fn read() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
