//! A covering array: rows of values in which every two values of two factors stand together at least
//! once, built greedily from a seed. What a judge of rows refuses is left out.

/// Tries to bring two values together before they are said not to go together.
const TRIES: usize = 12;

/// The best values of a factor that are offered to the judge.
const OFFERED: usize = 2;

/// Numbers that follow from a seed (SplitMix64).
pub(crate) struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        (self.next() % most as u64) as usize
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}

/// A value of a factor.
type Choice = (usize, usize);

/// What has been covered so far.
pub(crate) struct Covering {
    sizes: Vec<usize>,
    seeded: Seeded,
    /// Whether two choices have not stood together yet, by their numbers.
    open: Vec<bool>,
    /// The choices' numbers: those of a factor begin here.
    begins: Vec<usize>,
    choices: usize,
    waiting: Vec<(Choice, Choice)>,
    /// Two choices that go together in no row that was tried, and why not.
    pub(crate) refused: Vec<(Choice, Choice, String)>,
}

impl Covering {
    /// Nothing is covered: there are `sizes[n]` values of factor `n`, the first of which is usual.
    pub(crate) fn new(sizes: Vec<usize>, seed: u64) -> Self {
        let begins: Vec<usize> = sizes
            .iter()
            .scan(0, |sum, size| {
                *sum += size;
                Some(*sum - size)
            })
            .collect();
        let choices: usize = sizes.iter().sum();
        let mut seeded = Seeded(seed);
        let mut waiting = Vec::new();
        for one in 0..sizes.len() {
            for other in one + 1..sizes.len() {
                for value in 0..sizes[one] {
                    waiting.extend((0..sizes[other]).map(|second| ((one, value), (other, second))));
                }
            }
        }
        seeded.shuffle(&mut waiting);
        let open = vec![true; choices * choices];
        Self { sizes, seeded, open, begins, choices, waiting, refused: Vec::new() }
    }

    /// The next row that covers something new; `None` once everything that goes together has.
    pub(crate) fn next_row(
        &mut self,
        accepts: &mut dyn FnMut(&[usize]) -> Result<(), String>,
    ) -> Option<Vec<usize>> {
        while let Some((one, other)) = self.waiting.pop() {
            if !self.is_open(one, other) {
                continue;
            }
            match self.together(one, other, accepts) {
                Ok(mut row) => {
                    self.improve(&mut row, [one.0, other.0], accepts);
                    self.cover(&row);
                    return Some(row);
                }
                Err(why) => self.refused.push((one, other, why)),
            }
        }
        None
    }

    /// A row with both, among usual values or else among random ones.
    fn together(
        &mut self,
        one: Choice,
        other: Choice,
        accepts: &mut dyn FnMut(&[usize]) -> Result<(), String>,
    ) -> Result<Vec<usize>, String> {
        let mut why = String::new();
        for attempt in 0..TRIES {
            let mut row = vec![0; self.sizes.len()];
            if attempt > 0 {
                // Ever more of the usual values give way.
                for factor in 0..row.len() {
                    if self.seeded.below(TRIES) < attempt {
                        row[factor] = self.seeded.below(self.sizes[factor]);
                    }
                }
            }
            (row[one.0], row[other.0]) = (one.1, other.1);
            match accepts(&row) {
                Ok(()) => return Ok(row),
                Err(error) if attempt == 0 => why = error,
                Err(_) => {}
            }
        }
        Err(why)
    }

    /// Puts in values that cover more, as long as the judge accepts them.
    fn improve(
        &mut self,
        row: &mut Vec<usize>,
        kept: [usize; 2],
        accepts: &mut dyn FnMut(&[usize]) -> Result<(), String>,
    ) {
        let mut order: Vec<usize> = (0..row.len()).filter(|at| !kept.contains(at)).collect();
        self.seeded.shuffle(&mut order);
        for factor in order {
            let now = self.gain(row, (factor, row[factor]));
            let mut better: Vec<(usize, usize)> = (0..self.sizes[factor])
                .map(|value| (self.gain(row, (factor, value)), value))
                .filter(|(gain, _)| *gain > now)
                .collect();
            better.sort_by(|one, other| other.cmp(one));
            for (_, value) in better.into_iter().take(OFFERED) {
                let former = std::mem::replace(&mut row[factor], value);
                if accepts(row).is_ok() {
                    break;
                }
                row[factor] = former;
            }
        }
    }

    /// How many pairs a choice would cover in this row.
    fn gain(&self, row: &[usize], choice: Choice) -> usize {
        let others = row.iter().enumerate().filter(|(factor, _)| *factor != choice.0);
        others.filter(|(factor, value)| self.is_open(choice, (*factor, **value))).count()
    }

    fn is_open(&self, one: Choice, other: Choice) -> bool {
        self.open[self.number(one) * self.choices + self.number(other)]
    }

    fn cover(&mut self, row: &[usize]) {
        let numbers: Vec<usize> =
            row.iter().enumerate().map(|(factor, value)| self.number((factor, *value))).collect();
        for one in &numbers {
            for other in &numbers {
                self.open[one * self.choices + other] = false;
            }
        }
    }

    fn number(&self, (factor, value): Choice) -> usize {
        self.begins[factor] + value
    }
}
