//! What is read, what is refused, and that values read back as they are shown.

use super::*;

fn text<T>(read: fn(&Written<'_>) -> Result<T, Wrong>, text: &str) -> Result<T, String> {
    read(&Written::Text(text)).map_err(String::from)
}

#[test]
fn sizes_are_read_exactly() {
    for (written, bytes) in [
        ("0 B", 0),
        ("64B", 64),
        ("1.5 KiB", 1_536),
        (" 4 KiB\t", 4_096),
        ("4\u{a0}KiB", 4_096),
        ("1MiB", 1 << 20),
        ("2 GiB", 2 << 30),
        ("3 TiB", 3 << 40),
        ("0.5kB", 500),
        ("1_000 B", 1_000),
        (".5 MB", 500_000),
        ("2 GB", 2_000_000_000),
    ] {
        assert_eq!(text(Size::read, written), Ok(Size(bytes)), "{written}");
    }
    assert_eq!(Size::read(&Written::Integer(4_096)), Ok(Size(4_096)));
    assert_eq!(Size::read(&Written::Float(4_096.0)), Ok(Size(4_096)));
    assert_eq!("4096".parse(), Ok(Size(4_096)));
    assert_eq!("4 KiB".parse(), Ok(Size(4_096)));
}

#[test]
fn durations_are_read_exactly() {
    for (written, ns) in [
        ("0ns", 0),
        ("7 ns", 7),
        ("0.001us", 1),
        ("1.5 ms", 1_500_000),
        ("0.30s", 300_000_000),
        ("3 min", 180_000_000_000),
    ] {
        assert_eq!(text(Span::read, written), Ok(Span(ns)), "{written}");
    }
    assert_eq!("200ms".parse().map(Span::duration), Ok(Duration::from_millis(200)));
}

#[test]
fn shares_are_read_exactly() {
    for (written, fraction) in
        [("0%", 0.0), ("25%", 0.25), ("0.1 %", 0.001), ("99.9%", 0.999), ("100%", 1.0)]
    {
        assert_eq!(text(Share::read, written).map(Share::fraction), Ok(fraction), "{written}");
        let bare = Share::read(&Written::Float(fraction));
        assert_eq!(bare, text(Share::read, written).map_err(Wrong::new), "{written}");
    }
    assert_eq!(Share::read(&Written::Integer(1)), Ok(Share::ALL));
    assert_eq!("0.25".parse::<Share>(), "25%".parse());
    assert_eq!(text(Share::read, "0.0000000000000001%").map(Share::parts), Ok(1));
}

#[test]
fn rates_are_sizes_a_second() {
    for (written, bytes) in [("64 KiB/s", 65_536), ("1.5kB/s", 1_500), ("2 B /s", 2)] {
        assert_eq!(text(Rate::read, written), Ok(Rate(bytes)), "{written}");
    }
}

#[test]
fn what_is_wrong_is_said_with_what_was_written_and_an_example() {
    for (wrong, said) in [
        (
            text(Size::read, "4 kib").err(),
            "`kib` in `4 kib` is not a unit of a size: write a number and a unit (B, KiB, MiB, GiB, \
             TiB, kB, MB, GB), such as `\"4 KiB\"`",
        ),
        (text(Size::read, "64").err(), "`64` has no unit: write `\"64 B\"` or `\"64 KiB\"`"),
        (
            text(Span::read, "1.5 ns").err(),
            "`1.5 ns` is not a whole number of nanoseconds: write a number and a unit (ns, us, ms, \
             s, min), such as `\"200ms\"`",
        ),
        (
            Span::read(&Written::Integer(50)).map_err(String::from).err(),
            "`50` has no unit: write `\"50 ms\"` or `\"50 s\"`",
        ),
        (
            text(Share::read, "101%").err(),
            "`101%` is larger than a share can be: write 0 % to 100 %, such as `\"25%\"`",
        ),
        (
            text(Rate::read, "1 MiB").err(),
            "`MiB` in `1 MiB` is not a unit of a rate: write a size and `/s`, such as `\"64 KiB/s\"`",
        ),
        (
            Size(1 << 31).within(Size(1), Size(1 << 30)).map_err(String::from).err(),
            "`2 GiB` is out of range: 1 B to 1 GiB is allowed, such as `\"1 GiB\"`",
        ),
    ] {
        assert_eq!(wrong.as_deref(), Some(said));
    }
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let long = "9".repeat(65) + " B";
    for written in
        ["", " ", "B", ".", "-1 B", "+1 B", "1e3 B", "1..5 kB", "0.5 B", "1 b", "é", &long]
    {
        assert!(text(Size::read, written).is_err(), "{written}");
    }
    for written in ["ms", "1 h", "0.5ns", "18446744073709551615 min", "2 S"] {
        assert!(text(Span::read, written).is_err(), "{written}");
    }
    for written in ["25", "%", "-1%", "1e1%", "0.00000000000000001%", "9999999999999999999%"] {
        assert!(text(Share::read, written).is_err(), "{written}");
    }
    for number in [-1.0, 0.5, 1e300, 5e-324, f64::NAN, f64::INFINITY] {
        assert!(Size::read(&Written::Float(number)).is_err(), "{number}");
    }
    assert!(Size::read(&Written::Integer(-1)).is_err());
    assert!(Size::read(&Written::Integer(i128::MAX)).is_err());
    assert!(Share::read(&Written::Integer(2)).is_err());
}

#[test]
fn a_long_text_is_not_repeated() {
    let wrong = text(Size::read, &"x".repeat(1_000)).expect_err("it is no size");
    assert!(wrong.starts_with("a text of 1000 bytes is not a size: "), "{wrong}");
}

#[test]
fn what_is_shown_reads_as_the_same_value() {
    for (shown, value) in [("0 B", 0), ("1536 B", 1_536), ("4 KiB", 4_096), ("1024 GiB", 1 << 40)] {
        assert_eq!(Size(value).to_string(), shown);
        assert_eq!(shown.parse(), Ok(Size(value)));
        assert_eq!(format!("{shown}/s").parse(), Ok(Rate(value)));
        assert_eq!(Rate(value).to_string(), format!("{shown}/s"));
    }
    for (shown, value) in [("0 s", 0), ("1500 us", 1_500_000), ("2 min", 120_000_000_000)] {
        assert_eq!(Span(value).to_string(), shown);
        assert_eq!(shown.parse(), Ok(Span(value)));
    }
    for (shown, value) in [("0 %", 0), ("0.1 %", Share::PARTS / 1_000), ("100 %", Share::PARTS)] {
        assert_eq!(Share(value).to_string(), shown);
        assert_eq!(shown.parse(), Ok(Share(value)));
    }
}

#[test]
fn serde_reads_the_same_and_says_the_same() {
    let json = |text: &str| {
        serde_json::from_str::<serde_json::Value>(text)
            .and_then(serde_json::from_value::<Size>)
            .map_err(|error| error.to_string())
    };
    assert_eq!(json("\"4 KiB\""), Ok(Size(4_096)));
    assert_eq!(json("4096"), Ok(Size(4_096)));
    for (written, what) in [
        ("\"4 kib\"", Written::Text("4 kib")),
        ("-1", Written::Integer(-1)),
        ("0.5", Written::Float(0.5)),
        ("true", Written::Other("a boolean")),
        ("null", Written::Other("nothing")),
        ("[1]", Written::Other("a list")),
        ("{\"a\": 1}", Written::Other("a table")),
    ] {
        assert_eq!(json(written), Size::read(&what).map_err(String::from), "{written}");
    }
}
