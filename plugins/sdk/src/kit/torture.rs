//! Everything that a stream can do to a framing, in `cargo test`: the checks of `wirebench torture`.

use crate::{Error, Framing, Nanos, PluginFraming, Role, config};
use std::marker::PhantomData;
use wirebench_torture::{CHECKS, CheckReport, Finding, Rig, Settings, Verdict, run};

/// As much of a stream as a finding shows, in bytes.
const SHOWN: usize = 64;

/// Every cut, damaged and endless headers, garbage, truncation, flipped bits: what `wirebench torture` does to a
/// framing, without a program that has to be built.
///
/// ```
/// # use wirebench_sdk::kit::Torture;
/// # fn of<F: wirebench_sdk::PluginFraming>() {
/// Torture::new("{}").check::<F>();
/// # }
/// ```
///
/// What a decoder reserves on a peer's word only the program sees, which watches the heap: `wirebench torture
/// libmine.so`.
pub struct Torture<'a> {
    config: &'a str,
    seed: u64,
    thorough: bool,
}

impl<'a> Torture<'a> {
    /// Of a framing with these settings (JSON text).
    pub fn new(config: &'a str) -> Self {
        Self { config, seed: 42, thorough: false }
    }

    /// Everything random comes from `seed` (42 unless told otherwise).
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// As much as the program tries without `--quick`: seconds, and without optimisation minutes.
    pub fn thorough(mut self) -> Self {
        self.thorough = true;
        self
    }

    /// Tries everything, and panics with all that was found.
    ///
    /// # Panics
    ///
    /// With each finding: what is wrong, the smallest bytes that show it, and the seed.
    #[track_caller]
    pub fn check<F: PluginFraming>(&self) {
        let found = self.findings::<F>();
        assert!(
            found.is_empty(),
            "{} does not survive torture (seed {}):\n  {}",
            F::NAME,
            self.seed,
            found.join("\n  ")
        );
    }

    /// As [`check`](Self::check); returns what was found.
    pub fn findings<F: PluginFraming>(&self) -> Vec<String> {
        let mut rig = Bench::<F> { config: self.config, of: PhantomData };
        let capabilities = match rig.make(Role::Server) {
            Ok(framing) => framing.capabilities(),
            Err(error) => return vec![format!("the settings were refused: {error}")],
        };
        let settings = Settings { seed: self.seed, quick: !self.thorough, counts_work: false };
        let reports = CHECKS.iter().map(|check| run(&mut rig, capabilities, settings, *check));
        reports.filter(|report| report.verdict == Verdict::Finding).map(told).collect()
    }
}

/// Makes framings of one type.
struct Bench<'a, F> {
    config: &'a str,
    of: PhantomData<F>,
}

impl<F: PluginFraming> Bench<'_, F> {
    fn make(&self, role: Role) -> Result<F, Error> {
        F::new(config::read(self.config)?, role)
    }
}

impl<F: PluginFraming> Rig for Bench<'_, F> {
    fn framing(&mut self, role: Role) -> Result<Box<dyn Framing>, String> {
        match self.make(role) {
            Ok(framing) => Ok(Box::new(framing)),
            Err(error) => Err(error.to_string()),
        }
    }

    #[allow(unsafe_code)] // a clock that no crate of ours wraps
    fn worked(&mut self) -> Option<Nanos> {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: it writes to the place that it is given, which outlives the call.
        let status = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
        let nanos = time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64;
        (status == 0).then_some(nanos)
    }
}

/// A finding in words.
fn told(report: CheckReport) -> String {
    let check = report.check;
    let Some(Finding { what, case, bytes, cuts, expected, got, .. }) = report.finding else {
        return check;
    };
    let mut text = format!("{check}: {what}");
    if !bytes.is_empty() && bytes.len() <= SHOWN {
        let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        text.push_str(&format!("\n    read      {}, cut at {cuts:?}", hex.join(" ")));
    }
    for (heading, lines) in [("expected", expected), ("got", got)] {
        for line in lines {
            text.push_str(&format!("\n    {heading:9} {line}"));
        }
    }
    if let Some(case) = case.filter(|case| case.len() <= 2 * SHOWN) {
        text.push_str(&format!("\n    again     wirebench torture … --only {check} --case {case}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Alphabet, Capabilities, DecodeError, Decoded, EncodeError, Frame, FrameWriter, Result,
    };
    use serde::Deserialize;

    /// A length byte, the message. `forgets`: the length, where a read ends behind it.
    struct Short {
        forgets: bool,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Config {
        forgets: bool,
    }

    impl PluginFraming for Short {
        const NAME: &'static str = "short";
        type Config = Config;
        fn new(config: Config, _: Role) -> Result<Self> {
            Ok(Self { forgets: config.forgets })
        }
    }

    impl Framing for Short {
        fn capabilities(&self) -> Capabilities {
            Capabilities::marked(Alphabet::Bytes, 255)
        }
        fn encode(
            &mut self,
            _: Nanos,
            payload: &[u8],
            out: &mut FrameWriter<'_>,
        ) -> Result<(), EncodeError> {
            let len = u8::try_from(payload.len()).map_err(|_| EncodeError::TooLong { max: 255 })?;
            out.header(&[len]);
            out.payload(payload);
            Ok(())
        }
        fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
            while let Some((&len, rest)) = input[out.consumed..].split_first() {
                let at = out.consumed;
                if rest.len() < usize::from(len) {
                    out.consumed += usize::from(self.forgets && rest.is_empty());
                    break;
                }
                out.consumed = at + 1 + usize::from(len);
                let (wire_at, wire_end) = (at as i64, out.consumed as i64);
                let (at, len) = (at as u32 + 1, len.into());
                out.frames.push(Frame { at, len, scratch: false, wire_at, wire_end });
            }
            Ok(())
        }
    }

    #[test]
    fn a_framing_that_keeps_the_rules_passes() {
        Torture::new(r#"{"forgets": false}"#).check::<Short>();
    }

    #[test]
    fn one_that_forgets_what_it_has_read_is_found_out_with_the_smallest_case() {
        let found = Torture::new(r#"{"forgets": true}"#).findings::<Short>();
        let cut = found.iter().find(|text| text.starts_with("every-cut")).expect("it was found");
        assert!(cut.contains("\n    expected ") && cut.contains("\n    got "), "{cut}");
        assert!(cut.contains("--only every-cut --case "), "{cut}");
    }

    #[test]
    fn settings_that_are_refused_are_told() {
        let found = Torture::new(r#"{"forget": true}"#).findings::<Short>();
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("the settings were refused"), "{found:?}");
    }
}
