//! Tests of `slices/cards/handlers/callback.rs`.

use super::*;
use crate::slices::cards::label::{Dpi, Paper, PrintSettings};
use crate::telegram::DATA_LIMIT;

#[test]
fn buttons_are_read_back_as_they_were_written() {
    let of_all = [
        (CardCallback::Add, "add"),
        (CardCallback::Back, "back"),
        (CardCallback::Skip, "skip"),
        (CardCallback::Save(1_234_567), "save:1234567"),
        (CardCallback::List(3), "list:3"),
        (CardCallback::Inactive(0), "off-list:0"),
        (CardCallback::Find, "find"),
        (CardCallback::Found(2, "a:b"), "found:2:a:b"),
        (CardCallback::Stats, "stats"),
        (CardCallback::Chart, "chart"),
        (CardCallback::CardsTable, "cards-csv"),
        (CardCallback::ScansTable, "scans-all"),
        (CardCallback::Claim(7), "claim:7"),
    ];
    let print = |paper, dpi| {
        LabelsAct::Print(PrintSettings {
            paper,
            side_mm: 20,
            dpi,
        })
    };
    let a4 = print(Paper::A4 { used: 0 }, Dpi::D300);
    let single = print(Paper::Single, Dpi::D203);
    let code = |act| CardAct::Code(8, act);
    let batch = |act| CardAct::Batch(9, act);
    let of_one = [
        (CardAct::Show, "card:5"),
        (CardAct::Preview, "show:5"),
        (CardAct::Qr(QrFormat::Png), "qr:5"),
        (CardAct::Qr(QrFormat::Svg), "qr:5:svg"),
        (CardAct::Edit, "edit:5"),
        (CardAct::EditPart(CardPart::Name), "edit:5:name"),
        (CardAct::RemovePackaged("0a1b"), "edit:5:unpackaged:0a1b"),
        (CardAct::RemovePackaged(""), "edit:5:unpackaged:"),
        (CardAct::Scans, "scans:5"),
        (CardAct::ScansTable, "scans-csv:5"),
        (CardAct::Labels(LabelsAct::Show), "labels:5"),
        (CardAct::Labels(LabelsAct::Side(25)), "labels:5:25"),
        (CardAct::Labels(LabelsAct::AskSide), "labels:5:ask"),
        (CardAct::Labels(a4), "labels:5:20:a4:300"),
        (CardAct::Batches, "batches:5"),
        (CardAct::AddBatch, "batch-add:5"),
        (batch(BatchAct::Show), "batch:5:9"),
        (batch(BatchAct::Units(None)), "units:5:9"),
        (batch(BatchAct::Units(Some(0))), "units:5:9:0"),
        (batch(BatchAct::Table), "codes:5:9"),
        (batch(BatchAct::Labels(LabelsAct::Show)), "batch-labels:5:9"),
        (
            batch(BatchAct::Labels(single)),
            "batch-labels:5:9:20:single:203",
        ),
        (code(CodeAct::Show), "code:5:8"),
        (code(CodeAct::Set(CodeState::Stolen)), "code-set:5:8:stolen"),
        (code(CodeAct::Free), "code-free:5:8"),
        (code(CodeAct::Qr(QrFormat::Png)), "code-qr:5:8"),
        (code(CodeAct::Qr(QrFormat::Svg)), "code-qr:5:8:svg"),
        (
            code(CodeAct::Decide(AlarmDecision::Watch)),
            "alarm:5:8:watch",
        ),
        (CardAct::SwitchOn, "on:5"),
        (CardAct::SwitchOff, "off:5"),
    ];
    let of_one = of_one.map(|(act, data)| (CardCallback::Card(5, act), data));
    for (callback, data) in of_all.into_iter().chain(of_one) {
        let data = format!("cards:{data}");
        assert_eq!(callback.data(), data);
        assert_eq!(CardCallback::parse(&data), Some(callback), "{data}");
    }
    assert_eq!(
        CardCallback::parse("cards:list"),
        Some(CardCallback::List(0))
    );
}

#[test]
fn the_longest_search_fits_a_button() {
    let text = "x".repeat(DATA_LIMIT - FOUND_PREFIX_LIMIT);
    let data = CardCallback::Found(99_999, &text).data();
    assert_eq!(data.len(), DATA_LIMIT);
}

#[test]
fn what_is_no_button_is_not_read() {
    for (data, card) in [
        ("", None),
        ("add", None),
        ("cards:", None),
        ("cards:frob", None),
        ("cards:frob:5", Some(5)),
        ("cards:save:now", None),
        ("cards:claim:", None),
        ("cards:card:x", None),
        ("cards:qr:5:gif", Some(5)),
        ("cards:edit:5:owner", Some(5)),
        ("cards:labels:5:20:a3:300", Some(5)),
        ("cards:labels:5:20:a4", Some(5)),
        ("cards:labels:5:1000", Some(5)),
        ("cards:batch:5:x", Some(5)),
        ("cards:code-set:5:8:lost", Some(5)),
        ("cards:alarm:5:8", Some(5)),
    ] {
        assert_eq!(CardCallback::parse(data), None, "{data}");
        assert_eq!(CardCallback::card_of(data), card, "{data}");
    }
}
