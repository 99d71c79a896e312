//! The statistic of Anderson and Darling is what its definition says.

use wirebench_audit::statistic;

#[test]
fn it_is_the_integral_of_its_definition() {
    // Integrated by hand in Python: n ∫ (Fn(u) − u)² / (u(1 − u)) du over the pieces of Fn, with the antiderivative
    // c² ln u − (1 − c)² ln(1 − u) − u, and u = 1 − exp(−x/mean). Then times 1 + 0.6/n.
    let exponential = [0.05, 0.2, 0.3, 0.5, 0.7, 1.0, 1.3, 1.9, 2.4, 4.1];
    let found = statistic(&exponential).expect("ten times");
    assert!((found - 0.106_453_418_983_7).abs() < 1e-10, "{found}");
    let alike = [0.8, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15, 1.2];
    let found = statistic(&alike).expect("eight times");
    assert!((found - 3.045_807_163_015_4).abs() < 1e-10, "{found}");
}

#[test]
fn what_is_no_sample_of_times_has_none() {
    for wrong in
        [&[][..], &[1.0], &[2.0, 1.0], &[0.0, 1.0], &[1.0, f64::INFINITY], &[f64::NAN, 1.0]]
    {
        assert_eq!(statistic(wrong), None, "{wrong:?}");
    }
}
