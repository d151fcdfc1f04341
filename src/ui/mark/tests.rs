use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

#[test]
fn a_face_without_a_photo_shows_the_family_name_or_the_first_letter() {
    let check = |name: &str, want: &str| assert_eq!(initial(name), want, "{name}");
    check("Zhang Jiamin 张嘉敏", "张");
    check("欧阳·阿卜杜勒-热合曼 伊斯马伊力", "欧");
    check("lin yue", "L");
    check(" · 7", "7");
    check("", "·");
}
