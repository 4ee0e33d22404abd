//! What is meant: complete, checked, and always possible to print.

use std::time::Duration;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, LitStr, Path};

use crate::parse::{Arguments, Function, Jitter, Key, Selector, Value, spaceless};

/// All that an expansion needs.
pub(crate) struct Plan {
    pub(crate) function: Function,
    pub(crate) selectors: Vec<Selector>,
    pub(crate) when: Option<Expr>,
    pub(crate) unless: Option<Expr>,
    /// What differs from the default policy, as calls of its builder.
    pub(crate) settings: Vec<Setting>,
    /// Arguments that are cloned for each attempt although they are not `mut`.
    pub(crate) cloned: Vec<Ident>,
    pub(crate) name: Option<LitStr>,
    pub(crate) sleep: Option<Expr>,
    pub(crate) runtime: Path,
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

impl Plan {
    pub(crate) fn new(arguments: Arguments, function: Function) -> Self {
        let settings = settings(&arguments);
        let mut cloned = arguments.clone.take().unwrap_or_default();
        cloned.retain(|name| !function.mutable.iter().any(|other| other.argument == *name));
        Self {
            function,
            selectors: arguments.selectors,
            when: arguments.when.take(),
            unless: arguments.unless.take(),
            settings,
            cloned,
            name: arguments.name.take(),
            sleep: arguments.sleep.take(),
            runtime: arguments.runtime.take().unwrap_or_else(|| syn::parse_quote!(::retry_runtime)),
        }
    }
}

fn settings(arguments: &Arguments) -> Vec<Setting> {
    let time = |duration: Duration| {
        let (seconds, nanos) = (duration.as_secs(), duration.subsec_nanos());
        let tokens = quote_spanned!(Span::mixed_site()=> __x::Duration::new(#seconds, #nanos));
        (tokens, format!("{duration:?}"))
    };
    let jitter = |kind: Jitter| {
        let name = Ident::new(&format!("{kind:?}"), Span::mixed_site());
        let tokens = quote_spanned!(Span::mixed_site()=> __x::Jitter::#name);
        (tokens, name.to_string().to_lowercase())
    };
    [
        setting("max", &arguments.max, |max| (quote!(#max), max.to_string())),
        setting("delay", &arguments.delay, time),
        setting("factor", &arguments.factor, |factor| (quote!(#factor), factor.to_string())),
        setting("max_delay", &arguments.max_delay, time),
        setting("jitter", &arguments.jitter, jitter),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn setting<T: Copy>(
    method: &'static str,
    key: &Key<Value<T>>,
    print: impl FnOnce(T) -> (TokenStream, String),
) -> Option<Setting> {
    let keyed = key.get()?;
    let (value, shown) = match &keyed.value {
        Value::Literal(value, span) => {
            let (tokens, shown) = print(*value);
            (Value::Literal(tokens, *span), shown)
        }
        Value::Constant(value) => {
            (Value::Constant(value.clone()), format!("`{}`", spaceless(value)))
        }
    };
    Some(Setting { method, key: keyed.key, value, shown })
}
