//! The query of an address, put together again.

use std::fmt::Write as _;

/// The pairs whose value is not empty, as `?a=b&c=d`.
pub(crate) fn string(pairs: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        out.push(if out.is_empty() { '?' } else { '&' });
        out.push_str(name);
        out.push('=');
        push_encoded(&mut out, value);
    }
    out
}

fn push_encoded(out: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::string;

    #[test]
    fn values_are_encoded_and_empty_ones_left_out() {
        let pairs = [("kind", ""), ("text", "a&b=ü \"<"), ("range", "week")];
        assert_eq!(string(&pairs), "?text=a%26b%3D%C3%BC%20%22%3C&range=week");
        assert_eq!(string(&[("a", "")]), "");
    }
}
