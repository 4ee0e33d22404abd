//! The first call of a function, and who wants to be told of its successes.

use core::sync::atomic::Ordering;

use crate::observe;
use crate::overrides::{board, environment};
use crate::sites::registry;
use crate::sites::site::Site;

/// A site is called: the first time, it is put on the list.
pub(crate) fn reach(site: &'static Site) {
    if site.is_reached.load(Ordering::Acquire) {
        return;
    }
    // Others that come here meanwhile wait until the environment is read.
    start();
    if !site.is_reached.swap(true, Ordering::AcqRel) {
        add(site);
    }
}

/// Reads what comes from outside, the first time.
pub(crate) fn start() {
    if environment::start() {
        watch_again();
    }
}

#[cold]
fn add(site: &'static Site) {
    look_for_recorder();
    let mut sites = registry::reached();
    sites.push(site);
    watch(site);
    // Recorders and subscribers may call annotated functions.
    drop(sites);
    begin(site);
    board::log_unfit(site);
}

/// Where a recorder has been installed since, successes at the first try are counted from now on.
pub(crate) fn look_for_recorder() {
    if observe::finds_recorder() {
        watch_again();
    }
}

/// Who wants to be told of successes has changed.
pub(crate) fn watch_again() {
    // Held meanwhile, so that of two changes the later one is the last to look.
    let sites = registry::reached();
    sites.iter().copied().for_each(watch);
    let begun = sites.clone();
    // Recorders may call annotated functions.
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
    board::sets_budget_of(site) || observe::is_recorded()
}
