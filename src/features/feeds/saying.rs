//! Why an address is as it was, in sentences with a next step.

use rollcall_domain::feeds::FeedRefusal;
use serde_json::Value;

use crate::parts::refusals::{Saying, read};
use crate::tr::feeds as t;

/// The slice's words.
pub static SAYING: Saying = Saying { slice: "feeds", say };

fn say(why: &Value) -> Option<String> {
    let why: FeedRefusal = read(why)?;
    let said = match why {
        FeedRefusal::NotYours => t::refused_not_yours(),
        FeedRefusal::NothingToRead => t::refused_nothing_to_read(),
        FeedRefusal::NoFeed => t::refused_no_feed(),
    };
    Some(said.to_owned())
}
