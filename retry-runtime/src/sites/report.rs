//! The report on all annotated functions and their calls.

use core::fmt;
use core::sync::atomic::Ordering;

use crate::call::ruling::Ruling;
use crate::call::terms::Terms;
use crate::clock;
use crate::decide::budget_source::{BudgetReport, BudgetSource};
use crate::overrides;
use crate::policy::Policy;
use crate::reason::EndReason;
use crate::sites::registry;
use crate::sites::site::Site;
use crate::testing;

/// Lists the annotated functions and closures that this process has called, by name, with the
/// counters of their calls.
///
/// With the feature `registry`, every annotated function of the program is listed, called or not.
/// A closure is listed after it has failed, or if a metrics recorder counts successes.
///
/// ```
/// use retry_runtime::retry_on;
///
/// #[retry_on(_, delay = "0ms", name = "stock")]
/// fn stock() -> Result<(), &'static str> {
///     Err("busy")
/// }
///
/// stock().unwrap_err();
/// let sites = retry_runtime::sites();
/// let stock = sites.get("stock").unwrap();
/// assert_eq!((stock.retries(), stock.gave_up()), (2, 1));
/// println!("{sites}");
/// ```
#[must_use]
pub fn sites() -> Sites {
    Sites { sites: registry::known().into_iter().map(SiteReport::of).collect() }
}

/// The annotated functions. `Display` prints a table. `Serialize` (feature `serde`) gives a list of
/// objects with the keys `site`, `file`, `line`, `selectors`, `policy`, `retries`, `not_yet`, `recovered`,
/// `ended`
/// (by reason), `gave_up`, `nested`, `requests`, and `budget`: `{"kind": "own", "available": 480,
/// "capacity": 500}`, `{"kind": "shared", "available": 480}` or `{"kind": "none"}`.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(transparent))]
pub struct Sites {
    sites: Vec<SiteReport>,
}

impl Sites {
    /// Iterates over them, sorted by name.
    pub fn iter(&self) -> core::slice::Iter<'_, SiteReport> {
        self.sites.iter()
    }

    /// Returns the function with this name, as in logs; the first, if several have it.
    #[must_use]
    pub fn get(&self, site: &str) -> Option<&SiteReport> {
        self.sites.iter().find(|report| report.site == site)
    }

    /// Returns their number.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sites.len()
    }

    /// Returns whether the list is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sites.is_empty()
    }
}

impl<'a> IntoIterator for &'a Sites {
    type Item = &'a SiteReport;
    type IntoIter = core::slice::Iter<'a, SiteReport>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Sites {
    type Item = SiteReport;
    type IntoIter = std::vec::IntoIter<SiteReport>;

    fn into_iter(self) -> Self::IntoIter {
        self.sites.into_iter()
    }
}

/// One annotated function, with the counters of its calls since the process started.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SiteReport {
    site: &'static str,
    file: &'static str,
    line: u32,
    selectors: &'static [&'static str],
    policy: String,
    retries: u64,
    not_yet: u64,
    recovered: u64,
    /// Number of calls for each reason.
    #[cfg_attr(feature = "serde", serde(serialize_with = "as_map"))]
    ended: Vec<(&'static str, u64)>,
    gave_up: u64,
    nested: u64,
    requests: u64,
    budget: BudgetReport,
}

