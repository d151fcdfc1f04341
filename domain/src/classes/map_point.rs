//! A point on the map, as people type it or paste it out of a map: degrees, a `geo:` address, or a link that has the
//! figures in it. Figures only: a short link that a server would have to open says nothing here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A point on the map, in ten-millionths of a degree, as map services count: about a centimetre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapPoint {
    /// North of the equator: -900,000,000..=900,000,000.
    pub lat_e7: i32,
    /// East of Greenwich: -1,800,000,000..=1,800,000,000.
    pub lon_e7: i32,
}

/// What is no point on the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this names no point on the map")]
pub struct NoMapPoint;

/// Ten-millionths of a degree in one.
const DEGREE: i64 = 10_000_000;
/// Digits behind the point of a degree that count.
const DIGITS: usize = 7;

/// Parameters in which map services give a point, those that name the place itself before those that name a view.
const PAIRS: [&str; 6] = ["q", "query", "ll", "coordinate", "destination", "daddr"];

impl MapPoint {
    /// True where there is such a point on earth.
    #[must_use]
    pub const fn is_on_earth(self) -> bool {
        self.lat_e7.unsigned_abs() <= 900_000_000 && self.lon_e7.unsigned_abs() <= 1_800_000_000
    }

    /// Degrees north of the equator, as map services write them: `25.033964`.
    #[must_use]
    pub fn latitude(self) -> String {
        degrees(self.lat_e7)
    }

    /// Degrees east of Greenwich.
    #[must_use]
    pub fn longitude(self) -> String {
        degrees(self.lon_e7)
    }

    fn of(lat_e7: i64, lon_e7: i64) -> Option<Self> {
        let point = Self { lat_e7: lat_e7.try_into().ok()?, lon_e7: lon_e7.try_into().ok()? };
        point.is_on_earth().then_some(point)
    }
}

/// `latitude, longitude`: the way in which it is read again.
impl fmt::Display for MapPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.latitude(), self.longitude())
    }
}

fn degrees(e7: i32) -> String {
    let size = i64::from(e7).abs();
    let sign = if e7 < 0 { "-" } else { "" };
    let text = format!("{sign}{}.{:07}", size / DEGREE, size % DEGREE);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl FromStr for MapPoint {
    type Err = NoMapPoint;
    fn from_str(text: &str) -> Result<Self, NoMapPoint> {
        let text = narrow(text);
        // What is shared out of an app is often a name and then the link.
        let link = text.split_whitespace().find(|word| word.contains("://") || has_scheme(word, "geo:"));
        let point = match link {
            Some(link) if has_scheme(link, "geo:") => of_geo(&unescaped(link.get(4..).unwrap_or_default())),
            Some(link) => of_link(&unescaped(link)),
            None => pair(&text),
        };
        point.ok_or(NoMapPoint)
    }
}

fn has_scheme(text: &str, scheme: &str) -> bool {
    text.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
}

/// Figures and marks as an input method for Chinese types them are the same figures and marks.
fn narrow(text: &str) -> String {
    let one = |c: char| match c {
        '，' | '、' => ',',
        '；' => ';',
        '．' => '.',
        '－' | '−' => '-',
        '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')).unwrap_or(c),
        c => c,
    };
    text.trim().chars().map(one).collect()
}

/// `%2C` is a comma and `+` a space; what is no text then stays as it is.
fn unescaped(link: &str) -> String {
    let mut parts = link.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        match part.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend(part.bytes().skip(2));
            }
            None => {
                bytes.push(b'%');
                bytes.extend(part.bytes());
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| link.to_owned()).replace('+', " ")
}

/// The value of a parameter behind the first `?` or `#`.
fn parameter<'a>(link: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = link.split_once(['?', '#'])?;
    let mut all = query.split(['&', '#', '?']).filter_map(|one| one.split_once('='));
    all.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// A parameter that is a point; some services put a name in brackets behind it or `loc:` before it.
fn named_pair(link: &str, name: &str) -> Option<MapPoint> {
    let value = parameter(link, name)?.split('(').next()?.trim();
    pair(value.strip_prefix("loc:").unwrap_or(value))
}

/// RFC 5870. Where only the name of a place is known, apps write 0,0 and the rest into `q`.
fn of_geo(rest: &str) -> Option<MapPoint> {
    let own = pair(rest.split([';', '?']).next()?);
    let nowhere = own.is_none_or(|point| point.lat_e7 == 0 && point.lon_e7 == 0);
    named_pair(rest, "q").filter(|_| nowhere).or(own)
}

