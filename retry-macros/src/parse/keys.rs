//! The keys of the attribute: one table, one row for each key.
//!
//! These are generated from the rows: the names and lists of keys (here), the fields and their
//! parser (`arguments`), and the calls of the policy's builder (`plan`). The tests compare the
//! table with the reference in the runtime's documentation.
//!
//! To add a key, add a row. A key that is not a setting of the policy also needs a field in `plan`
//! and code in `expand`.

/// Calls the macro `$with` with all rows, in the order of the reference. A row is:
///
/// `name "key" field: type = reader, "example" => destination [properties];`
///
/// - `reader`: the function in `readers` that parses what follows the `=`
/// - `"example"`: a value that messages show
/// - `destination`: `Policy` for a setting of the policy, whose builder has a method with the name
///   of the key. The others are for the reader: `Errors` decides what counts as a failure, `Call`
///   belongs to each call, `Site` to the function.
/// - `properties`: see [`Property`]
macro_rules! every_key {
    ($with:ident) => {
        $with! {
            Max       "max"        max: Value<Max>           = count,     "3"               => Policy [CanFail KnownBeforeTheCall];
            Delay     "delay"      delay: Value<Duration>    = time,      "\"100ms\""       => Policy [CanFail OfRetries];
            Factor    "factor"     factor: Value<f64>        = growth,    "2"               => Policy [CanFail OfRetries];
            MaxDelay  "max_delay"  max_delay: Value<Duration> = time,     "\"20s\""         => Policy [CanFail OfRetries];
            MaxHint   "max_hint"   max_hint: Value<Duration> = time,      "\"60s\""         => Policy [OfRetries];
            Jitter    "jitter"     jitter: Value<Jitter>     = jitter,    "full"            => Policy [CanFail OfRetries];
            Deadline  "deadline"   deadline: Value<Duration> = limit,     "\"10s\""         => Policy [CanFail OfRetries];
            Timeout   "timeout"    timeout: Timeout          = timeout,   "\"1s\""          => Call [];
            TimedOut  "timed_out"  timed_out: Expr           = function,  "ApiError::late"  => Call [];
            When      "when"       when: Expr                = predicate, "is_transient"    => Errors [];
            Unless    "unless"     unless: Which             = which,     "is_permanent"    => Errors [];
            Until     "until"      until: Expr               = predicate, "is_done"         => Errors [];
            WhenOk    "when_ok"    when_ok: Expr             = predicate, "is_busy"         => Errors [];
            Throttling "throttling" throttling: Which        = which,     "is_throttling"   => Errors [OfRetries];
            Hint      "hint"       hint: Expr                = function,  "retry_after"     => Errors [OfRetries];
            Budget    "budget"     budget: Budget            = budget,    "&BUDGET"         => Call [OfRetries];
            Policy    "policy"     policy: Expr              = policy,    "&POLICY"         => Call [];
            NestedRetries    "nested"     nested: Value<NestedRetries>     = nested,    "inner"       => Policy [KnownBeforeTheCall];
            Attempt   "attempt"    attempt: Ident            = binding,   "attempt"         => Call [];
            OnRetry   "on_retry"   on_retry: Expr            = function,  "note"            => Call [OfRetries];
            OnGiveUp  "on_give_up" on_give_up: Expr          = function,  "alert"           => Call [];
            Name      "name"       name: LitStr              = name,      "\"orders\""      => Site [];
            Span      "span"       span: Value<bool>         = switch,    "true"            => Policy [KnownBeforeTheCall];
            Sleep     "sleep"      sleep: Expr               = timer,     "my_timer"        => Call [];
            Crate     "crate"      runtime: Path             = runtime,   "::retry_runtime" => Site [];
        }
    };
}
pub(crate) use every_key;

/// What is special about a key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Property {
    /// A value that is known only at run time must be checked: it can be invalid, or contradict
    /// others.
    CanFail,
    /// Without retries it has no effect.
    OfRetries,
    /// A literal is written to the site even if other values are known only at run time.
    KnownBeforeTheCall,
}

macro_rules! names {
    ($($name:ident $key:literal $field:ident: $type:ty = $reader:ident, $example:literal
        => $destination:ident [$($property:ident)*];)*) => {
        /// The name of a key.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub(crate) enum KeyName {
            $($name,)*
        }

        impl KeyName {
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)*];

            /// As it is written in the attribute.
            pub(crate) const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $key,)*
                }
            }

            /// A value, as it is written in the attribute.
            pub(crate) const fn example(self) -> &'static str {
                match self {
                    $(Self::$name => $example,)*
                }
            }

            const fn properties(self) -> &'static [Property] {
                match self {
                    $(Self::$name => &[$(Property::$property),*],)*
                }
            }
        }
    };
}
every_key!(names);

impl KeyName {
    pub(crate) fn new(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|name| name.as_str() == word)
    }

    pub(crate) fn has(self, property: Property) -> bool {
        self.properties().contains(&property)
    }
}
