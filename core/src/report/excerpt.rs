//! The lines of a long text that say the most: its first, which tell the cause, and its last.

/// The first and the last lines of a text, and between them how many are left out.
pub(crate) fn excerpt(text: &str, first: usize, last: usize) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let left_out = lines.len().saturating_sub(first + last);
    if left_out <= 1 {
        return lines.into_iter().map(str::to_owned).collect();
    }
    let mut kept: Vec<String> = lines[..first].iter().map(|line| (*line).to_owned()).collect();
    kept.push(format!("… {left_out} lines left out …"));
    kept.extend(lines[lines.len() - last..].iter().map(|line| (*line).to_owned()));
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_text_the_first_and_the_last_lines_stay() {
        let text: Vec<String> = (0..100).map(|line| format!("line {line}")).collect();
        let kept = excerpt(&text.join("\n"), 2, 1);
        assert_eq!(kept, ["line 0", "line 1", "… 97 lines left out …", "line 99"]);
        assert_eq!(excerpt("a\nb\nc\nd\n", 2, 1), ["a", "b", "c", "d"], "as long as the mark");
        assert!(excerpt("", 2, 1).is_empty());
    }
}
