//! The machines that a shared object can be built for, and this one.

use object::elf;

/// What a file is built for, when that is not this machine. Class and byte order say how the rest is
/// read; the machine's number stands at the same place in all of them.
pub(super) fn foreign(start: &[u8]) -> Option<String> {
    let [_, _, _, _, class, order, ..] = *start else { return None };
    let number = <[u8; 2]>::try_from(start.get(18..20)?).ok()?;
    let (bits, little) = (elf::FileClass(class), order == elf::ELFDATA2LSB.0);
    let number = if little { u16::from_le_bytes(number) } else { u16::from_be_bytes(number) };
    let there = machine(bits, little, elf::Machine(number));
    (there != here()).then_some(there)
}

/// This machine.
pub(super) fn here() -> String {
    let here = if cfg!(target_arch = "aarch64") { elf::EM_AARCH64 } else { elf::EM_X86_64 };
    machine(elf::ELFCLASS64, true, here)
}

/// `64-bit little-endian x86-64`.
fn machine(class: elf::FileClass, little: bool, machine: elf::Machine) -> String {
    let bits = match class {
        elf::ELFCLASS32 => "32-bit".to_owned(),
        elf::ELFCLASS64 => "64-bit".to_owned(),
        elf::FileClass(other) => format!("class {other}"),
    };
    let order = if little { "little" } else { "big" };
    let name = match machine {
        elf::EM_X86_64 => "x86-64".to_owned(),
        elf::EM_AARCH64 => "aarch64".to_owned(),
        elf::EM_386 => "x86".to_owned(),
        elf::EM_ARM => "ARM".to_owned(),
        elf::EM_RISCV => "RISC-V".to_owned(),
        elf::EM_PPC64 => "PowerPC".to_owned(),
        elf::EM_S390 => "s390".to_owned(),
        elf::Machine(other) => format!("machine {other}"),
    };
    format!("{bits} {order}-endian {name}")
}
