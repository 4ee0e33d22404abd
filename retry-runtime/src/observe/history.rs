//! The failed attempts of a call, kept for its support case.

pub(crate) use kept::History;

#[cfg(not(feature = "support-case"))]
#[expect(clippy::unused_self, reason = "same signatures as with the feature")]
mod kept {
    use crate::error::failure::FailedAttempt;

    /// Keeps nothing, without the feature `support-case`.
    #[derive(Debug, Default)]
    pub(crate) struct History(());

    impl History {
        pub(crate) const fn add(&mut self, _: u32, _: &FailedAttempt<'_>) {}

        pub(crate) const fn pauses(&mut self, _: core::time::Duration) {}
    }
}

#[cfg(feature = "support-case")]
pub(crate) mod kept {
    use core::time::Duration;
    use std::collections::VecDeque;
    use std::time::SystemTime;

    use crate::clock;
    use crate::error::failure::{FailedAttempt, FailureRecord};

    /// The first few and the last few failed attempts of a call, so that the memory is bounded.
    #[derive(Debug, Default)]
    pub(crate) struct History(Option<Box<Kept>>);

    #[derive(Debug)]
    struct Kept {
        /// The type name of the error that the function returns.
        type_name: &'static str,
        first: Vec<KeptAttempt>,
        last: VecDeque<KeptAttempt>,
        omitted: u32,
    }

    #[derive(Clone, Debug)]
    pub(crate) struct KeptAttempt {
        pub(crate) number: u32,
        pub(crate) failed_at: SystemTime,
        /// The pause that followed.
        pub(crate) pause: Option<Duration>,
        pub(crate) failure: FailureRecord,
    }

    impl History {
        const FIRST: usize = 3;
        const LAST: usize = 5;

        /// Adds a failed attempt.
        pub(crate) fn add(&mut self, number: u32, failed: &FailedAttempt<'_>) {
            let kept = self.0.get_or_insert_with(|| {
                Box::new(Kept {
                    type_name: "",
                    first: Vec::new(),
                    last: VecDeque::new(),
                    omitted: 0,
                })
            });
            if !failed.facts.type_name.is_empty() {
                kept.type_name = failed.facts.type_name;
            }
            let failure = FailureRecord::from(failed);
            let attempt = KeptAttempt { number, failed_at: clock::wall(), pause: None, failure };
            if kept.first.len() < Self::FIRST {
                kept.first.push(attempt);
                return;
            }
            if kept.last.len() == Self::LAST {
                kept.last.pop_front();
                kept.omitted += 1;
            }
            kept.last.push_back(attempt);
        }

        /// Records the pause after the last failed attempt.
        pub(crate) fn pauses(&mut self, pause: Duration) {
            let kept = self.0.as_mut();
            let last = kept.and_then(|kept| kept.last.back_mut().or(kept.first.last_mut()));
            if let Some(last) = last {
                last.pause = Some(pause);
            }
        }

        /// Returns the type name of the error that the function returns.
        pub(crate) fn type_name(&self) -> &'static str {
            self.0.as_ref().map_or("", |kept| kept.type_name)
        }

        /// Returns the attempts that are kept, and how many are left out after the first few.
        pub(crate) fn attempts(&self) -> (Vec<KeptAttempt>, u32) {
            self.0.as_ref().map_or_else(Default::default, |kept| {
                (kept.first.iter().chain(&kept.last).cloned().collect(), kept.omitted)
            })
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::error::code::Code;
        use crate::error::failure::Facts;
        use crate::error::text::Text;

        fn failed(text: &dyn core::fmt::Display) -> FailedAttempt<'_> {
            FailedAttempt {
                facts: Facts { error_type: "Busy", type_name: "String", requests: 0, hint: None },
                text: Text::Display(text),
                code: Code::default(),
            }
        }

        #[test]
        fn a_long_call_keeps_its_first_three_and_its_last_five_attempts() {
            let mut history = History::default();
            for number in 1..=1_000 {
                history.add(number, &failed(&number.to_string().as_str()));
                history.pauses(Duration::from_secs(number.into()));
            }
            let (attempts, omitted) = history.attempts();
            let numbers: Vec<u32> = attempts.iter().map(|attempt| attempt.number).collect();
            assert_eq!(numbers, [1, 2, 3, 996, 997, 998, 999, 1000]);
            assert_eq!(omitted, 992);
            assert!(attempts.iter().all(|attempt| {
                attempt.pause == Some(Duration::from_secs(attempt.number.into()))
            }));
        }
    }
}
