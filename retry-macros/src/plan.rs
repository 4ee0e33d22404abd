//! What the attribute means: complete, checked, and ready to print.

use std::cell::LazyCell;
use std::time::Duration;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, GenericParam, LitStr, Path};

use crate::parse::tokens::{contains_value, contains_word, spaceless};
use crate::parse::{
    Arguments, Budget, Function, Jitter, Key, KeyName, Keyed, Max, NestedRetries, Selector,
    Timeout, Value, Which, every_key, is_reference_to_constant, place,
};

/// All that an expansion needs.
pub(crate) struct Plan {
    /// The arguments as they were written, to be shown.
    pub(crate) attribute: TokenStream,
    pub(crate) function: Function,
    /// The place of the type that an attempt returns, or else of the function's name.
    pub(crate) output: Span,
    pub(crate) selectors: Vec<Selector>,
    pub(crate) when: Option<Expr>,
    pub(crate) unless: Option<Which>,
    pub(crate) until: Option<Expr>,
    pub(crate) when_ok: Option<Expr>,
    /// Which errors are throttling, besides known codes.
    pub(crate) throttling: Option<Which>,
    pub(crate) hint: Option<Expr>,
    /// The policy to start from, if it is not the default.
    pub(crate) policy: Option<Keyed<Expr>>,
    /// What differs from that policy, as calls of its builder.
    pub(crate) settings: Vec<Setting>,
    /// The resulting policy, if all its values are literals.
    pub(crate) known: Option<Known>,
    /// The first of these values that is known only when the function is called.
    pub(crate) run_time_value: Option<Span>,
    at: At,
    pub(crate) timeout: Option<Setting>,
    /// What makes the error of an attempt that is cut.
    pub(crate) timed_out: Option<Expr>,
    pub(crate) cuts: Cuts,
    /// Whether it says something of time limits, and need not be warned of those from outside.
    pub(crate) has_time_limit: bool,
    pub(crate) budget: Option<Budget>,
    /// The name under which the body sees its attempt.
    pub(crate) attempt: Option<Ident>,
    pub(crate) on_retry: Option<Expr>,
    pub(crate) on_give_up: Option<Expr>,
    /// Arguments that are cloned for each attempt although they are not `mut`.
    pub(crate) cloned: Vec<Ident>,
    pub(crate) name: Option<LitStr>,
    /// Whether calls may have spans.
    pub(crate) has_spans: bool,
    pub(crate) sleep: Option<Keyed<Expr>>,
    /// The path of the runtime, if it is given.
    pub(crate) runtime: Option<Path>,
}

/// What cuts an attempt that takes too long.
#[derive(Clone, Copy)]
pub(crate) enum Cuts {
    /// Nothing: a plain function, or no limit, or `timeout = none`.
    Nothing,
    /// The limit with this key, at its place; so an error can be made, or the function does not compile.
    Limit(KeyName, Span),
    /// The time limits that the policy may have, if an error can be made.
    PolicyIfPossible,
}

impl Cuts {
    fn new(arguments: &Arguments, function: &Function) -> Self {
        let is_never = matches!(arguments.timeout.get(), Some(Keyed { value: Timeout::None, .. }));
        if !function.body.is_async || is_never {
            return Self::Nothing;
        }
        let limits = [KeyName::Timeout, KeyName::Deadline, KeyName::Policy];
        let limit =
            limits.into_iter().find_map(|name| arguments.place_of(name).map(|place| (name, place)));
        match limit {
            None => Self::Nothing,
            Some((KeyName::Policy, _)) if arguments.timed_out.get().is_none() => {
                Self::PolicyIfPossible
            }
            Some((name, place)) => Self::Limit(name, place),
        }
    }

    pub(crate) const fn anything(self) -> bool {
        !matches!(self, Self::Nothing)
    }
}

/// A policy of literals: the macro knows its schedule.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    /// Without a limit if `None`.
    pub(crate) max: Option<u32>,
    pub(crate) delay: Duration,
    pub(crate) factor: f64,
    pub(crate) max_delay: Duration,
    pub(crate) jitter: Jitter,
    pub(crate) deadline: Option<Duration>,
}

impl Known {
    /// The same as the runtime's `Policy::DEFAULT` (a test compares them).
    pub(crate) const DEFAULT: Self = Self {
        max: Some(3),
        delay: Duration::from_millis(100),
        factor: 2.0,
        max_delay: Duration::from_secs(20),
        jitter: Jitter::Full,
        deadline: None,
    };

