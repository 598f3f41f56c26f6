//! PDFs: reading what is uploaded, and making small ones.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

const MARK: &[u8] = b"%PDF-";

/// The PDF in a base64 text, or why there is none.
pub(super) fn read(text: &str) -> Result<Bytes, &'static str> {
    let content = STANDARD.decode(text).map_err(|_| "not base64")?;
    if content.starts_with(MARK) { Ok(content.into()) } else { Err("not a PDF") }
}

/// A PDF of one page with these lines. What is not plain ASCII becomes a question mark.
pub(super) fn make(lines: &[&str]) -> Bytes {
    let mut drawing = String::from("BT /F1 12 Tf 72 770 Td 16 TL");
    for line in lines {
        let plain = line.chars().map(|letter| if matches!(letter, ' '..='~') { letter } else { '?' });
        let escaped: String = plain
            .flat_map(|letter| matches!(letter, '(' | ')' | '\\').then_some('\\').into_iter().chain([letter]))
            .collect();
        let _ = write!(drawing, " ({escaped}) Tj T*");
    }
    drawing.push_str(" ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{drawing}\nendstream", drawing.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = String::from("%PDF-1.4\n");
    let mut table = String::from("0000000000 65535 f \n");
    for (place, object) in objects.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", file.len());
        let _ = write!(file, "{} 0 obj\n{object}\nendobj\n", place + 1);
    }
    let (start, size) = (file.len(), objects.len() + 1);
    let _ = write!(file, "xref\n0 {size}\n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n");
    let _ = write!(file, "startxref\n{start}\n%%EOF\n");
    file.into()
}

/// How many pages it has, as far as that shows without decompressing anything.
pub(super) fn pages(content: &[u8]) -> usize {
    let mark = b"/Type /Page";
    let marks = content.windows(mark.len() + 1).filter(|window| window.starts_with(mark));
    marks.filter(|window| window.last() != Some(&b's')).count().max(1)
}

/// The SHA-256, in hexadecimal digits.
pub(super) fn hash(content: &[u8]) -> String {
    Sha256::digest(content).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{hash, make, pages, read};

    #[test]
    fn a_made_pdf_is_one_and_its_table_points_at_its_objects() {
        let pdf = make(&["one", "(two) \\ zw\u{f6}lf"]);
        let text = String::from_utf8_lossy(&pdf).into_owned();
        assert!(text.starts_with("%PDF-1.4\n") && text.ends_with("%%EOF\n"));
        assert!(text.contains(r"(\(two\) \\ zw?lf) Tj"), "{text}");
        let start =
            text.rfind("startxref\n").and_then(|at| text.get(at + 10..)?.lines().next()?.parse().ok());
        assert!(start.is_some_and(|at: usize| text.get(at..).is_some_and(|rest| rest.starts_with("xref\n"))));
        for (place, line) in text.lines().filter(|line| line.ends_with(" n ")).enumerate() {
            let at: Option<usize> = line.get(..10).and_then(|at| at.parse().ok());
            let object = at.and_then(|at| text.get(at..)).unwrap_or_default();
            assert!(object.starts_with(&format!("{} 0 obj\n", place + 1)), "{object}");
        }
        assert_eq!(pages(&pdf), 1);
    }

    #[test]
    fn uploads_are_base64_of_pdfs() {
        assert_eq!(read("JVBERi0xLjQ=").as_deref(), Ok(b"%PDF-1.4".as_slice()));
        assert_eq!(read("JVBERi0xLjQ"), Err("not base64"));
        assert_eq!(read("aGVsbG8="), Err("not a PDF"));
        assert!(hash(b"").starts_with("e3b0c442"));
    }
}
