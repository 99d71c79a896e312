//! Functions of a plugin, for [`descriptor`](super::descriptor): nobody may call one before the
//! descriptor is checked, and nobody does afterwards.

use std::ffi::c_void;
use wirebench_abi as abi;

macro_rules! never {
    ($($name:ident($($kind:ty),*) $(-> $result:ty)?;)*) => {
        $(pub(crate) extern "C" fn $name($(_: $kind),*) $(-> $result)? {
            unreachable!("a function of the plugin is called")
        })*
    };
}

type Instance = *mut c_void;
type Session = *mut c_void;
type Cx = *mut abi::Cx;
type Report = *mut abi::Report;

never! {
    create(Cx, *const u8, usize, *mut Instance) -> i32;
    destroy(Instance);
    open(Instance, Cx, *mut Session) -> i32;
    message(Instance, Session, Cx, u64, *const u8, usize) -> i32;
    start(Instance, Session, Cx, u64) -> i32;
    timer(Instance, Session, Cx, u64) -> i32;
    mail(Instance, Session, Cx, *const u8, usize) -> i32;
    writable(Instance, Session, Cx) -> i32;
    close(Instance, Session, Cx) -> i32;
    messages(Instance, Session, Cx, *const abi::Message, usize, *mut u64) -> i32;
    starts(Instance, Session, Cx, u64, usize, *mut u64) -> i32;
    create_framing(Report, u32, *const u8, usize, *mut Instance) -> i32;
    nature(Instance, *mut abi::Nature) -> i32;
    encode(Instance, Report, u64, *const u8, usize, *mut abi::Encoded) -> i32;
    feed(Instance, Report, u64, *const u8, usize, *mut abi::Decoded) -> i32;
}