    /// `None` if a value is not a literal.
    fn new(arguments: &Arguments) -> Option<Self> {
        if arguments.policy.get().is_some() {
            return None;
        }
        let default = Self::DEFAULT;
        let delay = literal_or(&arguments.delay, default.delay)?;
        Some(Self {
            max: match arguments.max.get() {
                Some(_) => arguments.max.literal()?.0.attempts(),
                // A deadline that stands alone is the limit.
                None if arguments.deadline.get().is_some() => None,
                None => default.max,
            },
            delay,
            factor: literal_or(&arguments.factor, default.factor)?,
            // A long first delay raises the cap.
            max_delay: literal_or(&arguments.max_delay, default.max_delay.max(delay))?,
            jitter: literal_or(&arguments.jitter, default.jitter)?,
            deadline: match arguments.deadline.get() {
                Some(_) => Some(arguments.deadline.literal()?.0),
                None => None,
            },
        })
    }
}

/// The value of a literal, or the default; `None` if something else is given.
fn literal_or<T: Copy>(key: &Key<Value<T>>, default: T) -> Option<T> {
    match key.get() {
        Some(_) => key.literal().map(|(value, _)| value),
        None => Some(default),
    }
}

/// `.max(3)`
pub(crate) struct Setting {
    pub(crate) name: KeyName,
    /// Where the key is.
    pub(crate) key: Span,
    pub(crate) value: Value<TokenStream>,
    pub(crate) ty: ValueType,
    /// As documentation shows it.
    pub(crate) shown: String,
}

/// The type of a setting's value, as the expansion writes it.
#[derive(Clone, Copy)]
pub(crate) enum ValueType {
    Bool,
    Duration,
    F64,
    Jitter,
    NestedRetries,
    U32,
}

/// Where the expansion finds what one call is retried by.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum At {
    /// The site says all.
    Site,
    /// The site says all, and a hook needs to know how the call ended.
    SiteAndEnd,
    /// The site and the terms of the call.
    Terms,
}

impl Plan {
    pub(crate) fn new(
        attribute: TokenStream,
        mut arguments: Arguments,
        function: Function,
    ) -> Self {
        arguments.every_selector(|selector| selector.see_associated_type(&function));
        let settings = settings(&arguments);
        let known = Known::new(&arguments);
        let local = LazyCell::new(|| local_names(&function));
        let is_known = |value: &Expr| is_known_to_the_compiler(value, &local);
        let values = settings.iter().filter_map(|setting| match &setting.value {
            Value::Literal(..) => None,
            Value::Expression(value) => (!is_known(value)).then(|| place(value)),
        });
        let policy = arguments.policy.get().and_then(|Keyed { value, .. }| {
            let is_known = is_reference_to_constant(value) && is_known(value);
            (!is_known).then(|| place(value))
        });
        let run_time_value = values.chain(policy).next();
        let at = at(&arguments, &settings, run_time_value);
        // The policy can also switch them on.
        let has_spans = match arguments.span.literal() {
            Some((span, _)) => span,
            None => arguments.policy.get().is_some(),
        };
        let cuts = Cuts::new(&arguments, &function);
        let has_time_limit =
            function.body.is_async && (cuts.anything() || arguments.timeout.get().is_some());
        let timeout = match arguments.timeout.get() {
            Some(Keyed { key, value: Timeout::Limit(limit) }) => {
                Some(setting_of(KeyName::Timeout, *key, limit))
            }
            _ => None,
        };
        let mut cloned = arguments.clone.take().unwrap_or_default();
        cloned.retain(|name| !function.mutable.iter().any(|other| other.argument == *name));
        let name = function.signature.ident.span();
        Self {
            attribute,
            output: function.body.output.as_ref().map_or(name, Spanned::span),
            function,
            selectors: arguments.selectors,
            when: arguments.when.take(),
            unless: arguments.unless.take(),
            until: arguments.until.take(),
            when_ok: arguments.when_ok.take(),
            throttling: arguments.throttling.take(),
            hint: arguments.hint.take(),
            policy: arguments.policy.take_keyed(),
            settings,
            known,
            run_time_value,
            at,
            timeout,
            timed_out: arguments.timed_out.take(),
            cuts,
            has_time_limit,
            budget: arguments.budget.take(),
            attempt: arguments.attempt.take(),
            on_retry: arguments.on_retry.take(),
            on_give_up: arguments.on_give_up.take(),
            cloned,
            name: arguments.name.take(),
            has_spans,
            sleep: arguments.sleep.take_keyed(),
            runtime: arguments.runtime.take(),
        }
    }

    pub(crate) const fn at(&self) -> At {
        self.at
    }

    /// Whether a value can be something else than a success.
    pub(crate) const fn looks_at_values(&self) -> bool {
        self.until.is_some() || self.when_ok.is_some()
    }
}

fn at(arguments: &Arguments, settings: &[Setting], run_time_value: Option<Span>) -> At {
    let is_all_in_site = run_time_value.is_none()
        && arguments.policy.get().is_none()
        && arguments.budget.get().is_none()
        && arguments.attempt.get().is_none()
        && !settings.iter().any(|setting| setting.name == KeyName::Deadline);
    match (is_all_in_site, arguments.on_give_up.get()) {
        (true, None) => At::Site,
        (true, Some(_)) => At::SiteAndEnd,
        (false, _) => At::Terms,
    }
}

