//! Closures that the clones of a [`Retry`](crate::Retry) share.

use core::ops::Deref;
use std::sync::Arc;

/// A closure of any type; a clone is the same one.
#[derive(Debug)]
pub(super) enum Shared<'a, F: ?Sized> {
    /// What captures nothing has no size, so that a reference to it takes no memory.
    Empty(&'a F),
    Counted(Arc<F>),
}

impl<'a, F: ?Sized> Shared<'a, F> {
    /// The two functions forget the type of the closure.
    pub(super) fn new<C: 'a>(
        closure: C,
        of_reference: fn(&'a C) -> &'a F,
        of_counted: fn(Arc<C>) -> Arc<F>,
    ) -> Self {
        if size_of::<C>() == 0 && !core::mem::needs_drop::<C>() {
            // A box without contents is no memory, so nothing leaks.
            Self::Empty(of_reference(Box::leak(Box::new(closure))))
        } else {
            Self::Counted(of_counted(Arc::new(closure)))
        }
    }
}

impl<F: ?Sized> Clone for Shared<'_, F> {
    fn clone(&self) -> Self {
        match self {
            Self::Empty(closure) => Self::Empty(closure),
            Self::Counted(closure) => Self::Counted(Arc::clone(closure)),
        }
    }
}

impl<F: ?Sized> Deref for Shared<'_, F> {
    type Target = F;

    fn deref(&self) -> &F {
        match self {
            Self::Empty(closure) => closure,
            Self::Counted(closure) => closure,
        }
    }
}
