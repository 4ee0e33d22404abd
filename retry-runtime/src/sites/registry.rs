//! The list of all sites: those that were called, and those that are linked into the program.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::sites::site::Site;

static REACHED: Mutex<Vec<&'static Site>> = Mutex::new(Vec::new());

/// The sites that were called. The list is locked until the returned value is dropped.
pub(super) fn reached() -> MutexGuard<'static, Vec<&'static Site>> {
    REACHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A site that is linked into the program.
#[cfg(feature = "registry")]
#[derive(Debug)]
pub struct Linked(pub &'static Site);

#[cfg(feature = "registry")]
inventory::collect!(Linked);

/// Whether all annotated functions of the program are known before they are called.
#[cfg_attr(not(feature = "overrides"), expect(dead_code, reason = "read for overrides"))]
pub(crate) const KNOWS_ALL: bool = cfg!(feature = "registry");

/// Returns all known sites, sorted by name: with the feature `registry` every annotated function of
/// the program, without it those that were called. Closures are known after they were called.
pub(crate) fn known() -> Vec<&'static Site> {
    let mut sites = reached().clone();
    #[cfg(feature = "registry")]
    {
        sites.extend(inventory::iter::<Linked>.into_iter().map(|Linked(site)| site));
        sites.sort_by_key(|site| core::ptr::from_ref(*site).addr());
        sites.dedup_by(|one, other| core::ptr::eq(*one, *other));
    }
    sites.sort_by_key(|site| (site.name(), site.file, site.line));
    sites
}
