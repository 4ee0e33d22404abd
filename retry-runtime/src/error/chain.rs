//! The `source()` chain of an error, link by link.

use core::error::Error;
use std::io;
use std::sync::Arc;

/// A chain may be a circle; what is further away than this is not looked at.
pub(crate) const LONGEST_CHAIN: usize = 128;

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

/// The link as a `T`, also behind a box or a shared pointer, whose `source()` would pass it by.
fn unwrapped<'a, T: Error + 'static>(link: &'a (dyn Error + 'static)) -> Option<&'a T> {
    link.downcast_ref::<T>()
        .or_else(|| link.downcast_ref::<Box<T>>().map(|link| &**link))
        .or_else(|| link.downcast_ref::<Arc<T>>().map(|link| &**link))
}

pub(crate) fn next_link<'a>(link: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    // The `source()` of an `io::Error` passes by the error that it wraps, …
    if let Some(wrapped) = unwrapped::<io::Error>(link).and_then(io::Error::get_ref) {
        return Some(wrapped);
    }
    // … and that of a shared trait object the error that is shared.
    if let Some(shared) = link.downcast_ref::<Arc<dyn Error + Send + Sync>>() {
        return Some(&**shared);
    }
    if let Some(shared) = link.downcast_ref::<Arc<dyn Error>>() {
        return Some(&**shared);
    }
    link.source()
}
