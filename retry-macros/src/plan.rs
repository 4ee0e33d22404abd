//! What is meant: complete, checked, and always possible to print.

use std::cell::LazyCell;
use std::time::Duration;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, GenericParam, LitStr, Path};

use crate::check::{argument_names, contains_word};
use crate::parse::{
    Arguments, Budget, Function, Jitter, Key, Keyed, Selector, Value, is_reference_to_constant,
    place, spaceless,
};

/// All that an expansion needs.
pub(crate) struct Plan {
    /// The arguments as they were written, to be shown.
    pub(crate) attribute: TokenStream,
    pub(crate) function: Function,
    /// Where it says what an attempt returns; the name of a function that does not.
    pub(crate) output: Span,
    pub(crate) selectors: Vec<Selector>,
    pub(crate) when: Option<Expr>,
    pub(crate) unless: Option<Expr>,
    pub(crate) ok: Option<Expr>,
    pub(crate) hint: Option<Expr>,
    /// The policy to start from, where it is not the default.
    pub(crate) policy: Option<Keyed<Expr>>,
    /// What differs from that policy, as calls of its builder.
    pub(crate) settings: Vec<Setting>,
    /// All of that, where it is known here.
    pub(crate) known: Option<Known>,
    /// The first of these values that is known only when the function is called.
    pub(crate) run_time_value: Option<Span>,
    pub(crate) timeout: Option<Setting>,
    pub(crate) budget: Option<Budget>,
    /// The name under which the body sees its attempt.
    pub(crate) attempt: Option<Ident>,
    pub(crate) on_retry: Option<Expr>,
    pub(crate) on_give_up: Option<Expr>,
    /// Arguments that are cloned for each attempt although they are not `mut`.
    pub(crate) cloned: Vec<Ident>,
    pub(crate) name: Option<LitStr>,
    /// Whether there can be spans.
    pub(crate) has_spans: bool,
    pub(crate) sleep: Option<Keyed<Expr>>,
    /// Where the runtime is, if it was named.
    pub(crate) runtime: Option<Path>,
}

/// A policy of literals, so that its schedule is known here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub(crate) max: u32,
    pub(crate) delay: Duration,
    pub(crate) factor: f64,
    pub(crate) max_delay: Duration,
    pub(crate) jitter: Jitter,
    pub(crate) deadline: Option<Duration>,
}

impl Known {
    /// The runtime's default.
    pub(crate) const DEFAULT: Self = Self {
        max: 3,
        delay: Duration::from_millis(100),
        factor: 2.0,
        max_delay: Duration::from_secs(20),
        jitter: Jitter::Full,
        deadline: None,
    };

