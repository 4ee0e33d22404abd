//! The `source()` chain of an error, link by link.

use core::error::Error;
use std::io;
use std::sync::Arc;

/// The number of links that are searched; a limit is needed because a chain may be a circle.
pub(crate) const LONGEST_CHAIN: usize = 128;

/// Returns the first link that is a `T` and passes the test.
pub(crate) fn first_link<'a, T: Error + 'static>(
    first: &'a (dyn Error + 'static),
    test: &impl Fn(&T) -> bool,
) -> Option<&'a T> {
    let mut link = first;
    for _ in 0..LONGEST_CHAIN {
        let found = unwrapped(link).filter(|found| test(found));
        if found.is_some() {
            return found;
        }
        link = next_link(link)?;
    }
    None
}

/// Returns the link as a `T`, also from inside a `Box` or an `Arc`, whose `source()` would skip it.
fn unwrapped<'a, T: Error + 'static>(link: &'a (dyn Error + 'static)) -> Option<&'a T> {
    link.downcast_ref::<T>()
        .or_else(|| link.downcast_ref::<Box<T>>().map(|link| &**link))
        .or_else(|| link.downcast_ref::<Arc<T>>().map(|link| &**link))
}

/// Returns the next link of the chain.
pub(crate) fn next_link<'a>(link: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    // The `source()` of an `io::Error` skips the error that it wraps.
    if let Some(wrapped) = unwrapped::<io::Error>(link).and_then(io::Error::get_ref) {
        return Some(wrapped);
    }
    // The `source()` of an `Arc` of a trait object skips the error inside.
    if let Some(shared) = link.downcast_ref::<Arc<dyn Error + Send + Sync>>() {
        return Some(&**shared);
    }
    if let Some(shared) = link.downcast_ref::<Arc<dyn Error>>() {
        return Some(&**shared);
    }
    link.source()
}