#[cfg(feature = "serde")]
fn as_map<S: serde::Serializer>(
    ended: &[(&'static str, u64)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(ended.iter().copied())
}

impl SiteReport {
    fn of(site: &'static Site) -> Self {
        let last = site.last_policy();
        let terms = last.as_ref().map_or(Terms::OF_SITE, Terms::of);
        let ruling = Ruling::of(site, &terms);
        let policy = ruling.policy();
        let count = |reason| site.counters.ended(reason).load(Ordering::Relaxed);
        Self {
            site: site.name(),
            file: site.file,
            line: site.line,
            selectors: site.selectors,
            policy: match (site.is_set_per_call, &last) {
                _ if !policy.is_enabled => "switched off: no retries".to_owned(),
                (true, None) => "set per call".to_owned(),
                (true, Some(_)) => format!("set per call, last: {}", policy.plan(site.has_hint)),
                (false, _) => policy.plan(site.has_hint).to_string(),
            },
            retries: site.counters.retries.load(Ordering::Relaxed),
            not_yet: site.counters.not_yet.load(Ordering::Relaxed),
            recovered: site.counters.recovered.load(Ordering::Relaxed),
            ended: EndReason::EVERY.map(|reason| (reason.as_str(), count(reason))).to_vec(),
            gave_up: EndReason::EVERY
                .into_iter()
                .filter(|reason| reason.is_limit())
                .map(count)
                .sum(),
            nested: site.counters.nested.load(Ordering::Relaxed),
            requests: site.counters.requests.load(Ordering::Relaxed),
            budget: budget(site, policy),
        }
    }

    /// Returns the name of the function, as in logs and metrics.
    #[must_use]
    pub fn site(&self) -> &'static str {
        self.site
    }

    /// Returns the source file of the function.
    #[must_use]
    pub fn file(&self) -> &'static str {
        self.file
    }

    /// Returns the line of the function in its file, from 1.
    #[must_use]
    pub fn line(&self) -> u32 {
        self.line
    }

    /// Returns the selectors, as written in the attribute, and `when`, `value` (`when_ok`) and `not_yet`
    /// (`until`) for predicates: all that `error.type` can be, but for `timeout` and `_OTHER`.
    #[must_use]
    pub fn selectors(&self) -> &'static [&'static str] {
        self.selectors
    }

    /// Describes the policy in a sentence, with the settings from outside applied. If each call sets it
    /// (`policy = expression`, values of run time), it says so, with the policy of the last call that
    /// failed.
    #[must_use]
    pub fn policy(&self) -> &str {
        &self.policy
    }

    /// Returns the number of retries. A retry is counted when its pause begins, also if a stop, the
    /// deadline or a dropped future then prevents the attempt.
    #[must_use]
    pub fn retries(&self) -> u64 {
        self.retries
    }

    /// Pauses after a value before the one that is polled for, which is no failure.
    #[must_use]
    pub fn not_yet(&self) -> u64 {
        self.not_yet
    }

    /// Returns the number of calls that succeeded after at least one retry.
    #[must_use]
    pub fn recovered(&self) -> u64 {
        self.recovered
    }

    /// Returns the number of calls that ended with an error for this reason.
    #[must_use]
    pub fn ended(&self, reason: EndReason) -> u64 {
        let is_reason = |(word, _): &&(&str, u64)| *word == reason.as_str();
        self.ended.iter().find(is_reason).map_or(0, |(_, count)| *count)
    }

    /// Returns the number of calls that any limit ended. It includes calls ended by a stop or by
    /// retries that are switched off, which [`GiveUpAlerts`](crate::observe::GiveUpAlerts) do not count.
    #[must_use]
    pub fn gave_up(&self) -> u64 {
        self.gave_up
    }

    /// Returns the number of attempts inside which another function retried.
    #[must_use]
    pub fn nested(&self) -> u64 {
        self.nested
    }

    /// Returns the number of requests inside its attempts, if the client counts them
    /// (`aws::CountRequests`).
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests
    }

    /// Returns the state of its budget.
    #[must_use]
    pub fn budget(&self) -> BudgetReport {
        self.budget.clone()
    }
}

fn budget(site: &'static Site, policy: &Policy) -> BudgetReport {
    if let Some(set) = overrides::board::budget_for(site) {
        return set.report();
    }
    match (site.last_budget.report(), policy.budget) {
        // A budget that the policy of the site shares can be read directly.
        (Some(_), BudgetSource::Shared(_)) | (None, _) => {
            policy.budget.report(&testing::own_budget(site), policy, clock::since_start)
        }
        (Some(seen), _) => seen,
    }
}

/// ```text
/// site           retries  recovered  gave up  not retried      budget  place
/// orders::fetch       12          5        1            2  480 of 500  src/orders.rs:17
///   on Busy, Throttled: at most 3 calls: 1 + 2 retries; pauses up to 100 ms, 200 ms; …
///   gave up: max_attempts 1
/// ```
impl fmt::Display for Sites {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const HEAD: [&str; 7] =
            ["site", "retries", "recovered", "gave up", "not retried", "budget", "place"];
        const LONGEST_NAME: usize = 48;
        if self.is_empty() {
            return f.write_str("no annotated function was called\n");
        }
        let rows: Vec<[String; 7]> = self
            .iter()
            .map(|site| {
                [
                    site.site.to_owned(),
                    site.retries.to_string(),
                    site.recovered.to_string(),
                    site.gave_up.to_string(),
                    (site.ended(EndReason::NotRetryable) + site.ended(EndReason::Nested))
                        .to_string(),
                    site.budget.to_string(),
                    format!("{}:{}", site.file, site.line),
                ]
            })
            .collect();
        let width = |column: usize| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            // A longer name gets a line of its own. Otherwise it would move all columns to the right.
            let cells = cells.filter(|width| column > 0 || *width <= LONGEST_NAME);
            cells.chain([HEAD[column].len()]).max().unwrap_or(0)
        };
        let widths: [usize; 7] = core::array::from_fn(width);
        // Names are aligned to the left, numbers to the right; the last column is not padded.
        let line = |f: &mut fmt::Formatter<'_>, cells: [&str; 7]| {
            let name = if cells[0].chars().count() > widths[0] {
                writeln!(f, "{}", cells[0])?;
                ""
            } else {
                cells[0]
            };
            write!(f, "{name:<0$}", widths[0])?;
            for column in 1..6 {
                write!(f, "  {:>1$}", cells[column], widths[column])?;
            }
            writeln!(f, "  {}", cells[6])
        };
        line(f, HEAD)?;
        for (site, row) in self.iter().zip(&rows) {
            line(f, row.each_ref().map(String::as_str))?;
            let selectors = match site.selectors {
                // Without selectors, only attempts that take too long are retried.
                [] => "timeout".to_owned(),
                selectors => selectors.join(", "),
            };
            writeln!(f, "  on {selectors}: {}", site.policy)?;
            let reasons: Vec<String> = EndReason::EVERY
                .into_iter()
                .filter(|reason| reason.is_limit() && site.ended(*reason) > 0)
                .map(|reason| format!("{reason} {}", site.ended(reason)))
                .collect();
            if !reasons.is_empty() {
                writeln!(f, "  gave up: {}", reasons.join(", "))?;
            }
        }
        Ok(())
    }
}
