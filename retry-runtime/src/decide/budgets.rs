//! A budget for each key: one for each host or tenant.

use core::borrow::Borrow;
use core::fmt;
use core::hash::Hash;
use core::sync::atomic::{AtomicU64, Ordering};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use super::budget::Budget;

/// A [`Budget`] for each host, tenant or other key, of which it keeps a limited number.
///
/// ```
/// use retry_runtime::{Budgets, retry_on};
/// # use std::io;
///
/// static HOSTS: Budgets = Budgets::new(1_000);
///
/// #[retry_on(io::Error, budget = HOSTS.of(host))]
/// fn get(host: &str, path: &str) -> io::Result<String> {
///     // …
///     # Ok(format!("{host}{path}"))
/// }
/// # get("eu.example.com", "/").unwrap();
/// ```
///
/// # A budget for each host or tenant
///
/// A function has one budget for all its calls, because as a rule it calls one service. A function that
/// calls many, such as a proxy, a client for the services of many tenants, or a sender of webhooks,
/// needs one for each: a host that is down uses up a budget that all share, and then the calls to the
/// other hosts, which fail now and then, have no retries either. With the figures of [`Budget::new`],
/// that begins where 9 % of the calls go to the host that is down, because each of them takes 10
/// tokens, and each call that succeeds gives 1 back. Of calls to the hosts that are up, of which one
/// attempt in 20 fails, there succeed:
///
/// | calls to a host that is down | one budget | one for each host |
/// |---|---|---|
/// | 5 % | 99.99 % | 99.99 % |
/// | 20 % | 97.6 % | 99.99 % |
///
/// The key is what fails as a whole: a host, a shard, a tenant with a database of its own. A new key
/// begins with a full budget. So take keys from what the program is configured with: where a client
/// can make up new ones, each of them can retry, and the number of retries is not limited by budgets.
///
/// Where there are more keys than it keeps, an eighth of them makes room for others: those that were
/// not used for the longest time. A call keeps its budget until it ends. A key that comes back begins
/// with a full budget again; so keep more than are in use at the same time.
///
/// A budget is looked up once for each call, with a read lock; only a new key takes a write lock.
///
/// In [`Retry`](crate::Retry), the budget outlives the call: `let budget = HOSTS.of(host);`, then
/// `.budget(&budget)`.
pub struct Budgets<K = String> {
    most: usize,
    make: fn() -> Budget,
    uses: AtomicU64,
    kept: OnceLock<Map<K>>,
}

type Map<K> = RwLock<HashMap<K, Kept>>;

struct Kept {
    budget: Arc<Budget>,
    /// The number of the last use.
    used: AtomicU64,
}

impl<K> Budgets<K> {
    /// Keeps the budgets of so many keys, at least of one. Each has the figures of [`Budget::new`].
    #[must_use]
    pub const fn new(most: usize) -> Self {
        Self::made_by(most, Budget::new)
    }

    /// The same for budgets with other figures.
    ///
    /// ```
    /// use retry_runtime::{Budget, Budgets};
    ///
    /// static TENANTS: Budgets<u64> =
    ///     Budgets::made_by(10_000, || Budget::builder().capacity(50).build());
    ///
    /// assert_eq!(TENANTS.of(&17).available(), 50);
    /// ```
    #[must_use]
    pub const fn made_by(most: usize, make: fn() -> Budget) -> Self {
        let most = if most == 0 { 1 } else { most };
        Self { most, make, uses: AtomicU64::new(0), kept: OnceLock::new() }
    }

    /// How many keys have a budget now.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept.get().map_or(0, |kept| kept.read().unwrap_or_else(PoisonError::into_inner).len())
    }

    /// Whether no key has a budget yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<K: Eq + Hash> Budgets<K> {
    /// Returns the budget of this key, which is made where there is none.
    #[must_use]
    pub fn of<Q>(&self, key: &Q) -> Arc<Budget>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        let kept = self.kept.get_or_init(RwLock::default);
        let used = self.uses.fetch_add(1, Ordering::Relaxed);
        if let Some(known) = kept.read().unwrap_or_else(PoisonError::into_inner).get(key) {
            known.used.store(used, Ordering::Relaxed);
            return Arc::clone(&known.budget);
        }
        // Made before the lock is taken, because these are functions of the program.
        let (new, own) = (Arc::new((self.make)()), key.to_owned());
        let mut kept = kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= self.most && !kept.contains_key(key) {
            make_room(&mut kept);
        }
        let entry = kept.entry(own).or_insert(Kept { budget: new, used: AtomicU64::new(used) });
        Arc::clone(&entry.budget)
    }
}

