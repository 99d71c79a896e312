//! Lists of mistakes that a part of this program makes when it is told to, so that its tests can be
//! tested: under each of them, one has to fail.
//!
//! What tells a part to make one, and what asks whether it does, stands beside its list.

#[doc(hidden)]
#[macro_export]
/// Makes an enum of mistakes, each of which stands in it once. With the feature `mutants` it can tell
/// them all.
macro_rules! mutants {
    ($(#[$about:meta])* pub enum $name:ident { $($(#[$doc:meta])* $mutant:ident,)+ }) => {
        $(#[$about])*
        #[cfg_attr(not(feature = "mutants"), allow(unreachable_pub))]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$doc])* $mutant,)+
        }

        #[cfg(feature = "mutants")]
        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$mutant),+];
        }
    };
}
