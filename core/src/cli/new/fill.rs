//! Templates: text with a few places, written `__place__`, for what differs.

/// What stands in the places of a template.
pub(super) type Values<'a> = [(&'a str, &'a str)];

/// The template with its places filled. What is filled in is not looked at again.
pub(super) fn fill(template: &str, values: &Values<'_>) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find("__") {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        let place = values.iter().find_map(|(name, value)| {
            let behind = rest[2..].strip_prefix(name)?.strip_prefix("__")?;
            Some((value, behind))
        });
        if let Some((value, behind)) = place {
            filled.push_str(value);
            rest = behind;
        } else {
            // One byte on: the place may begin with the next.
            filled.push('_');
            rest = &rest[1..];
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn every_place_is_filled_once() {
        let values = [("name", "a__b__"), ("b", "wrong")];
        assert_eq!(fill("x __name__ y___name__z", &values), "x a__b__ y_a__b__z");
        assert_eq!(fill("__other__ __name", &values), "__other__ __name");
    }
}
