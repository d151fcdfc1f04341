//! Small personal texts of this device outside its databases, such as a form half filled in: sealed like its records.
//!
//! A browser that refuses storage costs the text, nothing else; so does a lock.

use super::Studio;
use crate::remember;

impl Studio {
    /// What was kept under a name; nothing when there is none, or it does not open any more.
    #[must_use]
    pub fn private(&self, name: &str) -> Option<String> {
        let kept = remember::read(name)?;
        match unhex(&kept) {
            Some(sealed) => String::from_utf8(self.vault.records().open(&place(name), sealed).ok()?).ok(),
            // From before such texts were sealed.
            None => Some(kept),
        }
    }

    /// Keeps a personal text under a name.
    pub fn keep_private(&self, name: &str, text: &str) {
        let sealer = self.vault.records();
        if !sealer.is_sealing() {
            remember::write(name, text);
            return;
        }
        match sealer.seal(&place(name), text.as_bytes().to_vec()) {
            Ok(sealed) => remember::write(name, &hex(&sealed)),
            Err(error) => leptos::logging::warn!("a text was not kept: {error}"),
        }
    }
}

fn place(name: &str) -> String {
    format!("small/{name}")
}

/// Local storage keeps texts only.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn bytes_go_through_a_text_and_back() {
        let bytes = [0, 1, 127, 128, 255];
        assert_eq!(hex(&bytes), "00017f80ff");
        assert_eq!(unhex("00017f80ff").unwrap(), bytes);
    }

    #[wasm_bindgen_test]
    fn a_text_from_before_is_no_sealed_one() {
        for text in ["{\"application\":{}}", "abc", "zz", "名字"] {
            assert_eq!(unhex(text), None, "{text}");
        }
    }
}
