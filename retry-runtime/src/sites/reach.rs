//! What happens at the first call of a function, and whether its successes are recorded.

use core::sync::atomic::Ordering;

use crate::observe;
use crate::overrides::board;
use crate::sites::registry;
use crate::sites::site::Site;
use crate::testing;

/// Adds a site to the list at its first call.
pub(crate) fn reach(site: &'static Site) {
    if site.is_reached.load(Ordering::Acquire) {
        return;
    }
    if !site.is_reached.swap(true, Ordering::AcqRel) {
        add(site);
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

/// If a metrics recorder has been installed, counts successes at the first attempt from now on.
pub(crate) fn look_for_recorder() {
    if observe::finds_recorder() {
        watch_again();
    }
}

/// Decides again, for all sites, whether successes are recorded.
pub(crate) fn watch_again() {
    // Locked during the loop, so that of two changes the later one decides last.
    let sites = registry::reached();
    sites.iter().copied().for_each(watch);
    let all = sites.clone();
    // Recorders may call annotated functions.
    drop(sites);
    all.into_iter().for_each(begin);
}

fn begin(site: &'static Site) {
    if observe::is_recorded() {
        observe::begin(site);
    }
}

/// Makes a site record every success if something needs it. Otherwise only its own budget decides.
///
/// The need can change during this function, after the change has already visited this site; so it
/// checks again.
fn watch(site: &'static Site) {
    loop {
        let is_watched = is_needed(site);
        site.budget.watch(is_watched);
        if is_needed(site) == is_watched {
            return;
        }
    }
}

fn is_needed(site: &'static Site) -> bool {
    board::sets_budget_of(site) || observe::is_recorded() || testing::has_own_budgets()
}
