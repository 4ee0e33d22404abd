//! The requests that a client makes inside an attempt, as counted by the client itself.
//!
//! They are passed on as notes, and only if the client counts. Otherwise an attempt pays nothing.

use crate::call::nesting::notes::{self, Requests};

/// Records a client's request: the number of its own attempt, from 1, and their maximum.
#[cfg(feature = "aws")]
pub(crate) fn requested(number: u32, max: u32) {
    leave(Requests { count: 1, repeated: if number > 1 { max.max(number) } else { 0 } });
}

/// Records requests for the attempt that is running now, if there is one.
pub(super) fn leave(requests: Requests) {
    notes::leave(|notes| notes.requests.add(requests));
}

#[cfg(all(test, feature = "aws"))]
mod tests;
