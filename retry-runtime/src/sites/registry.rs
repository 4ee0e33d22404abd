//! The list of all sites: those that were reached, and those that are linked into the program.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::observe;
use crate::sites::site::Site;

static REACHED: Mutex<Vec<&'static Site>> = Mutex::new(Vec::new());

fn reached() -> MutexGuard<'static, Vec<&'static Site>> {
    REACHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A site is called for the first time.
#[cold]
pub(crate) fn add(site: &'static Site) {
    observe::look_for_recorder();
    let mut sites = reached();
    sites.push(site);
    watch(site);
    // Recorders and subscribers may call annotated functions.
    drop(sites);
    begin(site);
    #[cfg(feature = "switchboard")]
    crate::switchboard::tell_unfit(site);
}

/// Who wants to be told of successes has changed.
#[cfg(any(feature = "metrics", feature = "switchboard"))]
pub(crate) fn watch_again() {
    // Held meanwhile, so that of two changes the later one is the last to look.
    let sites = reached();
    sites.iter().copied().for_each(watch);
    let begun = sites.clone();
    drop(sites);
    begun.into_iter().for_each(begin);
}

fn begin(site: &'static Site) {
    if observe::is_recorded() {
        observe::begin(site);
    }
}

/// A site tells every success where somebody wants to know; else only while its budget does.
///
/// That can change meanwhile, and the one who changed it may have come by before.
fn watch(site: &'static Site) {
    loop {
        let is_watched = is_wanted(site);
        site.budget.watch(is_watched);
        if is_wanted(site) == is_watched {
            return;
        }
    }
}

fn is_wanted(site: &'static Site) -> bool {
    #[cfg(feature = "switchboard")]
    if crate::switchboard::sets_budget_of(site) {
        return true;
    }
    let _ = site;
    observe::is_recorded()
}

/// A site that is linked into the program.
#[cfg(feature = "registry")]
#[derive(Debug)]
pub struct Linked(pub &'static Site);

#[cfg(feature = "registry")]
inventory::collect!(Linked);

/// All sites that are known: every annotated function of the program (feature `registry`), or else
/// those that were called; closures once they were called. Sorted by name.
pub(crate) fn known() -> Vec<&'static Site> {
    let mut sites = reached().clone();
    #[cfg(feature = "registry")]
    {
        sites.extend(inventory::iter::<Linked>.into_iter().map(|Linked(site)| site));
        sites.sort_by_key(|site| core::ptr::from_ref(*site).addr());
        sites.dedup_by(|one, other| core::ptr::eq(*one, *other));
    }
    sites.sort_by_key(|site| (site.name, site.file, site.line));
    sites
}
