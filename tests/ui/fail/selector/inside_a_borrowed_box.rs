// Believed that a boxed error that borrows can be searched.
use std::error::Error;

use retry_runtime::retry_on;

#[retry_on(std::io::Error, max = 3)]
fn read<'a>(line: &'a str) -> Result<(), Box<dyn Error + 'a>> {
    println!("{line}");
    Ok(())
}

fn main() {}
