//! What a closure is retried by.

use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use crate::call::hooks::{OnGiveUp, OnRetry};
use crate::call::timeout::TimedOut;
use crate::decide::budget::Budget;
use crate::error::code::Code;
use crate::hint::Hint;
use crate::retry::place::Place;
use crate::retry::shared::Shared;

pub(super) struct Rules<'a, T, E> {
    pub(super) place: Place<'a>,
    pub(super) text: Print<E>,
    /// What was set besides, out of the way of calls for which nothing was.
    pub(super) options: Option<Arc<Options<'a, T, E>>>,
}

pub(super) struct Options<'a, T, E> {
    pub(super) budget: Option<&'a Budget>,
    pub(super) timeout: Option<Duration>,
    pub(super) timed_out: Option<Shared<'a, MakeError<'a, E>>>,
    pub(super) when: Option<Ask<'a, E, bool>>,
    pub(super) unless: Option<Ask<'a, E, bool>>,
    pub(super) throttling: Option<Ask<'a, E, bool>>,
    pub(super) until: Option<Ask<'a, T, bool>>,
    pub(super) when_ok: Option<Ask<'a, T, bool>>,
    pub(super) hint: Option<Ask<'a, E, Option<Hint>>>,
    pub(super) code: Option<fn(&E) -> Code<'_>>,
    pub(super) on_retry: Option<Shared<'a, RetryHook<'a, E>>>,
    pub(super) on_give_up: Option<Shared<'a, GiveUpHook<'a, E>>>,
}

/// Asks about an error or a value.
type Ask<'a, Of, Answer> = Shared<'a, dyn Fn(&Of) -> Answer + Send + Sync + 'a>;

/// Makes the error of an attempt that was cut.
pub(super) type MakeError<'a, E> = dyn Fn(TimedOut) -> E + Send + Sync + 'a;

type RetryHook<'a, E> = dyn Fn(&OnRetry<'_, E>) + Send + Sync + 'a;

type GiveUpHook<'a, E> = dyn Fn(&OnGiveUp<'_, E>) + Send + Sync + 'a;

/// Prints an error.
pub(super) type Print<E> = fn(&E, &mut fmt::Formatter<'_>) -> fmt::Result;

impl<'a, T, E> Rules<'a, T, E> {
    /// To set one.
    pub(super) fn options(&mut self) -> &mut Options<'a, T, E> {
        Arc::make_mut(self.options.get_or_insert_default())
    }
}

impl<T, E> Clone for Rules<'_, T, E> {
    fn clone(&self) -> Self {
        Self { options: self.options.clone(), ..*self }
    }
}

impl<T, E> Clone for Options<'_, T, E> {
    fn clone(&self) -> Self {
        Self {
            timed_out: self.timed_out.clone(),
            when: self.when.clone(),
            unless: self.unless.clone(),
            throttling: self.throttling.clone(),
            until: self.until.clone(),
            when_ok: self.when_ok.clone(),
            hint: self.hint.clone(),
            on_retry: self.on_retry.clone(),
            on_give_up: self.on_give_up.clone(),
            ..*self
        }
    }
}

impl<T, E> Default for Options<'_, T, E> {
    fn default() -> Self {
        Self {
            budget: None,
            timeout: None,
            timed_out: None,
            when: None,
            unless: None,
            throttling: None,
            until: None,
            when_ok: None,
            hint: None,
            code: None,
            on_retry: None,
            on_give_up: None,
        }
    }
}
