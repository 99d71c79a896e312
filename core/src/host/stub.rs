#![allow(missing_docs, unsafe_code)]
use std::sync::atomic::*;
use std::path::Path;
use super::Services;
use crate::framing::{Framing, Role};
#[repr(C)] #[derive(Debug, Default)] pub struct Breadcrumb { pub hook: AtomicU32, pub session: AtomicU32, pub hooks_called: AtomicU64 }
pub struct CrumbView { pub hook: u32, pub session: u32, pub hooks_called: u64 }
impl Breadcrumb { pub fn read(&self) -> CrumbView { CrumbView { hook: 0, session: 0, hooks_called: 0 } } }
pub fn hook_name(_: u32) -> &'static str { "x" }
#[derive(Debug)] pub struct E; impl std::fmt::Display for E { fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { Ok(()) } }
pub type HookError = E;
impl E { pub fn is_fatal(&self) -> bool { true } }
pub struct Library; 
impl Library { pub fn load(_: &Path) -> Result<Self, E> { Err(E) }
 pub fn server<S: Services>(&self, _: Option<&str>, _: &str, _: &'static Breadcrumb) -> Result<Instance<S>, E> { Err(E) }
 pub fn client<S: Services>(&self, _: Option<&str>, _: &str, _: &'static Breadcrumb) -> Result<Instance<S>, E> { Err(E) }
 pub fn framing(&self, _: &str, _: &str, _: Role) -> Result<Box<dyn Framing>, E> { Err(E) } }
pub struct SessionState;
pub struct Instance<S>(std::marker::PhantomData<S>);
impl<S: Services> Instance<S> {
 pub fn open(&mut self, _: &mut S, _: u32) -> Result<SessionState, E> { Err(E) }
 pub fn message(&mut self, _: &mut S, _: u32, _: &mut SessionState, _: u64, _: &[u8]) -> Result<(), E> { Err(E) }
 pub fn start(&mut self, _: &mut S, _: u32, _: &mut SessionState, _: u64) -> Result<(), E> { Err(E) }
 pub fn timer(&mut self, _: &mut S, _: u32, _: &mut SessionState, _: u64) -> Result<(), E> { Err(E) }
 pub fn mail(&mut self, _: &mut S, _: u32, _: &mut SessionState, _: &[u8]) -> Result<(), E> { Err(E) }
 pub fn writable(&mut self, _: &mut S, _: u32, _: &mut SessionState) -> Result<(), E> { Err(E) }
 pub fn close(&mut self, _: &mut S, _: u32, _: SessionState) -> Result<(), E> { Err(E) }
}
