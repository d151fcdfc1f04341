//! Numbers and texts in a row of bytes, little-endian and length-prefixed: what journal lines and store pages are made of.
//!
//! It must never know what the bytes mean, and never panic on bytes it did not write.

use std::sync::Arc;

use rollcall_domain::kernel::Id;

/// Bytes that end too early, or are not what their place asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bytes are not what they should be")]
pub struct Garbled;

/// Appends.
#[derive(Debug, Default)]
pub struct Writer(pub Vec<u8>);

impl Writer {
    /// Room for so many bytes.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }
    /// One byte.
    pub fn u8(&mut self, n: u8) {
        self.0.push(n);
    }
    /// Two bytes.
    pub fn u16(&mut self, n: u16) {
        self.0.extend_from_slice(&n.to_le_bytes());
    }
    /// Four bytes.
    pub fn u32(&mut self, n: u32) {
        self.0.extend_from_slice(&n.to_le_bytes());
    }
    /// Eight bytes.
    pub fn u64(&mut self, n: u64) {
        self.0.extend_from_slice(&n.to_le_bytes());
    }
    /// A count or a length; what does not fit in 32 bits is cut to the largest, which no reader accepts.
    pub fn len(&mut self, n: usize) {
        self.u32(u32::try_from(n).unwrap_or(u32::MAX));
    }
    /// Sixteen bytes.
    pub fn id(&mut self, id: Id) {
        self.0.extend_from_slice(id.as_bytes());
    }
    /// Bytes after their length.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.len(bytes.len());
        self.0.extend_from_slice(bytes);
    }
    /// A text after its length.
    pub fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }
    /// A text or nothing.
    pub fn maybe_text(&mut self, text: Option<&str>) {
        self.u8(u8::from(text.is_some()));
        if let Some(text) = text {
            self.text(text);
        }
    }
}

/// Reads what [`Writer`] wrote.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    left: &'a [u8],
}

impl<'a> Reader<'a> {
    /// From the beginning.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { left: bytes }
    }
    /// True at the end.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.left.is_empty()
    }
    /// How many bytes are left.
    #[must_use]
    pub const fn left_len(&self) -> usize {
        self.left.len()
    }
    /// The next `n` bytes as they are.
    pub fn take(&mut self, n: usize) -> Result<&'a [u8], Garbled> {
        let (head, rest) = self.left.split_at_checked(n).ok_or(Garbled)?;
        self.left = rest;
        Ok(head)
    }
    fn array<const N: usize>(&mut self) -> Result<[u8; N], Garbled> {
        self.take(N)?.try_into().map_err(|_| Garbled)
    }
    /// One byte.
    pub fn u8(&mut self) -> Result<u8, Garbled> {
        Ok(u8::from_le_bytes(self.array()?))
    }
    /// Two bytes.
    pub fn u16(&mut self) -> Result<u16, Garbled> {
        Ok(u16::from_le_bytes(self.array()?))
    }
    /// Four bytes.
    pub fn u32(&mut self) -> Result<u32, Garbled> {
        Ok(u32::from_le_bytes(self.array()?))
    }
    /// Eight bytes.
    pub fn u64(&mut self) -> Result<u64, Garbled> {
        Ok(u64::from_le_bytes(self.array()?))
    }
    /// A count or a length.
    pub fn count(&mut self) -> Result<usize, Garbled> {
        usize::try_from(self.u32()?).map_err(|_| Garbled)
    }
    /// Sixteen bytes.
    pub fn id(&mut self) -> Result<Id, Garbled> {
        Ok(Id::from_bytes(self.array()?))
    }
    /// Bytes after their length.
    pub fn bytes(&mut self) -> Result<&'a [u8], Garbled> {
        let n = self.count()?;
        self.take(n)
    }
    /// A text after its length.
    pub fn text(&mut self) -> Result<&'a str, Garbled> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Garbled)
    }
    /// A text or nothing.
    pub fn maybe_text(&mut self) -> Result<Option<&'a str>, Garbled> {
        match self.u8()? {
            0 => Ok(None),
            1 => self.text().map(Some),
            _ => Err(Garbled),
        }
    }
    /// A shared text after its length.
    pub fn body(&mut self) -> Result<Arc<str>, Garbled> {
        self.text().map(Arc::from)
    }
}
