//! What one call is retried by, if that is more than the site says.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident};
use syn::spanned::Spanned;

use super::place::{fallible, generated, given, method};
use super::site;
use crate::parse::{Budget, Property, Value};
use crate::plan::{At, Plan, Setting};

/// Evaluated once per call, before the first attempt.
///
/// ```text
/// // Input:  policy = &self.policy, max = self.max, budget = &SHARED
/// // Output: let __base: &Policy = &self.policy;
/// //         let __max: u32 = self.max;
/// //         let __policy = match __base.to_builder().max(__max).try_build() {
/// //             Ok(__policy) => __policy,
/// //             Err(__error) => match RefusesPolicy::refused(__error) {
/// //                 Ok(__value) => return Fallible::success(__value),
/// //                 Err(__last) => return Fallible::failure(__last),
/// //             },
/// //         };
/// //         let __budget = Typed::budget(&SHARED);
/// //         let __terms = Terms::of(&__policy).with_budget(&__budget);
///
/// // Input:  policy = &self.policy, span = true
/// // Output: let __base: &Policy = &self.policy;
/// //         let __policy = __base.__with_span(true);
/// //         let __terms = Terms::of(&__policy);
/// ```
pub(super) fn terms(plan: &Plan) -> Vec<TokenStream> {
    let timeout = plan.timeout.as_ref().map(timeout);
    let cut = plan.cuts.anything().then(|| generated!(let mut __cut = __x::Cut::Nothing;));
    let identity =
        plan.attempt.as_ref().map(|_| generated!(let __identity = __x::Identity::new();));
    let of_attempts = timeout.into_iter().chain(cut).chain(identity);
    if plan.at() != At::Terms {
        return of_attempts.collect();
    }
    let (before, policy) = policy(plan);
    let budget = plan.budget.as_ref().map(|budget| match budget {
        Budget::None => (TokenStream::new(), generated!(.without_budget())),
        // What is made for the call, such as an `Arc`, lives as long as it.
        Budget::Shared(budget) => {
            let budget = given(budget.span(), "budget", budget.to_token_stream());
            (generated!(let __budget = #budget;), generated!(.with_budget(&__budget)))
        }
    });
    let (shared, budget) = budget.unwrap_or_default();
    let started = plan.attempt.as_ref().map(|_| generated!(.started()));
    let told = plan.on_give_up.as_ref().map(|_| generated!(.with_hook()));
    let terms = generated! {
        #before
        #shared
        let __terms = __x::Terms::of(#policy)#budget #started #told;
    };
    of_attempts.chain([terms]).collect()
}

impl ToTokens for At {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Site => generated!(&__SITE).to_tokens(tokens),
            Self::SiteAndEnd => generated!((&__SITE, &__x::Terms::WITH_HOOK)).to_tokens(tokens),
            Self::Terms => generated!((&__SITE, &__terms)).to_tokens(tokens),
        }
    }
}

/// The statements that the policy needs, and a reference to it.
fn policy(plan: &Plan) -> (TokenStream, TokenStream) {
    let Some(run_time_value) = plan.run_time_value else {
        return (TokenStream::new(), generated!(&__SITE.policy));
    };
    let base = plan.policy.as_ref().map(site::base);
    if plan.settings.is_empty() {
        let base = base.unwrap_or_default();
        return (
            generated!(#base let __policy = __x::Policy::__copy(__base);),
            generated!(&__policy),
        );
    }
    let values = plan.settings.iter().filter_map(value);
    if !plan.settings.iter().any(|setting| setting.name.has(Property::CanFail)) {
        let policy =
            if base.is_some() { generated!(__base) } else { generated!(__x::Policy::DEFAULT) };
        let calls = plan.settings.iter().map(site::infallible_call);
        let before = generated!(#base #(#values)* let __policy = #policy #(#calls)*;);
        return (before, generated!(&__policy));
    }
    let builder = if base.is_some() {
        generated!(__x::Policy::to_builder(__base))
    } else {
        generated!(__x::Policy::builder())
    };
    let calls = plan.settings.iter().map(site::call);
    let success = fallible(plan, "success", generated!(__value));
    let failure = fallible(plan, "failure", generated!(__last));
    let refused = method(run_time_value, "RefusesPolicy", "refused", generated!(__error));
    let before = generated! {
        #base
        #(#values)*
        let __policy = match #builder #(#calls)*.try_build() {
            __x::Ok(__policy) => __policy,
            __x::Err(__error) => match #refused {
                __x::Ok(__value) => return #success,
                __x::Err(__last) => return #failure,
            },
        };
    };
    (before, generated!(&__policy))
}

/// A value that is known only when the function is called. Its type is placed at its key.
fn value(setting: &Setting) -> Option<TokenStream> {
    let Value::Expression(value) = &setting.value else { return None };
    let (local, ty) = (site::local(setting), site::type_of(setting));
    Some(generated!(let #local: #ty = #value;))
}

fn timeout(setting: &Setting) -> TokenStream {
    let local: Ident = format_ident!("__timeout", span = Span::mixed_site());
    let (ty, value) = match &setting.value {
        Value::Literal(value, _) => (generated!(__x::Duration), value.clone()),
        Value::Expression(value) => (site::type_of(setting), value.to_token_stream()),
    };
    generated!(let #local: #ty = #value;)
}
