// Arguments that the body consumes or changes.
use std::io;

use retry_runtime::retry_on;

#[retry_on(io::Error, clone(name, body))]
async fn consumed(name: String, body: Vec<u8>) -> io::Result<usize> {
    drop(name);
    Ok(body.into_iter().count())
}

#[retry_on(io::Error)]
fn changed(mut names: Vec<String>) -> io::Result<Vec<String>> {
    names.push(String::new());
    Ok(names)
}

#[retry_on(error: io::Error if Some(error.kind()) == *patient)]
fn in_a_guard(patient: &Option<io::ErrorKind>) -> io::Result<()> {
    Ok(())
}

fn main() {
    drop(consumed(String::new(), Vec::new()));
    changed(Vec::new()).unwrap();
    in_a_guard(&None).unwrap();
}
