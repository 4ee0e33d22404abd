//! What has happened to a call since its first failure, for those who ask when it ends.

pub(crate) use kept::History;

#[cfg(not(feature = "support-case"))]
#[expect(clippy::unused_self, reason = "called as those of a history are")]
mod kept {
    use crate::error::failure::FailedAttempt;

    /// Nothing is kept.
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

    /// The first few failed attempts of a call and the last few: however many there are, the memory
    /// is bounded.
    #[derive(Debug, Default)]
    pub(crate) struct History(Option<Box<Kept>>);

    #[derive(Debug)]
    struct Kept {
        /// The name of the error's type, as the function returns it.
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

        /// An attempt failed.
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
            let failure = FailureRecord::from(failed).map_texts(bounded);
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

        /// Another attempt follows the last one after this pause.
        pub(crate) fn pauses(&mut self, pause: Duration) {
            let kept = self.0.as_mut();
            let last = kept.and_then(|kept| kept.last.back_mut().or(kept.first.last_mut()));
            if let Some(last) = last {
                last.pause = Some(pause);
            }
        }

        /// The name of the error's type, as the function returns it.
        pub(crate) fn type_name(&self) -> &'static str {
            self.0.as_ref().map_or("", |kept| kept.type_name)
        }

        /// The attempts that are kept, and how many are missing after the first few.
        pub(crate) fn attempts(&self) -> (Vec<KeptAttempt>, u32) {
            self.0.as_ref().map_or_else(Default::default, |kept| {
                (kept.first.iter().chain(&kept.last).cloned().collect(), kept.omitted)
            })
        }
    }

    impl FailureRecord {
        /// The same with other texts.
        pub(crate) fn map_texts(self, mut map: impl FnMut(String) -> String) -> Self {
            Self {
                facts: self.facts,
                error: map(self.error),
                code: self.code.map(&mut map),
                request_id: self.request_id.map(&mut map),
            }
        }
    }

    /// No text is kept in full that is longer than two pages: one to be shown, and one so that no
    /// secret is cut before it is masked.
    ///
    /// Where it is cut, the end goes back to where a word ends: masked, the text before it becomes
    /// shorter, and half a secret would move into what is shown.
    fn bounded(mut text: String) -> String {
        const LONGEST: usize = 4_000;
        const DROPPED: usize = 200;
        if text.char_indices().nth(LONGEST).is_some() {
            let end = text.char_indices().nth(LONGEST - DROPPED).map_or(text.len(), |(end, _)| end);
            let kept = &text[..end];
            // Where no secret in a URL goes on, else where none with a name does.
            let ends_a_word =
                |letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '<' | '>');
            let end =
                kept.rfind(ends_a_word).or_else(|| kept.rfind([',', ';', '&'])).unwrap_or(end);
            text.truncate(end);
            text.push('…');
        }
        text
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::error::code::Code;
        use crate::error::failure::Facts;
        use crate::error::text::Text;

        fn failed(text: &dyn core::fmt::Display) -> FailedAttempt<'_> {
            FailedAttempt {
                facts: Facts { error_type: "Busy", type_name: "String", requests: 0 },
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

        #[test]
        fn a_text_without_end_is_cut() {
            let mut history = History::default();
            history.add(1, &failed(&"ä".repeat(100_000).as_str()));
            let (attempts, _) = history.attempts();
            assert_eq!(attempts[0].failure.error.chars().count(), 3_801);
        }

        #[test]
        fn no_half_word_is_kept_where_a_text_is_cut() {
            for half in [250, 1_000] {
                let start = "x ".repeat((4_000 - half) / 2);
                let kept = bounded(format!("{start}{}", "S".repeat(2_000)));
                assert!(!kept.contains('S') && kept.ends_with("x…"), "{kept}");
            }
            for short in [String::new(), "ä".repeat(4_000)] {
                assert_eq!(bounded(short.clone()), short);
            }
        }
    }
}
