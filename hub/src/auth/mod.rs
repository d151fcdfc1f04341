//! Who is let in: the claim, pairing, passwords, sessions, the list of devices. A person's name is never here.

pub(crate) mod claim;
pub(crate) mod codes;
pub(crate) mod devices;
pub(crate) mod keys;
pub(crate) mod pairing;
pub(crate) mod passwords;
pub(crate) mod session;
