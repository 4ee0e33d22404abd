//! What an attempt returns, as the expansion can write it.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::{GenericArgument, Path, PathArguments, Type, TypeParamBound, TypePath};

use crate::parse::generic_types;
use crate::parse::tokens::{contains_word, is_sign, is_word, spaceless};
use crate::plan::Plan;

/// What an attempt returns, if the return type says so.
pub(super) struct Output {
    /// With `_` in place of a type that has no name.
    pub(super) ty: Option<TokenStream>,
    pub(super) is_opaque: bool,
}

impl Output {
    pub(super) fn of(plan: &Plan) -> Self {
        let output = plan.function.body.output.as_ref();
        let ty = output.map(ToTokens::to_token_stream);
        let is_opaque = ty.clone().is_some_and(|ty| contains_word(ty, "impl"));
        let named = || output.cloned().map(|ty| without_impl(ty).into_token_stream());
        Self { ty: if is_opaque { named() } else { ty }, is_opaque }
    }
}

/// The error of a `Result`, with its generic arguments, if it is the enum of a selected variant.
/// The path of the variant does not contain them.
///
/// ```text
/// // Input:  SdkError, of a function that returns Result<Item, Box<SdkError<GetItemError>>>
/// // Output: SdkError<GetItemError>
/// ```
pub(super) fn error_of(plan: &Plan, enum_name: &str) -> Option<Type> {
    let Type::Path(result) = ungrouped(plan.function.body.output.as_ref()?) else { return None };
    let last = result.path.segments.last().filter(|last| last.ident == "Result")?;
    with_generics(generic_types(&last.arguments).nth(1)?, enum_name)
}

/// Whether the return type says that the error of a `Result` has a lifetime.
pub(super) fn borrows(plan: &Plan) -> bool {
    let Some(Type::Path(result)) = plan.function.body.output.as_ref().map(ungrouped) else {
        return false;
    };
    let last = result.path.segments.last().filter(|last| last.ident == "Result");
    let error = last.and_then(|last| generic_types(&last.arguments).nth(1));
    error.is_some_and(|error| has_lifetime(error.to_token_stream()))
}

fn has_lifetime(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let starts_lifetime = |at: usize| tokens.get(at).is_some_and(|token| is_sign(token, '\''));
    tokens.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Group(group) => has_lifetime(group.stream()),
        TokenTree::Punct(sign) if sign.as_char() == '&' => !starts_lifetime(at + 1),
        TokenTree::Punct(sign) if sign.as_char() == '\'' => {
            !tokens.get(at + 1).is_some_and(|name| is_word(name, "static"))
        }
        _ => false,
    })
}

/// The type itself, or what a pointer points to.
fn with_generics(ty: &Type, name: &str) -> Option<Type> {
    let Type::Path(TypePath { qself: None, path, .. }) = ungrouped(ty) else { return None };
    let mut bare = path.clone();
    let last = bare.segments.last_mut()?;
    let arguments = core::mem::take(&mut last.arguments);
    if !arguments.is_empty() && spaceless(&bare) == name {
        return Some(without_impl(ty.clone()));
    }
    let is_pointer = ["Box", "Arc", "Rc"].iter().any(|pointer| bare.is_ident(pointer));
    is_pointer.then(|| generic_types(&arguments).find_map(|ty| with_generics(ty, name)))?
}

/// Without the invisible group around a type that comes from a macro.
fn ungrouped(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungrouped(&group.elem),
        Type::Paren(paren) => ungrouped(&paren.elem),
        _ => ty,
    }
}

/// `Result<impl Display, E>` is, for an attempt, `Result<_, E>`.
fn without_impl(mut ty: Type) -> Type {
    let inner = match &mut ty {
        Type::ImplTrait(opaque) => {
            return Type::Verbatim(quote_spanned!(opaque.impl_token.span=> _));
        }
        Type::Path(path) => {
            arguments_without_impl(&mut path.path);
            return ty;
        }
        Type::TraitObject(object) => {
            for bound in &mut object.bounds {
                if let TypeParamBound::Trait(bound) = bound {
                    arguments_without_impl(&mut bound.path);
                }
            }
            return ty;
        }
        Type::Tuple(tuple) => {
            for ty in &mut tuple.elems {
                *ty = without_impl(ty.clone());
            }
            return ty;
        }
        Type::Group(group) => &mut group.elem,
        Type::Paren(paren) => &mut paren.elem,
        Type::Reference(reference) => &mut reference.elem,
        Type::Slice(slice) => &mut slice.elem,
        Type::Array(array) => &mut array.elem,
        _ => return ty,
    };
    **inner = without_impl((**inner).clone());
    ty
}

fn arguments_without_impl(path: &mut Path) {
    for segment in &mut path.segments {
        if let PathArguments::AngleBracketed(generics) = &mut segment.arguments {
            for argument in &mut generics.args {
                match argument {
                    GenericArgument::Type(ty) => *ty = without_impl(ty.clone()),
                    GenericArgument::AssocType(assigned) => {
                        assigned.ty = without_impl(assigned.ty.clone());
                    }
                    _ => {}
                }
            }
        }
    }
}