macro_rules! settings {
    ($($name:ident $key:literal $field:ident: $type:ty = $reader:ident, $example:literal
        => $destination:ident [$($property:ident)*];)*) => {
        /// The values of all keys that are settings of the policy.
        fn settings(arguments: &Arguments) -> Vec<Setting> {
            let mut settings = Vec::new();
            $(settings!(@$destination settings, $name, arguments.$field);)*
            settings
        }
    };
    (@Policy $settings:ident, $name:ident, $key:expr) => {
        $settings.extend(setting(KeyName::$name, &$key));
    };
    (@$other:ident $settings:ident, $name:ident, $key:expr) => {};
}
every_key!(settings);

fn setting<T: Literal>(name: KeyName, key: &Key<Value<T>>) -> Option<Setting> {
    key.get().map(|Keyed { key, value }| setting_of(name, *key, value))
}

fn setting_of<T: Literal>(name: KeyName, key: Span, value: &Value<T>) -> Setting {
    let (value, shown) = match value {
        Value::Literal(value, span) => (Value::Literal(value.tokens(), *span), value.shown()),
        Value::Expression(value) => {
            (Value::Expression(value.clone()), format!("`{}`", spaceless(value)))
        }
    };
    Setting { name, key, value, ty: T::TYPE, shown }
}

/// A value that the macro can know.
trait Literal: Copy {
    const TYPE: ValueType;

    /// As the expansion writes it.
    fn tokens(self) -> TokenStream;

    /// As documentation shows it.
    fn shown(self) -> String;
}

impl Max {
    const fn attempts(self) -> Option<u32> {
        match self {
            Self::None => None,
            Self::Attempts(attempts) => Some(attempts),
        }
    }
}

impl Literal for Max {
    const TYPE: ValueType = ValueType::U32;

    fn tokens(self) -> TokenStream {
        match self {
            Self::None => quote_spanned!(Span::mixed_site()=> __x::None),
            Self::Attempts(attempts) => quote_spanned!(Span::mixed_site()=> __x::Some(#attempts)),
        }
    }

    fn shown(self) -> String {
        match self {
            Self::None => "none".to_owned(),
            Self::Attempts(attempts) => attempts.to_string(),
        }
    }
}

impl Literal for f64 {
    const TYPE: ValueType = ValueType::F64;

    fn tokens(self) -> TokenStream {
        quote!(#self)
    }

    fn shown(self) -> String {
        self.to_string()
    }
}

impl Literal for bool {
    const TYPE: ValueType = ValueType::Bool;

    fn tokens(self) -> TokenStream {
        quote!(#self)
    }

    fn shown(self) -> String {
        self.to_string()
    }
}

impl Literal for Duration {
    const TYPE: ValueType = ValueType::Duration;

    fn tokens(self) -> TokenStream {
        let (seconds, nanos) = (self.as_secs(), self.subsec_nanos());
        quote_spanned!(Span::mixed_site()=> __x::Duration::new(#seconds, #nanos))
    }

    fn shown(self) -> String {
        format!("{self:?}")
    }
}

impl Literal for Jitter {
    const TYPE: ValueType = ValueType::Jitter;

    fn tokens(self) -> TokenStream {
        variant("Jitter", &format!("{self:?}"))
    }

    fn shown(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

impl Literal for NestedRetries {
    const TYPE: ValueType = ValueType::NestedRetries;

    fn tokens(self) -> TokenStream {
        variant("NestedRetries", &format!("{self:?}"))
    }

    fn shown(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

fn variant(of: &str, name: &str) -> TokenStream {
    let [of, variant] = [of, name].map(|name| Ident::new(name, Span::mixed_site()));
    quote_spanned!(Span::mixed_site()=> __x::#of::#variant)
}

/// The names that have a value or a meaning only in a call of the function.
struct LocalNames {
    /// The arguments, and `self`.
    values: Vec<String>,
    /// The generic parameters, and `Self`.
    parameters: Vec<String>,
}

fn local_names(function: &Function) -> LocalNames {
    let mut values = function.argument_names();
    values.push("self".to_owned());
    let generics = &function.signature.generics.params;
    let parameters = generics.iter().filter_map(|parameter| match parameter {
        GenericParam::Type(parameter) => Some(parameter.ident.to_string()),
        GenericParam::Const(parameter) => Some(parameter.ident.to_string()),
        GenericParam::Lifetime(_) => None,
    });
    LocalNames { values, parameters: parameters.chain(["Self".to_owned()]).collect() }
}

/// Whether the value uses none of these names, so that it is a constant.
///
/// A `const` block can use the parameters of the `impl`, which are not seen here; an item cannot.
fn is_known_to_the_compiler(value: &Expr, local: &LocalNames) -> bool {
    !matches!(value, Expr::Const(_))
        && !local.values.iter().any(|name| contains_value(value.to_token_stream(), name))
        && !local.parameters.iter().any(|name| contains_word(value.to_token_stream(), name))
}