    /// `None` where a value is not a literal.
    fn new(arguments: &Arguments) -> Option<Self> {
        if arguments.policy.get().is_some() {
            return None;
        }
        let default = Self::DEFAULT;
        let delay = literal_or(&arguments.delay, default.delay)?;
        Some(Self {
            max: literal_or(&arguments.max, default.max)?,
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

/// The value of a literal, or the default; `None` where something else is given.
fn literal_or<T: Copy>(key: &Key<Value<T>>, default: T) -> Option<T> {
    match key.get() {
        Some(_) => key.literal().map(|(value, _)| value),
        None => Some(default),
    }
}

/// `.max(3)`
pub(crate) struct Setting {
    pub(crate) method: &'static str,
    /// Where the key stands.
    pub(crate) key: Span,
    pub(crate) value: Value<TokenStream>,
    /// As documentation shows it.
    pub(crate) shown: String,
}

impl Setting {
    /// Whether it can contradict another one, or be wrong by itself.
    pub(crate) fn can_fail(&self) -> bool {
        !matches!(self.method, "nested" | "span")
    }
}

impl Plan {
    pub(crate) fn new(attribute: TokenStream, arguments: Arguments, function: Function) -> Self {
        let settings = settings(&arguments);
        let known = Known::new(&arguments);
        let local = LazyCell::new(|| local_names(&function));
        let is_known = |value: &Expr| is_known_to_the_compiler(value, &local);
        let values = settings.iter().filter_map(|setting| match &setting.value {
            Value::Literal(..) => None,
            Value::Constant(value) => (!is_known(value)).then(|| place(value)),
        });
        let policy = arguments.policy.get().and_then(|Keyed { value, .. }| {
            let is_known = is_reference_to_constant(value) && is_known(value);
            (!is_known).then(|| place(value))
        });
        let run_time_value = values.chain(policy).next();
        // A policy may ask for them too.
        let has_spans = match arguments.span.literal() {
            Some((span, _)) => span,
            None => arguments.policy.get().is_some(),
        };
        let timeout = setting("timeout", &arguments.timeout, time);
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
            ok: arguments.ok.take(),
            hint: arguments.hint.take(),
            policy: arguments.policy.take_keyed(),
            settings,
            known,
            run_time_value,
            timeout,
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

    /// Whether the description of the site says all that a call must know.
    pub(crate) fn is_all_in_site(&self) -> bool {
        self.run_time_value.is_none()
            && self.policy.is_none()
            && self.budget.is_none()
            && self.attempt.is_none()
            && !self.settings.iter().any(|setting| setting.method == "deadline")
    }
}

fn settings(arguments: &Arguments) -> Vec<Setting> {
    [
        setting("max", &arguments.max, |max| (quote!(#max), max.to_string())),
        setting("delay", &arguments.delay, time),
        setting("factor", &arguments.factor, |factor| (quote!(#factor), factor.to_string())),
        setting("max_delay", &arguments.max_delay, time),
        setting("jitter", &arguments.jitter, |kind| variant("Jitter", &format!("{kind:?}"))),
        setting("deadline", &arguments.deadline, time),
        setting("nested", &arguments.nested, |kind| variant("Nested", &format!("{kind:?}"))),
        setting("span", &arguments.span, |span| (quote!(#span), span.to_string())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn time(duration: Duration) -> (TokenStream, String) {
    let (seconds, nanos) = (duration.as_secs(), duration.subsec_nanos());
    let tokens = quote_spanned!(Span::mixed_site()=> __x::Duration::new(#seconds, #nanos));
    (tokens, format!("{duration:?}"))
}

fn variant(of: &str, name: &str) -> (TokenStream, String) {
    let [of, variant] = [of, name].map(|name| Ident::new(name, Span::mixed_site()));
    (quote_spanned!(Span::mixed_site()=> __x::#of::#variant), name.to_lowercase())
}

fn setting<T: Copy>(
    method: &'static str,
    key: &Key<Value<T>>,
    print: impl FnOnce(T) -> (TokenStream, String),
) -> Option<Setting> {
    let Keyed { key, value } = key.get()?;
    let (value, shown) = match value {
        Value::Literal(value, span) => {
            let (tokens, shown) = print(*value);
            (Value::Literal(tokens, *span), shown)
        }
        Value::Constant(value) => {
            (Value::Constant(value.clone()), format!("`{}`", spaceless(value)))
        }
    };
    Some(Setting { method, key: *key, value, shown })
}

/// What only a call of the function can know.
struct LocalNames {
    /// The arguments, and `self`.
    values: Vec<String>,
    /// The generic parameters, and `Self`.
    parameters: Vec<String>,
}

fn local_names(function: &Function) -> LocalNames {
    let mut values = argument_names(function);
    values.push("self".to_owned());
    let generics = &function.signature.generics.params;
    let parameters = generics.iter().filter_map(|parameter| match parameter {
        GenericParam::Type(parameter) => Some(parameter.ident.to_string()),
        GenericParam::Const(parameter) => Some(parameter.ident.to_string()),
        GenericParam::Lifetime(_) => None,
    });
    LocalNames { values, parameters: parameters.chain(["Self".to_owned()]).collect() }
}

/// Whether the value uses none of these.
fn is_known_to_the_compiler(value: &Expr, local: &LocalNames) -> bool {
    !local.values.iter().any(|name| is_a_value_in(name, value.to_token_stream()))
        && !local.parameters.iter().any(|name| contains_word(value.to_token_stream(), name))
}

/// Whether the name stands somewhere, and not in a path or as the name of a method or a field.
fn is_a_value_in(name: &str, tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_sign = |at: Option<usize>, signs: &[char]| match at.and_then(|at| tokens.get(at)) {
        Some(TokenTree::Punct(sign)) => signs.contains(&sign.as_char()),
        _ => false,
    };
    tokens.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Group(group) => is_a_value_in(name, group.stream()),
        TokenTree::Ident(word) if word == name => {
            !is_sign(at.checked_sub(1), &[':', '.']) && !is_sign(Some(at + 1), &[':'])
        }
        _ => false,
    })
}
