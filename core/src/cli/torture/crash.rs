//! A framing that took its process along: which case was it, and what is the smallest that does it?
//! Every question costs a process, so few are asked.

use super::child::last_case;
use super::parent::{Answered, Death, ask};
use super::protocol::Request;
use crate::run::temporary_file;
use crate::torture::shrink::{self, Budget};
use crate::torture::{Case, CheckReport, Finding, Verdict};
use std::io::{Read as _, Seek as _};
use std::os::fd::AsRawFd as _;
use std::time::Duration;

/// How many processes are started to shrink a crash; a hang costs its limit each time.
const FOR_A_CRASH: u32 = 250;
const FOR_A_HANG: u32 = 24;

/// One case that hangs is waited for so long while it is made smaller.
const PATIENCE: Duration = Duration::from_millis(500);

/// The report of the check that was under way when the child died.
pub(super) fn report(
    request: &Request,
    check: &str,
    answered: &Answered,
    limit: Duration,
) -> std::io::Result<CheckReport> {
    let death = answered.death.clone().unwrap_or(Death::Exit(0));
    let only = Request { checks: vec![check.to_owned()], ..request.clone() };
    let found = match &request.case {
        Some(text) => Case::parse(text).ok(),
        None => pinpoint(&only, limit)?,
    };
    let small = match (&request.case, found) {
        (None, Some(case)) => smallest(&only, case, &death, limit)?,
        (_, found) => found,
    };
    let mut got = vec![death.to_string()];
    if !answered.stderr.is_empty() {
        got.push("its error output ends:".into());
        got.extend(
            answered
                .stderr
                .lines()
                .rev()
                .take(4)
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .map(str::to_owned),
        );
    }
    let (bytes, cuts) = match &small {
        Some(Case::Stream { bytes, cuts, .. }) => (bytes.clone(), cuts.clone()),
        _ => (Vec::new(), Vec::new()),
    };
    let finding = Finding {
        what: death.to_string(),
        case: small.map(|case| case.to_string()),
        bytes,
        cuts,
        expected: vec!["messages, an error, or waiting for more".into()],
        got,
        found_as: String::new(),
    };
    Ok(CheckReport {
        check: check.to_owned(),
        verdict: Verdict::Finding,
        tried: 0,
        note: String::new(),
        figures: Vec::new(),
        finding: Some(finding),
    })
}

/// Runs the check again, this time with every case written down before it is tried.
fn pinpoint(request: &Request, limit: Duration) -> std::io::Result<Option<Case>> {
    // A file without a name: it is gone with us, however we end.
    let mut trace = temporary_file()?;
    let name = format!("/proc/{}/fd/{}", std::process::id(), trace.as_raw_fd());
    let request = Request { trace: Some(name.into()), ..request.clone() };
    let again = ask(&request, limit, &mut |_| {})?;
    if again.death.is_none() {
        return Ok(None);
    }
    let mut cases = Vec::new();
    trace.rewind()?;
    trace.read_to_end(&mut cases)?;
    Ok(last_case(&cases))
}

/// The smallest case that still ends so; the case itself when none does.
fn smallest(
    request: &Request,
    case: Case,
    death: &Death,
    limit: Duration,
) -> std::io::Result<Option<Case>> {
    let hangs = matches!(death, Death::Hung(_));
    let patience = if hangs { limit.min(PATIENCE) } else { limit };
    let budget = Budget::new(if hangs { FOR_A_HANG } else { FOR_A_CRASH });
    let dies = |case: &Case, limit: Duration| {
        let request = Request { case: Some(case.to_string()), ..request.clone() };
        let died = ask(&request, limit, &mut |_| {}).map(|answered| answered.death);
        died.is_ok_and(|died| died.is_some_and(|died| matches!(died, Death::Hung(_)) == hangs))
    };
    // What takes long only together with what came before it is no smaller case.
    if !dies(&case, patience) {
        return Ok(Some(case));
    }
    let small = match &case {
        Case::Stream { bytes, cuts, role } => {
            let of = |bytes: &[u8], cuts: &[usize]| Case::Stream {
                bytes: bytes.to_vec(),
                cuts: cuts.to_vec(),
                role: *role,
            };
            let (bytes, cuts) =
                shrink::stream(bytes.clone(), cuts.clone(), &budget, &mut |bytes, cuts| {
                    dies(&of(bytes, cuts), patience)
                });
            of(&bytes, &cuts)
        }
        Case::Messages(messages) => {
            let small = shrink::messages(messages.clone(), &budget, &mut |messages| {
                !messages.is_empty() && dies(&Case::Messages(messages.to_vec()), patience)
            });
            Case::Messages(small)
        }
        Case::Talk { .. } => case.clone(),
    };
    // What hung for a short time only may have been a busy machine.
    Ok(Some(if small != case && dies(&small, limit) { small } else { case }))
}
