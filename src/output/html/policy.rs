//! The Content-Security-Policy of the page: its own style and script, by their hashes, and nothing else.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The policy for a page with one `style` and one `script` of these texts. Source: W3C, Content Security Policy Level 3.
pub(super) fn policy(style: &str, script: &str) -> String {
    let (style, script) = (hash(style), hash(script));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; form-action 'none'"
    )
}

fn hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_standard() {
        // SHA-256 of nothing, of FIPS 180-4, in base64.
        let empty = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        assert!(policy("", "a").contains(&format!("style-src 'sha256-{empty}'; script-src 'sha256-")));
        assert!(!policy("", "a").contains("unsafe") && policy("", "a").starts_with("default-src 'none'; "));
    }
}
