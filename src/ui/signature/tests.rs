use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

#[test]
fn a_place_is_kept_in_thousandths_inside_the_pad() {
    assert_eq!(thousandths(150.0, 300.0), 500);
    assert_eq!(thousandths(-4.0, 300.0), 0);
    assert_eq!(thousandths(400.0, 300.0), 1000);
    assert_eq!(thousandths(10.0, 0.0), 0);
}

#[test]
fn points_too_close_add_nothing() {
    let strokes = vec![vec![(10, 10)]];
    assert!(!wants(&strokes, (11, 12)));
    assert!(wants(&strokes, (14, 10)));
    assert!(!wants(&Vec::new(), (500, 500)));
}

#[test]
fn leaning_on_the_glass_ends_somewhere() {
    let strokes = vec![vec![(0, 0); POINTS_MAX]];
    assert!(!wants(&strokes, (500, 500)));
}

#[test]
fn a_tap_is_a_point_and_a_line_is_a_line() {
    assert_eq!(stroke_path(&vec![vec![(10, 20)]]), "M30 20L30 20");
    assert_eq!(stroke_path(&vec![vec![(10, 20), (40, 50)]]), "M30 20L120 50");
    assert_eq!(stroke_path(&Vec::new()), "");
}
