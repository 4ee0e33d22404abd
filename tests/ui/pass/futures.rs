// Futures that are written out, and bodies on one line: no lint takes offence.
#![deny(warnings)]

use std::future::Future;
use std::io;
use std::pin::Pin;

use retry_runtime::retry_on;

#[retry_on(io::Error)]
fn opaque(name: &str) -> impl Future<Output = io::Result<usize>> {
    async move { Ok(name.len()) }
}

#[retry_on(io::Error)]
fn boxed(name: &str) -> Pin<Box<dyn Future<Output = io::Result<usize>> + Send + '_>> {
    Box::pin(async move { Ok(name.len()) })
}

#[rustfmt::skip]
#[retry_on(io::Error)]
async fn on_one_line(name: &str) -> io::Result<usize> { Ok(name.len()) }

#[rustfmt::skip]
#[retry_on(io::Error)]
fn plain_on_one_line(name: &str) -> io::Result<usize> { Ok(name.len()) }

fn main() {
    plain_on_one_line("a").unwrap();
    drop((opaque("a"), boxed("a"), on_one_line("a")));
}
