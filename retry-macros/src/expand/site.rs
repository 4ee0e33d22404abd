//! The description of the function: a constant expression.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident};
use syn::{Expr, FnArg, Signature};

use super::place::{generated, given, placed};
use crate::parse::tokens::contains_word;
use crate::parse::{self, KeyName, Keyed, Property, Value};
use crate::plan::{Plan, Setting, ValueType};

/// ```text
/// // Input:  max = 3, delay = FIRST
/// // Output: { let __delay: Duration = FIRST;
/// //           site!(concat!(module_path!(), "::", "fetch"), &["Busy"],
/// //               policy(Policy::builder().max(3).delay(__delay)),
/// //               {max = 3, ..}, {async fn fetch(..) -> ..}) }
/// ```
pub(super) fn site(plan: &Plan, signature: &TokenStream) -> TokenStream {
    let name = if let Some(name) = &plan.name {
        generated!(#name)
    } else {
        let function = plan.function.signature.ident.to_string();
        let function = function.trim_start_matches("r#");
        generated!(__x::concat!(__x::module_path!(), "::", #function))
    };
    let selectors = plan.selectors.iter().map(|selector| selector.name.as_str());
    let names = selectors
        .chain(plan.when.iter().map(|_| "when"))
        .chain(plan.when_ok.iter().map(|_| "value"))
        .chain(plan.until.iter().map(|_| "not_yet"));
    if plan.run_time_value.is_some() {
        // The other settings are known only when the function is called.
        let known = |setting: &&Setting| setting.name.has(Property::KnownBeforeTheCall);
        let literal = |setting: &&Setting| matches!(setting.value, Value::Literal(..));
        let policy = policy(None, plan.settings.iter().filter(known).filter(literal));
        return described(plan, signature, &name, names, &policy);
    }
    let base = plan.policy.as_ref().map(base);
    let constants: TokenStream = plan.settings.iter().filter_map(constant).collect();
    let policy = policy(plan.policy.as_ref(), plan.settings.iter());
    let site = described(plan, signature, &name, names, &policy);
    if constants.is_empty() && base.is_none() {
        site
    } else {
        generated!({ #base #constants #site })
    }
}

fn described<'a>(
    plan: &Plan,
    signature: &TokenStream,
    name: &TokenStream,
    selectors: impl Iterator<Item = &'a str>,
    policy: &TokenStream,
) -> TokenStream {
    let attribute = &plan.attribute;
    let without_attributes = without_attributes(&plan.function.signature);
    let signature =
        without_attributes.map_or_else(|| signature.clone(), ToTokens::into_token_stream);
    let limit = plan.has_time_limit.then(|| generated!(.with_time_limit()));
    let hint = plan.hint.is_some().then(|| generated!(.with_hint()));
    let own = plan.run_time_value.is_some().then(|| generated!(.set_per_call()));
    let method = is_named_by_its_type(plan).then(|| generated!(.of_method(__named)));
    generated! {
        __x::site!(#name, &[#(#selectors),*], #policy, {#attribute}, {#signature})
            #limit #hint #own #method
    }
}

/// The item that returns the name of a method. A macro inside an `impl` does not see its type.
///
/// ```text
/// fn __named() -> &'static str { type_name_of(__named) } // "shop::Client::order::__named"
/// ```
pub(super) fn named(plan: &Plan) -> Option<TokenStream> {
    is_named_by_its_type(plan).then(|| {
        generated! {
            fn __named() -> &'static str {
                __x::type_name_of(__named)
            }
        }
    })
}

fn is_named_by_its_type(plan: &Plan) -> bool {
    let signature = &plan.function.signature;
    let is_method =
        signature.receiver().is_some() || contains_word(signature.to_token_stream(), "Self");
    is_method && plan.name.is_none()
}

/// The signature without the attributes of its arguments; `None` if they have none.
fn without_attributes(signature: &Signature) -> Option<Signature> {
    let has_attributes = |input: &FnArg| match input {
        FnArg::Receiver(receiver) => !receiver.attrs.is_empty(),
        FnArg::Typed(argument) => !argument.attrs.is_empty(),
    };
    if !signature.inputs.iter().any(has_attributes) {
        return None;
    }
    let mut shown = signature.clone();
    for input in &mut shown.inputs {
        match input {
            FnArg::Receiver(receiver) => receiver.attrs.clear(),
            FnArg::Typed(argument) => argument.attrs.clear(),
        }
    }
    Some(shown)
}

/// A constant. Its type, and the check of its value, are placed at the constant itself.
fn constant(setting: &Setting) -> Option<TokenStream> {
    let Value::Expression(value) = &setting.value else { return None };
    let (local, ty) = (local(setting), type_of(setting));
    let check = matches!(setting.name, KeyName::Max | KeyName::Factor).then(|| {
        let check = given(parse::place(value), setting.name.as_str(), generated!(#local));
        generated!(#check;)
    });
    Some(generated!(let #local: #ty = #value; #check))
}

/// The policy to start from. Its type is placed at its key.
pub(super) fn base(policy: &Keyed<Expr>) -> TokenStream {
    let (ty, policy) = (placed!(policy.key=> &__x::Policy), &policy.value);
    generated!(let __base: #ty = #policy;)
}

/// The policy of a site. Literals are already checked, but not against the policy to start from.
fn policy<'a>(
    base: Option<&Keyed<Expr>>,
    settings: impl Iterator<Item = &'a Setting>,
) -> TokenStream {
    let settings: Vec<_> = settings.collect();
    // The usual case, in a form that compiles faster than the builder.
    if let (None, [Setting { name: KeyName::Max, value: Value::Literal(max, _), .. }]) =
        (base, &*settings)
    {
        return generated!(__x::Policy::DEFAULT.__with_max(#max));
    }
    let mut place = base.map_or_else(Span::mixed_site, |base| parse::place(&base.value));
    let calls: Vec<TokenStream> = settings
        .into_iter()
        .map(|setting| {
            if let Value::Expression(value) = &setting.value {
                place = parse::place(value);
            }
            call(setting)
        })
        .collect();
    let builder = match base {
        None if calls.is_empty() => return generated!(__x::Policy::DEFAULT),
        None => generated!(__x::Policy::builder()),
        Some(_) => generated!(__x::Policy::to_builder(__base)),
    };
    given(place, "policy", generated!(#builder #(#calls)*))
}

/// `.delay(__delay)`
pub(super) fn call(setting: &Setting) -> TokenStream {
    match (setting.name, &setting.value) {
        // A literal can also be `none`.
        (KeyName::Max, Value::Literal(..)) => call_of("__max", setting),
        (name, _) => call_of(name.as_str(), setting),
    }
}

/// `.__with_span(true)`
pub(super) fn infallible_call(setting: &Setting) -> TokenStream {
    call_of(&format!("__with_{}", setting.name.as_str()), setting)
}

fn call_of(method: &str, setting: &Setting) -> TokenStream {
    let method = Ident::new(method, Span::mixed_site());
    match &setting.value {
        Value::Literal(value, _) => generated!(.#method(#value)),
        Value::Expression(_) => {
            let local = local(setting);
            generated!(.#method(#local))
        }
    }
}

/// The type of a value, at its key.
pub(super) fn type_of(setting: &Setting) -> TokenStream {
    match setting.ty {
        ValueType::Bool => placed!(setting.key=> bool),
        ValueType::Duration => placed!(setting.key=> __x::Duration),
        ValueType::F64 => placed!(setting.key=> f64),
        ValueType::Jitter => placed!(setting.key=> __x::Jitter),
        ValueType::NestedRetries => placed!(setting.key=> __x::NestedRetries),
        ValueType::U32 => placed!(setting.key=> u32),
    }
}

pub(super) fn local(setting: &Setting) -> Ident {
    format_ident!("__{}", setting.name.as_str(), span = Span::mixed_site())
}
