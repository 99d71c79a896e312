//! The one constant that a plugin exports.

/// Exports a plugin: its id and the handlers and framings it brings.
///
/// ```
/// # use wirebench_sdk::{Client, Cx, Handler, Message, Result, Server, Token};
/// # struct S;
/// # impl Server for S {
/// #     type Config = std::collections::BTreeMap<String, u8>;
/// #     type Session = ();
/// #     fn new(_: Self::Config, _: &mut Cx<'_>) -> Result<Self> { Ok(S) }
/// #     fn open(&mut self, _: &mut Cx<'_>) -> Result<()> { Ok(()) }
/// #     fn message(&mut self, _: &mut (), _: &mut Cx<'_>, _: Message<'_>) -> Result<()> { Ok(()) }
/// # }
/// # struct C;
/// # impl Client for C {
/// #     type Config = std::collections::BTreeMap<String, u8>;
/// #     type Session = ();
/// #     fn new(_: Self::Config, _: &mut Cx<'_>) -> Result<Self> { Ok(C) }
/// #     fn open(&mut self, _: &mut Cx<'_>) -> Result<()> { Ok(()) }
/// #     fn start(&mut self, _: &mut (), _: &mut Cx<'_>, _: Token) -> Result<()> { Ok(()) }
/// #     fn message(&mut self, _: &mut (), _: &mut Cx<'_>, _: Message<'_>) -> Result<()> { Ok(()) }
/// # }
/// struct Quiet;
/// impl Handler for Quiet {
///     const NAME: &'static str = "quiet";
///     type Server = S;
///     type Client = C;
/// }
///
/// wirebench_sdk::export_plugin! { id: "org.example.quiet", handlers: [Quiet], framings: [] }
/// # fn main() {}
/// ```
///
/// `version: "…"` may follow the id; without it the version of the crate is taken. The constant
/// is left out of the crate's own unit tests.
///
/// What the plugin is stands in an [ELF note](wirebench_abi::note) too, which is read without loading it.
#[macro_export]
macro_rules! export_plugin {
    (
        id: $id:expr,
        handlers: [$($handler:ty),* $(,)?],
        framings: [$($framing:ty),* $(,)?] $(,)?
    ) => {
        $crate::export_plugin! {
            id: $id,
            version: env!("CARGO_PKG_VERSION"),
            handlers: [$($handler),*],
            framings: [$($framing),*],
        }
    };
    (
        id: $id:expr,
        version: $version:expr,
        handlers: [$($handler:ty),* $(,)?],
        framings: [$($framing:ty),* $(,)?] $(,)?
    ) => {
        // A module of its own: a test that links the crate for its types can do without it.
        #[doc(hidden)]
        #[cfg(not(test))]
        mod wirebench_export {
            #[allow(unused_imports)]
            use super::*;
            use $crate::private::abi;

            const HANDLERS: &[*const abi::Handler] =
                &[$(&const { $crate::private::handler_table::<$handler>() } as *const _),*];
            const FRAMINGS: &[*const abi::Framing] =
                &[$(&const { $crate::private::framing_table::<$framing>() } as *const _),*];
            const OPTIONAL: &[abi::Bytes] = &[
                abi::Bytes::text(abi::EXTENSION_TIMER_V1),
                abi::Bytes::text(abi::EXTENSION_MAILBOX_V1),
                abi::Bytes::text(abi::EXTENSION_COUNT_V1),
                abi::Bytes::text(abi::EXTENSION_PLACE_V1),
                abi::Bytes::text(abi::EXTENSION_PENDING_V1),
                abi::Bytes::text(abi::EXTENSION_KEPT_V1),
                abi::Bytes::text(abi::EXTENSION_TROUBLE_V1),
                abi::Bytes::text(abi::EXTENSION_ROOM_V1),
            ];

            const SAID: &[abi::note::Entry] = &[
                abi::note::Entry::new("note", abi::note::FORMAT),
                abi::note::Entry::new("abi", abi::ABI),
                abi::note::Entry::new("id", $id),
                abi::note::Entry::new("version", $version),
                abi::note::Entry::new("sdk", $crate::SDK),
                // Of the crate that this expands in, not of the SDK.
                abi::note::Entry::new(
                    "build",
                    if cfg!(debug_assertions) { "debug" } else { "release" },
                ),
                abi::note::Entry::new("arch", ::std::env::consts::ARCH),
                abi::note::Entry::new("target", $crate::TARGET),
                $(abi::note::Entry::about(
                    "handler",
                    <$handler as $crate::Handler>::NAME,
                    <$handler as $crate::Handler>::ABOUT,
                ),)*
                $(abi::note::Entry::about(
                    "framing",
                    <$framing as $crate::PluginFraming>::NAME,
                    <$framing as $crate::PluginFraming>::ABOUT,
                ),)*
            ];

            // No `#[used]`: it would pull the descriptors of all plugins that one test links into it, where
            // they have the same name. What keeps the note is that the descriptor's id stands in it.
            #[allow(unsafe_code)]
            #[unsafe(link_section = ".note.wirebench")]
            static NOTE: abi::note::Note<{ abi::note::length(SAID) }> = abi::note::Note::new(SAID);

            #[allow(unsafe_code, non_upper_case_globals)]
            #[unsafe(no_mangle)]
            static wirebench_plugin_v1: abi::Plugin = abi::Plugin {
                magic: abi::MAGIC,
                struct_size: size_of::<abi::Plugin>() as u32,
                abi_major: abi::ABI_MAJOR,
                abi_minor: abi::ABI_MINOR,
                id: abi::Bytes::new(NOTE.value(SAID, "id")),
                version: abi::Bytes::text($version),
                sdk: abi::Bytes::text($crate::SDK),
                handlers: HANDLERS.as_ptr(),
                handlers_len: HANDLERS.len(),
                framings: FRAMINGS.as_ptr(),
                framings_len: FRAMINGS.len(),
                required: ::core::ptr::null(),
                required_len: 0,
                optional: OPTIONAL.as_ptr(),
                optional_len: OPTIONAL.len(),
                // Of the crate that this expands in, not of the SDK.
                build: if cfg!(debug_assertions) { abi::build::DEBUG } else { abi::build::RELEASE },
            };
        }
    };
}
