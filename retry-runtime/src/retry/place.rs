//! A place in the source, in the role of an annotated function.

use core::panic::Location;
use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::OnceLock;

use crate::call::terms::{CallContext, Terms};
use crate::observe;
use crate::policy::Policy;
use crate::sites::reach;
use crate::sites::site::Site;

/// A place in the source, in the role of an annotated function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) location: &'static Location<'static>,
    pub(super) name: Option<&'static str>,
    pub(super) policy: &'a Policy,
    pub(super) selectors: &'static [&'static str],
}

impl Place<'_> {
    /// The site of this place, which lives as long as the process; there are as many as places.
    #[cold]
    pub(super) fn site(self) -> &'static Site {
        let mut table = FIRST.get_or_init(|| Box::new(Table::of(SLOTS)));
        loop {
            for slot in table.slots_for(self) {
                let entry = slot.get_or_init(|| Entry::new(self));
                if entry.is_of(self) {
                    return entry.site;
                }
            }
            table = table.next.get_or_init(|| Box::new(Table::of(2 * table.slots.len())));
        }
    }

    /// The same, where a call from this place has failed before.
    #[inline]
    fn known_site(self) -> Option<&'static Site> {
        self.site_in(FIRST.get()?)
    }

    fn site_in(self, mut table: &Table) -> Option<&'static Site> {
        loop {
            for slot in table.slots_for(self) {
                // A place takes the first free slot, so it is in none after this one.
                let entry = slot.get()?;
                if entry.is_of(self) {
                    return Some(entry.site);
                }
            }
            table = table.next.get()?;
        }
    }

    fn hash(self) -> usize {
        let by_name = self.name.unwrap_or_default().bytes().rev().take(8);
        let place = [self.location.line(), self.location.column()];
        place.into_iter().chain(by_name.map(u32::from)).fold(0, |hash: usize, word| {
            (hash ^ word as usize).wrapping_mul(0x9E37_79B1).rotate_right(15)
        })
    }
}

/// The sites of all places from which a call has failed. Once there is one, every success looks its
/// place up here, so reading takes no lock: an entry never changes.
static FIRST: OnceLock<Box<Table>> = OnceLock::new();

/// Some of the sites; the next table is twice as long, and holds those that have no room here.
struct Table {
    slots: Box<[OnceLock<Entry>]>,
    next: OnceLock<Box<Self>>,
}

/// Those of the first table; a power of two, as in all others.
const SLOTS: usize = 64;

/// In how many slots of each table a place can be.
const SLOTS_OF_A_PLACE: usize = 4;

impl Table {
    fn of(slots: usize) -> Self {
        let slots = (0..slots).map(|_| OnceLock::new()).collect();
        Self { slots, next: OnceLock::new() }
    }

    fn slots_for(&self, place: Place<'_>) -> impl Iterator<Item = &OnceLock<Entry>> {
        let (hash, last) = (place.hash(), self.slots.len() - 1);
        (0..SLOTS_OF_A_PLACE).filter_map(move |step| self.slots.get(hash.wrapping_add(step) & last))
    }
}

struct Entry {
    location: &'static Location<'static>,
    name: Option<&'static str>,
    site: &'static Site,
}

impl Entry {
    #[cold]
    fn new(place: Place<'_>) -> Self {
        let Place { location, name, policy, selectors } = place;
        let site_name = name.unwrap_or_else(|| location.to_string().leak());
        let site =
            Site::new(site_name, location.file(), location.line(), selectors, policy.clone())
                // Whether a closure can be cut, its `Retry` says.
                .with_time_limit();
        Self { location, name, site: Box::leak(Box::new(site)) }
    }

    /// One place can have several addresses: one in each part of the program that contains its code.
    fn is_of(&self, place: Place<'_>) -> bool {
        let is_at = core::ptr::eq(self.location, place.location) || self.location == place.location;
        is_at && self.name == place.name
    }
}

/// A place, and what a call from it is retried by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Called<'t> {
    pub(super) place: &'t Place<'t>,
    pub(super) terms: &'t Terms<'t>,
}

impl CallContext for Called<'_> {
    fn site(self) -> &'static Site {
        self.place.site()
    }

    #[inline]
    fn terms(&self) -> &Terms<'_> {
        self.terms
    }

    #[inline]
    fn own_budget_listens(self) -> bool {
        // Its own look for a recorder, because a program may have nothing but closures that succeed.
        static HAS_LOOKED: AtomicBool = AtomicBool::new(false);
        if !HAS_LOOKED.load(Ordering::Relaxed) && !HAS_LOOKED.swap(true, Ordering::Relaxed) {
            reach::look_for_recorder();
        }
        if observe::is_recorded() {
            return self.site().budget.listens();
        }
        self.place.known_site().is_some_and(|site| site.budget.listens())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn place(name: Option<&'static str>) -> Place<'static> {
        Place { location: Location::caller(), name, policy: &Policy::DEFAULT, selectors: &["_"] }
    }

    #[test]
    fn a_place_is_known_once_a_call_from_it_has_failed() {
        let (one, other) = (place(None), place(None));
        assert!(one.known_site().is_none());
        let site = one.site();
        assert!(core::ptr::eq(one.site(), site));
        assert!(one.known_site().is_some_and(|known| core::ptr::eq(known, site)));
        assert!(other.known_site().is_none());
        assert!(!core::ptr::eq(other.site(), site));
    }

    /// The first table has no room for all of them.
    #[test]
    fn every_name_at_one_place_is_a_site_of_its_own() {
        let location = Location::caller();
        let under = |name: &'static str| Place { location, ..place(Some(name)) };
        let all: Vec<&'static str> =
            (0..1000).map(|number| &*format!("place {number}").leak()).collect();
        for name in &all {
            assert!(under(name).known_site().is_none());
            assert_eq!(under(name).site().name(), *name);
        }
        for name in all {
            let same: &'static str = name.to_owned().leak();
            assert!(core::ptr::eq(under(same).site(), under(name).site()));
            assert_eq!(under(same).known_site().map(Site::name), Some(name));
        }
    }

    #[test]
    fn threads_that_fail_at_once_find_the_same_site() {
        let (place, barrier) = (place(None), std::sync::Barrier::new(8));
        let found = |_| {
            barrier.wait();
            core::ptr::from_ref(place.site()).addr()
        };
        let sites: Vec<usize> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|thread| scope.spawn(move || found(thread))).collect();
            threads.into_iter().filter_map(|thread| thread.join().ok()).collect()
        });
        assert_eq!(sites, [sites[0]; 8]);
    }
}