/// What a link says of itself: the pin first, then what the map showed around it.
fn of_link(link: &str) -> Option<MapPoint> {
    let named = PAIRS.iter().find_map(|name| named_pair(link, name));
    let both = |lat: &str, lon: &str| Some((parameter(link, lat)?, parameter(link, lon)?));
    let marked = || both("mlat", "mlon").and_then(|(lat, lon)| figures(lat, lon));
    let path = || link.split(['?', '#']).next()?.split('/').find_map(pair);
    named.or_else(marked).or_else(|| pinned(link)).or_else(path).or_else(|| viewed(link))
}

/// `!3d25.033!4d121.565`: where a pin stands.
fn pinned(link: &str) -> Option<MapPoint> {
    let (_, after) = link.rsplit_once("!3d")?;
    let (lat, after) = after.split_once("!4d")?;
    figures(lat, after.split(['!', '?', '&', '/']).next()?)
}

/// `@25.033,121.565,17z` or `#map=17/25.033/121.565`: the middle of the map.
fn viewed(link: &str) -> Option<MapPoint> {
    let at = |(_, after): (&str, &str)| {
        let mut parts = after.split([',', '/', '?']);
        figures(parts.next()?, parts.next()?)
    };
    let map = || {
        let mut parts = parameter(link, "map")?.split('/').skip(1);
        figures(parts.next()?, parts.next()?)
    };
    link.split_once('@').and_then(at).or_else(map)
}

/// Latitude and longitude, in this order unless the letters say otherwise.
fn pair(text: &str) -> Option<MapPoint> {
    let mut halves = text.split([',', ';']).map(str::trim).filter(|half| !half.is_empty());
    let (first, second) = (halves.next()?, halves.next());
    match second {
        Some(second) if halves.next().is_none() => figures(first, second),
        Some(_) => None,
        None => {
            let mut words = first.split_whitespace();
            let (first, second) = (words.next()?, words.next()?);
            if words.next().is_none() { figures(first, second) } else { None }
        }
    }
}

/// Which of the two a figure is, and on which side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Latitude(i64),
    Longitude(i64),
}

/// How the sides are written before or behind a figure.
const SIDES: [(&str, Side); 12] = [
    ("N", Side::Latitude(1)),
    ("S", Side::Latitude(-1)),
    ("E", Side::Longitude(1)),
    ("W", Side::Longitude(-1)),
    ("北纬", Side::Latitude(1)),
    ("北緯", Side::Latitude(1)),
    ("南纬", Side::Latitude(-1)),
    ("南緯", Side::Latitude(-1)),
    ("东经", Side::Longitude(1)),
    ("東經", Side::Longitude(1)),
    ("西经", Side::Longitude(-1)),
    ("西經", Side::Longitude(-1)),
];

fn figures(first: &str, second: &str) -> Option<MapPoint> {
    let ((one, first), (other, second)) = (figure(first)?, figure(second)?);
    match (first, second) {
        (None | Some(Side::Latitude(_)), None | Some(Side::Longitude(_))) => MapPoint::of(one, other),
        (Some(Side::Longitude(_)), Some(Side::Latitude(_))) => MapPoint::of(other, one),
        _ => None,
    }
}

/// One figure in ten-millionths of a degree, and which of the two it says it is.
fn figure(text: &str) -> Option<(i64, Option<Side>)> {
    let text = text.trim();
    let side = SIDES.iter().find_map(|(word, side)| {
        let upper = text.strip_prefix(word).or_else(|| text.strip_suffix(word));
        let lower = word.to_ascii_lowercase();
        let rest = upper.or_else(|| text.strip_prefix(&lower)).or_else(|| text.strip_suffix(&lower))?;
        Some((rest, *side))
    });
    let Some((rest, side)) = side else { return signed(text).map(|e7| (e7, None)) };
    let (Side::Latitude(sign) | Side::Longitude(sign)) = side;
    Some((sign * unsigned(rest)?, Some(side)))
}

fn signed(text: &str) -> Option<i64> {
    match text.strip_prefix('-') {
        Some(size) => unsigned(size).map(|e7| -e7),
        None => unsigned(text.strip_prefix('+').unwrap_or(text)),
    }
}

/// Degrees, or degrees, minutes and seconds with their signs.
fn unsigned(text: &str) -> Option<i64> {
    let marks = ['°', 'º', '\'', '′', '’', '"', '″', '”', '度', '分', '秒'];
    let mut parts = text.split(marks).map(str::trim).filter(|part| !part.is_empty());
    let mut sum = decimal(parts.next()?)?;
    for of in [60, 3_600] {
        let Some(part) = parts.next() else { break };
        let part = decimal(part).filter(|part| *part < 60 * DEGREE)?;
        sum += (part + of / 2) / of;
    }
    parts.next().is_none().then_some(sum)
}

