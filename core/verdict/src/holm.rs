//! Many tests at once.

/// Which of several tests hold, when noise alone may make any of them hold with a chance of `level` at
/// most: S. Holm, *A simple sequentially rejective multiple test procedure*, Scandinavian Journal of
/// Statistics 6, 1979. `chances`: of each test, the chance that noise alone would look like this.
pub fn holm(chances: &[f64], level: f64) -> Vec<bool> {
    let mut order: Vec<usize> = (0..chances.len()).collect();
    order.sort_by(|a, b| chances[*a].total_cmp(&chances[*b]));
    let mut holds = vec![false; chances.len()];
    for (done, at) in order.into_iter().enumerate() {
        if chances[at].is_nan() || chances[at] > level / (chances.len() - done) as f64 {
            break;
        }
        holds[at] = true;
    }
    holds
}
