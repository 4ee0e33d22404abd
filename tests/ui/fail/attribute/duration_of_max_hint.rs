// The longest hint in numbers, words and units of other libraries.
use retry_runtime::retry_on;

#[retry_on(std::io::Error, max_hint = 90)]
fn without_a_unit() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, max_hint = "a minute")]
fn in_words() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, max_hints = "90s")]
fn misspelt() -> std::io::Result<()> {
    Ok(())
}

#[retry_on(std::io::Error, max = 1, max_hint = "90s")]
fn without_retries() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
