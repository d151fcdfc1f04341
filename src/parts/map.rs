//! A point on the map as a way to it: a phone with Android asks which map it shall open, everything else opens one in a
//! page of its own.

use leptos::prelude::*;
use rollcall_domain::classes::MapPoint;

use crate::tr::classes as t;

/// The name of a place, leading to its point on a map.
#[component]
pub fn OnMap(#[prop(into)] name: String, point: MapPoint) -> impl IntoView {
    let agent = window().navigator().user_agent().unwrap_or_default();
    let label = name.clone();
    view! {
        <a class="on-map" href=href(point, &agent) target="_blank" rel="noopener noreferrer" aria-label=move || t::place_on_map(&label)>
            {name}
        </a>
    }
}

/// Where something is: a way to it where its point is known, else its name.
#[component]
pub fn Where(#[prop(into)] name: String, point: Option<MapPoint>) -> impl IntoView {
    match point {
        Some(point) => view! { <OnMap name point /> }.into_any(),
        None => name.into_any(),
    }
}

/// The address of a point for a browser that calls itself so. Only Android knows what to do with `geo:` everywhere.
fn href(point: MapPoint, agent: &str) -> String {
    let (lat, lon) = (point.latitude(), point.longitude());
    if agent.contains("Android") {
        // Without `q` a map has no pin.
        format!("geo:{lat},{lon}?q={lat},{lon}")
    } else {
        format!("https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=18/{lat}/{lon}")
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn a_way_to_a_point_is_read_as_the_same_point() {
        let point = MapPoint { lat_e7: 250_339_640, lon_e7: -1_215_644_680 };
        for agent in
            ["Mozilla/5.0 (Linux; Android 16; Pixel)", "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0)", ""]
        {
            assert_eq!(href(point, agent).parse(), Ok(point), "{agent}");
        }
        assert!(href(point, "Linux; Android 16").starts_with("geo:25.033964,-121.564468?"));
    }
}
