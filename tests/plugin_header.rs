//! The C header says what the Rust tables say.

#[path = "fixtures/c_compiler.rs"]
mod c_compiler;

use c_compiler::compile;
use std::fmt::Write;
use std::mem::offset_of;
use wirebench_abi as abi;

/// C assertions that a struct and its fields stand where Rust has them.
macro_rules! layout {
    ($out:ident, $c:literal, $rust:ty, [$($field:ident),*]) => {
        writeln!($out, "_Static_assert(sizeof({}) == {}, \"{}\");", $c, size_of::<$rust>(), $c)
            .unwrap();
        $(writeln!(
            $out,
            "_Static_assert(offsetof({}, {}) == {}, \"{}.{}\");",
            $c, stringify!($field), offset_of!($rust, $field), $c, stringify!($field)
        )
        .unwrap();)*
    };
}

/// C assertions that constants have Rust's values.
macro_rules! values {
    ($out:ident, [$($c:ident = $rust:expr),* $(,)?]) => {
        $(writeln!($out, "_Static_assert({} == {}, \"{}\");", stringify!($c), $rust, stringify!($c))
            .unwrap();)*
    };
}

fn assertions() -> String {
    let mut out = String::from("#include \"wirebench.h\"\n");
    layout!(out, "wb_bytes", abi::Bytes, [ptr, len]);
    layout!(out, "wb_cx", abi::Cx, [host, session, stop]);
    layout!(out, "wb_message", abi::Message, [bytes, token]);
    layout!(
        out,
        "wb_host",
        abi::Host,
        [
            struct_size,
            abi_minor,
            send,
            send_parts,
            send_payload,
            payload,
            finish,
            close,
            sessions,
            now,
            log,
            set_error,
            get_extension
        ]
    );
    layout!(out, "wb_timer_v1", abi::TimerV1, [struct_size, reserved, set]);
    layout!(out, "wb_mailbox_v1", abi::MailboxV1, [struct_size, reserved, open, post, release]);
    layout!(out, "wb_count_v1", abi::CountV1, [struct_size, reserved, add]);
    layout!(out, "wb_place_v1", abi::PlaceV1, [struct_size, reserved, get]);
    layout!(out, "wb_pending_v1", abi::PendingV1, [struct_size, reserved, set]);
    layout!(out, "wb_room_v1", abi::RoomV1, [struct_size, reserved, longest]);
    layout!(out, "wb_random_v1", abi::RandomV1, [struct_size, reserved, next]);
    layout!(out, "wb_kept_v1", abi::KeptV1, [struct_size, reserved, set]);
    layout!(out, "wb_trouble_v1", abi::TroubleV1, [struct_size, reserved, open, tell, release]);
    layout!(
        out,
        "wb_side",
        abi::Side,
        [
            struct_size,
            reserved,
            create,
            destroy,
            open,
            message,
            start,
            timer,
            mail,
            writable,
            close,
            messages,
            starts,
            ending
        ]
    );
    layout!(out, "wb_handler", abi::Handler, [struct_size, reserved, name, about, server, client]);
    layout!(out, "wb_nature", abi::Nature, [struct_size, flags, max]);
    layout!(out, "wb_frame", abi::Frame, [at, len, scratch, reserved, wire_at, wire_end]);
    layout!(
        out,
        "wb_decoded",
        abi::Decoded,
        [
            struct_size,
            again,
            close,
            reserved,
            frames,
            frames_len,
            scratch,
            control,
            consumed,
            need,
            error_at,
            dropped,
            dropped_len,
            dropped_count,
            resent,
            need_is_exact,
            reserved_2
        ]
    );
    layout!(out, "wb_dropped", abi::Dropped, [at, end, text]);
    layout!(
        out,
        "wb_encoded",
        abi::Encoded,
        [struct_size, payload, header, rest, limit, at, mark, later, close, reserved]
    );
    layout!(out, "wb_report", abi::Report, [struct_size, reserved, set_error]);
    layout!(
        out,
        "wb_framing",
        abi::Framing,
        [
            struct_size,
            reserved,
            name,
            about,
            create,
            destroy,
            nature,
            gate,
            encode,
            feed,
            end_of_input,
            deadline,
            timeout,
            keeps
        ]
    );
    layout!(
        out,
        "wb_plugin",
        abi::Plugin,
        [
            magic,
            struct_size,
            abi_major,
            abi_minor,
            id,
            version,
            sdk,
            handlers,
            handlers_len,
            framings,
            framings_len,
            required,
            required_len,
            optional,
            optional_len,
            build
        ]
    );
    values!(
        out,
        [
            WB_MAGIC = abi::MAGIC,
            WB_ABI_MAJOR = abi::ABI_MAJOR,
            WB_ABI_MINOR = abi::ABI_MINOR,
            WB_NO_SESSION = abi::NO_SESSION,
            WB_OK = abi::status::OK,
            WB_ERROR = abi::status::ERROR,
            WB_PANIC = abi::status::PANIC,
            WB_REENTRANT = abi::status::REENTRANT,
            WB_POISONED = abi::status::POISONED,
            WB_INVALID = abi::status::INVALID,
            WB_UNSUPPORTED = abi::status::UNSUPPORTED,
            WB_FULL = abi::status::FULL,
            WB_CLOSED = abi::status::CLOSED,
            WB_TOO_LARGE = abi::status::TOO_LARGE,
            WB_UNSENDABLE_EMPTY = abi::status::UNSENDABLE_EMPTY,
            WB_UNSENDABLE_TOO_LONG = abi::status::UNSENDABLE_TOO_LONG,
            WB_UNSENDABLE_FORBIDDEN = abi::status::UNSENDABLE_FORBIDDEN,
            WB_UNSENDABLE_TOO_SHORT = abi::status::UNSENDABLE_TOO_SHORT,
            WB_MALFORMED = abi::status::MALFORMED,
            WB_DONE = abi::finish::DONE,
            WB_WRONG = abi::finish::WRONG,
            WB_REJECTED = abi::finish::REJECTED,
            WB_LOG_ERROR = abi::level::ERROR,
            WB_LOG_WARN = abi::level::WARN,
            WB_LOG_INFO = abi::level::INFO,
            WB_LOG_DEBUG = abi::level::DEBUG,
            WB_ROLE_CLIENT = abi::role::CLIENT,
            WB_ROLE_SERVER = abi::role::SERVER,
            WB_GATE_OPEN = abi::gate::OPEN,
            WB_GATE_UNTIL = abi::gate::UNTIL,
            WB_GATE_BLOCKED = abi::gate::BLOCKED,
            WB_BUILD_UNKNOWN = abi::build::UNKNOWN,
            WB_BUILD_RELEASE = abi::build::RELEASE,
            WB_BUILD_DEBUG = abi::build::DEBUG,
            WB_PLACE_SCRATCH = abi::place::SCRATCH,
            WB_PLACE_SCENARIO = abi::place::SCENARIO,
            WB_INVARIANT = abi::nature::INVARIANT,
            WB_DUPLEX = abi::nature::DUPLEX,
            WB_EMPTY = abi::nature::EMPTY,
            WB_TEXT = abi::nature::TEXT,
            WB_BATCHABLE = abi::nature::BATCHABLE,
            WB_STREAM_ONLY = abi::nature::STREAM_ONLY,
            WB_RESYNCHRONISES = abi::nature::RESYNCHRONISES,
            WB_FINDS_CORRUPTION = abi::nature::FINDS_CORRUPTION,
            WB_PER_CONNECTION = abi::nature::PER_CONNECTION,
            WB_NOTE_TYPE = abi::note::TYPE,
            WB_NOTE_LONGEST = abi::note::LONGEST,
        ]
    );
    for (c, rust) in [
        ("WB_EXTENSION_TIMER_V1", abi::EXTENSION_TIMER_V1),
        ("WB_EXTENSION_MAILBOX_V1", abi::EXTENSION_MAILBOX_V1),
        ("WB_EXTENSION_COUNT_V1", abi::EXTENSION_COUNT_V1),
        ("WB_EXTENSION_PLACE_V1", abi::EXTENSION_PLACE_V1),
        ("WB_EXTENSION_TROUBLE_V1", abi::EXTENSION_TROUBLE_V1),
    ] {
        let len = rust.len() + 1;
        writeln!(out, "static const char {c}_is[] = {c};").unwrap();
        writeln!(out, "_Static_assert(sizeof {c}_is == {len}, \"{c}\");").unwrap();
    }
    out
}

#[test]
fn sizes_offsets_and_constants_agree() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("layout.c");
    std::fs::write(&source, assertions()).unwrap();
    compile(&source, &folder.path().join("layout.o"), &["-c", "-Wno-unused-const-variable"]);
}

#[test]
fn a_difference_would_be_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("layout.c");
    let wrong =
        assertions().replacen("offsetof(wb_cx, session) == 8", "offsetof(wb_cx, session) == 4", 1);
    assert_ne!(wrong, assertions());
    std::fs::write(&source, wrong).unwrap();
    let outcome = std::panic::catch_unwind(|| {
        compile(&source, &folder.path().join("layout.o"), &["-c"]);
    });
    assert!(outcome.is_err());
}