/// Drops an eighth, at least one. One at a time, each new key would be compared with all others.
fn make_room<K>(kept: &mut HashMap<K, Kept>) {
    let mut uses: Vec<u64> = kept.values_mut().map(|kept| *kept.used.get_mut()).collect();
    let (_, last, _) = uses.select_nth_unstable((kept.len() / 8).max(1) - 1);
    let last = *last;
    kept.retain(|_, kept| *kept.used.get_mut() > last);
}

impl<K> fmt::Debug for Budgets<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budgets")
            .field("len", &self.len())
            .field("most", &self.most)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_same(one: &Arc<Budget>, other: &Arc<Budget>) -> bool {
        Arc::ptr_eq(one, other)
    }

    #[test]
    fn a_key_has_one_budget_and_another_key_another() {
        let budgets: Budgets = Budgets::new(10);
        assert!(budgets.is_empty());
        let one = budgets.of("one");
        assert!(is_same(&one, &budgets.of("one")));
        assert!(!is_same(&one, &budgets.of("two")));
        assert_eq!(budgets.len(), 2);
        assert_eq!(format!("{budgets:?}"), "Budgets { len: 2, most: 10, .. }");
    }

    #[test]
    fn the_least_recently_used_makes_room() {
        let budgets: Budgets<u32> = Budgets::new(3);
        let kept = [1, 2, 3].map(|key| budgets.of(&key));
        let _ = (budgets.of(&1), budgets.of(&3));
        let _ = budgets.of(&4);
        assert_eq!(budgets.len(), 3);
        assert!(is_same(&kept[0], &budgets.of(&1)) && is_same(&kept[2], &budgets.of(&3)));
        // It begins anew, and 4 goes.
        assert!(!is_same(&kept[1], &budgets.of(&2)));
        assert_eq!(budgets.len(), 3);
        assert!(is_same(&kept[0], &budgets.of(&1)));
    }

    #[test]
    fn an_eighth_makes_room_where_there_are_many() {
        let budgets: Budgets<u32> = Budgets::new(80);
        let kept: Vec<_> = (0..80).map(|key| budgets.of(&key)).collect();
        let _ = budgets.of(&80);
        assert_eq!(budgets.len(), 80 - 10 + 1);
        for key in 10..80 {
            assert!(is_same(&kept[key as usize], &budgets.of(&key)), "{key}");
        }
    }

    #[test]
    fn is_bounded_whatever_the_number() {
        for most in [0, 1, 2, 7, 8, 9, 100] {
            let budgets: Budgets<usize> = Budgets::new(most);
            for key in 0..1_000 {
                let budget = budgets.of(&key);
                assert!(budgets.len() <= most.max(1), "{most}");
                assert!(is_same(&budget, &budgets.of(&key)), "{most}");
            }
        }
    }

    #[test]
    fn a_flood_of_keys_drops_none_that_is_in_use() {
        let budgets: Budgets<u32> = Budgets::new(100);
        let mine = budgets.of(&0);
        for flood in 1..100_000 {
            let _ = budgets.of(&flood);
            if flood % 10 == 0 {
                assert!(is_same(&mine, &budgets.of(&0)), "{flood}");
            }
        }
    }

    #[test]
    fn many_threads_agree() {
        let budgets: Budgets<u32> = Budgets::made_by(64, Budget::standard);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for round in 0..2_000 {
                        let key = round % 16;
                        let budget = budgets.of(&key);
                        assert!(is_same(&budget, &budgets.of(&key)));
                    }
                });
            }
        });
        assert_eq!(budgets.len(), 16);
    }
}
