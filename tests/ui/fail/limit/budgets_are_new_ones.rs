// Made the budgets of the hosts anew in each call.
use retry_runtime::{Budget, Budgets, retry_on};

static HOSTS: Budgets = Budgets::new(1_000);

#[retry_on(std::io::Error, budget = Budgets::new(10).of(host))]
fn read(host: &str) -> std::io::Result<()> {
    println!("{host}");
    Ok(())
}

// A reference to a budget in an `Arc` that is gone.
#[retry_on(std::io::Error, budget = &HOSTS.of(host))]
fn write(host: &str) -> std::io::Result<()> {
    println!("{host}");
    Ok(())
}

// Took the map for a budget.
#[retry_on(std::io::Error, budget = &HOSTS)]
fn remove(host: &str) -> std::io::Result<()> {
    println!("{host}");
    Ok(())
}

fn main() {
    let _: Option<Budget> = None;
}
