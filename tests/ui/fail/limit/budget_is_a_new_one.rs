// Believed that a budget can be made for each call.
use retry_runtime::{Budget, retry_on};

#[retry_on(std::io::Error, budget = &Budget::standard())]
fn read() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, budget = &Budget::builder().capacity(100).build())]
fn read_again() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, budget = Budget::ratio(0.2, 10, WINDOW))]
fn read_once_more() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, budget = &budget())]
fn read_the_last_time() -> std::io::Result<()> {
    Ok(())
}

fn budget() -> Budget {
    Budget::standard()
}

fn main() {}