/// `25.0339640001` in ten-millionths, to the nearest. Whole numbers only: a float would not be the same on every device.
fn decimal(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || !(1..=3).contains(&whole.len()) {
        return None;
    }
    let kept: String = fraction.chars().chain(std::iter::repeat('0')).take(DIGITS).collect();
    let up = i64::from(fraction.as_bytes().get(DIGITS).is_some_and(|digit| *digit >= b'5'));
    Some(whole.parse::<i64>().ok()? * DEGREE + kept.parse::<i64>().ok()? + up)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, lat_e7: i32, lon_e7: i32) {
        assert_eq!(text.parse(), Ok(MapPoint { lat_e7, lon_e7 }), "{text}");
    }

    #[test]
    fn degrees_are_read_as_people_write_them() {
        check("25.033964, 121.564468", 250_339_640, 1_215_644_680);
        check("  25.033964 121.564468 ", 250_339_640, 1_215_644_680);
        check("-33.8568,151.2153", -338_568_000, 1_512_153_000);
        check("25，121", 250_000_000, 1_210_000_000);
        check("２５．０３３、１２１．５６４", 250_330_000, 1_215_640_000);
        check("25.03396449, 121.56446751", 250_339_645, 1_215_644_675);
        check("25.0340° N, 121.5645° E", 250_340_000, 1_215_645_000);
        check("121.5645 E; 25.0340 n", 250_340_000, 1_215_645_000);
        check("33.8568°S 70.5°W", -338_568_000, -705_000_000);
        check("北纬31.2304°，东经121.4737°", 312_304_000, 1_214_737_000);
        check("25°02'02.3\"N 121°33'52.1\"E", 250_339_722, 1_215_644_722);
        check("25°30′N, 121°15′E", 255_000_000, 1_212_500_000);
    }

    #[test]
    fn links_out_of_map_apps_are_read() {
        check("geo:25.033964,121.564468", 250_339_640, 1_215_644_680);
        check("GEO:25.033964,121.564468;u=35?z=17", 250_339_640, 1_215_644_680);
        check("geo:0,0?q=25.033964,121.564468(Park%20gate)", 250_339_640, 1_215_644_680);
        check("https://maps.google.com/?q=25.033964,121.564468", 250_339_640, 1_215_644_680);
        check("https://maps.google.com/maps?q=loc:25.033964+121.564468", 250_339_640, 1_215_644_680);
        check(
            "https://www.google.com/maps/search/?api=1&query=25.033964%2C121.564468",
            250_339_640,
            1_215_644_680,
        );
        check("https://www.google.com/maps/@25.033964,121.564468,17z?entry=ttu", 250_339_640, 1_215_644_680);
        // The pin, and not the middle of what the map showed.
        check(
            "https://www.google.com/maps/place/Taipei+101/@25.1,121.5,17z/data=!3m1!4b1!3d25.033964!4d121.564468!16zL20?hl=en",
            250_339_640,
            1_215_644_680,
        );
        check(
            "https://maps.apple.com/?q=Park%20gate&ll=25.033964,121.564468&t=m",
            250_339_640,
            1_215_644_680,
        );
        check(
            "https://www.openstreetmap.org/?mlat=25.033964&mlon=121.564468#map=17/25.1/121.5",
            250_339_640,
            1_215_644_680,
        );
        check("https://www.openstreetmap.org/#map=17/25.033964/121.564468", 250_339_640, 1_215_644_680);
        check(
            "Park gate https://maps.google.com/maps/search/25.033964,+121.564468?x=1",
            250_339_640,
            1_215_644_680,
        );
    }

    #[test]
    fn what_names_no_point_is_not_guessed() {
        for text in [
            "",
            "Park gate",
            "25",
            "25.0, 121.0, 3",
            "25,033; 121,564",
            "121.5645, 25.0340",
            "91, 0",
            "0, 181",
            "25.0 E, 121.0 N extra",
            "25.0 N, 121.0 N",
            "-25 N, 121 E",
            "1e2, 3",
            "25°61'N, 121°E",
            "1234.5, 1",
            "https://maps.app.goo.gl/abcDEF123",
            "https://maps.google.com/?q=Taipei+101",
            "geo:park",
            "geo:",
            "https://example.org/%",
            "https://uri.amap.com/marker?position=85.473701,41.230416&name=Park",
            "25.0\u{0}, 121",
        ] {
            assert_eq!(text.parse::<MapPoint>(), Err(NoMapPoint), "{text}");
        }
    }

    #[test]
    fn a_point_is_written_as_it_is_read() {
        for (lat_e7, lon_e7, text) in [
            (250_339_640, 1_215_644_680, "25.033964, 121.564468"),
            (-5, 0, "-0.0000005, 0"),
            (900_000_000, -1_800_000_000, "90, -180"),
        ] {
            assert_eq!(MapPoint { lat_e7, lon_e7 }.to_string(), text);
            check(text, lat_e7, lon_e7);
        }
    }
}
