use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

fn table(text: &str) -> Option<Result<Table, TableFlaw>> {
    Some(read(text, Delimiter::Comma))
}

#[test]
fn the_order_is_guessed_from_date_columns_only() {
    let all = table("Name,Birthday,Phone\nA,03/02/1990,13/14/2020\n");
    let mapping = Mapping(vec![Some(Column::Name), Some(Column::BirthOn), Some(Column::Phone)]);
    assert_eq!(orders(all.as_ref(), &mapping), OrderGuess::Ambiguous);
    assert_eq!(
        orders(all.as_ref(), &Mapping(vec![Some(Column::Name), None, None])),
        OrderGuess::Clear(DateOrder::DayFirst)
    );
    assert_eq!(orders(None, &mapping), OrderGuess::Clear(DateOrder::DayFirst));
}

#[test]
fn a_shipment_counts_the_rows_that_are_written() {
    let batch = |rows: u32| (CommandId(Id::nil()), (0..rows).map(row).collect());
    let mut shipment = Shipment {
        import_id: Id::nil(),
        file_name: String::new(),
        batches: vec![batch(200), batch(3)],
        sent: 0,
    };
    assert_eq!((shipment.rows_sent(), shipment.rows()), (0, 203));
    shipment.sent = 1;
    assert_eq!(shipment.rows_sent(), 200);
}

fn row(line: u32) -> ImportRow {
    ImportRow {
        line,
        new: rollcall_domain::members::application::named("A", "a"),
        sections: Vec::new(),
        joined_on: None,
        pass: None,
        erased: false,
    }
}
