//! The readers of the keys' values, under the names in the table of keys.

use proc_macro2::{Ident, Span, TokenStream};
use syn::parse::{ParseStream, Parser};

use super::keys::{KeyName, every_key};
pub(super) use super::values::*;
pub(super) use super::which::which;

macro_rules! accepts {
    ($($name:ident $key:literal $field:ident: $type:ty = $reader:ident, $example:literal
        => $destination:ident [$($property:ident)*];)*) => {
        /// Whether the key takes the value.
        pub(super) fn accepts(name: KeyName, value: TokenStream) -> bool {
            let key = Ident::new("key", Span::call_site());
            let read = |input: ParseStream| match name {
                $(KeyName::$name => $reader(&key, input).map(drop),)*
            };
            read.parse2(value).is_ok()
        }
    };
}
every_key!(accepts);
