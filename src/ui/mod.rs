//! The primitives that every screen is made of, each shown in all its states on `/gallery`.
//!
//! Texts come in as props. Nothing here knows members, records, storage or translation keys.

pub mod button;
pub mod choice;
pub mod date;
pub mod dialog;
pub mod dom;
pub mod field;
pub mod gradual;
pub mod input;
pub mod list;
pub mod mark;
pub mod menu;
pub mod notice;
pub mod number;
pub mod page;
pub mod photo;
pub mod picker;
pub mod print;
pub mod qr;
pub mod scanner;
pub mod show;
pub mod signature;
pub mod table;
pub mod tabs;
pub mod text;
pub mod time;
pub mod words;

pub use button::{Button, ButtonKind, ButtonLink, ButtonRole, ButtonSize, button_class};
pub use choice::{Checkbox, Choice, RadioGroup, RadioLook, Select, Toggle};
pub use date::{DateField, parse_date};
pub use dialog::{Actions, CloseButton, Dialog, DialogWidth, Sheet, Split};
pub use dom::{focus, focused, is_composing, media, next_id, reveal};
pub use field::{Field, FieldParts, Need};
pub use gradual::{gradual_rows, gradually};
pub use input::{Cross, LineKind, PhoneField, SearchBox, TextArea, TextField, narrow_digits};
pub use list::{List, Row, VirtualList};
pub use mark::{Answer, Face, FaceSize, Mark};
pub use menu::{Menu, MenuItem};
pub use notice::{Banner, UNDO_SECONDS, UndoBar};
pub use number::{AmountError, CENTS_MAX, MoneyField, NumberField, money_text, parse_money};
pub use page::{FieldGroup, Page, PageHead, PageWidth, Section, Whole};
pub use photo::{PHOTO_BYTES_MAX, PhotoBytes, PhotoField, PhotoUrl};
pub use picker::{PickOption, Picker, Steer, Steered};
pub use print::{Paper, PrintButton, PrintFrame, print_page};
pub use qr::QrCode;
pub use scanner::{ScanButton, Scanner};
pub use show::{Empty, Fact, Facts, Progress, Skeleton};
pub use signature::{Signature, SignaturePad, Strokes};
pub use table::{Column, Table};
pub use tabs::Tabs;
pub use text::Text;
pub use time::{TimeField, parse_time, time_text};
pub use words::{Words, set_words, words};
